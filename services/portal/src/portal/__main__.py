"""Run the service, or one of its commands."""

from portal.app import service

service.main()
