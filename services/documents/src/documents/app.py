"""The service, put together."""

from chassis.service import Service
from documents.api import router
from documents.gateways import gateways
from documents.handlers import handlers
from documents.models import metadata
from documents.schedule import schedule
from documents.settings import Settings

service = Service(
    name="documents",
    purpose="The archive: every invoice and credit note, byte for byte as it was received.",
    settings=Settings,
    gateways=gateways,
    api=[router],
    handlers=handlers,
    metadata=metadata,
    schedule=schedule,
)
