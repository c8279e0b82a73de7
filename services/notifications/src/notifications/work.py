"""The door for work that waits on the world: letters, handed to the relay."""

from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from chassis.signing import key_from
from chassis.working import Mark, Work
from notifications import claiming, sending, settling
from notifications.gateways import Gateways
from notifications.in_hand import Claimed, Outcome, Patience
from notifications.linking import Links
from notifications.models import SENDING
from notifications.readership import Readership
from notifications.settings import Settings


def work(settings: Settings) -> Sequence[Work[Gateways, Any, Any]]:
    """Return the work of this service, as its settings want it done."""
    patience = Patience(
        schedule=tuple(settings.retry_schedule),
        lease=timedelta(seconds=settings.lease_seconds),
        evidence_after=timedelta(seconds=settings.evidence_after_seconds),
        resend_unknown=settings.on_unknown == "resend",
        domain_pause=settings.domain_pause,
    )
    readership = Readership()
    links = Links(settings.portal_url, key_from(settings.link_key.get_secret_value()))

    async def act(claimed: Claimed, gateways: Gateways, mark: Mark) -> Outcome:
        return await sending.act(
            claimed,
            mark,
            press=gateways.press,
            mailer=gateways.mailer,
            evidence=gateways.evidence,
            return_paths=gateways.return_paths,
            patience=patience,
        )

    async def claim(session: AsyncSession, limit: int) -> Sequence[Claimed]:
        return await claiming.claim(
            session, limit, patience=patience, links=links, readership=readership
        )

    return (
        Work(
            name=SENDING,
            claim=claim,
            act=act,
            mark=settling.mark,
            settle=partial(settling.settle, patience=patience),
            renew=settling.renew,
            lease=patience.lease,
            trail_of=lambda claimed: claimed.trail,
            # While one mail is on a line, others are composed or wait to be settled.
            at_once=4 * settings.smtp_connections,
        ),
    )
