"""The questions about second factors, recovery codes and challenges, and what takes one once.

Whatever is good once is taken by one UPDATE, so that of any number at a time one gets it.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from identity.accounts import Challenge, FactorKind, RecoveryCode, SecondFactor, Session

TRIES = 5
"""How often one challenge may be answered wrongly."""


async def factors(session: AsyncSession, person_id: UUID) -> Sequence[SecondFactor]:
    """Find the second factors of a person that were confirmed, the oldest first."""
    found = (
        sa.select(SecondFactor)
        .where(SecondFactor.person_id == person_id, SecondFactor.confirmed_at.is_not(None))
        .order_by(SecondFactor.made_at, SecondFactor.id)
        .execution_options(populate_existing=True)
    )
    return (await session.scalars(found)).all()


async def factor(session: AsyncSession, person_id: UUID, factor_id: UUID) -> SecondFactor | None:
    """Find one second factor of a person, confirmed or not."""
    found = sa.select(SecondFactor).filter_by(id=factor_id, person_id=person_id)
    return (await session.scalars(found)).one_or_none()


async def passkey(session: AsyncSession, passkey_id: bytes) -> SecondFactor | None:
    """Find a passkey by what the browser calls it."""
    found = sa.select(SecondFactor).filter_by(passkey_id=passkey_id, kind=FactorKind.PASSKEY)
    return (await session.scalars(found)).one_or_none()


async def forget_unconfirmed(session: AsyncSession, person_id: UUID) -> None:
    """Delete what a person began to set up and did not finish."""
    await session.execute(
        sa.delete(SecondFactor).where(
            SecondFactor.person_id == person_id, SecondFactor.confirmed_at.is_(None)
        )
    )


async def take_step(session: AsyncSession, factor_id: UUID, step: int, at: datetime) -> bool:
    """Use a time step of a TOTP up, and those before it; return whether it was still to be had."""
    taken = (
        sa.update(SecondFactor)
        .where(
            SecondFactor.id == factor_id,
            sa.or_(SecondFactor.last_step.is_(None), SecondFactor.last_step < step),
        )
        .values(last_step=step, used_at=at)
        .returning(SecondFactor.id)
    )
    return await session.scalar(taken) is not None


async def count_signature(
    session: AsyncSession, factor_id: UUID, sign_count: int, at: datetime
) -> None:
    """Remember how often a passkey has signed; the count never goes back."""
    await session.execute(
        sa.update(SecondFactor)
        .where(SecondFactor.id == factor_id)
        .values(sign_count=sa.func.greatest(SecondFactor.sign_count, sign_count), used_at=at)
    )


async def take_recovery_code(
    session: AsyncSession, person_id: UUID, code_sha256: bytes, at: datetime
) -> bool:
    """Use a recovery code up; return whether it was still to be had."""
    taken = (
        sa.update(RecoveryCode)
        .where(
            RecoveryCode.code_sha256 == code_sha256,
            RecoveryCode.person_id == person_id,
            RecoveryCode.used_at.is_(None),
        )
        .values(used_at=at)
        .returning(RecoveryCode.code_sha256)
    )
    return await session.scalar(taken) is not None


async def recovery_codes_left(session: AsyncSession, person_id: UUID) -> int:
    """Count the recovery codes that are still good."""
    left = sa.select(sa.func.count()).where(
        RecoveryCode.person_id == person_id, RecoveryCode.used_at.is_(None)
    )
    return int(await session.scalar(left) or 0)


async def replace_recovery_codes(
    session: AsyncSession, person_id: UUID, hashes: Sequence[bytes]
) -> None:
    """Keep these recovery codes, and none from before."""
    await session.execute(sa.delete(RecoveryCode).where(RecoveryCode.person_id == person_id))
    if hashes:
        rows = [{"code_sha256": each, "person_id": person_id} for each in hashes]
        await session.execute(insert(RecoveryCode), rows)


async def challenge_to_try(
    session: AsyncSession, token_sha256: bytes, purpose: str, at: datetime
) -> Challenge | None:
    """Find a challenge that may still be answered, and count the try."""
    counted = (
        sa.update(Challenge)
        .where(
            Challenge.token_sha256 == token_sha256,
            Challenge.purpose == purpose,
            Challenge.used_at.is_(None),
            Challenge.expires_at > at,
            Challenge.tries < TRIES,
        )
        .values(tries=Challenge.tries + 1)
        .returning(Challenge)
        .execution_options(populate_existing=True)
    )
    return (await session.scalars(counted)).one_or_none()


async def take_challenge(session: AsyncSession, token_sha256: bytes, at: datetime) -> bool:
    """Use a challenge up; return whether it was still to be had."""
    taken = (
        sa.update(Challenge)
        .where(Challenge.token_sha256 == token_sha256, Challenge.used_at.is_(None))
        .values(used_at=at)
        .returning(Challenge.token_sha256)
    )
    return await session.scalar(taken) is not None


async def strengthen(session: AsyncSession, session_id: UUID, at: datetime) -> None:
    """Note in a session that a second factor was proved in it."""
    await session.execute(
        sa.update(Session).where(Session.id == session_id).values(strength=2, proved_at=at)
    )


async def prove_lately(session: AsyncSession, session_id: UUID, at: datetime) -> None:
    """Note in a session that it was proved anew who it is."""
    await session.execute(sa.update(Session).where(Session.id == session_id).values(proved_at=at))
