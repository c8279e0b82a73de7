"""The service, put together."""

from chassis.service import Service
from notifications.api import router
from notifications.command_line import COMMANDS
from notifications.counting import count_letters
from notifications.gateways import gateways
from notifications.handlers import handlers
from notifications.me_api import router as me_router
from notifications.models import metadata
from notifications.ports import ports
from notifications.schedule import schedule
from notifications.settings import Settings
from notifications.work import work

service = Service(
    name="notifications",
    purpose="Tells everyone who should know, by mail, once, in their own language.",
    settings=Settings,
    gateways=gateways,
    api=[router, me_router],
    handlers=handlers,
    metadata=metadata,
    schedule=schedule,
    work=work,
    ports=ports,
    commands=COMMANDS,
    count=count_letters,
)
