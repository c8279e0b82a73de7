"""Mail addresses in the one form that headers and relays both take."""

import re
from functools import lru_cache

import idna

from notifications.errors import AddressUnusable

# RFC 5321 4.5.3.1.3, less the angle brackets.
_LONGEST = 254
# RFC 5322 dot-atom, and with RFC 6531 any printable character beyond ASCII. Quoted local parts
# are refused: nobody has one, and they are how commands are smuggled into an address.
_DOT_ATOM = re.compile(r"[^\s\x00-\x7f.]|[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]")


def wire_form(address: str) -> str:
    """Write the domain of `address` in ASCII (IDNA 2008); its local part stays as it is.

    A result that is not ASCII needs a relay that offers SMTPUTF8 (RFC 6531).

    Raises:
        AddressUnusable: it is not an address a relay could take.

    """
    local, _, domain = address.strip().rpartition("@")
    words = local.split(".")
    if not address.isprintable() or not all(word and not _DOT_ATOM.sub("", word) for word in words):
        raise AddressUnusable("its part before the @ cannot be written in a mail command")
    ascii_domain = _ascii(domain)
    if len(local.encode()) + 1 + len(ascii_domain) > _LONGEST:
        raise AddressUnusable("it is longer than a mail command may carry")
    return f"{local}@{ascii_domain}"


@lru_cache(10_000)
def _ascii(domain: str) -> str:
    try:
        return idna.encode(domain, uts46=True).decode("ascii")
    except idna.IDNAError as wrong:
        raise AddressUnusable("its domain is not a valid name") from wrong


def domain_of(address: str) -> str:
    """Take the domain from an address in wire form."""
    return address.rpartition("@")[2]
