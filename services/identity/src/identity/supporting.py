"""Say how an issuer's readers reach somebody who helps them, and when (O-01)."""

from dataclasses import dataclass
from datetime import time

from sqlalchemy.ext.asyncio import AsyncSession

from identity import addresses, queries
from identity.errors import IssuerUnknown
from identity.models import Issuer


@dataclass(frozen=True)
class Said:
    """What is said of an issuer's support; None leaves what is known, "" takes it away."""

    phone: str | None = None
    email: str | None = None
    days: list[int] | None = None
    opens: time | None = None
    closes: time | None = None


class NeverOpen(ValueError):
    """It would close before it opens."""


async def say(session: AsyncSession, issuer: str, said: Said) -> Issuer:
    """Change what is known of an issuer's support, and return the issuer.

    Raises ``IssuerUnknown``, ``AddressUnusable``, ``NeverOpen``.
    """
    if said.email:
        addresses.key_of(said.email, pointer="/email")
    known = await queries.issuer_to_change(session, issuer)
    if known is None:
        raise IssuerUnknown(issuer)
    for field, value in vars(said).items():
        if value is not None:
            setattr(known, f"support_{field}", value or None)
    if known.support_opens >= known.support_closes:
        raise NeverOpen("it must open before it closes, on one day")
    await session.flush()
    return known
