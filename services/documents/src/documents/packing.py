"""Pack an issuer's documents of some days, with all that proves them, into a ZIP on its way out."""

import csv
import hashlib
import io
import zlib
from collections.abc import AsyncIterator, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from tempfile import SpooledTemporaryFile
from typing import IO, Self

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from chassis.identifiers import now
from chassis.ports import Transactions
from documents import cells, chain, custody_queries, head_queries, pack_queries, packs
from documents.errors import NothingToPack, TooManyToPack
from documents.files import Files
from documents.models import Document
from documents.zip_format import Archive

log = structlog.get_logger()

MOST = 200_000
"""Documents in one pack."""
_PAGE = 100
_IN_MEMORY = 1024 * 1024
_PIECE = 256 * 1024


@dataclass(frozen=True)
class Wanted:
    """Whose documents, and of which days."""

    issuer: str
    first: date
    last: date


async def check(session: AsyncSession, wanted: Wanted) -> int:
    """Return how many documents it will be. Raises where it is none, or too many for one pack."""
    count = await pack_queries.count(session, wanted.issuer, wanted.first, wanted.last, MOST)
    if count == 0:
        raise NothingToPack
    if count > MOST:
        raise TooManyToPack(MOST)
    return count


async def pack(transactions: Transactions, store: Files, wanted: Wanted) -> AsyncIterator[bytes]:
    """Write a pack, piece by piece; no more than one file is in memory, and no transaction open."""
    with _Pack() as out:
        about = packs.ABOUT.format(issuer=wanted.issuer, first=wanted.first, last=wanted.last)
        for piece in out.add(packs.README, about.encode()):
            yield piece
        after: pack_queries.Place | None = None
        while True:
            async with transactions() as session:
                documents = await pack_queries.page(
                    session, wanted.issuer, wanted.first, wanted.last, after, _PAGE
                )
                ids = [each.id for each in documents]
                events = await custody_queries.events_of(session, ids)
                references = await custody_queries.references_of(session, ids)
            for document in documents:
                chained = [chain.event_of(each) for each in events[document.id]]
                facts = chain.facts_of(document, references[document.id])
                said = packs.metadata(
                    document.id, facts, document.retain_until, document.flags, held=document.held
                )
                where = packs.folder(document.id)
                for name, content in (
                    (packs.METADATA, packs.as_json(said)),
                    (packs.EVENTS, packs.as_json([packs.told(each) for each in chained])),
                ):
                    for piece in out.add(f"{where}/{name}", content):
                        yield piece
                async for piece in _files(out, store, document):
                    yield piece
                out.list(document, chained[-1].sha256.hex() if chained else "")
            if not documents:
                break
            last = documents[-1]
            after = (last.issue_date, last.published_at, last.id)
        async with transactions() as session:
            heads = await head_queries.heads_page(session, wanted.issuer, (None, None), None, None)
        told = [
            {"day": each.day.isoformat(), "events": each.events, "sha256": each.sha256.hex()}
            for each in heads
        ]
        for piece in out.add(packs.HEADS, packs.as_json(told)):
            yield piece
        for piece in out.end():
            yield piece


async def _files(out: "_Pack", store: Files, document: Document) -> AsyncIterator[bytes]:
    for file in document.files:
        name = packs.file_name(file.position, file.sha256, file.media_type)
        name = f"{packs.folder(document.id)}/{name}"
        try:
            content = await store.read(document.issuer, file.sha256)
        except FileNotFoundError:
            log.error("file_missing", document_id=str(document.id), sha256=file.sha256)  # noqa: TRY400
            out.miss(name)
            continue
        for piece in out.add(name, content):
            yield piece


class _Pack:
    """A ZIP on its way out, with what is written at its end."""

    def __init__(self) -> None:
        self._zip = Archive(now())
        # Closed at the end of the pack, whichever end that is.
        self._index: IO[bytes] = SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115
        self._sums: IO[bytes] = SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115
        self._missed: list[str] = []
        self._index.write(_line(packs.COLUMNS))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_how: object) -> None:
        self._index.close()
        self._sums.close()

    def add(self, name: str, content: bytes) -> Iterator[bytes]:
        """Add a file, and its hash to the list of hashes."""
        self._sums.write(f"{hashlib.sha256(content).hexdigest()}  {name}\n".encode())
        yield self._zip.header(name, len(content), zlib.crc32(content))
        yield content

    def miss(self, name: str) -> None:
        """Note a file that is not there."""
        self._missed.append(name)

    def list(self, document: Document, last_event: str) -> None:
        """Add a line to the index."""
        self._index.write(
            _line(
                (
                    document.id,
                    document.type,
                    document.number,
                    document.customer_number,
                    document.issue_date,
                    document.currency,
                    format(document.total_incl_vat, "f"),
                    len(document.files),
                    last_event,
                )
            )
        )

    def end(self) -> Iterator[bytes]:
        """Add what stands at the end."""
        if self._missed:
            text = "".join(f"{name}: not in the archive any more\n" for name in self._missed)
            yield from self.add(packs.PROBLEMS, text.encode())
        sums = hashlib.sha256()
        for piece in _pieces(self._index):
            sums.update(piece)
        self._sums.write(f"{sums.hexdigest()}  {packs.INDEX}\n".encode())
        for name, written in ((packs.INDEX, self._index), (packs.SUMS, self._sums)):
            yield self._zip.header(name, *_measured(written))
            yield from _pieces(written)
        yield self._zip.end()


def _measured(written: IO[bytes]) -> tuple[int, int]:
    """Return how long something is, and its check sum."""
    crc = size = 0
    for piece in _pieces(written):
        crc, size = zlib.crc32(piece, crc), size + len(piece)
    return size, crc


def _pieces(written: IO[bytes]) -> Iterator[bytes]:
    written.seek(0)
    while piece := written.read(_PIECE):
        yield piece


def _line(told: Iterable[object]) -> bytes:
    """Return a line of a table; what a program could take for a formula is text in it."""
    line = io.StringIO()
    csv.writer(line).writerow([cells.inert(str(each)) for each in told])
    return line.getvalue().encode()
