"""File names from strangers, made safe to keep and to show: no path, no trick with direction."""

import unicodedata

LONGEST = 200
_UNNAMED = "file"
# Controls, marks that turn the direction of text or are not seen, halves of characters.
_UNSEEN = {"Cc", "Cf", "Cs", "Zl", "Zp"}


def safe(name: str) -> str:
    """Return the last part of a path without what is not seen; at most ``LONGEST`` characters."""
    seen = "".join(each for each in name if unicodedata.category(each) not in _UNSEEN)
    last = seen.replace("\\", "/").rpartition("/")[2].strip()
    if not last.strip("."):
        return _UNNAMED
    if len(last) <= LONGEST:
        return last
    stem, dot, extension = last.rpartition(".")
    kept = f"{dot}{extension}" if stem and len(extension) <= 10 else ""  # noqa: PLR2004 (.pdf)
    return last[: LONGEST - len(kept)] + kept


def plain(text: str) -> str:
    """Return text as a part of a file name that every system can write: letters, digits, dashes."""
    ascii_only = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    words = "".join(each if each.isalnum() else " " for each in ascii_only).split()
    return "-".join(words)[:60] or _UNNAMED
