"""What a service of ours refused: its problem document (RFC 9457), as far as a page needs it."""

from pydantic import BaseModel, ValidationError

from contracts.refusal import Problem
from portal.errors import Refused, ServiceAway, TooOften

STATUSES = (400, 409, 422)
"""With these a service refuses what was asked; nothing is wrong with the service."""

_A_MINUTE = 60


class _Said(BaseModel):
    problems: list[Problem] = []


def refused(service: str, content: bytes) -> Refused:
    """Return what is wrong with what was asked. Raises ``ServiceAway`` where nobody can read it."""
    try:
        return Refused(_Said.model_validate_json(content).problems)
    except ValidationError as error:
        raise ServiceAway(service) from error


def too_often(retry_after: str | None) -> TooOften:
    """Return for how long nothing more may be asked; a minute where that is not said."""
    said = retry_after or ""
    return TooOften(int(said) if said.isdecimal() else _A_MINUTE)
