"""Read what became of letters."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from notifications import queries
from notifications.models import Letter


async def letters(session: AsyncSession, issuer: str, document_id: UUID) -> Sequence[Letter]:
    """Return the letters for a document of this issuer; another's has none."""
    return await queries.letters_of(session, issuer, document_id)
