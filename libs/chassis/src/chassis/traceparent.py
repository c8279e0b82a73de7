"""Where something stands in a trace: the header ``traceparent`` of W3C Trace Context."""

import re
import secrets

HEADER = "traceparent"
"""Its name on messages and requests."""

_SHAPE = re.compile(
    r"(?!ff)(?P<version>[0-9a-f]{2})"
    r"-(?P<trace>(?!0{32})[0-9a-f]{32})"
    r"-(?P<span>(?!0{16})[0-9a-f]{16})"
    r"-(?P<flags>[0-9a-f]{2})(?P<more>-.*)?"
)
_KNOWN_FLAGS = 0x03
"""Sampled, and random: what version 00 knows."""


def begin() -> str:
    """Return the start of a new trace.

    It is flagged as sampled although nothing was recorded yet: whoever records further on may.
    """
    made = secrets.token_hex(24)
    return f"00-{made[:32]}-{made[32:]}-01"


def read(given: object) -> str | None:
    """Return a ``traceparent`` that came from elsewhere, or None when it is none.

    One of a later version is read as version 00, as the standard asks.
    """
    found = _SHAPE.fullmatch(given) if isinstance(given, str) else None
    if found is None or (found["version"] == "00" and found["more"]):
        return None
    flags = int(found["flags"], 16) & _KNOWN_FLAGS
    return f"00-{found['trace']}-{found['span']}-{flags:02x}"


def trace_id(traceparent: str) -> str:
    """Return the trace that a ``traceparent`` belongs to."""
    return traceparent[3:35]
