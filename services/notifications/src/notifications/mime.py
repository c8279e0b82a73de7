"""Writes a mail as bytes: headers that nothing can break out of, and two parts that say the same.

Files that go with it are handed over as they are encoded already, and never copied here.

Written here and not by the standard library, whose writer parses and folds each header anew: that
took most of the time a mail took. Its parser reads ours back in the tests.
"""

import re
from binascii import b2a_base64, b2a_qp
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import quote

_CRLF = "\r\n"
_OPENED, _CLOSED = "=?utf-8?b?", "?="
# RFC 2047, section 2: a word is at most 75 long, and a line with one at most 76.
_LINE = 76
_ROOM = 75 - len(_OPENED) - len(_CLOSED)
_PLAIN_TEXT = re.compile(r"[A-Za-z0-9]([A-Za-z0-9' -]*[A-Za-z0-9])?")
_NOT_A_TOKEN = re.compile(r"[^A-Za-z0-9._:-]+")
_PLAIN_NAME = re.compile(r"[A-Za-z0-9_()+,=-][A-Za-z0-9_ ()+,.=-]*")
_EXACT = re.compile(r"[!-~]([ -~]*[!-~])?")
# A line over 998 octets is forbidden (RFC 5322, 2.1.1).
_LONGEST = 998


@dataclass(frozen=True, slots=True)
class File:
    """A file in a mail: ``content`` is base64 in lines, each ended by CRLF."""

    name: str
    media_type: str
    content: bytes


def words(name: str, text: str) -> str:
    """Write a header that people read, such as Subject, as encoded words where it must be."""
    return f"{name}: {_encoded(text, len(name) + 2)}{_CRLF}"


def mailbox(name: str, display_name: str, address: str) -> str:
    """Write a header with one mailbox; `address` is in wire form, and may be beyond ASCII."""
    if not display_name:
        return f"{name}: {address}{_CRLF}"
    return f"{name}: {_encoded(display_name, len(name) + 2)}{_CRLF} <{address}>{_CRLF}"


def exact(name: str, value: str) -> str:
    """Write a header that machines read. It has no place to fold.

    Raises:
        ValueError: it holds more than printable ASCII, or is too long for a line.

    """
    if not _EXACT.fullmatch(value) or len(name) + 2 + len(value) > _LONGEST:
        raise ValueError(f"not a value for the header {name}")
    return f"{name}: {value}{_CRLF}"


def token(text: str) -> str:
    """Write `text` as one word for a header that machines read."""
    return _NOT_A_TOKEN.sub("-", text)[:128] or "-"


def two_parts(headers: Sequence[str], boundary: str, *, text: str, html: str) -> bytes:
    """Make a complete message of headers and two parts, the plain one first (RFC 2046, 5.1.4).

    `boundary` begins with "=_", which quoted-printable text cannot hold, so it needs no search.
    """
    version = exact("MIME-Version", "1.0")
    return "".join((*headers, version, *_alternative(boundary, text, html))).encode()


def with_files(
    headers: Sequence[str], boundary: str, *, text: str, html: str, files: Sequence[File]
) -> tuple[bytes, ...]:
    """Make a complete message as ``two_parts`` does, with files behind them; as bytes in turn.

    The files' own content is among them as it was given. Neither boundary begins with the other
    (RFC 2046, 5.1.2), and base64 can hold none.
    """
    outer = f"{boundary[:2]}m{boundary[2:]}"
    version, mixed = exact("MIME-Version", "1.0"), _multipart("mixed", outer)
    said = "".join(_alternative(boundary, text, html))
    before = "".join((*headers, version, mixed, f"--{outer}{_CRLF}", said))
    pieces: list[bytes] = []
    for file in files:
        # The line end before a boundary is that of the last line of what it ends.
        pieces += [f"{before}{_file_head(outer, file)}".encode(), file.content]
        before = ""
    return (*pieces, f"{before}--{outer}--{_CRLF}".encode())


def _alternative(boundary: str, text: str, html: str) -> Iterator[str]:
    yield _multipart("alternative", boundary)
    for kind, content in (("plain", text), ("html", html)):
        yield (
            f"--{boundary}{_CRLF}"
            f"Content-Type: text/{kind}; charset=utf-8{_CRLF}"
            f"Content-Transfer-Encoding: quoted-printable{_CRLF}{_CRLF}"
            f"{_quoted_printable(content)}{_CRLF}"
        )
    yield f"--{boundary}--{_CRLF}"


def _multipart(kind: str, boundary: str) -> str:
    return f'Content-Type: multipart/{kind};{_CRLF} boundary="{boundary}"{_CRLF}{_CRLF}'


def _file_head(boundary: str, file: File) -> str:
    return (
        f"--{boundary}{_CRLF}"
        f"Content-Type: {file.media_type}{_CRLF}"
        f"Content-Transfer-Encoding: base64{_CRLF}"
        f"Content-Disposition: attachment{_file_name(file.name)}{_CRLF}{_CRLF}"
    )


def _file_name(name: str) -> str:
    """Write a file's name as a parameter (RFC 2231), on lines of its own."""
    if _PLAIN_NAME.fullmatch(name) and len(name) <= _LINE - len(' filename=""'):
        return f';{_CRLF} filename="{name}"'
    pieces, line = [], "utf-8''"
    for character in name:
        written = quote(character, safe="")
        # Cut between characters, so that each piece can be read by itself.
        if len(line) + len(written) > _LINE - len(" filename*99*=;"):
            pieces.append(line)
            line = ""
        line += written
    if not pieces:
        return f";{_CRLF} filename*={line}"
    pieces.append(line)
    return "".join(f";{_CRLF} filename*{turn}*={each}" for turn, each in enumerate(pieces))


def _encoded(text: str, used: int) -> str:
    """Write `text` after `used` characters of its line, and on the next lines what is too long."""
    if _PLAIN_TEXT.fullmatch(text) and used + len(text) <= _LINE:
        return text
    pieces, room = [b""], _bytes_in(_ROOM - used)
    if len(whole := text.encode()) <= room:
        pieces, text = [whole], ""
    for character in text:
        # A character is never cut in two (RFC 2047, section 5).
        if len(pieces[-1]) + len(character.encode()) > room:
            pieces.append(b"")
            room = _bytes_in(_ROOM)
        pieces[-1] += character.encode()
    words = (f"{_OPENED}{b2a_base64(each, newline=False).decode()}{_CLOSED}" for each in pieces)
    return f"{_CRLF} ".join(words)


def _bytes_in(characters: int) -> int:
    """Count the bytes that base64 writes in so many characters."""
    return characters // 4 * 3


def _quoted_printable(text: str) -> str:
    """Write text in lines of at most 76, each ended by CRLF (RFC 2045, 6.7)."""
    lines = text.rstrip("\n").replace("\n", _CRLF) + _CRLF
    return b2a_qp(lines.encode()).decode("ascii")
