"""The floor: the least a careful engineer would write by hand for the same main job, made to last.

A document is one transaction (its bytes, its row, a letter for each reader of its customer number),
acknowledged after the commit; publishing it again is harmless. A letter is claimed with a lease,
marked, handed to the relay over one of 16 kept lines, and settled: each a commit, so that a crash
sends nothing twice and says which letters may have gone.

It answers nobody, reads no XML, checks nothing, knows no rights and follows no trace. Its mails are
made by the suite's own press, from facts it was given: how mails are written is not compared.
"""

import asyncio
import base64
import hashlib
import json
import signal
import sys
from collections.abc import Iterable
from contextlib import suppress
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import aio_pika
import aiosmtplib
import asyncpg
import uvloop
from aio_pika.abc import AbstractIncomingMessage

from notifications.composing import Letterpress, NewDocument

QUEUE = "bench.floor"
_PREFETCH = 32
_SENDERS = 16
_CONNECTIONS = 16
_POLL_SECONDS = 0.2
_PAUSE_SECONDS = 1.0

_SCHEMA = """
create table readers (id int generated always as identity primary key,
    customer_number text not null, email text not null, language text not null,
    first_name text not null, last_name text not null, role text not null);
create index on readers (customer_number);
create table blobs (sha256 bytea primary key, content bytea not null);
create table documents (id uuid primary key default gen_random_uuid(),
    message_id uuid not null unique, customer_number text not null, number text not null,
    sha256 bytea not null references blobs, published_at timestamptz not null default now());
create table letters (id uuid primary key default gen_random_uuid(),
    document_id uuid not null references documents, reader_id int not null references readers,
    state text not null default 'owed', reason text, claim int not null default 0,
    due_at timestamptz default now(), marked_at timestamptz, settled_at timestamptz,
    unique (document_id, reader_id));
create index on letters (due_at) where due_at is not null;
"""
_KEEP = """
with blob as (insert into blobs values ($1, $2) on conflict do nothing),
document as (
    insert into documents (message_id, customer_number, number, sha256) values ($3, $4, $5, $1)
    on conflict do nothing returning id, customer_number)
insert into letters (document_id, reader_id)
select document.id, readers.id from document join readers using (customer_number)
"""
_CLAIM = """
update letters set claim = claim + 1, due_at = now() + interval '30 s'
from documents, readers
where letters.id = (
    select id from letters where due_at <= now() and marked_at is null
    order by due_at limit 1 for update skip locked)
and documents.id = document_id and readers.id = reader_id
returning letters.id as letter_id, claim, message_id::text as correlation_id,
    readers.customer_number, number, email as recipient, language, first_name, last_name, role
"""
_MARK = "update letters set marked_at = now() where id = $1 and claim = $2 and marked_at is null"
_SETTLE = """
update letters set state = $3, reason = $4, settled_at = now(), due_at = null, marked_at = null
where id = $1 and claim = $2
"""
_AGAIN = """
update letters set state = 'deferred', reason = $3, due_at = now() + interval '60 s',
    marked_at = null where id = $1 and claim = $2
"""
# What a service would have read from the XML.
_SAID: dict[str, Any] = {
    "issue_date": date(2026, 3, 2),
    "due_date": date(2026, 4, 1),
    "total": Decimal("498.94"),
    "amount_due": Decimal("498.94"),
    "currency": "EUR",
    "type": "invoice",
    "payment_reference": "+++000/0001/00000+++",
    "registered": False,
    "main_contact_name": "Noor Peeters",
}


async def prepare(database: str, amqp: str, readers: Iterable[tuple[str, ...]]) -> None:
    """Make its tables, its readers (number, address, language, names, role), and its queue."""
    connection = await asyncpg.connect(database)
    await connection.execute(_SCHEMA)
    columns = ("customer_number", "email", "language", "first_name", "last_name", "role")
    await connection.copy_records_to_table("readers", records=readers, columns=columns)
    await connection.close()
    broker = await aio_pika.connect(amqp)
    async with broker:
        channel = await broker.channel()
        arguments = {"x-queue-type": "quorum"}
        await channel.declare_queue(QUEUE, durable=True, arguments=arguments)


class Floor:
    """Both halves in one process: documents in, letters out."""

    def __init__(self, pool: asyncpg.Pool, smtp_port: int, mail: dict[str, Any]) -> None:
        """Take the lines, and the facts that every mail has in common."""
        self._pool = pool
        self._smtp_port = smtp_port
        self._mail = mail
        self._press = Letterpress()
        self._owed = asyncio.Event()

    async def keep(self, message: AbstractIncomingMessage) -> None:
        """Keep a document and owe its letters; acknowledge what is committed."""
        body = json.loads(message.body)
        file = body["files"][0]
        content = base64.b64decode(file["content"])
        sha256 = hashlib.sha256(content).digest()
        number = file["name"].removesuffix(".xml")
        facts = (UUID(message.message_id), body["customer_number"], number)
        await self._pool.execute(_KEEP, sha256, content, *facts)
        await message.ack()
        self._owed.set()

    async def send(self) -> None:
        """Send letter after letter over one line."""
        line: aiosmtplib.SMTP | None = None
        while True:
            self._owed.clear()
            letter = await self._pool.fetchrow(_CLAIM)
            if letter is None:
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._owed.wait(), _POLL_SECONDS)
                continue
            try:
                line = line or await self._connect()
                await self._submit(line, letter)
            except (aiosmtplib.SMTPException, OSError):
                # Marked letters are left as they are: the relay may have them.
                line = None
                await asyncio.sleep(_PAUSE_SECONDS)

    async def _submit(self, line: aiosmtplib.SMTP, letter: asyncpg.Record) -> None:
        facts = dict(letter)
        mine = (facts["letter_id"], facts.pop("claim"))
        said = NewDocument(**_SAID, **self._mail, **facts)
        content = self._press.compose(said, datetime.now(UTC))
        if await self._pool.execute(_MARK, *mine) != "UPDATE 1":
            return
        try:
            await line.sendmail(self._mail["sender"], [facts["recipient"]], content)
        except aiosmtplib.SMTPRecipientsRefused as refused:
            await self._refused(mine, refused.recipients[0])
        except aiosmtplib.SMTPResponseException as refused:
            await self._refused(mine, refused)
        else:
            await self._pool.execute(_SETTLE, *mine, "sent", None)

    async def _refused(self, mine: tuple[UUID, int], reply: Any) -> None:
        temporary = reply.code // 100 == 4  # noqa: PLR2004 RFC 5321, 4.2.1
        settled = (_AGAIN, *mine) if temporary else (_SETTLE, *mine, "refused")
        await self._pool.execute(*settled, str(reply))

    async def _connect(self) -> aiosmtplib.SMTP:
        line = aiosmtplib.SMTP(hostname="127.0.0.1", port=self._smtp_port, start_tls=False)
        await line.connect()
        return line


async def main(wanted: dict[str, Any]) -> None:
    """Work until told to stop."""
    loop = asyncio.get_running_loop()
    stopped = loop.create_future()
    loop.add_signal_handler(signal.SIGTERM, stopped.set_result, None)
    pool = await asyncpg.create_pool(wanted["database"], min_size=1, max_size=_CONNECTIONS)
    floor = Floor(pool, wanted["smtp_port"], wanted["mail"])
    broker = await aio_pika.connect(wanted["amqp"])
    channel = await broker.channel()
    await channel.set_qos(prefetch_count=_PREFETCH)
    queue = await channel.get_queue(QUEUE, ensure=False)
    await queue.consume(floor.keep)
    senders = asyncio.gather(*(floor.send() for _ in range(_SENDERS)))
    await asyncio.wait({senders, stopped}, return_when=asyncio.FIRST_COMPLETED)
    if senders.done():
        senders.result()
    senders.cancel()
    await asyncio.gather(broker.close(), senders, return_exceptions=True)


if __name__ == "__main__":
    uvloop.run(main(json.loads(sys.stdin.readline())))
