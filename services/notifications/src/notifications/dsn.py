"""Reads what a mail server sends back: delivery reports (RFC 3464) and complaints (RFC 5965).

Anybody can write to a return path they have seen, so nothing in a report is trusted beyond what it
says of its own letter, and every part of the reading is bounded: size, header, parts, groups.
"""

import binascii
import hashlib
import quopri
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message
from email.parser import HeaderParser

from notifications.lines import one_line
from notifications.replies import Reply

LARGEST = 1024 * 1024
_LONGEST_HEADER = 32 * 1024
_LONGEST_FIELD = 2000
_MOST_PARTS = 20
_MOST_GROUPS = 50
_LONGEST_KEY = 200

_REPORT = "multipart/report"
_STATUS_PARTS = frozenset({"message/delivery-status", "message/global-delivery-status"})
_COMPLAINT_PARTS = frozenset({"message/feedback-report"})
_NO_COMPLAINTS = frozenset({"not-spam"})
_BLANK_LINE = re.compile(rb"\r?\n[ \t]*\r?\n")
_STATUS = re.compile(r"([245])\.[0-9]{1,3}\.[0-9]{1,3}(?![0-9.])")
_CODE = re.compile(r"(?<![0-9.])([245][0-9][0-9])(?=[ -]|$)")
_SAYS_NOTHING = re.compile(r"[245]\.0\.0")
# What a report's class is worth where no server's own words are repeated. Not 550, which blames
# the address.
_CODE_OF_CLASS = {"2": 250, "4": 451, "5": 554}


class NotAReport(Exception):
    """What came is not a report that says something of a letter: an answer, a reply, or rubbish."""


@dataclass(frozen=True, slots=True)
class Failed:
    """A server gave the letter up; ``reply`` is what it, or the one it spoke to, had answered."""

    key: str
    reply: Reply
    envelope_id: str | None


@dataclass(frozen=True, slots=True)
class Delayed:
    """A server still tries."""

    key: str
    reply: Reply
    envelope_id: str | None


@dataclass(frozen=True, slots=True)
class Complained:
    """The reader has called the mail unwanted; ``kind`` is the report's own word for it."""

    key: str
    kind: str


Report = Failed | Delayed | Complained
"""``key`` is the same when the same report comes again."""


def read(content: bytes) -> Report:
    """Read a report. Raises ``NotAReport`` for everything else, and nothing else for anything."""
    header, body = _taken_apart(content[:LARGEST])
    if header.get_content_type() != _REPORT:
        raise NotAReport("it is not a multipart/report")
    key = _key(header, content)
    for part, text in _parts(header, body):
        kind = part.get_content_type()
        if kind in _STATUS_PARTS:
            return _delivery(key, _decoded(part, text))
        if kind in _COMPLAINT_PARTS:
            return _complaint(key, _decoded(part, text))
    raise NotAReport("no part of it says what became of a mail")


def _delivery(key: str, text: bytes) -> Failed | Delayed:
    groups = [_fields(group) for group in _groups(text)]
    if not groups:
        raise NotAReport("its report is empty")
    envelope_id = _field(groups[0], "original-envelope-id") or None
    recipients = [group for group in groups if _field(group, "action")]
    for action, kind in (("failed", Failed), ("delayed", Delayed)):
        for group in recipients:
            if _field(group, "action").lower().split()[:1] == [action]:
                return kind(key, _reply(group), envelope_id)
    raise NotAReport("it reports neither a failure nor a delay")


def _complaint(key: str, text: bytes) -> Complained:
    groups = _groups(text)
    kind = _field(_fields(groups[0]), "feedback-type").lower() if groups else ""
    if not kind or kind in _NO_COMPLAINTS:
        raise NotAReport("it is not a complaint")
    return Complained(key, kind[:_LONGEST_KEY])


def _reply(group: Message) -> Reply:
    """Put the answer together: the status decides, unless the server's own words know more."""
    status = _STATUS.match(_field(group, "status"))
    kind, _, said = _field(group, "diagnostic-code").partition(";")
    words = said.strip() if said else kind.strip()
    code = _CODE.search(words)
    enhanced = _STATUS.search(words)
    known = status[0] if status else None
    if enhanced and (known is None or _SAYS_NOTHING.fullmatch(known)):
        known = enhanced[0]
    if known is None and code is None:
        raise NotAReport("it does not say why")
    if known and known[0] == "2":
        raise NotAReport("it fails and succeeds at once")
    basic = int(code[0]) if code else _CODE_OF_CLASS[(known or "5")[0]]
    if known and basic // 100 != int(known[0]):
        basic = _CODE_OF_CLASS[known[0]]
    text = words[code.end() :].strip(" -") if code else words
    return Reply(basic, known, one_line(text or known or ""))


def _taken_apart(content: bytes) -> tuple[Message, bytes]:
    """Split a header from what follows it."""
    blank = _BLANK_LINE.search(content, 0, _LONGEST_HEADER)
    if content[:1] in {b"\r", b"\n"}:
        return _fields(b""), content.lstrip(b"\r\n")
    end, start = (blank.start(), blank.end()) if blank else (len(content), len(content))
    if end > _LONGEST_HEADER:
        raise NotAReport("its header has no end")
    return _fields(content[:end]), content[start:]


def _parts(header: Message, body: bytes) -> Iterator[tuple[Message, bytes]]:
    boundary = _boundary(header)
    # The dashes stand at the beginning of a line (RFC 2046, 5.1.1).
    delimiter = rb"(?:^|\r?\n)--" + re.escape(boundary) + rb"(?=--|[ \t]*\r?\n)"
    pieces = re.split(delimiter, body, maxsplit=_MOST_PARTS + 1)
    for piece in pieces[1 : _MOST_PARTS + 1]:
        if piece.startswith(b"--"):
            return
        yield _taken_apart(piece.partition(b"\n")[2])


def _boundary(header: Message) -> bytes:
    if len(str(header.get("content-type", ""))) > _LONGEST_FIELD:
        raise NotAReport("its content type is too long")
    try:
        boundary = header.get_boundary()
        marks = boundary.encode("ascii", "surrogateescape") if boundary else b""
    except (ValueError, LookupError, TypeError) as wrong:
        raise NotAReport("its parts cannot be told apart") from wrong
    if not marks:
        raise NotAReport("its parts cannot be told apart")
    return marks


def _decoded(part: Message, text: bytes) -> bytes:
    encoding = str(part.get("content-transfer-encoding", "")).strip().lower()
    try:
        if encoding == "base64":
            return binascii.a2b_base64(text)
        return quopri.decodestring(text) if encoding == "quoted-printable" else text
    except ValueError as wrong:
        raise NotAReport("its report cannot be decoded") from wrong


def _groups(text: bytes) -> list[bytes]:
    stripped = text.lstrip(b"\r\n")
    return [group for group in _BLANK_LINE.split(stripped, _MOST_GROUPS) if group.strip()]


def _fields(header: bytes) -> Message:
    # A header is read as Latin-1, which no byte can spoil.
    return HeaderParser().parsestr(header[:_LONGEST_HEADER].decode("latin-1"), headersonly=True)


def _field(fields: Message, name: str) -> str:
    return one_line(str(fields.get(name, ""))[:_LONGEST_FIELD], limit=_LONGEST_FIELD)


def _key(header: Message, content: bytes) -> str:
    """Recognise the same report: by its Message-ID, or by its bytes where it has none."""
    given = _field(header, "message-id")
    return given[:_LONGEST_KEY] or hashlib.sha256(content).hexdigest()
