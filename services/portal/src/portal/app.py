"""The service, put together."""

from chassis.service import Service
from portal.gateways import gateways
from portal.settings import Settings
from portal.web import router

service = Service(
    name="portal",
    purpose="What customers see in their browser.",
    settings=Settings,
    gateways=gateways,
    api=[router],
)
