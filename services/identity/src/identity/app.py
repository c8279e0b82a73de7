"""The service, put together."""

from chassis.service import Service
from identity.api import router
from identity.command_line import COMMANDS, MAKERS
from identity.gateways import gateways
from identity.handlers import handlers
from identity.models import metadata
from identity.settings import Settings

service = Service(
    name="identity",
    purpose="Who is who: issuers, customer numbers, the people who may see them, and tokens.",
    settings=Settings,
    gateways=gateways,
    api=[router],
    handlers=handlers,
    metadata=metadata,
    commands=COMMANDS,
    makers=MAKERS,
)
