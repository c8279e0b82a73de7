"""Questions about mail that was not delivered: addresses, domains, and reports that came back."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from notifications.models import (
    Letter,
    Mailbox,
    Notice,
    PausedDomain,
    Person,
    Report,
    State,
    Writing,
)


async def letter_held(session: AsyncSession, letter_id: UUID) -> Letter | None:
    """Find a letter, whoever may have claimed it, and hold it."""
    found = sa.select(Letter).filter_by(id=letter_id).with_for_update()
    return (await session.scalars(found)).one_or_none()


async def letters_with_notices(
    session: AsyncSession, ids: Collection[UUID]
) -> dict[UUID, tuple[Letter, Notice]]:
    """Find letters about documents, and what each tells of."""
    if not ids:
        return {}
    found = (
        sa.select(Letter, Notice)
        .join(Notice, Notice.document_id == Letter.document_id)
        .where(Letter.id.in_(ids))
    )
    return {row[0].id: (row[0], row[1]) for row in await session.execute(found)}


async def keep_report(
    session: AsyncSession, letter_id: UUID, key: str, at: datetime, at_most: int
) -> bool:
    """Remember a report; False when it was heard before, or when there are that many already."""
    many = sa.select(sa.func.count()).where(Report.letter_id == letter_id)
    if (await session.scalar(many) or 0) >= at_most:
        return False
    new = insert(Report).values(letter_id=letter_id, key=key, at=at).on_conflict_do_nothing()
    return (await session.execute(new.returning(Report.key))).scalar() is not None


def _domain_of(address: Any) -> sa.ColumnElement[str]:
    return sa.func.substring(sa.func.lower(address), "@([^@]*)$")


async def hindrances(
    session: AsyncSession, people: Collection[UUID], at: datetime
) -> dict[UUID, Mailbox | PausedDomain]:
    """Find which of these people cannot be written to: a stopped address, or a paused domain."""
    if not people:
        return {}
    found = (
        sa.select(Person.person_id, Mailbox, PausedDomain)
        .join(
            Mailbox,
            sa.and_(
                Mailbox.address == sa.func.lower(Person.email), Mailbox.stopped_at.is_not(None)
            ),
            isouter=True,
        )
        .join(
            PausedDomain,
            sa.and_(PausedDomain.domain == _domain_of(Person.email), PausedDomain.until > at),
            isouter=True,
        )
        .where(Person.person_id == sa.any_(sa.literal(list(people), sa.ARRAY(sa.Uuid()))))
        .where(sa.or_(Mailbox.address.is_not(None), PausedDomain.domain.is_not(None)))
    )
    # A stopped address comes first: no pause would end that.
    rows: Sequence[Any] = (await session.execute(found)).all()
    return {row[0]: row[1] or row[2] for row in rows}


async def hindrances_at(
    session: AsyncSession, addresses: Collection[str], at: datetime
) -> dict[str, Mailbox | PausedDomain]:
    """Find which of these addresses are stopped, or of a paused domain; each in lower case."""
    if not addresses:
        return {}
    lower = sorted({each.lower() for each in addresses})
    domains = {each.rpartition("@")[2] for each in lower}
    stopped = await session.scalars(
        sa.select(Mailbox).where(Mailbox.address.in_(lower), Mailbox.stopped_at.is_not(None))
    )
    paused = {
        each.domain: each
        for each in await session.scalars(
            sa.select(PausedDomain).where(PausedDomain.domain.in_(domains), PausedDomain.until > at)
        )
    }
    found: dict[str, Mailbox | PausedDomain] = {
        each: paused[domain] for each in lower if (domain := each.rpartition("@")[2]) in paused
    }
    # A stopped address comes first: no pause would end that.
    return found | {each.address: each for each in stopped}


async def hold_consequences(session: AsyncSession) -> None:
    """Let what follows from refusals and bounces happen one transaction after the other.

    They are rare, and each may touch several addresses and domains.
    """
    key = sa.func.hashtextextended("what follows from mail that was not taken", 0)
    await session.execute(sa.select(sa.func.pg_advisory_xact_lock(key)))


async def blame(
    session: AsyncSession, address: str, *, fate: str, reason: str, at: datetime, since: datetime
) -> Mailbox:
    """Write down that a server said something against an address; what is older is forgotten."""
    new = insert(Mailbox).values(
        address=sa.func.lower(address), fate=fate, reason=reason, events=1, last_at=at
    )
    again = sa.case((Mailbox.last_at < since, 1), else_=Mailbox.events + 1)
    stopped = Mailbox.stopped_at.is_not(None)
    kept = new.on_conflict_do_update(
        index_elements=["address"],
        set_={
            "fate": sa.case((stopped, Mailbox.fate), else_=new.excluded.fate),
            "reason": sa.case((stopped, Mailbox.reason), else_=new.excluded.reason),
            "events": again,
            "last_at": at,
        },
    ).returning(Mailbox)
    return (await session.scalars(kept, execution_options={"populate_existing": True})).one()


async def pause_domain(session: AsyncSession, address: str, *, reason: str, until: datetime) -> str:
    """Let the letters to an address's domain wait; a longer pause stays. Return the domain."""
    domain = address.lower().rpartition("@")[2]
    new = insert(PausedDomain).values(domain=domain, reason=reason, until=until)
    longer = sa.func.greatest(PausedDomain.until, new.excluded.until)
    paused = new.on_conflict_do_update(
        index_elements=["domain"], set_={"reason": new.excluded.reason, "until": longer}
    )
    await session.execute(paused)
    return domain


async def free_mailbox(session: AsyncSession, address: str) -> bool:
    """Let letters go to an address again; return whether they were stopped."""
    gone = sa.delete(Mailbox).where(Mailbox.address == sa.func.lower(address))
    stopped = await session.execute(gone.returning(Mailbox.stopped_at))
    return stopped.scalar() is not None


async def forget_mail_of(session: AsyncSession, person_id: UUID) -> None:
    """Forget the address of a person who is erased, here and in their letters."""
    theirs = sa.select(sa.func.lower(Person.email)).where(
        Person.person_id == person_id, Person.email.is_not(None)
    )
    others = sa.select(Person.person_id).where(
        sa.func.lower(Person.email) == Mailbox.address, Person.person_id != person_id
    )
    # Letters before addresses, as everywhere.
    await session.execute(
        sa.update(Letter)
        .where(Letter.person_id == person_id, Letter.sent_to.is_not(None))
        .values(sent_to=None)
        .execution_options(synchronize_session=False)
    )
    await session.execute(
        sa.delete(Mailbox)
        .where(Mailbox.address.in_(theirs), ~others.exists())
        .execution_options(synchronize_session=False)
    )


StoppedPlace = tuple[datetime, str]
"""Where an address stands among those stopped longest ago: since when, and itself."""


async def stopped_mailboxes(
    session: AsyncSession, issuer: str, after: StoppedPlace | None, limit: int
) -> Sequence[Mailbox]:
    """Find stopped addresses that an issuer's letters go to, the longest stopped first."""
    read_by = (
        sa.select(Letter.id)
        .join(Person, Person.person_id == Letter.person_id)
        .join(Notice, Notice.document_id == Letter.document_id)
        .where(sa.func.lower(Person.email) == Mailbox.address, Notice.issuer == issuer)
        .exists()
    )
    written_to = (
        sa.select(Writing.letter_id)
        .where(sa.func.lower(Writing.recipient) == Mailbox.address, Writing.issuer == issuer)
        .exists()
    )
    found = (
        sa.select(Mailbox)
        .where(Mailbox.stopped_at.is_not(None), sa.or_(read_by, written_to))
        .order_by(Mailbox.stopped_at, Mailbox.address)
        .limit(limit)
    )
    if after is not None:
        found = found.where(sa.tuple_(Mailbox.stopped_at, Mailbox.address) > after)
    return (await session.scalars(found)).all()


_UNDELIVERED = (State.REFUSED, State.BOUNCED)


async def undelivered_letters(
    session: AsyncSession,
    *,
    letter_id: UUID | None,
    document_id: UUID | None,
    fate: str | None,
    since: datetime | None,
    after: UUID | None,
    limit: int,
) -> Sequence[Letter]:
    """Find and hold letters that were refused or bounced, by what is asked for, oldest first."""
    found = sa.select(Letter).where(Letter.state.in_(_UNDELIVERED))
    if letter_id is not None:
        found = found.where(Letter.id == letter_id)
    if document_id is not None:
        found = found.where(Letter.document_id == document_id)
    if fate is not None:
        found = found.where(Letter.reason.startswith(f"{fate}:", autoescape=True))
    if since is not None:
        found = found.where(Letter.updated_at >= since)
    if after is not None:
        found = found.where(Letter.id > after)
    found = found.order_by(Letter.id).limit(limit).with_for_update()
    return (await session.scalars(found)).all()


async def forget_reports(session: AsyncSession, before: datetime, at_most: int) -> int:
    """Forget reports of that long ago; return how many there were."""
    old = (
        sa.select(Report.letter_id, Report.key)
        .where(Report.at < before)
        .limit(at_most)
        .with_for_update(skip_locked=True)
    )
    gone = sa.delete(Report).where(sa.tuple_(Report.letter_id, Report.key).in_(old))
    return len((await session.execute(gone.returning(Report.key))).all())


async def forget_pauses(session: AsyncSession, at: datetime) -> None:
    """Forget the pauses that have ended."""
    await session.execute(sa.delete(PausedDomain).where(PausedDomain.until <= at))


async def forget_mailboxes(
    session: AsyncSession, *, not_stopped_before: datetime, of_nobody_before: datetime
) -> None:
    """Forget addresses nothing was said against since, and those nobody has any more."""
    somebody = sa.select(Person.person_id).where(sa.func.lower(Person.email) == Mailbox.address)
    forgiven = sa.and_(Mailbox.stopped_at.is_(None), Mailbox.last_at < not_stopped_before)
    abandoned = sa.and_(Mailbox.last_at < of_nobody_before, ~somebody.exists())
    await session.execute(
        sa.delete(Mailbox)
        .where(sa.or_(forgiven, abandoned))
        .execution_options(synchronize_session=False)
    )
