"""Where mails lie: one file each on disk, and an index in memory that is read back at the start.

A file is one line of JSON with what the index needs, then the mail exactly as it was received.
"""

import asyncio
import json
import os
from bisect import bisect_left, bisect_right, insort
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar
from uuid import UUID, uuid4

import uuid_utils.compat

from postbox import reading

_DISK_THREADS = 16
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
        # Threads of its own: a mail must not wait for its turn behind whatever else uses threads.
        self._threads = ThreadPoolExecutor(_DISK_THREADS, "postbox-disk")
        self._forget_all()
        for draft in folder.glob("*.draft"):
            draft.unlink()
        for path in sorted(folder.glob("*.mail")):
            with path.open("rb") as file:
                self._remember(Letter(path.stem, Facts(**json.loads(file.readline()))))

    def __len__(self) -> int:
        """How many mails there are."""
        return len(self._letters)

    async def keep(self, envelope_sender: str, recipients: Sequence[str], source: bytes) -> Letter:
        """Store a mail; when this returns it survives a crash of the machine.

        The id is taken after the slow write, in one step with becoming visible: whoever follows
        the list by its last id can never be overtaken by a mail with an older one.
        """
        facts, draft = await self._on_disk(self._write, envelope_sender, recipients, source)
        letter = Letter(str(uuid_utils.compat.uuid7()), facts)
        draft.rename(self._path(letter.id))
        self._remember(letter)
        await self._on_disk(_flush, self._folder)
        return letter

    async def source(self, letter: Letter) -> bytes | None:
        """Return the mail exactly as it was received, or None if it was thrown away meanwhile."""
        try:
            stored = await self._on_disk(self._path(letter.id).read_bytes)
        except FileNotFoundError:
            return None
        return stored.partition(b"\n")[2]

    async def empty(self) -> None:
        """Throw every mail away."""
        paths = [self._path(id_) for id_ in self._ids]
        self._forget_all()
        await self._on_disk(_remove, paths)

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
        return await asyncio.get_running_loop().run_in_executor(self._threads, act, *given)

    def _write(
        self, envelope_sender: str, recipients: Sequence[str], source: bytes
    ) -> tuple[Facts, Path]:
        facts = _facts(envelope_sender, recipients, source)
        draft = self._folder / f"{uuid4()}.draft"
        with draft.open("xb") as file:
            file.write(json.dumps(asdict(facts)).encode() + b"\n" + source)
            file.flush()
            os.fsync(file.fileno())
        return facts, draft

    def _path(self, id_: str) -> Path:
        return self._folder / f"{id_}.mail"

    def _remember(self, letter: Letter) -> None:
        # Sorted insertion, not append: the clock may have been set back since the last start.
        self._letters[letter.id] = letter
        insort(self._ids, letter.id)
        for recipient in {recipient.casefold() for recipient in letter.facts.recipients}:
            insort(self._by_recipient[recipient], letter.id)
        if letter.facts.message_id is not None:
            insort(self._by_message_id[letter.facts.message_id], letter.id)

    def _forget_all(self) -> None:
        self._letters: dict[str, Letter] = {}
        self._ids: list[str] = []
        self._by_recipient: defaultdict[str, list[str]] = defaultdict(list)
        self._by_message_id: defaultdict[str, list[str]] = defaultdict(list)


def _facts(envelope_sender: str, recipients: Sequence[str], source: bytes) -> Facts:
    said: dict[str, str] = {}
    for name, value in reading.raw_headers(source):
        said.setdefault(name.casefold(), value)
    return Facts(
        envelope_sender=envelope_sender,
        sender=reading.address(said.get("from", "")) or envelope_sender,
        recipients=list(recipients),
        subject=reading.decoded(said.get("subject", "")).strip(),
        message_id=reading.bare(said.get("message-id", "")) or None,
        language=reading.language(source),
    )


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
