"""Forget what became of letters once nobody asks after it any more, with all that tells of it."""

from datetime import timedelta

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from chassis import outbox
from chassis.identifiers import now
from contracts.notifications import ForgetLetters
from notifications import queries, writing_queries

log = structlog.get_logger()

_AT_MOST = 1_000
"""Documents in one transaction."""


async def forget_letters(session: AsyncSession, kept: timedelta) -> int:
    """Forget the oldest documents whose letters are all settled; return how many there were.

    Where there are more, it is said again, so that a backlog goes without a long transaction.
    """
    before = now() - kept
    forgotten = await queries.forget_notices(session, before, _AT_MOST)
    about_accounts = await writing_queries.forget(session, before, _AT_MOST)
    if _AT_MOST in (forgotten, about_accounts):
        await outbox.say(session, ForgetLetters())
    if forgotten or about_accounts:
        log.info("letters_forgotten", documents=forgotten, about_accounts=about_accounts)
    return forgotten
