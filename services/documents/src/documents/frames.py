"""How a worker is spoken to: a header in JSON and some bytes, with their lengths ahead.

No pickle: what a worker answers stays data, whatever a document has made of it.
"""

import json
import struct
from collections.abc import Sequence
from typing import Any

LENGTHS = struct.Struct(">II")
"""How long the header is, and how long all that follows it."""

_LONGEST_HEADER = 1024 * 1024
_LONGEST_BODY = 256 * 1024 * 1024


class Garbled(Exception):
    """What came is not a frame."""


def written(header: dict[str, Any], parts: Sequence[bytes] = ()) -> bytes:
    """Return a frame; ``parts`` come back one by one."""
    start = json.dumps(header | {"parts": [len(part) for part in parts]}).encode()
    lengths = LENGTHS.pack(len(start), sum(map(len, parts)))
    return b"".join((lengths, start, *parts))


def lengths(prefix: bytes) -> tuple[int, int]:
    """Read how much follows. Raises ``Garbled`` for more than there could be."""
    header, body = LENGTHS.unpack(prefix)
    if header > _LONGEST_HEADER or body > _LONGEST_BODY:
        raise Garbled
    return header, body


def read(start: bytes, body: bytes) -> tuple[dict[str, Any], list[bytes]]:
    """Read a frame's header and parts. Raises ``Garbled``."""
    try:
        header = json.loads(start)
        sizes = [int(size) for size in header.pop("parts")]
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as wrong:
        raise Garbled from wrong
    if min(sizes, default=0) < 0 or sum(sizes) != len(body):
        raise Garbled
    ends = [sum(sizes[: turn + 1]) for turn in range(len(sizes))]
    return header, [body[end - size : end] for size, end in zip(sizes, ends, strict=True)]
