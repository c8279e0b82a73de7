"""The door for work that waits on the world: documents, studied by processes that may die of it."""

from collections.abc import Sequence
from typing import Any

from chassis.identifiers import new_id
from chassis.trail import Trail
from chassis.working import Mark, Work
from documents import studying
from documents.gateways import Gateways
from documents.settings import Settings
from documents.studying import Claimed, Studied
from documents.verdicts import STUDYING


def work(settings: Settings) -> Sequence[Work[Gateways, Any, Any]]:
    """Return the work of this service, as its settings want it done."""

    async def study(claimed: Claimed, gateways: Gateways, _mark: Mark) -> Studied:
        return await studying.study(gateways.files, gateways.workshop, claimed)

    return (
        Work[Gateways, Claimed, Studied](
            name=STUDYING,
            claim=studying.claim,
            act=study,
            mark=studying.mark,
            settle=studying.settle,
            renew=studying.renew,
            lease=studying.LEASE,
            trail_of=lambda _: Trail(correlation_id=str(new_id())),
            at_once=studying.STUDIES_A_WORKER * settings.studying_workers,
        ),
    )
