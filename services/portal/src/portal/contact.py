"""How to reach who wrote an invoice: only what is surely an address or a number becomes a link."""

import re

_MAIL = re.compile(r"[A-Za-z0-9._+-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
_PHONE = re.compile(r"\+?[0-9 ()./-]{6,30}")


def mail_address(written: str | None) -> str | None:
    """Return the address of a mail link."""
    return f"mailto:{written}" if written and _MAIL.fullmatch(written) else None


def phone_address(written: str | None) -> str | None:
    """Return the address of a telephone link."""
    if not written or not _PHONE.fullmatch(written):
        return None
    # In +32 (0)9 the nought is for callers at home.
    return "tel:" + re.sub(r"[^0-9+]", "", written.replace("(0)", ""))
