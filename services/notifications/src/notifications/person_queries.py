"""Questions about one person's own letters."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from notifications.models import Letter, Notice, State, Writing

_LEFT_US = (State.SENT, State.UNKNOWN, State.BOUNCED, State.REFUSED)
"""Of the others it is not settled yet whether the person is to have them."""


@dataclass(frozen=True)
class LetterTo:
    """A letter to a person, and which document it tells of, if it does."""

    letter: Letter
    issuer: str
    notice: Notice | None


async def letters_to(
    session: AsyncSession, person_id: UUID, before: UUID | None, limit: int
) -> Sequence[LetterTo]:
    """Find a page of the letters that went to a person, the last owed first."""
    found = (
        sa.select(Letter, sa.func.coalesce(Notice.issuer, Writing.issuer), Notice)
        .join(Notice, Notice.document_id == Letter.document_id, isouter=True)
        .join(Writing, Writing.letter_id == Letter.id, isouter=True)
        .where(Letter.person_id == person_id, Letter.state.in_(_LEFT_US))
        .order_by(Letter.id.desc())
        .limit(limit)
    )
    if before is not None:
        found = found.where(Letter.id < before)
    return [LetterTo(*row) for row in await session.execute(found)]
