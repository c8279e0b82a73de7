"""The service, put together."""

from chassis.service import Service
from identity import (
    account_commands,
    accounts_api,
    desk_api,
    help_api,
    me_api,
    sharing_api,
    steps_api,
)
from identity.api import router
from identity.command_line import COMMANDS, MAKERS
from identity.gateways import gateways
from identity.handlers import handlers
from identity.models import metadata
from identity.schedule import schedule
from identity.settings import Settings

service = Service(
    name="identity",
    purpose="Who is who: issuers, customer numbers, the people who may see them, and tokens.",
    settings=Settings,
    gateways=gateways,
    api=[
        router,
        accounts_api.router,
        steps_api.router,
        me_api.router,
        sharing_api.router,
        desk_api.router,
        help_api.router,
    ],
    handlers=handlers,
    metadata=metadata,
    schedule=schedule,
    commands=(*COMMANDS, *account_commands.COMMANDS),
    makers=MAKERS,
)
