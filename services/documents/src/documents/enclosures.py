"""What comes inside an invoice's XML: its bytes, and a name that is only a name."""

import base64
import binascii
import re

from documents import file_names
from documents.invoice import Enclosure

_MEDIA_TYPE = re.compile(r"[a-z0-9.+-]{1,60}/[a-z0-9.+-]{1,80}")
_ANOTHER_SCHEME = re.compile(r"(?!https?://)[a-z][a-z0-9+.-]*:", re.IGNORECASE)


def enclosure(
    *,
    reference: str | None,
    filename: str | None,
    media_type: str | None,
    encoded: str,
    description: str | None,
    url: str | None,
) -> Enclosure | None:
    """Return what an invoice encloses; None where it neither holds nor points to anything."""
    if not encoded.strip() and not url:
        return None
    kind = (media_type or "").lower()
    return Enclosure(
        name=file_names.safe(filename or reference or ""),
        media_type=kind if _MEDIA_TYPE.fullmatch(kind) else None,
        content=_decoded(encoded),
        description=description,
        url=None if url is None or _ANOTHER_SCHEME.match(url) else url,
    )


def _decoded(encoded: str) -> bytes | None:
    """Return the bytes of base64 text, which XML Schema lets be broken by spaces."""
    try:
        return base64.b64decode("".join(encoded.split()), validate=True) or None
    except (binascii.Error, ValueError):
        return None
