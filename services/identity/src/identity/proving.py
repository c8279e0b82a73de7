"""Prove a mailbox: make what a mail's link and code are made from, and use it up, once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from chassis.identifiers import new_id, now
from chassis.ports import Transactions
from identity import account_queries, credentials, measures, queries
from identity.accounts import Credential, CredentialKind
from identity.errors import CodeUnusable, CodeWrong, ProofUnknown, ProofUnusable
from identity.models import Issuer, Person

TRIES = 5
LINK_FOR = timedelta(hours=24)
CODE_FOR = timedelta(minutes=10)


async def send(
    session: AsyncSession,
    kind: CredentialKind,
    person: Person | None,
    issuer: str,
    address: str,
    *,
    details: dict[str, Any],
    link_for: timedelta = LINK_FOR,
    code_for: timedelta | None = CODE_FOR,
) -> Credential:
    """Make a proof of a mailbox. The mail is the caller's to write.

    Without a person it is one that nobody can use; it counts tries as others do.
    """
    at = now()
    made = Credential(
        id=new_id(),
        kind=kind,
        person_id=person.id if person else None,
        issuer=issuer,
        address=address,
        details=details,
        made_at=at,
        link_until=at + link_for,
        code_until=at + code_for if code_for else None,
        tries=0,
    )
    session.add(made)
    await session.flush()
    measures.proofs.labels(kind.value, "sent").inc()
    return made


async def use(
    session: AsyncSession, credential_id: UUID, kind: CredentialKind, at: datetime
) -> Credential:
    """Use a proof up; of many who try at once, one may. Raises ``ProofUnusable``.

    Whose it is must be held before, so that nobody waits for them with a proof in hand.
    """
    used = await session.scalar(
        sa.update(Credential)
        .where(
            Credential.id == credential_id,
            Credential.kind == kind,
            Credential.person_id.is_not(None),
            Credential.used_at.is_(None),
            Credential.withdrawn_at.is_(None),
            Credential.link_until > at,
        )
        .values(used_at=at)
        .returning(Credential)
        .execution_options(populate_existing=True)
    )
    measures.proofs.labels(kind.value, "used" if used else "refused").inc()
    if used is None:
        raise ProofUnusable
    return used


async def use_and_hold(
    session: AsyncSession, credential_id: UUID, kind: CredentialKind, at: datetime
) -> tuple[Credential, Person]:
    """Hold whose proof it is, and use it up. Raises ``ProofUnusable``."""
    person = await account_queries.owner_to_hold(session, credential_id)
    used = await use(session, credential_id, kind, at)
    if person is None or person.state != "active":
        raise ProofUnusable
    return used, person


@dataclass(frozen=True)
class Chosen:
    """The password someone chose, and what proves that the mailbox is theirs."""

    password: str
    code: str | None
    proof: str | None


async def check(
    transactions: Transactions,
    keys: Sequence[bytes],
    credential_id: UUID,
    kind: CredentialKind,
    chosen: Chosen,
) -> None:
    """See whether someone has the link or the code. A try is counted before it is looked at.

    Raises ``CodeWrong`` or ``CodeUnusable``.
    """
    if chosen.proof is not None:
        if credentials.read(chosen.proof, keys, kind.value) != credential_id:
            raise CodeUnusable
        return
    async with transactions() as session:
        left = await try_code(session, credential_id, kind, now())
        asked = await account_queries.credential(session, credential_id, kind)
    check_code(keys, asked, chosen.code or "", left)


async def try_code(
    session: AsyncSession, credential_id: UUID, kind: CredentialKind, at: datetime
) -> int | None:
    """Count a try of a code, and return how many are left; None where none may be made.

    To be committed before the code is looked at, so that no refusal takes the count back.
    """
    tries = await session.scalar(
        sa.update(Credential)
        .where(
            Credential.id == credential_id,
            Credential.kind == kind,
            Credential.used_at.is_(None),
            Credential.withdrawn_at.is_(None),
            Credential.code_until > at,
            Credential.tries < TRIES,
        )
        .values(tries=Credential.tries + 1)
        .returning(Credential.tries)
    )
    return None if tries is None else TRIES - tries


def check_code(
    keys: Sequence[bytes],
    credential: Credential | None,
    code: str,
    left: int | None,
) -> None:
    """Raise ``CodeWrong`` unless it is the code, and ``CodeUnusable`` if it may not be tried."""
    if left is None or credential is None:
        raise CodeUnusable
    is_right = credentials.is_code(keys, credential.id, credential.kind.value, code)
    if not is_right or credential.person_id is None:
        measures.proofs.labels(credential.kind.value, "refused").inc()
        raise CodeWrong(left)


async def give_back_a_try(session: AsyncSession, credential_id: UUID) -> None:
    """Take back the count of a code that was right, but not used."""
    await session.execute(
        sa.update(Credential)
        .where(Credential.id == credential_id, Credential.tries > 0)
        .values(tries=Credential.tries - 1)
    )


async def withdraw(
    session: AsyncSession, person_id: UUID, *kinds: CredentialKind, at: datetime
) -> None:
    """Take back the proofs of these kinds that a person was sent and did not use."""
    await session.execute(
        sa.update(Credential)
        .where(
            Credential.person_id == person_id,
            Credential.kind.in_(kinds),
            Credential.used_at.is_(None),
            Credential.withdrawn_at.is_(None),
        )
        .values(withdrawn_at=at)
    )


@dataclass(frozen=True)
class Looked:
    """What a proof is for, and whether it can still be used."""

    kind: CredentialKind
    issuer: Issuer
    language: str
    address: str
    usable: bool


async def look(
    session: AsyncSession, keys: Sequence[bytes], proof: str, kind: CredentialKind
) -> Looked:
    """Look at a proof, and change nothing: a scanner may. Raises ``ProofUnknown`` if forged."""
    credential_id = credentials.read(proof, keys, kind.value)
    found = credential_id and await account_queries.credential(session, credential_id, kind)
    issuer = await queries.issuer(session, found.issuer) if found else None
    if not found or issuer is None or found.person_id is None:
        raise ProofUnknown
    person = (await queries.people(session, [found.person_id])).get(found.person_id)
    language = person.language if person else None
    return Looked(
        kind=kind,
        issuer=issuer,
        language=language or issuer.language,
        address=found.address,
        usable=found.is_usable(now()),
    )
