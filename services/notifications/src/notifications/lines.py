"""Text that others wrote, made safe for one line of a header, a log or a table."""

import re

# C0 and C1 controls with DEL, the two Unicode line ends, and halves of surrogate pairs, which
# neither UTF-8 nor PostgreSQL can store.
_UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]+")
_SPACES = re.compile(" {2,}")
_ADDRESS = re.compile(r"[^\s<>()\[\],;:\"']+@[^\s<>()\[\],;:\"']+")


def one_line(text: str, *, limit: int = 500) -> str:
    """Strip `text` of line ends, control characters and lone surrogates; at most `limit` long.

    What is taken out leaves a space, so that words do not run together. Other spaces, such as
    the no-break space inside an amount, stay.
    """
    return _SPACES.sub(" ", _UNPRINTABLE.sub(" ", text)).strip()[:limit]


def initials(name: str) -> str:
    """Return the letters of an issuer's mark: of its first two words, as the portal shows it."""
    words = [word for word in name.split() if word[0].isalnum()]
    return "".join(word[0].upper() for word in words[:2])


def masked(address: str) -> str:
    """Show an address so that who knows it knows it again: its first letter, and its domain."""
    local, at, domain = address.rpartition("@")
    return f"{local[:1]}…{at}{domain}"


def without_addresses(text: str) -> str:
    """Leave out the mail addresses that a server repeated: they are no business of a log."""
    return _ADDRESS.sub("…", text)
