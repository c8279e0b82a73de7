"""Write down what was done, by whom and to whom, in the transaction that does it."""

from collections.abc import Mapping
from typing import Any, cast
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from chassis import trail
from chassis.identifiers import now
from identity import audit_queries
from identity.trails import AuditEntry

_ENTRIES = cast("sa.Table", AuditEntry.__table__)

NOBODY = UUID(int=0)
"""Stands for a person who is not there: it costs the same, and is written down as nobody."""


async def note(
    session: AsyncSession,
    act: str,
    *,
    actor: UUID | str,
    subject: UUID | None = None,
    issuer: str | None = None,
    **facts: Any,
) -> None:
    """Add a line to the audit; a UUID is a person, who is written down by their pseudonym.

    ``facts`` are ids and words of ours: never a name, an address or a secret.
    """
    await note_each(session, act, {subject: facts}, actor=actor, issuer=issuer)


async def note_each(
    session: AsyncSession,
    act: str,
    facts: Mapping[UUID | None, Mapping[str, Any]],
    *,
    actor: UUID | str,
    issuer: str | None = None,
) -> None:
    """Add a line to the audit for each of several people to whom one act was done."""
    people = [each for each in (actor, *facts) if isinstance(each, UUID)]
    known = await audit_queries.pseudonyms(session, people) if people else {}
    told = {
        "at": now(),
        "act": act,
        "actor": str(known.get(actor, "nobody")) if isinstance(actor, UUID) else actor,
        "issuer": issuer,
        "correlation_id": trail.current().correlation_id,
    }
    lines = [
        told | {"subject": _text(known.get(subject)) if subject else None, "facts": _told(some)}
        for subject, some in facts.items()
    ]
    await session.execute(sa.insert(_ENTRIES), lines)


def _told(facts: Mapping[str, Any]) -> dict[str, Any]:
    return {key: str(value) if isinstance(value, UUID) else value for key, value in facts.items()}


def _text(pseudonym: UUID | None) -> str | None:
    return str(pseudonym) if pseudonym else None
