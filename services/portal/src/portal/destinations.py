"""Where a visitor may be sent on to: a page of ours, whatever an address says."""

import re

# The pages one comes back to. No "//host", no backslash, no scheme, nothing that is not printed.
_OURS = re.compile(
    r"/(?:documents|customer-numbers|shared-users|account|help|desk)(?:/[\w.~%!$&'()*+,;=:@-]+)*/?"
    r"(?:\?[\w.~%!$&'()*+,;=:@/?-]*)?",
    re.ASCII,
)
_LONGEST = 600

START = "/documents"
"""Where a reader begins who is signed in."""


def checked(address: str | None) -> str | None:
    """Return an address when it is that of a page of ours, else None."""
    if address is None or len(address) > _LONGEST or not _OURS.fullmatch(address):
        return None
    return None if "/.." in address or "%2e" in address.lower() else address


def start(*, staff: bool) -> str:
    """Return where somebody begins who is signed in: staff at their desk."""
    return "/desk" if staff else START
