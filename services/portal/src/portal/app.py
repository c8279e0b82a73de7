"""The service, put together."""

from chassis.service import Service
from portal import (
    account_web,
    desk_view_web,
    desk_web,
    documents_web,
    elsewhere_web,
    entering_web,
    exports_web,
    guest_web,
    help_web,
    no_mail_web,
    numbers_web,
    personal_data_web,
    proof_web,
    reading_web,
    registering_web,
    second_step_web,
    sharing_web,
)
from portal.gateways import gateways
from portal.settings import Settings

service = Service(
    name="portal",
    purpose="What customers see in their browser.",
    settings=Settings,
    gateways=gateways,
    api=[
        guest_web.router,
        registering_web.router,
        entering_web.router,
        proof_web.router,
        account_web.router,
        second_step_web.router,
        personal_data_web.router,
        documents_web.router,
        exports_web.router,
        reading_web.router,
        numbers_web.router,
        sharing_web.router,
        desk_view_web.router,
        desk_web.router,
        no_mail_web.router,
        help_web.router,
        elsewhere_web.router,
    ],
)
