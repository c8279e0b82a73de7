"""Where mails lie: in volumes on disk, with an index in memory that is read back at the start.

Each run of the postbox begins a volume of its own. A mail in it is one line of JSON with what the
index needs, then the mail exactly as it was received, and an empty line's end.
"""

import asyncio
import json
import os
from bisect import bisect_left, bisect_right, insort
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar
from uuid import UUID

import uuid_utils.compat

from postbox import reading

_VOLUME = ".mails"
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Facts:
    """What the index says of a mail, found once when it arrives.

    `sender` is the address of the From header, or the envelope's where there is none.
    `recipients` are the envelope's: who was really written to. `message_id` has no brackets.
    """

    envelope_sender: str
    sender: str
    recipients: list[str]
    subject: str
    message_id: str | None
    language: str | None


@dataclass(frozen=True, slots=True)
class Letter:
    """A stored mail; ids are UUIDv7 and sort by arrival."""

    id: str
    facts: Facts

    @property
    def received_at(self) -> datetime:
        """When it was stored, to the millisecond, in UTC; the id says so."""
        return datetime.fromtimestamp((UUID(self.id).int >> 80) / 1000, UTC)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a mail's bytes are."""

    path: Path
    begins: int
    size: int

    def read(self) -> bytes:
        """Return them."""
        with self.path.open("rb") as file:
            file.seek(self.begins)
            return file.read(self.size)


@dataclass(frozen=True, slots=True)
class Page:
    """A stretch of a list, and whether there is more of it in the direction asked for."""

    letters: list[Letter]
    more: bool


class Store:
    """All mails under one folder. Not shared between processes; every method runs on one loop."""

    def __init__(self, folder: Path) -> None:
        """Open the folder, make it if need be, and read back what it holds."""
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        # A thread of its own: a mail must not wait for its turn behind whatever else uses threads.
        self._disk = ThreadPoolExecutor(1, "postbox-disk")
        self._volume: Path | None = None
        self._waiting: list[tuple[Facts, bytes, asyncio.Future[Letter]]] = []
        self._writing: asyncio.Task[None] | None = None
        self._forget_all()
        for path in sorted(folder.glob(f"*{_VOLUME}")):
            for letter, place in _read_back(path):
                self._remember(letter, place)

    def __len__(self) -> int:
        """How many mails there are."""
        return len(self._letters)

    async def keep(self, envelope_sender: str, recipients: Sequence[str], source: bytes) -> Letter:
        """Store a mail; when this returns it survives a crash of the machine.

        Mails that come while others are being written are written next, together.
        """
        kept: asyncio.Future[Letter] = asyncio.get_running_loop().create_future()
        self._waiting.append((_facts(envelope_sender, recipients, source), source, kept))
        if self._writing is None:
            self._writing = asyncio.create_task(self._write_waiting())
        return await kept

    async def source(self, letter: Letter) -> bytes | None:
        """Return the mail exactly as it was received, or None if it was thrown away meanwhile."""
        place = self._places.get(letter.id)
        if place is None:
            return None
        try:
            return await asyncio.to_thread(place.read)
        except FileNotFoundError:
            return None

    async def empty(self) -> None:
        """Throw every mail away; what is being written at this moment came later, and stays."""
        paths = {place.path for place in self._places.values()}
        self._forget_all()
        # Whoever writes at this moment has the old volume open: it goes once that is done.
        self._volume = None
        if self._writing is not None:
            await asyncio.wait([self._writing])
        still = {place.path for place in self._places.values()}
        await self._on_disk(_remove, paths - still)

    def get(self, id_: str) -> Letter | None:
        """Return the mail with this id."""
        return self._letters.get(id_)

    def oldest_first(
        self, *, to: str | None, message_id: str | None, after: str, limit: int
    ) -> Page:
        """Return mails that came after the one with the id `after`, which may be gone or ''.

        `to` is a whole address, in any case; `message_id` may have its angle brackets.
        """
        ids = self._ids
        if message_id is not None:
            ids = self._by_message_id.get(reading.bare(message_id), [])
        if to is not None:
            of_recipient = self._by_recipient.get(to.casefold(), [])
            among = set(of_recipient) if ids is not self._ids else None
            ids = of_recipient if among is None else [id_ for id_ in ids if id_ in among]
        start = bisect_right(ids, after)
        chosen = ids[start : start + limit]
        return Page([self._letters[id_] for id_ in chosen], len(ids) > start + limit)

    def newest_first(self, *, to: str, before: str, limit: int) -> Page:
        """Return mails older than `before` ('' is from the newest on), for people to look at.

        `to` is any part of a recipient's address.
        """
        ids = self._ids
        if to:
            found = [own for whom, own in self._by_recipient.items() if to.casefold() in whom]
            ids = found[0] if len(found) == 1 else sorted({id_ for own in found for id_ in own})
        end = bisect_left(ids, before) if before else len(ids)
        start = max(0, end - limit)
        return Page([self._letters[id_] for id_ in reversed(ids[start:end])], start > 0)

    async def _on_disk(self, act: Callable[..., R], *given: object) -> R:
        return await asyncio.get_running_loop().run_in_executor(self._disk, act, *given)

    async def _write_waiting(self) -> None:
        """Write all that waits, again and again until nothing does: one flush for each lot.

        Ids are taken in the order in which mails become visible: whoever follows the list by its
        last id can never be overtaken by a mail with an older one.
        """
        while self._waiting:
            lot, self._waiting = self._waiting, []
            letters = [Letter(str(uuid_utils.compat.uuid7()), facts) for facts, _, _ in lot]
            if self._volume is None:
                self._volume = self._folder / f"{letters[0].id}{_VOLUME}"
            records = [
                (letter, source) for letter, (_, source, _) in zip(letters, lot, strict=True)
            ]
            try:
                places = await self._on_disk(_append, self._volume, records)
            except OSError as error:
                for _, _, kept in lot:
                    if not kept.done():
                        kept.set_exception(error)
                continue
            for letter, place, (_, _, kept) in zip(letters, places, lot, strict=True):
                self._remember(letter, place)
                if not kept.done():
                    kept.set_result(letter)
        self._writing = None

    def _remember(self, letter: Letter, place: Place) -> None:
        # Sorted insertion, not append: the clock may have been set back since the last start.
        self._letters[letter.id] = letter
        self._places[letter.id] = place
        insort(self._ids, letter.id)
        for recipient in {recipient.casefold() for recipient in letter.facts.recipients}:
            insort(self._by_recipient[recipient], letter.id)
        if letter.facts.message_id is not None:
            insort(self._by_message_id[letter.facts.message_id], letter.id)

    def _forget_all(self) -> None:
        self._letters: dict[str, Letter] = {}
        self._places: dict[str, Place] = {}
        self._ids: list[str] = []
        self._by_recipient: defaultdict[str, list[str]] = defaultdict(list)
        self._by_message_id: defaultdict[str, list[str]] = defaultdict(list)


def _facts(envelope_sender: str, recipients: Sequence[str], source: bytes) -> Facts:
    said = reading.first_headers(source)
    return Facts(
        envelope_sender=envelope_sender,
        sender=reading.address(said.get("from", "")) or envelope_sender,
        recipients=list(recipients),
        subject=reading.decoded(said.get("subject", "")).strip(),
        message_id=reading.bare(said.get("message-id", "")) or None,
        language=reading.language(source),
    )


def _append(volume: Path, records: Sequence[tuple[Letter, bytes]]) -> list[Place]:
    """Write mails at the end of a volume, and return where they lie once that is on the disk."""
    is_new = not volume.exists()
    places, lot = [], bytearray()
    with volume.open("ab") as file:
        begins = file.tell()
        for letter, source in records:
            head = {"id": letter.id, "size": len(source), **asdict(letter.facts)}
            lot += json.dumps(head).encode() + b"\n"
            places.append(Place(volume, begins + len(lot), len(source)))
            lot += source + b"\n"
        try:
            file.write(lot)
            file.flush()
            os.fdatasync(file.fileno())
        except OSError:
            # Half a lot would stand between what is before it and what comes after it.
            os.ftruncate(file.fileno(), begins)
            raise
    if is_new:
        _flush(volume.parent)
    return places


def _read_back(volume: Path) -> Iterator[tuple[Letter, Place]]:
    """Yield the mails of a volume; its end may be half a mail that was never answered for."""
    whole = volume.stat().st_size
    with volume.open("rb") as file:
        while head := file.readline():
            begins = file.tell()
            try:
                said = json.loads(head)
                place = Place(volume, begins, said.pop("size"))
                letter = Letter(said.pop("id"), Facts(**said))
            except (ValueError, TypeError, KeyError):
                return
            if begins + place.size >= whole:
                return
            yield letter, place
            file.seek(begins + place.size + 1)


def _flush(folder: Path) -> None:
    # Without this the new name itself may be lost with the power, though the content is safe.
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _remove(paths: Iterable[Path]) -> None:
    for path in paths:
        path.unlink(missing_ok=True)
