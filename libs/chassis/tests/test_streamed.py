"""Proves that what breaks off while it goes out does not look whole to who takes it."""

import asyncio
import socket

import httpx
import pytest
import uvicorn

from chassis import web

WHOLE = [b"one", b"two", b"three"]


class Broke(Exception):
    """Something went wrong in the middle."""


@pytest.fixture
async def served():
    """Return an address where answers are streamed, as a service serves them."""
    router = web.router()

    async def pieces(*, breaks):
        for each in WHOLE:
            yield each
        if breaks:
            raise Broke

    @router.get("/v1/pieces")
    async def streamed(breaks: bool = False, length: int | None = None) -> web.Response:
        headers = {"Content-Length": str(length)} if length else None
        return web.Streamed(pieces(breaks=breaks), media_type="text/plain", headers=headers)

    app = web.make_app(title="toy", description="", version="1", routers=[router])
    with socket.create_server(("127.0.0.1", 0)) as door:
        server = uvicorn.Server(uvicorn.Config(app, log_config=None, lifespan="off"))
        work = asyncio.create_task(server.serve([door]))
        async with httpx.AsyncClient() as http:
            yield lambda **asked: http.get(
                f"http://127.0.0.1:{door.getsockname()[1]}/v1/pieces", params=asked
            )
        server.should_exit = True
        await work


async def test_what_is_streamed_to_its_end_is_whole(served):
    answer = await served()

    assert (answer.status_code, answer.content) == (200, b"".join(WHOLE))
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert (await served(length=11)).content == b"".join(WHOLE)


@pytest.mark.parametrize("length", [None, 20])
async def test_what_breaks_off_is_cut_off(served, length):
    with pytest.raises(httpx.RemoteProtocolError):
        await served(breaks=True, **({"length": length} if length else {}))

    assert (await served()).content == b"".join(WHOLE)
