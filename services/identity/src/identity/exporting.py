"""Export all that identity holds about a person (GDPR, articles 15 and 20)."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from chassis.identifiers import now
from identity import (
    account_queries,
    auditing,
    factor_queries,
    help_queries,
    person_queries,
    queries,
)
from identity.errors import SessionUnknown
from identity.tables import Table

Rows = list[dict[str, Any]]

_SECRET = frozenset(
    {
        "token_sha256",
        "former_sha256",
        "former_until",
        "password_hash",
        "sealed_secret",
        "last_step",
        "passkey_id",
        "public_key",
        "voter",
    }
)
"""Columns that help nobody but a thief."""


async def export(
    session: AsyncSession, person_id: UUID, issuer: str, voter: Sequence[bytes] = ()
) -> dict[str, Any]:
    """Return what is held, table by table, as it is held; secrets and their hashes left out.

    ``voter``: their names where they voted, as ``voters`` has it.
    """
    person = (await queries.people(session, [person_id])).get(person_id)
    account = await account_queries.account(session, person_id)
    if person is None or account is None:
        raise SessionUnknown
    await auditing.note(session, "exported", actor=person_id, subject=person_id, issuer=issuer)
    shared = await person_queries.standing_shares(session, person_id)
    work = await person_queries.roles_as_staff(session, person_id)
    return {
        "exported_at": now(),
        "person": _row(person),
        "account": _row(account),
        "tickets": _rows(await person_queries.tickets_of(session, person_id)),
        "shared_from_the_start": [
            _row(share) | {"email": with_whom.email} for share, with_whom in shared
        ],
        "staff": [_row(role) for role, _issuer in work],
        "sessions": _rows(await person_queries.sessions(session, person_id)),
        "devices": _rows(await person_queries.devices(session, person_id)),
        "second_factors": _rows(await factor_queries.factors(session, person_id)),
        "recovery_codes_left": await factor_queries.recovery_codes_left(session, person_id),
        "proofs_sent": _rows(await person_queries.credentials(session, person_id)),
        "help_votes": _rows(await help_queries.votes_of(session, voter)),
        "audit": _rows(await person_queries.audit_of(session, person_id)),
    }


def _rows(found: Any) -> Rows:
    return [_row(each) for each in found]


def _row(noun: Table) -> dict[str, Any]:
    names = (column.key for column in noun.__mapper__.column_attrs)
    return {name: getattr(noun, name) for name in names if name not in _SECRET}
