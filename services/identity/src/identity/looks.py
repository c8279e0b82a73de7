"""How an issuer looks, for whoever shows its pages."""

from pydantic import BaseModel

from contracts.identity import Palette
from identity import accents
from identity.models import Issuer


class IssuerLook(BaseModel):
    """How an issuer looks and speaks; ``palette`` is its accent as finished colours."""

    issuer: str
    name: str
    accent: str
    palette: Palette | None
    language: str
    group: str


def look_of(issuer: Issuer) -> IssuerLook:
    """Return how an issuer looks."""
    return IssuerLook(
        issuer=issuer.issuer,
        name=issuer.name,
        accent=issuer.accent,
        palette=accents.palette_of(issuer.accent),
        language=issuer.language,
        group=issuer.issuer_group,
    )
