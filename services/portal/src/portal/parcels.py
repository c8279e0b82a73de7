"""Small things that a browser carries from one page to the next, in a cookie of its own.

Nothing in them decides anything: whoever alters theirs reads another page, and that is all.
"""

import base64
import json
from binascii import Error
from collections.abc import Mapping
from typing import Any

LARGEST = 3500
"""Of 4096 bytes that browsers keep, with the cookie's name and attributes."""


def packed(things: Mapping[str, Any]) -> str:
    """Return things as a cookie carries them."""
    said = json.dumps(things, separators=(",", ":"))
    return base64.urlsafe_b64encode(said.encode()).decode().rstrip("=")


def unpacked(cookie: str | None) -> dict[str, Any]:
    """Return what a cookie carries; nothing where it is none of ours."""
    if not cookie or len(cookie) > LARGEST:
        return {}
    try:
        things = json.loads(base64.urlsafe_b64decode(cookie + "=" * (-len(cookie) % 4)))
    except (Error, ValueError, RecursionError):
        return {}
    return things if isinstance(things, dict) else {}
