"""The rule of the days on which somebody answers: ``mon-fri`` or ``mon,wed,sat``."""

_NAMES = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def days_of(written: str) -> list[int]:
    """Return the days that are meant, Monday as 1, each once. Raises ``ValueError``."""
    days: set[int] = set()
    for part in written.lower().split(","):
        first, _, last = (each.strip() for each in part.partition("-"))
        start, end = _number(first), _number(last or first)
        if end < start:
            raise ValueError(f"{last} comes before {first}")
        days |= set(range(start, end + 1))
    return sorted(days)


def written(days: list[int]) -> str:
    """Return days as they are written."""
    return ",".join(_NAMES[each - 1] for each in days)


def _number(name: str) -> int:
    if name not in _NAMES:
        raise ValueError(f"a day is one of {', '.join(_NAMES)}")
    return _NAMES.index(name) + 1
