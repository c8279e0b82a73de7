"""Documents as an archive that is made while it goes, a few files at a time.

What cannot be given leaves a line in ``problems.txt``, and what was announced as the length of the
archive stays its length.
"""

import asyncio
import hashlib
import zlib
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import aclosing
from dataclasses import dataclass
from uuid import UUID

import structlog

from documents import cells, parts
from documents.errors import NoRendition
from documents.exports import MOST_FAILURES
from documents.models import Document
from documents.outgoing import NOT_YOURS, Outgoing
from documents.parts import NO_PDF, Part
from documents.zip_format import Archive, Length, taken_by

log = structlog.get_logger()

PROBLEMS = "problems.txt"
MISSING, CHANGED = "missing", "changed"

_CHUNK = 64 * 1024
_AHEAD = 16 * 1024 * 1024
"""Bytes that are fetched while those before them are on their way."""
_MOST_AHEAD = 6
"""Files."""
_A_RENDITION = 512 * 1024
"""What one is taken to weigh, before it is made."""
_HASHED_AT_ONCE = 1024 * 1024


@dataclass(frozen=True)
class _Step:
    """A file to go next, or a document that has none to give; ``is_last`` of its document."""

    document_id: UUID
    document: Document | None
    part: Part | None
    is_last: bool

    @property
    def weight(self) -> int:
        if self.part is None:
            return 0
        return _A_RENDITION if self.part.size is None else self.part.size


@dataclass(frozen=True)
class _Nothing:
    """A file is not there, and why."""

    reason: str


_Fetched = bytes | _Nothing


class OutgoingZip:
    """An archive on its way."""

    def __init__(self, going: Outgoing, announced: int | None) -> None:
        """Make the archive of an export; ``announced`` is how long it has to be, if it was said."""
        self._going = going
        self._announced = announced
        self._archive = Archive(going.export.asked_at)
        self._length = Length()
        self._problems: list[str] = []

    async def chunks(self) -> AsyncGenerator[bytes, None]:
        """Return its bytes. What breaks off here breaks off there: no half archive looks whole."""
        async with aclosing(self._in_turn()) as fetched:
            async for step, content in fetched:
                for chunk in await self._given(step, content):
                    yield chunk
                if step.is_last:
                    await self._going.tell(more=1)
        for chunk in self._told():
            yield chunk
        yield self._archive.end()

    async def _in_turn(self) -> AsyncGenerator[tuple[_Step, _Fetched], None]:
        """Return the files of all documents in their turn; the next are fetched ahead."""
        underway: deque[tuple[_Step, asyncio.Task[_Fetched]]] = deque()
        weight = 0
        try:
            async for step in self._steps():
                underway.append((step, asyncio.create_task(self._fetched(step))))
                weight += step.weight
                while weight > _AHEAD or len(underway) > _MOST_AHEAD:
                    first, fetching = underway.popleft()
                    weight -= first.weight
                    yield first, await fetching
            while underway:
                first, fetching = underway.popleft()
                yield first, await fetching
        finally:
            for _, fetching in underway:
                fetching.cancel()
            await asyncio.gather(*(each for _, each in underway), return_exceptions=True)

    async def _steps(self) -> AsyncIterator[_Step]:
        going = self._going
        async for page in going.pages():
            for document_id, document in page:
                if document is None:
                    self._note(document_id, None, NOT_YOURS)
                    yield _Step(document_id, None, None, is_last=True)
                    continue
                if lacking := parts.lacks(document, going.export.files):
                    self._note(document_id, document, lacking)
                found = parts.of(document, going.export.files, going.words)
                for turn, part in enumerate(found, start=1):
                    yield _Step(document_id, document, part, is_last=turn == len(found))

    async def _fetched(self, step: _Step) -> _Fetched:
        if step.part is None or step.document is None:
            return b""
        if step.part.file is not None:
            return await self._original(step.document, step.part)
        try:
            return await self._going.render(step.document, self._going.export.language)
        except NoRendition:
            return _Nothing(NO_PDF)

    async def _original(self, document: Document, part: Part) -> _Fetched:
        assert part.file is not None  # noqa: S101 (who asks has one)
        sha256 = part.file.sha256
        try:
            content = await self._going.store.read(document.issuer, sha256)
        except FileNotFoundError:
            reason = MISSING
        else:
            if await _sha256(content) == sha256:
                return content
            reason = CHANGED
        log.error("export_without_file", document_id=str(document.id), file=sha256, reason=reason)
        return _Nothing(reason)

    async def _given(self, step: _Step, content: _Fetched) -> list[bytes]:
        """Return what goes out for a step: its file, or what was received where it has none."""
        if step.part is None or step.document is None:
            return []
        if isinstance(content, bytes):
            return self._added(step.part.name, content)
        self._note(step.document_id, step.document, content.reason)
        if content.reason != NO_PDF or not step.is_last:
            return []
        chunks = []
        for part in parts.received(step.document, self._going.words):
            instead = await self._original(step.document, part)
            if isinstance(instead, bytes):
                chunks += self._added(part.name, instead)
        return chunks

    def _added(self, name: str, content: bytes) -> list[bytes]:
        self._length.add(name, len(content))
        return [self._archive.header(name, len(content), zlib.crc32(content)), content]

    def _note(self, document_id: UUID, document: Document | None, reason: str) -> None:
        self._going.fail(document_id, reason)
        if len(self._problems) < MOST_FAILURES:
            said = self._going.words.problems[reason]
            self._problems.append(f"{_called(document_id, document)}: {said}")

    def _told(self) -> Iterator[bytes]:
        """Return the file that says what is missing, if anything is.

        Where the length was announced, blanks take the place of what is missing.
        """
        room = None if self._announced is None else _room(self._length, self._announced)
        if not self._problems or (self._announced is not None and room is None):
            return
        intro = self._going.words.problems["intro"]
        text = "\r\n".join((intro, "", *self._problems, "")).encode("utf-8-sig")
        if room is not None:
            text = text[:room].decode(errors="ignore").encode()
        blanks = 0 if room is None else room - len(text)
        crc = zlib.crc32(text)
        for chunk in _blanks(blanks):
            crc = zlib.crc32(chunk, crc)
        yield self._archive.header(PROBLEMS, len(text) + blanks, crc)
        yield text
        yield from _blanks(blanks)


async def _sha256(content: bytes) -> str:
    if len(content) <= _HASHED_AT_ONCE:
        return hashlib.sha256(content).hexdigest()
    return (await asyncio.to_thread(hashlib.sha256, content)).hexdigest()


def _called(document_id: UUID, document: Document | None) -> str:
    if document is None:
        return str(document_id)
    return " ".join(
        (
            cells.shown(document.customer_number),
            cells.shown(document.number),
            f"({document_id})",
        )
    )


def _room(length: Length, announced: int) -> int | None:
    """Return how long a last file must be for an archive to be as long as announced."""
    left = announced - length.whole
    if not left:
        return None
    room = left - taken_by(PROBLEMS, 0)
    return room + announced - length.and_also(PROBLEMS, room).whole


def _blanks(many: int) -> Iterator[bytes]:
    chunk = b" " * (_CHUNK - 2) + b"\r\n"
    for _ in range(many // _CHUNK):
        yield chunk
    if rest := many % _CHUNK:
        yield chunk[-rest:]
