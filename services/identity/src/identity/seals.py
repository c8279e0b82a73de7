"""How the audit is sealed: of each entry a digest, of each seal a hash over the one before it.

Who changes, adds or takes away an entry below a seal breaks that seal, and with it every later one.
"""

import hashlib
import json
import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

_ENTRY = struct.Struct(">q32s")
FIRST = b"\0" * 32
"""What the first seal is made over."""


@dataclass(frozen=True)
class Entry:
    """A line of the audit."""

    id: int
    at: datetime
    act: str
    actor: str
    subject: str | None
    issuer: str | None
    facts: dict[str, Any]
    correlation_id: str


@dataclass(frozen=True)
class Break:
    """Where the audit is not what was sealed."""

    entry: int
    what: str


def digest_of(entry: Entry) -> bytes:
    """Return the hash of an entry: of each of its fields, in one way only."""
    told = [
        entry.id,
        entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
        entry.act,
        entry.actor,
        entry.subject,
        entry.issuer,
        entry.facts,
        entry.correlation_id,
    ]
    text = json.dumps(told, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).digest()


def digests_of(entries: Iterable[Entry]) -> bytes:
    """Return what a seal remembers: of each entry its id and its hash."""
    return b"".join(_ENTRY.pack(each.id, digest_of(each)) for each in entries)


def seal_of(
    before: bytes, last_entry: int, entries: int, sealed_at: datetime, digests: bytes
) -> bytes:
    """Return the hash of a seal, over the one before it."""
    when = sealed_at.astimezone(UTC).isoformat(timespec="microseconds")
    numbers = json.dumps([last_entry, entries, when])
    return hashlib.sha256(before + numbers.encode() + b"\n" + digests).digest()


def first_break(digests: bytes, entries: Sequence[Entry]) -> Break | None:
    """Return the first entry that is not as it was sealed, if there is one."""
    sealed = dict(_ENTRY.iter_unpack(digests))
    there = {each.id: each for each in entries}
    for entry_id in sorted(sealed.keys() | there.keys()):
        if entry_id not in there:
            return Break(entry_id, "is gone")
        if entry_id not in sealed:
            return Break(entry_id, "was added after the seal")
        if digest_of(there[entry_id]) != sealed[entry_id]:
            return Break(entry_id, "was changed after the seal")
    return None


def first_sealed(digests: bytes) -> int | None:
    """Return the first entry a seal knows of."""
    return next((entry_id for entry_id, _ in _ENTRY.iter_unpack(digests)), None)
