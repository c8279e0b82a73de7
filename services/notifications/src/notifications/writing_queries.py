"""Letters about accounts: owed, found due, and what they say forgotten."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, cast
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from notifications.models import (
    Issuer,
    Letter,
    LetterHistory,
    Person,
    Report,
    State,
    Writing,
)

_TIME = sa.DateTime(timezone=True)
_LETTERS, _WRITINGS, _ISSUERS, _PEOPLE = (
    cast("sa.Table", each.__table__) for each in (Letter, Writing, Issuer, Person)
)
_WORDS: dict[str, Any] = {
    "recipient": None,
    "language": None,
    "first_name": None,
    "last_name": None,
    "credential_id": None,
    "proof_kind": None,
    "facts": {},
}
"""What is left of a writing that was forgotten."""
_ADDRESS = r"[^\s<>()\[\],;:\"']+@[^\s<>()\[\],;:\"']+"


async def owe(session: AsyncSession, letter: Letter, writing: Writing) -> bool:
    """Owe a letter, unless it is owed; return whether it is new."""
    values = {
        "id": letter.id,
        "event_id": letter.event_id,
        "person_id": letter.person_id,
        "kind": letter.kind,
        "ticket": letter.ticket,
        "state": State.OWED,
        "linked_on": letter.linked_on,
        "due_at": letter.due_at,
        "tries": 0,
        "claim": 0,
        "updated_at": letter.updated_at,
    }
    new = insert(_LETTERS).values(**values).on_conflict_do_nothing().returning(_LETTERS.c.id)
    if await session.scalar(new) is None:
        return False
    session.add(writing)
    return True


@dataclass(frozen=True, slots=True)
class DueWriting:
    """A letter about an account that is to be sent now, and what is known for it.

    What identity has not told of yet is None: the issuer's name, the person's state.
    """

    letter_id: UUID
    person_id: UUID
    kind: str
    ticket: UUID | None
    sender: str | None
    linked_on: date
    tries: int
    claim: int
    marked_at: datetime | None
    updated_at: datetime
    event_id: UUID
    recipient: str | None
    language: str | None
    first_name: str | None
    last_name: str | None
    credential_id: UUID | None
    proof_kind: str | None
    link_until: datetime | None
    code_until: datetime | None
    facts: Mapping[str, str]
    asked_at: datetime
    correlation_id: str
    traceparent: str | None
    issuer: str
    issuer_name: str | None
    issuer_sender: str | None
    issuer_language: str | None
    accent: str | None
    palette: Mapping[str, Any] | None
    time_zone: str | None
    person_state: str | None
    registered: bool | None


_FIRST = (
    sa.select(_LETTERS.c.id)
    .where(
        _LETTERS.c.document_id.is_(None),
        _LETTERS.c.due_at <= sa.bindparam("at", type_=_TIME),
        sa.or_(
            _LETTERS.c.leased_until.is_(None),
            _LETTERS.c.leased_until < sa.bindparam("at", type_=_TIME),
        ),
    )
    .order_by(
        (_LETTERS.c.kind == sa.any_(sa.bindparam("sooner", type_=sa.ARRAY(sa.Text())))).desc(),
        _LETTERS.c.due_at,
    )
    .limit(sa.bindparam("at_most", type_=sa.Integer))
    .with_for_update(skip_locked=True)
    .cte("first")
)
_DUE = (
    sa.select(
        _LETTERS.c.id.label("letter_id"),
        *(
            _LETTERS.c[name]
            for name in (
                "person_id",
                "kind",
                "ticket",
                "sender",
                "linked_on",
                "tries",
                "claim",
                "marked_at",
                "updated_at",
                "event_id",
            )
        ),
        *(
            _WRITINGS.c[name]
            for name in (
                "issuer",
                "recipient",
                "language",
                "first_name",
                "last_name",
                "credential_id",
                "proof_kind",
                "link_until",
                "code_until",
                "facts",
                "asked_at",
                "correlation_id",
                "traceparent",
            )
        ),
        _ISSUERS.c.name.label("issuer_name"),
        _ISSUERS.c.sender.label("issuer_sender"),
        _ISSUERS.c.language.label("issuer_language"),
        _ISSUERS.c.accent,
        _ISSUERS.c.palette,
        _ISSUERS.c.time_zone,
        _PEOPLE.c.state.label("person_state"),
        _PEOPLE.c.registered,
    )
    .select_from(_FIRST)
    .join(_LETTERS, _LETTERS.c.id == _FIRST.c.id)
    .join(_WRITINGS, _WRITINGS.c.letter_id == _LETTERS.c.id)
    .join(_ISSUERS, _ISSUERS.c.issuer == _WRITINGS.c.issuer, isouter=True)
    .join(_PEOPLE, _PEOPLE.c.person_id == _LETTERS.c.person_id, isouter=True)
    .order_by(
        (_LETTERS.c.kind == sa.any_(sa.bindparam("sooner", type_=sa.ARRAY(sa.Text())))).desc(),
        _LETTERS.c.due_at,
    )
)


async def due(
    session: AsyncSession, at: datetime, at_most: int, *, sooner: Collection[str]
) -> list[DueWriting]:
    """Find letters about accounts that are due, and hold them; those of some kinds come first."""
    given = {"at": at, "at_most": at_most, "sooner": sorted(sooner)}
    found = await session.execute(_DUE, given)
    return [DueWriting(**row) for row in found.mappings()]


async def wake(session: AsyncSession, issuer: str, at: datetime) -> None:
    """Let letters of an issuer that were never tried wait no longer."""
    of_issuer = sa.select(Writing.letter_id).where(Writing.issuer == issuer)
    await session.execute(
        sa.update(Letter)
        .where(
            Letter.document_id.is_(None),
            Letter.state == State.OWED,
            Letter.due_at > at,
            Letter.id.in_(of_issuer),
        )
        .values(due_at=at)
        .execution_options(synchronize_session=False)
    )


async def forget_words(session: AsyncSession, letters: Collection[UUID]) -> None:
    """Forget what letters say and where they went."""
    if not letters:
        return
    ids = sorted(letters)
    for what, values in (
        (sa.update(Letter).where(Letter.id.in_(ids)), {"sent_to": None}),
        (sa.update(Writing).where(Writing.letter_id.in_(ids)), _WORDS),
    ):
        await session.execute(what.values(**values).execution_options(synchronize_session=False))
    await _leave_out_addresses(session, sa.select(Letter.id).where(Letter.id.in_(ids)))


async def recipients(session: AsyncSession, letters: Collection[UUID]) -> dict[UUID, str]:
    """Return where letters about accounts are to go, of those that are not forgotten."""
    if not letters:
        return {}
    found = sa.select(Writing.letter_id, Writing.recipient).where(
        Writing.letter_id.in_(letters), Writing.recipient.is_not(None)
    )
    return {letter: to for letter, to in await session.execute(found) if to}


async def leave_out_addresses_of(session: AsyncSession, person_id: UUID) -> None:
    """Take the addresses out of what servers said of a person's letters."""
    await _leave_out_addresses(session, sa.select(Letter.id).filter_by(person_id=person_id))


async def _leave_out_addresses(session: AsyncSession, letters: sa.Select[Any]) -> None:
    for noun, column, key in (
        (Letter, Letter.reason, Letter.id),
        (LetterHistory, LetterHistory.detail, LetterHistory.letter_id),
    ):
        without = sa.func.regexp_replace(column, _ADDRESS, "…", "g")
        await session.execute(
            sa.update(noun)
            .where(key.in_(letters), column.contains("@"))
            .values({column: without})
            .execution_options(synchronize_session=False)
        )


async def letters_to(session: AsyncSession, person_id: UUID, but: str) -> Sequence[Letter]:
    """Find and hold the letters about a person's account, but those of one kind."""
    found = (
        sa.select(Letter)
        .where(Letter.person_id == person_id, Letter.document_id.is_(None), Letter.kind != but)
        .order_by(Letter.id)
        .with_for_update()
    )
    return (await session.scalars(found)).all()


async def forget_old_words(session: AsyncSession, before: datetime, at_most: int) -> None:
    """Forget the words of letters asked for before a time, of which nothing more can come."""
    old = (
        sa.select(Writing.letter_id)
        .join(Letter, Letter.id == Writing.letter_id)
        .where(
            Writing.asked_at < before,
            Writing.recipient.is_not(None),
            Letter.due_at.is_(None),
        )
        .limit(at_most)
    )
    await forget_words(session, (await session.scalars(old)).all())


async def forget(session: AsyncSession, before: datetime, at_most: int) -> int:
    """Delete letters about accounts that were settled before a time; return how many."""
    old = (
        sa.select(Letter.id)
        .where(Letter.document_id.is_(None), Letter.due_at.is_(None), Letter.updated_at < before)
        .order_by(Letter.updated_at)
        .limit(at_most)
        .with_for_update(skip_locked=True)
    )
    ids = (await session.scalars(old)).all()
    if ids:
        for noun in (Report, LetterHistory, Writing):
            await session.execute(sa.delete(noun).where(noun.letter_id.in_(ids)))
        await session.execute(sa.delete(Letter).where(Letter.id.in_(ids)))
    return len(ids)


async def oldest_due(session: AsyncSession, at: datetime) -> datetime | None:
    """Find since when a letter about an account could have been sent that nobody is sending."""
    waiting = (
        sa.select(Letter.due_at)
        .where(
            Letter.document_id.is_(None),
            Letter.due_at <= at,
            sa.or_(Letter.leased_until.is_(None), Letter.leased_until < at),
        )
        .order_by(Letter.due_at)
        .limit(1)
    )
    return await session.scalar(waiting)
