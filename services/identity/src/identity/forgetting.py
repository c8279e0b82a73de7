"""Forget what nobody needs any more: old sessions, proofs, challenges, browsers, the old audit."""

from datetime import timedelta

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from chassis import outbox
from chassis.identifiers import now
from contracts.identity import ForgetAccess
from identity import help_queries, seal_queries

log = structlog.get_logger()

SESSIONS_KEPT = timedelta(days=30)
CREDENTIALS_KEPT = timedelta(days=30)
CHALLENGES_KEPT = timedelta(days=1)
DEVICES_KEPT = timedelta(days=400)
THROTTLES_KEPT = timedelta(days=1)
VOTES_KEPT = timedelta(days=730)

_AT_MOST = 1_000
"""Rows of each kind in one transaction."""

_SEALS_AT_MOST = 10


async def forget(session: AsyncSession) -> dict[str, int]:
    """Forget a few of each kind; where there are more, it is said again."""
    at = now()
    gone = {
        "sessions": await seal_queries.forget_sessions(session, at - SESSIONS_KEPT, _AT_MOST),
        "credentials": await seal_queries.forget_credentials(
            session, at - CREDENTIALS_KEPT, _AT_MOST
        ),
        "challenges": await seal_queries.forget_challenges(session, at - CHALLENGES_KEPT, _AT_MOST),
        "devices": await seal_queries.forget_devices(session, at - DEVICES_KEPT, _AT_MOST),
        "throttles": await seal_queries.forget_throttles(session, at - THROTTLES_KEPT, _AT_MOST),
        "help_votes": await help_queries.forget_votes(session, at - VOTES_KEPT, _AT_MOST),
    }
    seals = await seal_queries.forget_audit(session, _SEALS_AT_MOST)
    if seals == _SEALS_AT_MOST or _AT_MOST in gone.values():
        await outbox.say(session, ForgetAccess())
    if seals or any(gone.values()):
        log.info("access_forgotten", audit_seals=seals, **gone)
    return gone | {"audit_seals": seals}
