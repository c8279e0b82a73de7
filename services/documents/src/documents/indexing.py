"""Have documents studied that were archived before there were studies."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from documents import study_queries

_AT_ONCE = 1_000


async def index_page(
    session: AsyncSession, after: UUID | None, *, anew: bool
) -> tuple[int, UUID | None]:
    """Ask for the study of some documents; return how many, and after which to go on.

    Only those are asked for that have no words yet, or ``anew``: all.
    """
    page = await study_queries.documents_after(session, after, _AT_ONCE)
    asked = [each.document_id for each in page if anew or not each.has_words]
    await study_queries.ask(session, asked)
    return len(asked), page[-1].document_id if len(page) == _AT_ONCE else None
