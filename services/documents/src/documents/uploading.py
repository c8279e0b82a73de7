"""Take files that are too large for a message, to be named by a document within a day."""

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import structlog

from chassis.identifiers import made_at, new_id, now
from documents.errors import UploadEmpty
from documents.files import Files
from documents.received import UPLOAD_KEPT

log = structlog.get_logger()

_IN_USE = timedelta(hours=1)
"""What was good when its document was asked for may still be being read."""


@dataclass(frozen=True)
class Upload:
    """What was uploaded."""

    upload_id: UUID
    sha256: str
    size: int


async def take(store: Files, issuer: str, content: bytes) -> Upload:
    """Keep the bytes of an upload."""
    if not content:
        raise UploadEmpty
    upload = Upload(new_id(), hashlib.sha256(content).hexdigest(), len(content))
    await store.keep_upload(issuer, upload.upload_id, content)
    return upload


async def sweep(store: Files) -> None:
    """Take away the uploads that no document may name any more."""
    old = [
        (issuer, upload_id)
        for issuer, upload_id in await store.uploads()
        if (made := made_at(upload_id)) and now() - made > UPLOAD_KEPT + _IN_USE
    ]
    for issuer, upload_id in old:
        await store.drop_upload(issuer, upload_id)
    if old:
        log.info("uploads_swept", count=len(old))
