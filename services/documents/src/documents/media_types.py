"""What a file is: what its sender says, unless its bytes say otherwise."""

UNKNOWN = "application/octet-stream"
PDF = "application/pdf"
XML = "application/xml"
ZIP = "application/zip"

_SILENT = {UNKNOWN, "binary/octet-stream", "application/x-download", "application/force-download"}
_IN_A_ZIP = ("application/vnd.openxmlformats-", "application/vnd.oasis.opendocument.")
_ALSO = {
    ZIP: {"application/x-zip-compressed", "application/x-zip", "application/java-archive"},
    XML: {"text/xml"},
    PDF: {"application/x-pdf", "application/acrobat"},
}


def settled(said: str, found: str | None) -> tuple[str, bool]:
    """Return the media type to keep, and whether the sender was wrong about it.

    ``found`` is what the bytes look like, None where they look like nothing known.
    """
    if found is None:
        lies = said in {PDF, XML} or _is_kind(said, PDF) or _is_kind(said, XML)
        return (UNKNOWN, True) if lies else (said, False)
    if said in _SILENT:
        return found, False
    return (said, False) if _is_kind(said, found) else (found, True)


def _is_kind(said: str, found: str) -> bool:
    """Say whether bytes that look like ``found`` may be what is ``said``."""
    if said == found or said in _ALSO.get(found, ()):
        return True
    if found == XML:
        return said.endswith("+xml")
    if found == ZIP:
        return said.endswith("+zip") or said.startswith(_IN_A_ZIP)
    return False
