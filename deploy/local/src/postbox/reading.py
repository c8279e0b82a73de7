"""What a mail says, out of its bytes: headers, texts and attachments.

Mails are hostile input. Whatever the bytes, nothing here raises, and every text that comes out
can be written as UTF-8.
"""

import email
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from email.message import Message
from email.parser import BytesHeaderParser
from email.utils import parseaddr

_FOLD = re.compile(r"\r?\n(?=[ \t])")
_HEADER = re.compile(r"^([!-9;-~]+)[ \t]*:[ \t]*([^\n]*(?:\n[ \t][^\n]*)*)", re.MULTILINE)
_LONE_SURROGATE = re.compile(r"[\ud800-\udfff]")
_LANGUAGE = re.compile(rb"^content-language:[ \t]*([a-z0-9-]+)", re.IGNORECASE | re.MULTILINE)
_LANGUAGE_WITHIN = 16_384
_TOO_DEEP = "Its parts are nested too deeply to be taken apart; see the source."


@dataclass(frozen=True, slots=True)
class Attachment:
    """A part of a mail that is not the text itself; `content` is decoded."""

    name: str
    media_type: str
    content: bytes

    @property
    def size(self) -> int:
        """Bytes."""
        return len(self.content)

    @property
    def sha256(self) -> str:
        """Of the decoded content, in hex."""
        return hashlib.sha256(self.content).hexdigest()


@dataclass(frozen=True, slots=True)
class Content:
    """The parts of a mail: the first plain text, the first HTML, and everything else."""

    text: str | None
    html: str | None
    attachments: list[Attachment]


def headers(source: bytes) -> list[tuple[str, str]]:
    """Return every header in its order, unfolded and with encoded words decoded."""
    return [(name, decoded(value)) for name, value in raw_headers(source)]


def raw_headers(source: bytes) -> list[tuple[str, str]]:
    """Return every header in its order, unfolded but with encoded words as they came."""
    head = BytesHeaderParser().parsebytes(source.partition(b"\r\n\r\n")[0])
    return [(clean(name), clean(_FOLD.sub("", str(value)))) for name, value in head.raw_items()]


def first_headers(source: bytes) -> dict[str, str]:
    """Return the first header of each name, in lower case, as `raw_headers` would.

    An index needs no more, and taking the whole head apart takes many times as long.
    """
    head = source.partition(b"\r\n\r\n")[0].decode("utf-8", "replace").replace("\r\n", "\n")
    said: dict[str, str] = {}
    for name, value in _HEADER.findall(head):
        said.setdefault(name.casefold(), clean(value.replace("\n", "")))
    return said


def decoded(value: str) -> str:
    """Return a header's value with its encoded words decoded (RFC 2047), where that can be done."""
    if "=?" not in value:
        return value
    try:
        return clean(str(make_header(decode_header(value))))
    except (HeaderParseError, LookupError, ValueError):
        return value


def address(value: str) -> str:
    """Return the first address in a header such as From, or an empty text."""
    return parseaddr(value)[1]


def bare(message_id: str) -> str:
    """Return a Message-ID without its angle brackets, which are no part of it (RFC 5322, 3.6.4)."""
    return message_id.strip().removeprefix("<").removesuffix(">")


def language(source: bytes) -> str | None:
    """Return what the first Content-Language says, of the mail or of one of its first parts.

    Python's own mail builder moves that header from the mail into its first part.
    """
    found = _LANGUAGE.search(source, 0, _LANGUAGE_WITHIN)
    return None if found is None else found[1].decode()


def content(source: bytes) -> Content:
    """Take a mail apart."""
    texts: dict[str, str] = {}
    attachments = []
    try:
        for number, part in enumerate(_leaves(email.message_from_bytes(source)), start=1):
            kind = part.get_content_type()
            inline = part.get_content_disposition() != "attachment"
            if inline and kind in {"text/plain", "text/html"} and kind not in texts:
                texts[kind] = _text(part)
            else:
                name = clean(decoded(str(part.get_filename(f"part-{number}"))))
                attachments.append(Attachment(name, clean(kind), _bytes(part)))
    except RecursionError:
        return Content(_TOO_DEEP, None, [])
    return Content(texts.get("text/plain"), texts.get("text/html"), attachments)


def clean(text: str) -> str:
    """Return the text with smuggled bytes read as UTF-8 and nothing that UTF-8 cannot hold."""
    try:
        return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    except UnicodeEncodeError:
        return _LONE_SURROGATE.sub("\N{REPLACEMENT CHARACTER}", text)


def _leaves(part: Message) -> Iterator[Message]:
    # A mail inside a mail (message/rfc822) is an attachment, not more text of this one.
    if part.get_content_maintype() == "multipart" and part.is_multipart():
        for child in part.get_payload():
            yield from _leaves(child)  # type: ignore[arg-type]
    else:
        yield part


def _bytes(part: Message) -> bytes:
    if part.is_multipart():
        return b"\r\n".join(child.as_bytes() for child in part.get_payload())  # type: ignore[union-attr]
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""


def _text(part: Message) -> str:
    content = _bytes(part)
    try:
        return clean(content.decode(part.get_content_charset("utf-8"), "replace"))
    except (LookupError, ValueError):
        return content.decode("utf-8", "replace")
