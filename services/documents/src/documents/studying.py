"""Study documents that are in the archive already: the words of their PDFs, and what judges say.

All of it is advice, or can be had again; nobody waits for it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from chassis.identifiers import now
from documents import measures, media_types, readership_queries, study_queries, wording
from documents.errors import TooHard, XmlNotUnderstood
from documents.files import Files
from documents.judgement import EN16931, TOO_HARD, Judgement, not_judged
from documents.models import Document, DocumentFile
from documents.study_queries import Key
from documents.workshop import Workshop

log = structlog.get_logger()

LEASE = timedelta(minutes=5)
STUDIES_A_WORKER = 4
"""So many at once for each process: one is judged, others are read, or written down."""

_MOST_DOUBLINGS = 8
_MOST_PDFS = 5
_MOST_COUNTED = 100_000
_INVOICES = ("original_xml", "embedded_xml")


@dataclass(frozen=True)
class Claimed:
    """A document to study, with its files; ``words``: those of all of it are wanted."""

    key: Key
    document: Document
    references: Sequence[str]
    words: bool


@dataclass(frozen=True)
class Studied:
    """What came of a study; ``words`` is None where they were not wanted."""

    words: str | None
    judgements: Sequence[tuple[str, Judgement]]
    """The SHA-256 of a file, and what a judge said of it."""


async def claim(session: AsyncSession, at_most: int) -> Sequence[Claimed]:
    """Claim documents that are to be studied; each try leaves more time until the next."""
    at = now()
    studies = await study_queries.due(session, at, at_most)
    if not studies:
        return ()
    ids = [each.document_id for each in studies]
    documents = await study_queries.documents(session, ids)
    references = await study_queries.references(session, ids)
    claimed = []
    for study in studies:
        document = documents[study.document_id]
        study.due_at = at + LEASE * 2 ** min(study.tries, _MOST_DOUBLINGS)
        study.tries += 1
        claimed.append(
            Claimed(
                key=(document.id, study.tries),
                document=document,
                references=references[document.id],
                words=study.words,
            )
        )
    return claimed


async def study(store: Files, workshop: Workshop, claimed: Claimed) -> Studied:
    """Study a document."""
    document = claimed.document
    xmls = _xmls(document.files)
    said: list[tuple[str, Judgement]] = []
    for xml in xmls:
        content = await store.read(document.issuer, xml.sha256)
        said += [(xml.sha256, each) for each in await _judged(workshop, content)]
    if not claimed.words:
        return Studied(None, said)
    words = [document.number, document.customer_number, document.payment_reference]
    words += claimed.references
    for file in (*xmls, *_pdfs(document.files)):
        content = await store.read(document.issuer, file.sha256)
        words += await _words(workshop, content)
    return Studied(wording.joined(words), said)


def _xmls(files: Sequence[DocumentFile]) -> list[DocumentFile]:
    """Return the XMLs that may be the invoice: the one that was given, and the one in a PDF."""
    found = {each.role: each for each in reversed(files) if each.role in _INVOICES}
    return [found[role] for role in _INVOICES if role in found]


def _pdfs(files: Sequence[DocumentFile]) -> list[DocumentFile]:
    return [each for each in files if each.media_type == media_types.PDF][:_MOST_PDFS]


async def _judged(workshop: Workshop, content: bytes) -> Sequence[Judgement]:
    try:
        return await workshop.judge(content)
    except (XmlNotUnderstood, TooHard) as reason:
        log.info("not_judged", reason=str(reason))
        return (not_judged(EN16931, "", TOO_HARD),)


async def _words(workshop: Workshop, content: bytes) -> list[str]:
    try:
        return (await workshop.words(content)).splitlines()
    except (XmlNotUnderstood, TooHard) as reason:
        log.info("no_words", reason=str(reason))
        return []


async def settle(session: AsyncSession, done: Sequence[tuple[Claimed, Studied]]) -> None:
    """Write down what came of studies, unless another has claimed them since."""
    ours = await study_queries.end(session, [claimed.key for claimed, _ in done])
    kept = [(claimed, studied) for claimed, studied in done if claimed.key in ours]
    said = [
        (claimed.key[0], sha256, judgement)
        for claimed, studied in kept
        for sha256, judgement in studied.judgements
    ]
    await study_queries.write_verdicts(session, said, now())
    for claimed, studied in kept:
        if studied.words is not None:
            await readership_queries.keep_words(session, claimed.document, studied.words)


async def count_studies(session: AsyncSession) -> None:
    """Measure how many documents are still to be studied."""
    measures.studies_waiting.set(await study_queries.waiting(session, _MOST_COUNTED))


async def renew(session: AsyncSession, held: Sequence[Claimed], lease: timedelta) -> None:
    """Hold studies for longer, or for no time at all to give them back."""
    await study_queries.renew(session, [each.key for each in held], now() + lease)


async def mark(_session: AsyncSession, held: Sequence[Claimed]) -> Sequence[bool]:
    """Say that all are still ours: a study has no step that cannot be taken back."""
    return [True] * len(held)
