"""What a pack is: an issuer's documents of some days with all that proves them, as files of a ZIP.

index.csv                                a line for each document
documents/<id>/metadata.json             what the archive says of it
documents/<id>/events.json               what happened to it, each event over the one before
documents/<id>/<position>-<sha256>.xml   its files, byte for byte as they were received
heads.json                               the issuer's heads, day by day
problems.txt                             what could not be given, if anything
SHA256SUMS                               the hash of every other file, for ``sha256sum --check``

Whoever has a pack can check it without us, and without a network.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from documents import seals, wholeness
from documents.seals import Event
from documents.wholeness import Broken, Digest, Standing

INDEX, HEADS, README = "index.csv", "heads.json", "README.txt"
PROBLEMS, SUMS = "problems.txt", "SHA256SUMS"
METADATA, EVENTS = "metadata.json", "events.json"

COLUMNS = (
    "document_id",
    "type",
    "number",
    "customer_number",
    "issue_date",
    "currency",
    "total_incl_vat",
    "files",
    "last_event_sha256",
)

ABOUT = """\
An export of the archive: the documents of {issuer} issued from {first} to {last}.

index.csv lists them. Each has a folder under documents/: its files as they were received, byte for
byte; metadata.json, what the archive says of it; and events.json, what happened to it.

To check that nothing was changed since:

    sha256sum --check SHA256SUMS
    python -m documents verify-pack THIS.zip

The second also checks that each event holds the hash of the one before, and that files and metadata
are what the first event says was received. heads.json has the day's hash over all events of the
issuer, as it was told to the issuer on that day.
"""

_ENDINGS = {"application/pdf": "pdf", "application/xml": "xml", "text/xml": "xml"}


def folder(document_id: UUID | str) -> str:
    """Return where a document is."""
    return f"documents/{document_id}"


def file_name(position: int, sha256: str, media_type: str) -> str:
    """Return the name of a file: nothing of what its sender called it."""
    return f"{position:02}-{sha256}.{_ENDINGS.get(media_type, 'bin')}"


def as_json(value: Any) -> bytes:
    """Return something as JSON that people can read too."""
    return json.dumps(value, indent=1, sort_keys=True, ensure_ascii=False).encode() + b"\n"


def metadata(
    document_id: UUID,
    facts: Mapping[str, Any],
    retain_until: date,
    flags: Sequence[str],
    *,
    held: bool,
) -> dict[str, Any]:
    """Return what metadata.json says."""
    return {
        "document_id": str(document_id),
        "document": dict(facts),
        "retain_until": retain_until.isoformat(),
        "held": held,
        "flags": list(flags),
    }


def told(event: Event) -> dict[str, Any]:
    """Return an event as events.json has it."""
    return {
        "document_id": str(event.document_id),
        "issuer": event.issuer,
        "sequence": event.sequence,
        "at": seals.moment(event.at),
        "act": event.act,
        "facts": event.facts,
        "facts_sha256": event.facts_sha256.hex(),
        "sha256": event.sha256.hex(),
    }


def event(told: Mapping[str, Any]) -> Event:
    """Read an event. Raises ``KeyError``, ``TypeError`` or ``ValueError``."""
    return Event(
        document_id=UUID(told["document_id"]),
        issuer=str(told["issuer"]),
        sequence=int(told["sequence"]),
        at=datetime.fromisoformat(told["at"]),
        act=str(told["act"]),
        facts=told["facts"],
        facts_sha256=bytes.fromhex(told["facts_sha256"]),
        sha256=bytes.fromhex(told["sha256"]),
    )


def broken(
    said: Mapping[str, Any], events: Sequence[Event], files: Mapping[str, Digest | None]
) -> Iterator[Broken]:
    """Find what of a packed document is not as it was. Raises as ``event`` does."""
    now = Standing(said["document"], str(said["retain_until"]), bool(said["held"]))
    wanted = wholeness.files_of(now, events)
    yield from wholeness.broken(now, events, {each: files.get(each) for each in wanted})
    for each in events:
        if str(each.document_id) != said["document_id"]:
            of = f"an event of {said['document_id']}"
            yield Broken(wholeness.EVENT, str(each.sequence), of, f"one of {each.document_id}")
