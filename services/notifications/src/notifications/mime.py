"""Writes a mail as bytes: headers that nothing can break out of, and two parts that say the same.

Written here and not by the standard library, whose writer parses and folds each header anew: that
took most of the time a mail took. Its parser reads ours back in the tests.
"""

import re
from binascii import b2a_base64, b2a_qp
from collections.abc import Sequence

_CRLF = "\r\n"
_OPENED, _CLOSED = "=?utf-8?b?", "?="
# RFC 2047, section 2: a word is at most 75 long, and a line with one at most 76.
_LINE = 76
_ROOM = 75 - len(_OPENED) - len(_CLOSED)
_PLAIN_TEXT = re.compile(r"[A-Za-z0-9]([A-Za-z0-9' -]*[A-Za-z0-9])?")
_EXACT = re.compile(r"[!-~]([ -~]*[!-~])?")
# A line over 998 octets is forbidden (RFC 5322, 2.1.1).
_LONGEST = 998


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


def two_parts(headers: Sequence[str], boundary: str, *, text: str, html: str) -> bytes:
    """Make a complete message of headers and two parts, the plain one first (RFC 2046, 5.1.4).

    `boundary` begins with "=_", which quoted-printable text cannot hold, so it needs no search.
    """
    head = (
        *headers,
        exact("MIME-Version", "1.0"),
        f'Content-Type: multipart/alternative;{_CRLF} boundary="{boundary}"{_CRLF}{_CRLF}',
    )
    parts = (
        f"--{boundary}{_CRLF}"
        f"Content-Type: text/{kind}; charset=utf-8{_CRLF}"
        f"Content-Transfer-Encoding: quoted-printable{_CRLF}{_CRLF}"
        f"{_quoted_printable(content)}{_CRLF}"
        for kind, content in (("plain", text), ("html", html))
    )
    return "".join((*head, *parts, f"--{boundary}--{_CRLF}")).encode()


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
