"""What of a document is not as it was: compared with what its first event says of it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from documents import seals
from documents.seals import Event

FILE, ROW, EVENT, HEAD = "file", "row", "event", "head"
KINDS = (FILE, ROW, EVENT, HEAD)

HELD, RELEASED = "held", "released"
"""What happens to a document that may not be deleted, and then may."""

NOTHING = "nothing"
_LONGEST = 200


@dataclass(frozen=True)
class Digest:
    """What bytes come to."""

    sha256: str
    size: int


@dataclass(frozen=True)
class Broken:
    """A part that is not as it was: what it should be, and what it is.

    ``what`` is a file's hash, a row's field, an event's number, or an issuer's head.
    """

    kind: str
    what: str
    expected: str
    found: str


@dataclass(frozen=True)
class Standing:
    """A document as the archive has it now."""

    facts: Mapping[str, Any]
    retain_until: str
    held: bool


def files_of(now: Standing, events: Sequence[Event]) -> dict[str, int]:
    """Return the files to be looked at and their sizes: those of now, and those of then."""
    then = _then(events) or {}
    named = [*now.facts["files"], *then.get("files", ())]
    return {each["sha256"]: each["size"] for each in reversed(named)}


def broken(
    now: Standing,
    events: Sequence[Event],
    files: Mapping[str, Digest | None],
) -> Iterator[Broken]:
    """Find what is not as it was; ``files`` are the bytes as they are, None for none."""
    if not events:
        yield Broken(EVENT, "1", "the first event", NOTHING)
    wrong = list(seals.wrong(events, forgotten=False))
    for each in wrong:
        yield Broken(EVENT, str(each.sequence), each.expected, each.found)
    # What an event says is believed only where the event is as it was written.
    if not wrong and (then := _then(events)) is not None:
        yield from _rows(then, now.facts)
        yield from _kept(now, events)
    sizes = files_of(now, events)
    for sha256, found in files.items():
        if found is None:
            yield Broken(FILE, sha256, sha256, NOTHING)
        elif found.sha256 != sha256:
            yield Broken(FILE, sha256, sha256, found.sha256)
        elif found.size != sizes.get(sha256, found.size):
            yield Broken(ROW, f"size of {sha256}", str(found.size), str(sizes[sha256]))


def _then(events: Sequence[Event]) -> dict[str, Any] | None:
    """Return what the first event says of the document, where it says so."""
    facts = events[0].facts if events else None
    told = facts.get("document") if facts else None
    return told if isinstance(told, dict) else None


def _rows(then: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[Broken]:
    told, there = _flat(then), _flat(now)
    for field in sorted(told.keys() | there.keys()):
        was, is_now = told.get(field, NOTHING), there.get(field, NOTHING)
        if was != is_now:
            yield Broken(ROW, field, was[:_LONGEST], is_now[:_LONGEST])


def _flat(facts: Mapping[str, Any]) -> dict[str, str]:
    """Return facts as text by field: of files one for each part, of references for each."""
    flat = {key: str(value) for key, value in facts.items() if key not in {"files", "references"}}
    for file in facts.get("files", ()):
        flat |= {f"files.{file['position']}.{key}": str(value) for key, value in file.items()}
    for kind, value in facts.get("references", ()):
        flat[f"references.{kind}.{value}"] = value
    return flat


def _kept(now: Standing, events: Sequence[Event]) -> Iterator[Broken]:
    """Compare how long it is kept with what was said last of that."""
    until, held = None, False
    for each in events:
        until = (each.facts or {}).get("retain_until", until)
        held = each.act == HELD or (held and each.act != RELEASED)
    if until is not None and until != now.retain_until:
        yield Broken(ROW, "retain_until", until, now.retain_until)
    if held != now.held:
        yield Broken(ROW, "held", str(held), str(now.held))
