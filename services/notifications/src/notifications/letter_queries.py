"""Questions about letters that somebody looks at: of a document, of a customer number, or one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from notifications.models import Letter, Notice, Person


@dataclass(frozen=True)
class LetterAbout:
    """A letter, the document it tells of, and its reader's address as it is now."""

    letter: Letter
    notice: Notice
    email: str | None

    @property
    def place(self) -> "Place":
        """Return where it stands among the letters of its customer number."""
        return self.notice.published_at, self.notice.document_id, self.letter.id


Place = tuple[datetime, UUID, UUID]
"""Where a letter stands: when its document was published, which, and the letter itself."""


def _letters() -> sa.Select[Letter, Notice, str | None]:
    return (
        sa.select(Letter, Notice, Person.email)
        .join(Notice, Notice.document_id == Letter.document_id)
        .join(Person, Person.person_id == Letter.person_id, isouter=True)
    )


async def letters_of_document(
    session: AsyncSession, issuer: str, document_id: UUID
) -> Sequence[LetterAbout]:
    """Find the letters for a document of an issuer, the first owed first."""
    found = (
        _letters()
        .where(Letter.document_id == document_id, Notice.issuer == issuer)
        .order_by(Letter.id)
    )
    return [LetterAbout(*row) for row in await session.execute(found)]


async def letters_of_number(
    session: AsyncSession, issuer: str, customer_number: str, before: Place | None, limit: int
) -> Sequence[LetterAbout]:
    """Find a page of the letters about a customer number's documents, the newest document first."""
    place = (Notice.published_at, Notice.document_id, Letter.id)
    found = (
        _letters()
        .where(Notice.customer_number == customer_number, Notice.issuer == issuer)
        .order_by(*(each.desc() for each in place))
        .limit(limit)
    )
    if before is not None:
        # The first condition alone can stand on the index; the second says where exactly.
        found = found.where(Notice.published_at <= before[0], sa.tuple_(*place) < before)
    return [LetterAbout(*row) for row in await session.execute(found)]


async def letter_to_resend(session: AsyncSession, letter_id: UUID) -> LetterAbout | None:
    """Find a letter about a document, and hold it."""
    found = _letters().where(Letter.id == letter_id).with_for_update(of=Letter)
    row = (
        await session.execute(found, execution_options={"populate_existing": True})
    ).one_or_none()
    return LetterAbout(*row) if row else None


async def address_of(session: AsyncSession, person_id: UUID) -> str | None:
    """Find where a person's mails go."""
    found = sa.select(Person.email).where(Person.person_id == person_id, Person.state == "active")
    return await session.scalar(found)
