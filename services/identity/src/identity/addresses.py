"""When two e-mail addresses are the same mailbox, and whether one can be written to at all."""

from email_validator import EmailNotValidError, validate_email

from identity.errors import AddressUnusable


def key_of(email: str, *, pointer: str) -> str:
    """Return what an address is looked up by: small letters, its domain in ASCII.

    Raises ``AddressUnusable``, which points at the field.
    """
    try:
        valid = validate_email(email, check_deliverability=False, globally_deliverable=False)
    except EmailNotValidError as wrong:
        raise AddressUnusable(pointer, str(wrong)) from wrong
    # lower, not casefold: straße@ and strasse@ may be two people's mailboxes.
    return f"{valid.local_part}@{valid.ascii_domain or valid.domain}".lower()


def key_of_any(text: str) -> str:
    """Return what a typed address is looked up by; what is no address belongs to nobody."""
    try:
        return key_of(text.strip(), pointer="")
    except AddressUnusable:
        # The database takes neither halves of characters nor NUL.
        return text.encode(errors="replace").decode().replace("\0", "?").strip().lower()
