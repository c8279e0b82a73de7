"""When a letter that was not taken is tried again, and when that ends."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from notifications.replies import Fate

_SLOW = timedelta(minutes=15)
_DAY = timedelta(days=1)
_TRIES_AT_A_FULL_MAILBOX = 5
_JITTER_SHARE = 0.2
_SHORTEST_LOOK, _LONGEST_LOOK = timedelta(seconds=1), timedelta(minutes=10)


def next_try(
    fate: Fate, tries: int, schedule: Sequence[timedelta], *, jitter: float
) -> timedelta | None:
    """Choose the pause before the next try, or None when the letter is given up.

    Args:
        fate: what the last answer meant.
        tries: how many tries were made, the last one included, whatever came of them; from 1.
        schedule: the pause after each try, in order. It ends where the patience ends. No pause is
            raised above its longest, so a schedule of seconds keeps a test run in seconds; one that
            ends in pauses of a day asks a full mailbox daily.
        jitter: from 0 to 1, drawn by the caller; lengthens the pause by at most a fifth.

    """
    longest = max(schedule, default=timedelta())
    if fate is Fate.MAILBOX_FULL:
        pauses = [min(_DAY, longest)] * _TRIES_AT_A_FULL_MAILBOX
    elif fate is Fate.DEFERRED_SLOW:
        pauses = [max(pause, min(_SLOW, longest)) for pause in schedule]
    elif fate is Fate.DEFERRED:
        pauses = list(schedule)
    else:
        pauses = []
    if tries > len(pauses):
        return None
    return pauses[tries - 1] * (1 + _JITTER_SHARE * jitter)


def next_look(since: datetime, at: datetime) -> datetime:
    """Say when to look again at a letter that waits for us to be told of somebody.

    Being told wakes it, unless both happen at the same moment: so soon, and then ever later.
    """
    return at + min(max(at - since, _SHORTEST_LOOK), _LONGEST_LOOK)
