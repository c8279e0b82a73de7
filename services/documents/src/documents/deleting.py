"""Delete documents that were kept long enough: proposed by one, approved by another, done by a job.

Of each document a tombstone stays, and its chain of events without what they said.
"""

import hashlib
from collections.abc import Sequence
from datetime import date, timedelta
from uuid import UUID

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from chassis import outbox
from chassis.identifiers import new_id, now
from contracts.documents import DeleteDocuments
from documents import chain, deletion_queries, seals
from documents.custody import (
    APPROVED,
    DELETED,
    DONE,
    PROPOSED,
    WITHDRAWN,
    Deletion,
    Tombstone,
)
from documents.errors import (
    ApprovedByProposer,
    DeletionDecided,
    DeletionUnknown,
    ListDiffers,
    NothingMayGo,
    NotOverYet,
)
from documents.files import Files
from documents.models import Document
from documents.retention import may_go

log = structlog.get_logger()

MOST = 100_000
"""Documents on one list."""
_AT_ONCE = 50
"""Documents in one transaction."""
_DOOMED_FOR = timedelta(days=1)
"""So long are bytes still there: who gives the same again meanwhile has them."""
_FILES_AT_ONCE = 1_000


def number_sha256(issuer: str, type_: str, number: str) -> str:
    """Return what a tombstone says of a number: who knows the number finds it."""
    return hashlib.sha256(seals.canonical([issuer, type_, number])).hexdigest()


async def propose(session: AsyncSession, issuer: str, until: date, by: str) -> Deletion:
    """List what an issuer has kept until a day that is over, and that nobody holds."""
    if until >= now().date():
        raise NotOverYet(until)
    deletion = Deletion(
        id=new_id(),
        issuer=issuer,
        until=until,
        state=PROPOSED,
        documents=0,
        digest="",
        proposed_by=by,
        proposed_at=now(),
        deleted=0,
    )
    session.add(deletion)
    await session.flush()
    deletion.documents = await deletion_queries.list_what_may_go(session, deletion, MOST)
    if deletion.documents == 0:
        raise NothingMayGo(until)
    deletion.digest = await _digest(session, deletion.id)
    log.info("deletion_proposed", deletion_id=str(deletion.id), documents=deletion.documents)
    return deletion


async def approve(
    session: AsyncSession, issuer: str, deletion_id: UUID, digest: str, by: str
) -> Deletion:
    """Have a list deleted: by somebody else than who proposed it, who says which list that is."""
    deletion = await _undecided(session, issuer, deletion_id)
    if deletion.proposed_by == by:
        raise ApprovedByProposer
    if not deletion.digest == digest == await _digest(session, deletion_id):
        raise ListDiffers
    deletion.state, deletion.approved_by, deletion.approved_at = APPROVED, by, now()
    await outbox.say(session, DeleteDocuments(deletion_id=deletion_id))
    log.info("deletion_approved", deletion_id=str(deletion_id), documents=deletion.documents)
    return deletion


async def withdraw(session: AsyncSession, issuer: str, deletion_id: UUID) -> None:
    """Put a list away that is not to be done."""
    deletion = await _undecided(session, issuer, deletion_id)
    deletion.state, deletion.done_at = WITHDRAWN, now()
    await deletion_queries.delete_list(session, deletion_id)


async def _undecided(session: AsyncSession, issuer: str, deletion_id: UUID) -> Deletion:
    deletion = await deletion_queries.deletion_to_change(session, deletion_id)
    if deletion is None or deletion.issuer != issuer:
        raise DeletionUnknown
    if deletion.state != PROPOSED:
        raise DeletionDecided(deletion.state)
    return deletion


async def delete_some(session: AsyncSession, deletion_id: UUID) -> None:
    """Delete the next documents of an approved list.

    One that is held by now, or has to be kept for longer, is left where it is.
    """
    deletion = await deletion_queries.deletion_to_change(session, deletion_id)
    if deletion is None or deletion.state != APPROVED:
        return
    listed = await deletion_queries.items_page(session, deletion_id, None, _AT_ONCE)
    if not listed:
        deletion.state, deletion.done_at = DONE, now()
        log.info("deletion_done", deletion_id=str(deletion_id), deleted=deletion.deleted)
        return
    ids = [document_id for document_id, _ in listed]
    found = await deletion_queries.documents_to_delete(session, ids)
    today = now().date()
    going = [each for each in found if may_go(each.retain_until, today, held=each.held)]
    if going:
        await _bury(session, deletion, going)
    deletion.deleted += len(going)
    await deletion_queries.delete_items(session, deletion_id, ids)
    await outbox.say(session, DeleteDocuments(deletion_id=deletion_id))


async def _bury(session: AsyncSession, deletion: Deletion, going: Sequence[Document]) -> None:
    at, ids = now(), [each.id for each in going]
    approval = {
        "deletion_id": deletion.id,
        "proposed_by": deletion.proposed_by,
        "approved_by": deletion.approved_by,
        "digest": deletion.digest,
    }
    told = {
        each.id: approval
        | {"content_sha256": each.content_sha256, "retain_until": each.retain_until}
        for each in going
    }
    await chain.note_each(session, DELETED, told)
    session.add_all(
        Tombstone(
            document_id=each.id,
            issuer=each.issuer,
            number_sha256=number_sha256(each.issuer, each.type, each.number),
            content_sha256=each.content_sha256,
            deletion_id=deletion.id,
            deleted_at=at,
        )
        for each in going
    )
    doomed = {(each.issuer, file.sha256) for each in going for file in each.files}
    await session.flush()
    await deletion_queries.doom_files(session, sorted(doomed), at)
    await deletion_queries.delete_documents(session, going)
    await deletion_queries.forget_facts(session, ids)


async def drop_files(session: AsyncSession, store: Files) -> bool:
    """Take away bytes whose last document is gone; say whether there may be more of them."""
    doomed = await deletion_queries.doomed_files(session, now() - _DOOMED_FOR, _FILES_AT_ONCE)
    if not doomed:
        return False
    used = await deletion_queries.files_in_use(session, doomed)
    for issuer, sha256 in doomed:
        if (issuer, sha256) not in used:
            await store.drop(issuer, sha256)
    await deletion_queries.spare_files(session, doomed)
    log.info("files_dropped", count=len(doomed) - len(used & set(doomed)))
    return len(doomed) == _FILES_AT_ONCE


async def _digest(session: AsyncSession, deletion_id: UUID) -> str:
    """Return the hash of a list: a line for each document, its id and the hash of its content."""
    over = hashlib.sha256()
    async for some in deletion_queries.items(session, deletion_id):
        for document_id, content_sha256 in some:
            over.update(f"{document_id} {content_sha256}\n".encode())
    return over.hexdigest()
