"""Run the service, or one of its commands."""

from identity.app import service

service.main()
