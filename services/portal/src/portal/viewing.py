"""View the newest document behind a mail's link."""

from dataclasses import dataclass

from portal.documents_service import DocumentsService, FileContent, GuestDocument
from portal.errors import NothingHere
from portal.identity_service import Guest, IdentityService


@dataclass(frozen=True)
class Viewed:
    """Whose page it is, and what is on it."""

    guest: Guest
    document: GuestDocument


async def view(identity: IdentityService, documents: DocumentsService, link: str) -> Viewed:
    """Open a link and find the newest document. Nothing is changed or used up by looking."""
    guest = await identity.open_link(link)
    return Viewed(guest, await documents.newest(guest.token))


async def download(
    identity: IdentityService, documents: DocumentsService, link: str, sha256: str
) -> FileContent:
    """Return a file of the newest document, as documents gives it."""
    viewed = await view(identity, documents, link)
    if not any(file.sha256 == sha256 for file in viewed.document.files):
        raise NothingHere
    return await documents.file(viewed.guest.token, viewed.document.document_id, sha256)
