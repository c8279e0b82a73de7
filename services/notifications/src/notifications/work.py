"""The door for work that waits on the world: letters, handed to the relay."""

from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from chassis.signing import key_from
from chassis.working import Mark, Work
from notifications import claiming, claiming_writings, sending, settling
from notifications.gateways import Gateways
from notifications.in_hand import Claimed, Outcome, Patience
from notifications.linking import Links
from notifications.mailer import Mailer
from notifications.models import SENDING, WRITING
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

    async def hand_over(
        claimed: Claimed, gateways: Gateways, mark: Mark, mailer: Mailer
    ) -> Outcome:
        return await sending.act(
            claimed,
            mark,
            press=gateways.press,
            personal_press=gateways.personal_press,
            mailer=mailer,
            enclosures=gateways.enclosures,
            evidence=gateways.evidence,
            return_paths=gateways.return_paths,
            patience=patience,
        )

    async def claim(session: AsyncSession, limit: int) -> Sequence[Claimed]:
        return await claiming.claim(
            session, limit, patience=patience, links=links, readership=readership
        )

    async def claim_writings(session: AsyncSession, limit: int) -> Sequence[Claimed]:
        return await claiming_writings.claim(session, limit, patience=patience, links=links)

    async def send(claimed: Claimed, gateways: Gateways, mark: Mark) -> Outcome:
        return await hand_over(claimed, gateways, mark, gateways.mailer)

    async def write(claimed: Claimed, gateways: Gateways, mark: Mark) -> Outcome:
        mailer = gateways.personal_mailer or gateways.mailer
        return await hand_over(claimed, gateways, mark, mailer)

    of = partial(
        Work[Gateways, Claimed, Outcome],
        mark=settling.mark,
        settle=partial(settling.settle, patience=patience),
        renew=settling.renew,
        lease=patience.lease,
        trail_of=lambda claimed: claimed.trail,
    )
    # While one mail is on a line, others are composed or wait to be settled.
    lines, own_lines = 4 * settings.smtp_connections, 4 * settings.smtp_connections_to_people
    return (
        of(name=SENDING, claim=claim, act=send, at_once=lines),
        of(name=WRITING, claim=claim_writings, act=write, at_once=own_lines),
    )
