"""File names from strangers, made safe to keep and to show: no path, no trick with direction."""

import unicodedata

LONGEST = 200
_MOST_BYTES = 240
"""Of a name in UTF-8: many systems take 255, and what downloads may add a number."""
_UNNAMED = "file"
# Controls, marks that turn the direction of text or are not seen, halves of characters.
_UNSEEN = {"Cc", "Cf", "Cs", "Zl", "Zp"}
_FORBIDDEN = str.maketrans(dict.fromkeys('<>:"|?*', "_"))
"""What Windows takes in no name: behind a colon it hides a second file."""
_DEVICES = {"con", "prn", "aux", "nul", "conin$", "conout$"}
_DEVICES |= {f"{port}{number}" for port in ("com", "lpt") for number in (*range(10), *"¹²³")}
"""What Windows opens instead of a file of that name, whatever its extension."""
_LONGEST_EXTENSION = 10


def safe(name: str) -> str:
    """Return the last part of a path without what is not seen; at most ``LONGEST`` characters.

    It can be written on every system, and is no device on any.
    """
    seen = "".join(each for each in name if unicodedata.category(each) not in _UNSEEN)
    last = _tidy(seen.replace("\\", "/").rpartition("/")[2].translate(_FORBIDDEN))
    cut = _tidy(_cut(last))
    if not cut.strip("."):
        return _UNNAMED
    return f"_{cut}" if cut.partition(".")[0].rstrip().lower() in _DEVICES else cut


def _tidy(name: str) -> str:
    """Take off what Windows takes off by itself, so that one name is not two."""
    return name.strip().rstrip(". ")


def _cut(name: str) -> str:
    if len(name) <= LONGEST and len(name.encode()) <= _MOST_BYTES:
        return name
    stem, dot, extension = name.rpartition(".")
    kept = f"{dot}{extension}" if stem and len(extension) <= _LONGEST_EXTENSION else ""
    start = name[: LONGEST - len(kept)].encode()[: _MOST_BYTES - len(kept.encode())]
    return start.decode(errors="ignore") + kept


def plain(text: str) -> str:
    """Return text as a part of a file name that every system can write: letters, digits, dashes."""
    ascii_only = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    words = "".join(each if each.isalnum() else " " for each in ascii_only).split()
    return "-".join(words)[:60] or _UNNAMED
