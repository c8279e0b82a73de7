"""The service, put together."""

from sqlalchemy.ext.asyncio import AsyncSession

from chassis.service import Service
from documents import custody_api, exports_api, lists_api, retention_api, verdicts_api
from documents.api import router
from documents.archive_commands import COMMANDS, TOOLS
from documents.checking import count
from documents.gateways import gateways
from documents.handlers import handlers
from documents.models import metadata
from documents.schedule import schedule
from documents.settings import Settings
from documents.study_commands import STUDY_COMMANDS
from documents.studying import count_studies
from documents.work import work


async def count_all(session: AsyncSession) -> None:
    """Measure what is not as it was, and what is still to be studied."""
    await count(session)
    await count_studies(session)


service = Service(
    name="documents",
    purpose="The archive: every invoice and credit note, byte for byte as it was received.",
    settings=Settings,
    gateways=gateways,
    api=[
        lists_api.router,
        exports_api.router,
        custody_api.router,
        retention_api.router,
        verdicts_api.router,
        router,
    ],
    handlers=handlers,
    metadata=metadata,
    schedule=schedule,
    work=work,
    commands=(*COMMANDS, *STUDY_COMMANDS),
    tools=TOOLS,
    count=count_all,
)
