"""How events are chained: each holds the hash of the one before, and a day's head that of all.

    facts_sha256 = SHA-256(facts)
    sha256       = SHA-256(the event's before it | who, which, when, what, facts_sha256)
    head         = SHA-256(the day's before it | day, how many | each event of the day)

The facts are under the chain by their hash only: once a document is rightly deleted they can be
forgotten, and the chain still holds.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

FIRST = b"\0" * 32
"""What the first event of a document, and the first head of an issuer, are made over."""

NO_FACTS = "is without its facts"


@dataclass(frozen=True)
class Event:
    """An event of a document, wherever it is kept; its first has the sequence 1."""

    document_id: UUID
    issuer: str
    sequence: int
    at: datetime
    act: str
    facts: dict[str, Any] | None
    """None once forgotten."""
    facts_sha256: bytes
    sha256: bytes


@dataclass(frozen=True)
class Wrong:
    """An event that is not as it was written."""

    sequence: int
    expected: str
    found: str


def canonical(value: Any) -> bytes:
    """Return plain data as bytes, in one way only."""
    return json.dumps(value, sort_keys=True, separators=(",", ":")).encode()


def moment(at: datetime) -> str:
    """Return a moment as text, in one way only."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def digest(facts: dict[str, Any]) -> bytes:
    """Return the hash of facts."""
    return hashlib.sha256(canonical(facts)).digest()


def following(
    before: Event | None,
    document_id: UUID,
    issuer: str,
    at: datetime,
    act: str,
    facts: dict[str, Any],
) -> Event:
    """Return the event that follows another of the same document, or its first."""
    sequence = before.sequence + 1 if before else 1
    over = before.sha256 if before else FIRST
    event = Event(document_id, issuer, sequence, at, act, facts, digest(facts), b"")
    return replace(event, sha256=hash_of(over, event))


def hash_of(before: bytes, event: Event) -> bytes:
    """Return the hash of an event, over the hash of the one before it."""
    told = [
        str(event.document_id),
        event.issuer,
        event.sequence,
        moment(event.at),
        event.act,
        event.facts_sha256.hex(),
    ]
    return hashlib.sha256(before + canonical(told)).digest()


def wrong(events: Sequence[Event], *, forgotten: bool) -> Iterator[Wrong]:
    """Find the events of a document that are not as they were written.

    ``forgotten``: the document was deleted, so its events may be without their facts.
    """
    before = FIRST
    for place, each in enumerate(events, start=1):
        if each.sequence != place:
            yield Wrong(place, "an event", f"none, but number {each.sequence}")
            return
        if each.facts is None and not forgotten:
            yield Wrong(place, each.facts_sha256.hex(), NO_FACTS)
        elif each.facts is not None and digest(each.facts) != each.facts_sha256:
            yield Wrong(place, each.facts_sha256.hex(), digest(each.facts).hex())
        made = hash_of(before, each)
        if made != each.sha256:
            yield Wrong(place, each.sha256.hex(), made.hex())
        before = each.sha256


class Head:
    """The head of an issuer's day, while its events pass by in the order they were written."""

    def __init__(self, before: bytes, issuer: str, day: date) -> None:
        """Begin over the head before it."""
        self.events = 0
        self._over = hashlib.sha256(before + canonical([issuer, day.isoformat()]))

    def add(self, each: tuple[UUID, int, bytes]) -> None:
        """Take an event in: of which document, which of its events, and its hash."""
        document_id, sequence, sha256 = each
        self.events += 1
        self._over.update(document_id.bytes + sequence.to_bytes(4, "big") + sha256)

    def add_all(self, events: Iterable[tuple[UUID, int, bytes]]) -> None:
        """Take several in."""
        for each in events:
            self.add(each)

    def sha256(self) -> bytes:
        """Return the head's hash."""
        over = self._over.copy()
        over.update(self.events.to_bytes(8, "big"))
        return over.digest()
