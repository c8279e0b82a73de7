"""The door for mails that come back."""

from collections.abc import Sequence
from uuid import UUID

from chassis.database import has_collided, is_away
from chassis.ports import Port, Transactions
from notifications import bounces, dsn, measures
from notifications.errors import StoreAway
from notifications.gateways import Gateways
from notifications.intake import Intake
from notifications.settings import Settings


def ports(settings: Settings, transactions: Transactions, gateways: Gateways) -> Sequence[Port]:
    """Return the port that mails come back to, where there is to be one."""
    return_paths = gateways.return_paths
    if settings.bounce_port is None or return_paths is None:
        return ()
    forbearance = bounces.Forbearance(
        schedule=tuple(settings.retry_schedule), domain_pause=settings.domain_pause
    )

    async def store(letter_id: UUID, content: bytes) -> None:
        try:
            report = dsn.read(content)
        except dsn.NotAReport:
            # Someone is on holiday, or nobody can read it: taken, so that it goes nowhere else.
            measures.bounces.labels(measures.UNREADABLE).inc()
            return
        try:
            async with transactions() as session:
                await bounces.take_in(session, letter_id, report, forbearance=forbearance)
        except Exception as error:
            if is_away(error) or has_collided(error):
                raise StoreAway from error
            raise

    return (
        Intake(
            settings.bounce_host,
            settings.bounce_port,
            letter_of=return_paths.letter_of,
            store=store,
            largest=dsn.LARGEST,
        ),
    )
