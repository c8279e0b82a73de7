"""Run the service, or one of its commands."""

from documents.app import service

service.main()
