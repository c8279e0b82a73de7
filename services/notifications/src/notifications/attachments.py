"""Which files go with a mail, and what they are called there: pure rules over what is archived.

Nothing that a stranger wrote decides more than a name: the media type is ours, by the kind, and a
file is attached only where the archive found its bytes to be of that kind.
"""

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

Kind = Literal["pdf", "xml"]
KINDS: tuple[Kind, ...] = get_args(Kind)
MEDIA_TYPES: dict[Kind, str] = {"pdf": "application/pdf", "xml": "application/xml"}
"""The only media types that a mail carries."""

TOO_LARGE = "too_large"
"""What a letter's note says where its files were left out for their size."""

_MIB = 1024 * 1024
_LONGEST_STEM = 80
# Controls, marks that turn the direction of text or are not seen, halves of characters.
_UNSEEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
# What has a meaning in a path, a command line, a header or the name of a Windows file.
_MEANT = set("/\\:*?\"<>|;%$&`'!#{}[]^~")
# Windows takes these for machines, whatever their extension is.
_MACHINES = {
    *("con", "prn", "aux", "nul"),
    *(f"{port}{number}" for port in ("com", "lpt") for number in range(10)),
}
# Where each kind is looked for, the likeliest first, and what the archive calls its bytes.
_ROLES: dict[Kind, tuple[str, ...]] = {
    "pdf": ("original_pdf",),
    "xml": ("original_xml", "embedded_xml"),
}
_FOUND_TO_BE: dict[Kind, frozenset[str]] = {
    "pdf": frozenset({"application/pdf", "application/x-pdf", "application/acrobat"}),
    "xml": frozenset({"application/xml", "text/xml"}),
}


@dataclass(frozen=True, slots=True)
class ArchivedFile:
    """A file of a document, as the archive tells of it."""

    role: str
    name: str
    media_type: str
    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class Enclosure:
    """A file in a mail: ``content`` is base64 in lines, as it stands on the wire."""

    kind: Kind
    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class WithIt:
    """What goes with a mail, what was left out for its size, and what the document has not."""

    files: tuple[Enclosure, ...] = ()
    too_large: bool = False
    missing: tuple[Kind, ...] = ()

    @property
    def note(self) -> str | None:
        """Return what is written down of it: the kinds, or why there are none."""
        return TOO_LARGE if self.too_large else " ".join(each.kind for each in self.files) or None


NOTHING = WithIt()
LEFT_OUT = WithIt(too_large=True)


def kinds(wanted: Iterable[str]) -> tuple[Kind, ...]:
    """Return what is known of what is wanted, in the order in which mails carry it."""
    named = set(wanted)
    return tuple(each for each in KINDS if each in named)


def kinds_of(note: str | None) -> tuple[Kind, ...]:
    """Return the kinds of files that a letter's note names: those that went with its last try."""
    return kinds((note or "").split())


def chosen(files: Sequence[ArchivedFile], kind: Kind) -> ArchivedFile | None:
    """Return the file of a document that is its PDF or its XML, if it has one."""
    for role in _ROLES[kind]:
        for each in files:
            if each.role == role and _is(kind, each.media_type):
                return each
    return None


def _is(kind: Kind, media_type: str) -> bool:
    plain = media_type.partition(";")[0].strip().lower()
    return plain in _FOUND_TO_BE[kind] or (kind == "xml" and plain.endswith("+xml"))


def fits(sizes: Iterable[int], most_mib: float) -> bool:
    """Say whether files of these sizes may go with a mail together."""
    return sum(sizes) <= most_mib * _MIB


def name_of(given: str, kind: Kind, otherwise: str) -> str:
    """Return a name for a file in a mail, from the one it was given; its ending is the kind's.

    No path, no trick with direction, nothing to be opened as anything else; ``otherwise`` names it
    where nothing is left.
    """
    stem = _safe(given.replace("\\", "/").rstrip("/").rpartition("/")[2])
    before, dot, ending = stem.rpartition(".")
    if dot and ending.lower() == kind:
        stem = before
    stem = stem[:_LONGEST_STEM].strip(" .-_")
    if not any(each.isalnum() for each in stem):
        stem = _safe(otherwise)[:_LONGEST_STEM].strip(" .-_") or "document"
    if stem.partition(".")[0].lower() in _MACHINES:
        stem = f"_{stem}"
    # Only the last ending says what it is; one before it would be taken for the real one.
    return f"{stem.replace('.', '_')}.{kind}"


def _safe(text: str) -> str:
    seen = "".join(each for each in text if unicodedata.category(each) not in _UNSEEN)
    plain = "".join("_" if each in _MEANT else each for each in seen)
    return " ".join(unicodedata.normalize("NFC", plain).split())
