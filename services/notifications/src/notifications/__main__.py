"""Run the service, or one of its commands."""

from notifications.app import service

service.main()
