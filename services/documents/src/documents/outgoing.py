"""An export on its way to who takes it: what is left to go, and how far it is."""

import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from chassis.identifiers import now
from documents import export_queries
from documents.export_queries import Taker
from documents.export_words import ExportWords, words
from documents.exports import MOST_FAILURES, Export, State
from documents.files import Files
from documents.models import Document

Transactions = Callable[[], AbstractAsyncContextManager[AsyncSession]]
Render = Callable[[Document, str], Awaitable[bytes]]
"""Makes a readable PDF of a document, in a language. Raises ``NoRendition``."""

NOT_YOURS = "not_yours"

_TOLD_EVERY = 1.0
"""How often it is written down how far it is, in seconds."""


@dataclass
class Outgoing:
    """An export on its way: what it needs, and how far it is."""

    transactions: Transactions
    store: Files
    render: Render
    taker: Taker
    export: Export
    done: int = 0
    failed: int = 0
    failures: list[dict[str, str]] = field(default_factory=list)
    sent: int = 0
    told_at: float = 0.0

    @property
    def words(self) -> ExportWords:
        """The words of who takes it."""
        return words(self.export.language)

    def fail(self, document_id: UUID, reason: str) -> None:
        """Note that a document is not there, or not as it was asked for."""
        self.failed += 1
        if len(self.failures) < MOST_FAILURES:
            self.failures.append({"document_id": str(document_id), "reason": reason})

    async def tell(self, *, more: int) -> None:
        """Count documents that went, and write down how far it is, but not all the time."""
        self.done += more
        if time.monotonic() - self.told_at >= _TOLD_EVERY:
            await self.settle(State.RUNNING)
            self.told_at = time.monotonic()

    async def settle(self, state: State) -> None:
        """Write down how far it is."""
        async with self.transactions() as session:
            export = await export_queries.export(session, self.taker, self.export.id, hold=True)
            if export is None:
                return
            export.state, export.done, export.moved_at = state, self.done, now()
            export.failed, export.failures = self.failed, list(self.failures)
            if state == State.DONE:
                export.bytes = self.sent

    async def pages(self) -> AsyncIterator[list[tuple[UUID, Document | None]]]:
        """Return what was chosen, page by page; None is what may not be read any more."""
        position = 0
        while True:
            async with self.transactions() as session:
                ids = await export_queries.page(session, self.export.id, position)
                found = await export_queries.readable(session, self.taker, ids)
            if not ids:
                return
            yield [(each, found.get(each)) for each in ids]
            position += 1
