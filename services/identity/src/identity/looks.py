"""How an issuer looks, for whoever shows its pages."""

from typing import Annotated

from pydantic import BaseModel, StringConstraints

from contracts.identity import Palette
from identity import accents
from identity.models import Issuer

# JSON Schema's own kind of time has a zone; this one is by the clock of somewhere else.
ClockTime = Annotated[str, StringConstraints(pattern=r"^[0-2][0-9]:[0-5][0-9]$")]


class Support(BaseModel):
    """How readers reach somebody who helps them, and when by the clock of ``time_zone``.

    ``days``: Monday is 1.
    """

    phone: str | None
    email: str | None
    days: list[int]
    opens: ClockTime
    closes: ClockTime
    time_zone: str


class IssuerLook(BaseModel):
    """How an issuer looks and speaks; ``palette`` is its accent as finished colours."""

    issuer: str
    name: str
    accent: str
    palette: Palette | None
    language: str
    group: str
    support: Support


def look_of(issuer: Issuer) -> IssuerLook:
    """Return how an issuer looks."""
    return IssuerLook(
        issuer=issuer.issuer,
        name=issuer.name,
        accent=issuer.accent,
        palette=accents.palette_of(issuer.accent),
        language=issuer.language,
        group=issuer.issuer_group,
        support=Support(
            phone=issuer.support_phone,
            email=issuer.support_email,
            days=issuer.support_days,
            opens=f"{issuer.support_opens:%H:%M}",
            closes=f"{issuer.support_closes:%H:%M}",
            time_zone=issuer.time_zone,
        ),
    )
