"""The files that go with mails, each fetched and encoded once however many readers get it.

What was encoded is kept within a bound, by the hash of its bytes. Only so many letters have files
in hand at once, so that many large ones do not fill the memory.
"""

import asyncio
from base64 import encodebytes
from collections import OrderedDict
from collections.abc import AsyncIterator, Awaitable, Callable, Hashable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Generic, TypeVar
from uuid import UUID

from contracts.people import Language
from notifications import attachments
from notifications.archive import Archive
from notifications.attachments import LEFT_OUT, ArchivedFile, Enclosure, Kind, WithIt
from notifications.errors import FileTooLarge

T = TypeVar("T")

_MIB = 1024 * 1024
_MOST_DOCUMENTS = 1_000
_OF_NO_SIZE = 1_000
"""What a thing weighs that has no bytes, so that these are bounded too."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which files of which document, for a reader of a language; ``number`` is the document's."""

    document_id: UUID
    number: str
    language: Language
    kinds: tuple[Kind, ...]


@dataclass(frozen=True, slots=True)
class _Encoded:
    """Bytes as a mail carries them, and how many there were."""

    lines: bytes
    size: int


class Enclosures:
    """Finds what goes with a letter, in the archive or in what it kept of it."""

    def __init__(self, archive: Archive, *, most_mib: float, kept_mib: float, in_hand: int) -> None:
        """Take files of at most so many MiB for one mail, keep so many, for so many at once."""
        self._archive = archive
        self._most_mib = most_mib
        self._listed = _Kept[Sequence[ArchivedFile] | None](_MOST_DOCUMENTS, _one_if_there)
        self._encoded = _Kept[_Encoded | None](int(kept_mib * _MIB), _weight)
        self._places = asyncio.Semaphore(in_hand)

    @asynccontextmanager
    async def of(self, wanted: Wanted) -> AsyncIterator[WithIt]:
        """Give what goes with a letter, for as long as it is in hand.

        Raises:
            ArchiveAway: the archive cannot be asked at the moment.

        """
        async with self._places:
            yield await self._found(wanted)

    async def close(self) -> None:
        """Let go of the archive."""
        await self._archive.close()

    async def _found(self, wanted: Wanted) -> WithIt:
        document_id = wanted.document_id
        listed = await self._listed.get(document_id, lambda: self._archive.files(document_id))
        files = {each: attachments.chosen(listed or (), each) for each in wanted.kinds}
        if not attachments.fits((each.size for each in files.values() if each), self._most_mib):
            return LEFT_OUT
        found: list[Enclosure] = []
        sizes: list[int] = []
        for kind, file in files.items():
            try:
                encoded = await self._encoded_file(wanted, kind, file) if listed else None
            except FileTooLarge:
                return LEFT_OUT
            if encoded is not None:
                given = file.name if file else ""
                name = attachments.name_of(given, kind, otherwise=wanted.number)
                found.append(Enclosure(kind, name, encoded.lines))
                sizes.append(encoded.size)
        if not attachments.fits(sizes, self._most_mib):
            return LEFT_OUT
        there = {each.kind for each in found}
        return WithIt(
            files=tuple(found), missing=tuple(each for each in wanted.kinds if each not in there)
        )

    async def _encoded_file(
        self, wanted: Wanted, kind: Kind, file: ArchivedFile | None
    ) -> _Encoded | None:
        if file is not None:

            async def received() -> _Encoded | None:
                return await _encode(await self._archive.content(wanted.document_id, file))

            return await self._encoded.get(file.sha256, received)
        if kind != "pdf":
            return None

        async def made() -> _Encoded | None:
            pdf = await self._archive.rendition(
                wanted.document_id, wanted.language, at_most=int(self._most_mib * _MIB)
            )
            return None if pdf is None else await _encode(pdf)

        return await self._encoded.get((wanted.document_id, wanted.language), made)


async def _encode(content: bytes) -> _Encoded:
    """Write bytes in lines of 76 (RFC 2045, 6.8), beside what else is to be done meanwhile."""
    lines = await asyncio.to_thread(lambda: encodebytes(content).replace(b"\n", b"\r\n"))
    return _Encoded(lines, len(content))


def _one_if_there(listed: Sequence[ArchivedFile] | None) -> int:
    """Weigh what is not in the archive as too much to keep: it is asked for again."""
    return _MOST_DOCUMENTS + 1 if listed is None else 1


def _weight(encoded: _Encoded | None) -> int:
    return _OF_NO_SIZE + (len(encoded.lines) if encoded else 0)


class _Kept(Generic[T]):
    """Things by name, each made once for all who want it meanwhile; the longest unused go first."""

    def __init__(self, at_most: int, weigh: Callable[[T], int]) -> None:
        self._at_most, self._weigh = at_most, weigh
        self._kept: OrderedDict[Hashable, T] = OrderedDict()
        self._weight = 0
        self._making: dict[Hashable, asyncio.Task[T]] = {}

    async def get(self, name: Hashable, make: Callable[[], Awaitable[T]]) -> T:
        """Return what is kept by this name, or make it; it is made to its end whoever waits."""
        if name in self._kept:
            self._kept.move_to_end(name)
            return self._kept[name]
        making = self._making.get(name)
        if making is None:
            making = self._making[name] = asyncio.ensure_future(self._make(name, make))
            making.add_done_callback(lambda _done: self._making.pop(name))
        return await asyncio.shield(making)

    async def _make(self, name: Hashable, make: Callable[[], Awaitable[T]]) -> T:
        made = await make()
        weight = self._weigh(made)
        if weight <= self._at_most:
            self._kept[name] = made
            self._weight += weight
        while self._weight > self._at_most:
            _, gone = self._kept.popitem(last=False)
            self._weight -= self._weigh(gone)
        return made
