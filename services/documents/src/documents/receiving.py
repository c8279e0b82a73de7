"""Receive a document: keep its bytes and read what its XML says, before anything is written down.

Nothing here is undone when what follows fails: the bytes are kept under their own hash, and
keeping them again changes nothing.
"""

import asyncio
import hashlib

import structlog

from contracts.documents import PublishDocument
from documents import facts, ubl
from documents.errors import UploadUnknown, XmlNotUnderstood
from documents.files import Files
from documents.received import KeptFile, Received

log = structlog.get_logger()


async def receive(store: Files, issuer: str, command: PublishDocument) -> Received:
    """Keep the files of a document and settle its facts. Raises a refusal for what is missing."""
    contents = [_content(each.content, position) for position, each in enumerate(command.files)]
    xml = next(
        (
            content
            for file, content in zip(command.files, contents, strict=True)
            if file.role == "original_xml"
        ),
        None,
    )
    header = await asyncio.to_thread(_header, xml) if xml is not None else None
    settled = facts.settle(command, header, xml_given=xml is not None)
    kept = tuple(
        [
            KeptFile(
                role=file.role,
                name=file.name,
                media_type=file.media_type,
                sha256=await store.keep(issuer, content),
                size=len(content),
            )
            for file, content in zip(command.files, contents, strict=True)
        ]
    )
    return Received(kept, settled, _content_sha256(kept))


def _content(content: bytes | None, position: int) -> bytes:
    if content is None:
        raise UploadUnknown(position)
    return content


def _header(xml: bytes) -> ubl.Header | None:
    try:
        return ubl.read_header(xml)
    except XmlNotUnderstood as reason:
        log.info("xml_not_understood", reason=str(reason))
        return None


def _content_sha256(files: tuple[KeptFile, ...]) -> str:
    """Return what makes two documents the same: the hash of the XML, else of all files."""
    for file in files:
        if file.role == "original_xml":
            return file.sha256
    all_files = sorted(f"{file.role}:{file.sha256}" for file in files)
    return hashlib.sha256("\n".join(all_files).encode()).hexdigest()
