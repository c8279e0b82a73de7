"""Change the password of someone who knows it."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from chassis.identifiers import now
from chassis.ports import Transactions
from identity import (
    account_queries,
    auditing,
    person_queries,
    starting,
    strength,
    throttling,
    writing,
)
from identity.errors import CurrentPasswordWrong, PasswordRefused, SessionUnknown
from identity.passwords import Passwords

_BURST, _EVERY = 10, timedelta(minutes=1)


async def change(
    transactions: Transactions,
    passwords: Passwords,
    person_id: UUID,
    session_id: UUID,
    issuer: str,
    *,
    current: str,
    new: str,
) -> None:
    """Change it, and end every other session; nothing that was sent out before is good after it.

    Raises ``CurrentPasswordWrong``, or what the new one lacks.
    """
    at = now()
    async with transactions() as session:
        await throttling.spend(session, "proof", str(person_id), burst=_BURST, every=_EVERY, at=at)
        account = await account_queries.account(session, person_id)
        person = await account_queries.person_to_hold(session, person_id)
        if account is None or person is None:
            raise SessionUnknown
        words = await account_queries.words_about(session, person_id)
        has_factor = await account_queries.has_second_factor(session, person_id)
    if not await passwords.matches(current, account.password_hash):
        async with transactions() as session:
            await auditing.note(
                session, "password_not_changed", actor=person_id, subject=person_id, issuer=issuer
            )
        raise CurrentPasswordWrong
    strength.check(new, second_factor=has_factor, words=words)
    kept = await passwords.hash(new)
    async with transactions() as session:
        held = await account_queries.account_to_change(session, person_id)
        person = await account_queries.person_to_hold(session, person_id)
        if held is None or person is None or held.password_hash != account.password_hash:
            raise CurrentPasswordWrong
        held.password_hash, held.password_changed_at = kept, at
        held.needs_second_factor = not _is_enough_alone(new, words)
        await person_queries.withdraw_resets(session, person_id, at)
        await starting.end(session, person_id, but=session_id)
        await writing.write(session, person, issuer, "password_changed")
        await auditing.note(
            session, "password_changed", actor=person_id, subject=person_id, issuer=issuer
        )


def _is_enough_alone(password: str, words: Sequence[str]) -> bool:
    try:
        strength.check(password, second_factor=False, words=words)
    except PasswordRefused:
        return False
    return True
