"""How much memory and time it takes to take many documents away as one archive, over HTTP.

A documents service, in a database and a folder of its own, hands out one archive of a few documents
and one of many. What counts is how much more memory the many take: the aim is none. Beside them
stands the archive as one would make it at first, with ``zipfile`` in memory.

    DATABASE_URL=postgresql://… python bench/taking.py [--documents 1000] [--full]
"""

import argparse
import asyncio
import gc
import hashlib
import io
import json
import os
import socket
import tempfile
import time
import zipfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import psutil
import sqlalchemy as sa
import uvicorn

from chassis import migrating, web
from chassis.database import Database
from chassis.identifiers import new_id, now
from chassis.testing import Keyring
from documents import exports_api
from documents.crew import Crew, Limits
from documents.files import Files
from documents.gateways import Gateways
from documents.models import Document, DocumentFile, metadata
from documents.workshop import Workshop

RESULTS = Path(__file__).parent / "results"
ISSUER, NUMBER = "dl5", "DL5-104233"
FEW, MANY = 50, 10_000
FILE_BYTES = 100_000
DIFFERENT = 64
"""Files that differ; the others have the bytes of one of these."""
_ROWS_AT_ONCE = 1_000
_MIB = 1024 * 1024


@dataclass(frozen=True)
class Taken:
    """What one archive took; memory is of the whole process, in MiB, in its client as well."""

    documents: int
    mib: float
    seconds: float
    first_byte_seconds: float
    rss_before_mib: float
    rss_peak_mib: float
    length_announced: bool


class _Rss:
    """The most memory that this process has, while it is watched."""

    def __init__(self) -> None:
        self._process = psutil.Process()
        self.before = self.peak = self.now()

    def now(self) -> float:
        return float(self._process.memory_info().rss) / _MIB

    def look(self) -> None:
        self.peak = max(self.peak, self.now())

    async def watch(self) -> None:
        while True:
            self.look()
            await asyncio.sleep(0.02)


async def fill(database: Database, files: Files, documents: int) -> tuple[list[UUID], list[str]]:
    """Archive so many documents of one customer number, each a PDF; return their ids and files."""
    kept = [
        await files.keep(ISSUER, b"%PDF-1.7\n" + os.urandom(FILE_BYTES - 9))
        for _ in range(min(DIFFERENT, documents))
    ]
    ids = [new_id() for _ in range(documents)]
    for start in range(0, documents, _ROWS_AT_ONCE):
        some = list(enumerate(ids))[start : start + _ROWS_AT_ONCE]
        async with database.transaction() as session:
            await session.execute(sa.insert(Document), [_document(each, at) for at, each in some])
            of_each = [_file(each, kept[at % len(kept)]) for at, each in some]
            await session.execute(sa.insert(DocumentFile), of_each)
    return ids, kept


def _document(document_id: UUID, at: int) -> dict[str, Any]:
    return {
        "id": document_id,
        "issuer": ISSUER,
        "customer_number": NUMBER,
        "number": f"F26{at:06}",
        "type": "invoice",
        "content_sha256": hashlib.sha256(str(at).encode()).hexdigest(),
        "issue_date": date(2026, 11, 1) - timedelta(days=at % 3_000),
        "currency": "EUR",
        "total_incl_vat": 100 + at,
        "amount_due": 100 + at,
        "published_at": now(),
        "flags": [],
    }


def _file(document_id: UUID, sha256: str) -> dict[str, Any]:
    return {
        "document_id": document_id,
        "position": 0,
        "role": "original_pdf",
        "name": "invoice.pdf",
        "media_type": "application/pdf",
        "sha256": sha256,
        "size": FILE_BYTES,
        "pages": 1,
    }


@asynccontextmanager
async def serving(database: Database, files: Files) -> AsyncIterator[httpx.AsyncClient]:
    """Serve exports over HTTP; yield who asks for them, as the issuer's machine."""
    keyring, nobody = Keyring(), Limits(children=0, seconds=60, memory_mib=512, jobs=1)
    kinds = ("reading", "rendering", "studying")
    app = web.make_app(title="documents", description="", version="1", routers=[exports_api.router])
    workshop = Workshop(*(Crew(kind, nobody) for kind in kinds))
    app.state.database, app.state.tokens = database, keyring.tokens("documents")
    app.state.gateways = Gateways(files, workshop, most_uploaded=0)
    app.state.revocations = None
    token = keyring.token("documents:read", audience="documents", issuer=ISSUER, exp=2**32)
    with socket.create_server(("127.0.0.1", 0)) as door:
        server = uvicorn.Server(uvicorn.Config(app, log_config=None, lifespan="off"))
        work = asyncio.create_task(server.serve([door]))
        try:
            async with httpx.AsyncClient(
                base_url=f"http://127.0.0.1:{door.getsockname()[1]}",
                headers={"Authorization": f"Bearer {token}"},
                timeout=600,
            ) as asks:
                yield asks
        finally:
            server.should_exit = True
            await work


async def take(asks: httpx.AsyncClient, **chosen: Any) -> Taken:
    """Choose documents and take them, keeping no byte; return what that took."""
    async with _watched() as rss:
        began = time.perf_counter()
        first, size = 0.0, 0
        answer = await asks.post("/v1/exports", json={"format": "zip"} | chosen)
        export = answer.raise_for_status().json()
        async with asks.stream("GET", export["href"]) as answer:
            answer.raise_for_status()
            announced = "Content-Length" in answer.headers
            async for chunk in answer.aiter_raw():
                first = first or time.perf_counter() - began
                size += len(chunk)
        seconds = time.perf_counter() - began
    state = (await asks.get(f"/v1/exports/{export['export_id']}")).raise_for_status().json()
    if (state["state"], state["bytes"], state["failed"]) != ("done", size, []):
        raise RuntimeError(f"it was not all taken: {state}")
    return Taken(
        documents=export["documents"],
        mib=size / _MIB,
        seconds=seconds,
        first_byte_seconds=first,
        rss_before_mib=rss.before,
        rss_peak_mib=rss.peak,
        length_announced=announced,
    )


async def in_memory(files: Files, kept: Sequence[str], documents: int) -> Taken:
    """Make the same archive as one would at first: with ``zipfile``, in memory, all of it."""
    async with _watched() as rss:
        began = time.perf_counter()
        made = io.BytesIO()
        with zipfile.ZipFile(made, "w") as archive:
            for at in range(documents):
                content = await files.read(ISSUER, kept[at % len(kept)])
                archive.writestr(f"{NUMBER}/F26{at:06}.pdf", content)
        seconds = time.perf_counter() - began
        rss.look()
    size = made.tell()
    return Taken(documents, size / _MIB, seconds, seconds, rss.before, rss.peak, True)  # noqa: FBT003


@asynccontextmanager
async def _watched() -> AsyncIterator[_Rss]:
    gc.collect()
    rss = _Rss()
    watching = asyncio.create_task(rss.watch())
    try:
        yield rss
    finally:
        watching.cancel()
        with suppress(asyncio.CancelledError):
            await watching


async def zip_of(documents: int, database_url: str) -> dict[str, Any]:
    """Take so many documents as one archive, after a few; return what each took."""
    with tempfile.TemporaryDirectory() as folder:
        async with migrating.scratch_database(database_url) as url:
            await migrating.upgrade(url, "documents", metadata)
            database, files = Database(url), Files(f"file://{folder}/kept")
            try:
                ids, kept = await fill(database, files, documents)
                few = {"document_ids": [str(each) for each in ids[:FEW]]}
                async with serving(database, files) as asks:
                    await take(asks, **few)  # so that everything is there that the next one needs
                    some, many = await take(asks, **few), await take(asks, query={})
                naive = await in_memory(files, kept, documents)
            finally:
                await database.close()
    return {
        "few": asdict(some),
        "many": asdict(many),
        "in_memory": asdict(naive),
        "rss_growth_mib": many.rss_peak_mib - some.rss_peak_mib,
        "rss_growth_in_memory_mib": naive.rss_peak_mib - naive.rss_before_mib,
        "seconds_to_in_memory": many.seconds / naive.seconds,
    }


def main() -> None:
    """Measure, print a table, and keep the figures."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--documents", type=int, default=1_000)
    asked.add_argument("--full", action="store_true", help=f"{MANY} documents")
    asked.add_argument("--json", action="store_true", help="print the figures, and keep none")
    given = asked.parse_args()
    documents = MANY if given.full else given.documents
    server = os.environ["DATABASE_URL"]  # noqa: TID251 (it has no settings)
    found = asyncio.run(zip_of(documents, server))
    if given.json:
        print(json.dumps(found))
        return
    print(f"{'':>10}  {'documents':>9}  {'MiB':>7}  {'seconds':>7}  {'peak of memory, MiB':>19}")
    for name in ("few", "many", "in_memory"):
        each = found[name]
        figures = f"{each['documents']:>9}  {each['mib']:>7.1f}  {each['seconds']:>7.2f}"
        print(f"{name:>10}  {figures}  {each['rss_peak_mib']:>19.1f}")
    print(f"memory that the many take more than the few: {found['rss_growth_mib']:.1f} MiB")
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "taking.json").write_text(json.dumps(found, indent=2) + "\n")


if __name__ == "__main__":
    main()
