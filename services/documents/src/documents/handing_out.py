"""Hand out what somebody chose to take away, made while it goes: never all of it in memory.

Rights are asked for again, page by page.
"""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass
from uuid import UUID

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from chassis.identifiers import now
from documents import export_queries, measures, outgoing_table
from documents.errors import ExportUnknown, NothingToTake
from documents.export_queries import Taker
from documents.exports import KEPT, Export, State
from documents.files import Files
from documents.outgoing import Outgoing, Render, Transactions
from documents.outgoing_zip import OutgoingZip

log = structlog.get_logger()

_MEDIA_TYPES = {
    "zip": "application/zip",
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_settling: set[asyncio.Task[None]] = set()


@dataclass(frozen=True)
class Handed:
    """What goes out: under which name, as what, how long it will be if that is known, and it."""

    name: str
    media_type: str
    length: int | None
    content: AsyncGenerator[bytes, None]


async def begin(
    transactions: Transactions, store: Files, render: Render, taker: Taker, export_id: UUID
) -> Handed:
    """Begin to hand out an export. Raises ``ExportUnknown``; ``NothingToTake`` without a right."""
    async with transactions() as session:
        export = await export_queries.export(session, taker, export_id, hold=True)
        if export is None or export.asked_at < now() - KEPT:
            raise ExportUnknown
        readable = await _readable(session, taker, export)
        if not readable:
            raise NothingToTake
        is_as_announced = readable == export.documents and not export.failed
        export.state, export.done, export.failed, export.failures = State.RUNNING, 0, 0, []
        export.moved_at = now()
    going = Outgoing(transactions, store, render, taker, export)
    length = export.bytes if is_as_announced and export.format == "zip" else None
    match export.format:
        case "zip":
            content = OutgoingZip(going, length).chunks()
        case "csv":
            content = outgoing_table.csv_of(going)
        case _:
            file, length = await outgoing_table.xlsx_of(going)
            content = outgoing_table.read(file)
    name = f"{going.words.file}-{export.asked_at:%Y-%m-%d}.{export.format}"
    return Handed(name, _MEDIA_TYPES[export.format], length, _followed(going, content))


async def _readable(session: AsyncSession, taker: Taker, export: Export) -> int:
    """Count what may still be read of what was chosen."""
    readable = position = 0
    while ids := await export_queries.page(session, export.id, position):
        readable += await export_queries.count_readable(session, taker, ids)
        position += 1
    return readable


async def _followed(
    going: Outgoing, content: AsyncGenerator[bytes, None]
) -> AsyncGenerator[bytes, None]:
    """Return content as it comes, and write down what became of it, also when nobody waits."""
    outcome = State.FAILED
    try:
        async with aclosing(content):
            async for chunk in content:
                going.sent += len(chunk)
                yield chunk
        outcome = State.DONE
    finally:
        measures.exports.labels(going.export.format, outcome.value).inc()
        settling = asyncio.create_task(_settled(going, outcome))
        _settling.add(settling)
        settling.add_done_callback(_settling.discard)
        await asyncio.shield(settling)


async def _settled(going: Outgoing, outcome: State) -> None:
    await going.settle(outcome)
    log.info(
        "export_handed_out",
        export_id=str(going.export.id),
        outcome=outcome.value,
        documents=going.done,
        failed=going.failed,
        bytes=going.sent,
    )
