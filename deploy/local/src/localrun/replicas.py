"""More processes of a service beside a suite's own, for tests, and what spreads requests over them.

Each has settings of its own and can be started anew with others, while the suite goes on.
"""

import asyncio
import itertools
import socket
import sys
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractContextManager, asynccontextmanager, nullcontext

import httpx
import uvicorn
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from localrun.testing import Suite

_START_SECONDS = 60
_IDLE_SECONDS = 75  # longer than clients keep a line
_BETWEEN_TWO = frozenset(
    {"connection", "content-encoding", "content-length", "date", "server", "transfer-encoding"}
)
"""Headers that are about how it is carried, not about what."""


class Replica:
    """One more process of a service."""

    def __init__(self, suite: Suite, service: str) -> None:
        """Choose where it will answer; nothing runs yet."""
        self._port = _free_port()
        self._suite, self._service = suite, service
        self._process: asyncio.subprocess.Process | None = None
        self.url = f"http://127.0.0.1:{self._port}"

    async def start(self, **settings: str) -> None:
        """Start it, and wait until it is ready."""
        prefix = self._service.upper()
        own = {f"{prefix}_HTTP_PORT": str(self._port)}
        with (self._suite.folder / f"replica-{self._service}.log").open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                self._service,
                env=self._suite.environment | own | settings,
                stdout=log,
                stderr=log,
            )
        async with asyncio.timeout(_START_SECONDS), httpx.AsyncClient(trust_env=False) as http:
            while not await _is_ready(http, self.url):  # noqa: ASYNC110 (another process tells)
                await asyncio.sleep(0.05)

    async def stop(self) -> None:
        """Stop it as deploying does, and wait until it has ended."""
        if self._process and self._process.returncode is None:
            self._process.terminate()
            await self._process.wait()

    async def restart(self, **settings: str) -> None:
        """Start it anew, with other settings."""
        await self.stop()
        await self.start(**settings)


class Balancer:
    """Gives each request to the next of some processes, in turn: two requests never go to one."""

    def __init__(self, targets: Sequence[str]) -> None:
        """Spread requests over these addresses."""
        self._port = _free_port()
        self._turns = itertools.cycle(targets)
        self._http = httpx.AsyncClient(timeout=30, trust_env=False)
        self.url = f"http://127.0.0.1:{self._port}"
        self.given: Counter[str] = Counter()
        """How many requests went to each."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Carry one request there, and its answer back, as they are."""
        asked = Request(scope, receive)
        target = next(self._turns)
        self.given[target] += 1
        url = target + asked.url.path + (f"?{asked.url.query}" if asked.url.query else "")
        carried = self._http.build_request(
            asked.method, url, headers=asked.headers.raw, content=await asked.body()
        )
        got = await self._http.send(carried)
        answer = Response(got.content, got.status_code)
        answer.raw_headers += [
            (name, value)
            for name, value in got.headers.raw
            if name.decode().lower() not in _BETWEEN_TWO
        ]
        await answer(scope, receive, send)

    @asynccontextmanager
    async def running(self) -> AsyncIterator["Balancer"]:
        """Answer until the block ends."""
        config = uvicorn.Config(
            self,
            port=self._port,
            lifespan="off",
            log_config=None,
            access_log=False,
            timeout_keep_alive=_IDLE_SECONDS,
        )
        server = _Server(config)
        serving = asyncio.create_task(server.serve())
        async with self._http:
            async with asyncio.timeout(_START_SECONDS):
                while not server.started:  # noqa: ASYNC110 (it has no other way to tell)
                    await asyncio.sleep(0.01)
            yield self
            server.should_exit = True
            await serving


class _Server(uvicorn.Server):
    """Leaves signals to whoever runs the tests."""

    def capture_signals(self) -> AbstractContextManager[None]:  # type: ignore[override]
        """Capture none."""
        return nullcontext()


async def _is_ready(http: httpx.AsyncClient, url: str) -> bool:
    try:
        return (await http.get(f"{url}/health/ready")).is_success
    except httpx.HTTPError:
        return False


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
