"""Asking the mail catcher whether it has a mail, over real HTTP."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from notifications.errors import EvidenceUnavailable
from notifications.evidence import Postbox


@asynccontextmanager
async def answering(answer: bytes, asked: list[bytes]) -> AsyncIterator[Postbox]:
    """Start a catcher that gives `answer` to every request and notes its first line in `asked`."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append((await reader.readuntil(b"\r\n\r\n")).partition(b"\r\n")[0])
        writer.write(answer)
        writer.close()
        await writer.wait_closed()

    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    host, port = server.sockets[0].getsockname()
    postbox = Postbox(f"http://{host}:{port}", timeout_seconds=5)
    try:
        yield postbox
    finally:
        await postbox.close()
        server.close()
        await server.wait_closed()


def ok(body: object) -> bytes:
    content = json.dumps(body).encode()
    return (
        b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n"
        b"Content-Length: %d\r\n\r\n%b" % (len(content), content)
    )


@pytest.mark.parametrize(("items", "known"), [([{"id": "1"}], True), ([], False)])
async def test_a_mail_is_there_when_the_catcher_lists_it(items: list[object], known: bool) -> None:
    asked: list[bytes] = []

    async with answering(ok({"items": items, "next": None}), asked) as postbox:
        found = await postbox.has("<letter+1@example.com>")

    assert found is known
    assert asked == [
        b"GET /api/messages?message_id=%3Cletter%2B1%40example.com%3E&limit=1 HTTP/1.1"
    ]


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 4\r\n\r\noops",
        b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\n[]",
        b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 40\r\n\r\n{",
        b"",
        ok({"items": None}),
        ok({"elements": []}),
    ],
)
async def test_a_catcher_that_gives_no_clear_answer_is_asked_again_later(answer: bytes) -> None:
    async with answering(answer, []) as postbox:
        with pytest.raises(EvidenceUnavailable):
            await postbox.has("<letter-1@example.com>")


async def test_a_catcher_that_is_down_is_asked_again_later() -> None:
    async with answering(b"", []) as postbox:
        pass

    down = Postbox(str(postbox._client.base_url))

    with pytest.raises(EvidenceUnavailable):
        await down.has("<letter-1@example.com>")
    await down.close()
