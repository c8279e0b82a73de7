"""Why a letter stands as it does, as one word that every reader has words for."""

from notifications.models import State
from notifications.replies import Fate

ARCHIVE_AWAY = "archive_away"
"""What goes with it cannot be had from the archive yet."""
UNANSWERED = "unanswered"
"""The relay may have it and did not say."""
NO_RIGHT = "no_right"
"""Its reader is not to be told of that document after all."""

_CODES = {*Fate, ARCHIVE_AWAY}


def code_of(state: State, reason: str | None) -> str | None:
    """Return the word for a letter's reason: a fate, or one of the three above; None for none."""
    if state is State.WITHDRAWN:
        return NO_RIGHT
    if state is State.UNKNOWN:
        return UNANSWERED
    code = (reason or "").partition(":")[0]
    return code if code in _CODES else None
