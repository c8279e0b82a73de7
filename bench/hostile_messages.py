"""What a broken or hostile billing system might publish: messages of at most 100 kB.

Each kind says what must become of it: ``refused`` (answered and parked), ``accepted`` (kept, and
flagged where its file cannot be read) or ``known`` (handled before, so nothing is said again). The
files come from the corpus that the archive is tested with, where they are small enough.
"""

import base64
import json
import runpy
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from uuid_utils.compat import uuid7

from localrun.lease_company import PUBLISH
from localrun.loading import Document, PreparedInvoice

LARGEST = 100_000
REFUSED, ACCEPTED, KNOWN = "refused", "accepted", "known"

_CORPUS = Path(__file__).parents[1] / "services" / "documents" / "tests" / "hostile.py"
_LARGEST_FILE = 74_000
_LARGEST_BIG_FILE = 1024 * 1024
_TASK = "notifications.report-unknown-recipients.v1"
_AMOUNT = {"amount": "498.94", "currency": "EUR"}


class NoTime(datetime):
    """A moment that the wire can carry and that no calendar has."""

    def timestamp(self) -> float:
        """Return seconds after the end of time."""
        return 2.0**62


class Material:
    """What the messages are made of: an invoice to spoil, and documents that were handled."""

    def __init__(
        self, handled: Sequence[Document], prepared: Mapping[str, PreparedInvoice]
    ) -> None:
        """Repeat these documents; ``prepared`` is the invoice of each customer number."""
        self._handled = handled
        self._prepared = prepared
        self._turn = 0

    def good(self, number: str) -> bytes:
        """Return the body of a command that nothing is wrong with."""
        return self._prepared[self._handled[0].customer_number].command(number)

    def command(self, number: str, **changes: Any) -> bytes:
        """Return a body that says all a file may say, with some fields changed."""
        said = {"type": "invoice", "issue_date": "2026-03-02", "total_incl_vat": _AMOUNT}
        fields: dict[str, Any] = json.loads(self.good(number))
        return json.dumps(fields | said | {"number": number} | changes).encode()

    def with_file(self, number: str, content: bytes, media_type: str | None = None) -> bytes:
        """Return a command with one file, said to be what it looks like unless told otherwise."""
        is_pdf = b"%PDF-" in content[:1100]
        file = {
            "role": "original_pdf" if is_pdf else "original_xml",
            "name": "../../invoice\u202e.pdf" if is_pdf else "invoice.xml",
            "media_type": media_type or ("application/pdf" if is_pdf else "application/xml"),
            "content": base64.b64encode(content).decode(),
        }
        return self.command(number, files=[file])

    def handled(self) -> Document:
        """Return one of the documents that were handled before, another each time."""
        self._turn += 1
        return self._handled[self._turn % len(self._handled)]

    def body_of(self, document: Document) -> bytes:
        """Return the body that a document was published with, byte for byte."""
        return self._prepared[document.customer_number].command(document.number)


@dataclass(frozen=True)
class Asked:
    """A message, ready to be published; a property that is None is left out."""

    body: bytes
    routing_key: str = PUBLISH
    properties: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Kind:
    """One way to be hostile, and what must become of it."""

    name: str
    fate: str
    make: Callable[[Material, str], Asked]
    flagged: bool = False
    """Whether it must be flagged when it is accepted."""
    anonymous: bool = False
    """Whether its answer cannot name it, since nothing in it can be read that would."""


def _body(
    name: str, fate: str, make: Callable[[Material, str], bytes], *, flagged: bool = False
) -> Kind:
    return Kind(name, fate, lambda material, number: Asked(make(material, number)), flagged)


def _bytes(name: str, content: bytes) -> Kind:
    return _body(name, REFUSED, lambda _material, _number: content)


def _fields(name: str, fate: str, **changes: Any) -> Kind:
    return _body(name, fate, lambda material, number: material.command(number, **changes))


def _properties(name: str, fate: str, *, anonymous: bool = False, **properties: Any) -> Kind:
    def make(material: Material, number: str) -> Asked:
        return Asked(material.good(number), properties=properties)

    return Kind(name, fate, make, anonymous=anonymous)


def _file(name: str, content: Callable[[], bytes], *, flagged: bool, kept: list[bytes]) -> Kind:
    """Return a kind whose bytes are made once, when they are first needed."""

    def make(material: Material, number: str) -> bytes:
        if not kept:
            kept.append(content())
        return material.with_file(number, kept[0])

    return _body(name, ACCEPTED, make, flagged=flagged)


def _reused(material: Material, number: str) -> Asked:
    properties = {"message_id": material.handled().message_id, "correlation_id": number}
    return Asked(material.good(number), properties=properties)


def _again(material: Material, _number: str) -> Asked:
    document = material.handled()
    properties = {"message_id": document.message_id, "correlation_id": None}
    return Asked(material.body_of(document), properties=properties)


def _under_a_new_id(material: Material, _number: str) -> Asked:
    return Asked(material.body_of(material.handled()))


def _unknown_command(material: Material, number: str) -> Asked:
    return Asked(material.good(number), "documents.destroy-document.v1")


def _unknown_keys(material: Material, number: str) -> bytes:
    keys = {f"unknown_{nth}": [nth] * 5 for nth in range(1_500)}
    return material.command(number, **keys)


def _many_files(material: Material, number: str) -> bytes:
    file = json.loads(material.good(number))["files"][0]
    return material.command(number, files=[file | {"content": "QQ=="}] * 11)


def _says_another_size(material: Material, number: str) -> bytes:
    file = json.loads(material.good(number))["files"][0] | {"size": 1 << 40, "sha256": "0" * 64}
    return material.command(number, files=[file])


def _broken_base64(material: Material, number: str) -> bytes:
    file = json.loads(material.good(number))["files"][0] | {"content": "JVBERi0*** no base64"}
    return material.command(number, files=[file])


def _said_to_be_a_picture(material: Material, number: str) -> bytes:
    return material.with_file(number, b"%PDF-1.7\nno picture either", "image/png")


def _deep_table() -> dict[str, Any]:
    table: dict[str, Any] = {}
    for _ in range(60):
        table = {"a": table}
    return table


MALFORMED: tuple[Kind, ...] = (
    _bytes("not JSON", b"<Invoice>this is XML</Invoice>"),
    _bytes("not UTF-8", b'{"customer_number": "\xff\xfe"}'),
    _bytes("empty", b""),
    _bytes("a list", b"[1, 2, 3]"),
    _bytes("99 kB of noise", bytes(range(256)) * 386),
    _bytes("JSON cut off", b'{"customer_number": "DL5-104233", "files": [{"role": "orig'),
    _bytes("brackets", b"[" * 99_000),
    _bytes("JSON 15,000 deep", b'{"files":' + b'{"a":' * 15_000 + b"1" + b"}" * 15_000 + b"}"),
    _bytes("a number without end", b'{"customer_number": ' + b"9" * 99_000 + b"}"),
    _bytes("no fields", b"{}"),
    _fields("wrong types", REFUSED, customer_number=5, files="none", issue_date={"year": 2026}),
    _fields("no files", REFUSED, files=[]),
    _fields("customer of another issuer", REFUSED, customer_number="DL2-104233"),
    _fields("a customer that is none", REFUSED, customer_number="'; drop table documents; --"),
    _fields("an amount that is none", REFUSED, total_incl_vat=_AMOUNT | {"amount": "NaN"}),
    _fields("an amount without end", REFUSED, total_incl_vat=_AMOUNT | {"amount": "1e999999"}),
    _fields("a day that is none", REFUSED, issue_date="2026-02-31"),
    _fields("a number with a NUL", REFUSED, payment_reference="a\0b"),
    _body("eleven files", REFUSED, _many_files),
    _body("no base64", REFUSED, _broken_base64),
    _body("1,500 unknown keys", ACCEPTED, _unknown_keys),
    _body("another size than it has", ACCEPTED, _says_another_size),
    _body("a PDF said to be a picture", ACCEPTED, _said_to_be_a_picture, flagged=True),
)
"""Bodies that are no command, or say what cannot be."""

PROPERTIES: tuple[Kind, ...] = (
    _properties("no message_id", REFUSED, message_id=None),
    _properties("a message_id that is none", REFUSED, message_id="invoice-17"),
    _properties("no user_id", REFUSED, user_id=None),
    _properties(
        "no user_id, a sender of its own", REFUSED, user_id=None, headers={"x-sender": "dl5"}
    ),
    _properties("no id of any kind", REFUSED, anonymous=True, message_id=None, correlation_id=None),
    _properties(
        "a time that is none",
        REFUSED,
        anonymous=True,
        timestamp=NoTime(2026, 3, 2, tzinfo=UTC),
    ),
    Kind("message_id used twice", REFUSED, _reused),
    Kind("the same again", KNOWN, _again),
    Kind("the same under a new id", ACCEPTED, _under_a_new_id),
    Kind("a command nobody knows", REFUSED, _unknown_command),
    _properties("CC and BCC to tasks", ACCEPTED, headers={"CC": [_TASK, "events"], "BCC": [_TASK]}),
    _properties("a header of 60 kB", ACCEPTED, headers={"a": "x" * 60_000}),
    _properties("a header 60 deep", ACCEPTED, headers=_deep_table()),
    _properties(
        "a trace that is none", ACCEPTED, headers={"traceparent": "00-zz", "x-attempt": -1}
    ),
    _properties("answers elsewhere", ACCEPTED, reply_to="out.dl2", type=_TASK, app_id="x" * 255),
    _properties("transient, and first in line", ACCEPTED, delivery_mode=1, priority=255),
    _properties("said to be zipped", ACCEPTED, content_type="text/xml", content_encoding="gzip"),
)
"""Commands that nothing is wrong with but their envelope."""


def _hostile_files(*, above: int, most: int) -> dict[str, Any]:
    """Return the corpus between two sizes; what is much larger is made only to be measured."""
    corpus = runpy.run_path(str(_CORPUS))["CORPUS"]
    return {
        name: hostile for name, hostile in corpus.items() if above < len(hostile.make()) <= most
    }


def kinds() -> list[Kind]:
    """Return every kind, the files of the corpus among them."""
    files = [
        _file(name, hostile.make, flagged=bool(hostile.why), kept=[])
        for name, hostile in _hostile_files(above=0, most=_LARGEST_FILE).items()
    ]
    attributes = " ".join(f"a{nth}='1'" for nth in range(6_000))
    huge = (
        ("an attribute of 70 kB", f"<a b='{'x' * 70_000}'/>"),
        ("6,000 attributes", f"<a {attributes}/>"),
        ("17,000 elements", "<a/>" * 17_000),
        ("a depth of 5,000", "<a>" * 5_000 + "</a>" * 5_000),
    )
    files += [
        _file(name, lambda inside=inside: _ubl(inside), flagged=name.startswith("a depth"), kept=[])
        for name, inside in huge
    ]
    return [*MALFORMED, *PROPERTIES, *files]


def big_files() -> dict[str, bytes]:
    """Return the files of the corpus that a message can carry and that are larger than others."""
    found = _hostile_files(above=_LARGEST_FILE, most=_LARGEST_BIG_FILE)
    return {name: hostile.make() for name, hostile in found.items()}


def new_id() -> str:
    """Return an id for a message."""
    return str(uuid7())


def _ubl(inside: str) -> bytes:
    return str(runpy.run_path(str(_CORPUS))["ubl"](inside)).encode()
