"""A running service: HTTP, listening, relay, work and time in one event loop, stopped in order."""

import asyncio
import signal
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import AbstractContextManager, AsyncExitStack, nullcontext
from datetime import timedelta
from functools import partial
from typing import Any, Protocol

import httpx
import structlog
import uvicorn
from fastapi import FastAPI
from sqlalchemy.ext.asyncio import AsyncSession

from chassis import (
    depths,
    health,
    inbox,
    lateness,
    pages,
    repeated_requests,
    revocations,
    schedule,
    tracing,
    web,
)
from chassis.calling import Following
from chassis.database import Database, is_away
from chassis.doormat import Doormat, Tolerance
from chassis.fates import Fates
from chassis.handling import Handler
from chassis.listening import Listening, keep_trying, with_heartbeat
from chassis.ports import keep_trying_to_open
from chassis.publishing_line import PublishingLine
from chassis.relay import Relay
from chassis.service import Service
from chassis.settings import ServiceSettings, WebSettings
from chassis.tokens import Tokens
from chassis.topology import queue_of, unrouted_queue_of
from chassis.waiting import is_set_within
from chassis.working import Workers
from contracts.refusal import Refused

log = structlog.get_logger()

_RELAYING = 2
_IDLE_SECONDS = 75
"""For so long a line without requests stays: longer than clients (5) and proxies (60) keep theirs.
Whoever asks just as we hang up would get no answer."""
_FORGET_EVERY = timedelta(hours=1)
_FORGET_AT_MOST = 5_000


async def serve(service: Service[Any, Any], settings: WebSettings) -> None:
    """Run until SIGTERM or SIGINT. What is in hand is finished, what is left stays on its queue."""
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stopping.set)
    told = tracing.told_to(
        settings.otlp_endpoint, service=service.name, graceful_seconds=settings.graceful_seconds
    )
    async with told, AsyncExitStack() as stack:
        gateways = await stack.enter_async_context(service.gateways(settings))
        http = await stack.enter_async_context(httpx.AsyncClient(timeout=5, transport=Following()))
        process = Process(service, settings, gateways, http, stopping)
        await process.run()
    log.info("stopped")


class Process:
    """The parts of one running service, and the order in which they start and stop."""

    def __init__(
        self,
        service: Service[Any, Any],
        settings: WebSettings,
        gateways: Any,
        http: httpx.AsyncClient,
        stopping: asyncio.Event,
    ) -> None:
        """Put the parts together; nothing runs yet."""
        self._service = service
        self._settings = settings
        self._stopping = stopping
        # Set once nothing in hand can say anything more: only then may the relay stop.
        self._spoken = asyncio.Event()
        self._checks: dict[str, health.Check] = {"stopping": self._stops}
        self._background: list[Coroutine[Any, Any, None]] = [lateness.keep_measuring(stopping)]
        self._leases: list[Coroutine[Any, Any, None]] = []
        self._finish: list[Callable[[], Awaitable[None]]] = []
        self._tasks: list[asyncio.Task[None]] = []
        self._asyncapi: dict[str, Any] = {
            "asyncapi": "3.0.0",
            "info": {"title": service.name, "version": "1", "description": service.purpose},
            "channels": {},
            "operations": {},
        }
        self._database: Database | None = None
        if isinstance(settings, ServiceSettings):
            self._add_database_and_broker(settings, gateways)
        tokens = Tokens(
            settings.identity_url,
            issuer=settings.token_issuer or settings.identity_url,
            audience=service.name,
            http=http,
            fresh_seconds=settings.keys_fresh_seconds,
        )
        self.app = self._web(gateways, tokens)

    async def run(self) -> None:
        """Start everything, wait for the sign to stop, stop in order."""
        self._tasks = [asyncio.create_task(each) for each in self._background]
        leases = [asyncio.create_task(each) for each in self._leases]
        server = _Server(
            uvicorn.Config(
                self.app,
                host=self._settings.http_host,
                port=self._settings.http_port,
                log_config=None,
                access_log=False,
                server_header=False,
                # Who forwards a request may say anything of where it came from.
                proxy_headers=False,
                timeout_keep_alive=_IDLE_SECONDS,
                timeout_graceful_shutdown=int(self._settings.graceful_seconds),
            )
        )
        serving = asyncio.create_task(server.serve())
        log.info("started", port=self._settings.http_port)
        stop = asyncio.create_task(self._stopping.wait())
        await asyncio.wait([serving, stop], return_when=asyncio.FIRST_COMPLETED)
        self._stopping.set()
        server.should_exit = True
        await serving
        for finish in self._finish:
            await finish()
        for each in leases:
            each.cancel()

    def _add_database_and_broker(self, settings: ServiceSettings, gateways: Any) -> None:
        service, handlers = self._service, self._service.handlers
        if handlers is None:
            raise ValueError(f"{service.name} has a database and hears nothing")
        url = with_heartbeat(settings.amqp_url.get_secret_value())
        database = Database(
            settings.database_url.get_secret_value(), connections=settings.database_connections
        )
        line = PublishingLine(url, user=service.name, name=f"{service.name} speaks")
        # Its own connections: handlers that wait for theirs must not hold up what was said.
        own = Database(settings.database_url.get_secret_value(), connections=_RELAYING)
        relay = Relay(own, line)
        relay.watch(database)
        listening = Listening(
            url,
            service=service.name,
            handlers=handlers,
            graceful_seconds=settings.graceful_seconds,
        )
        listening.through(self._doormats(settings, database, gateways, Fates(line)))
        workers = [Workers(work, database, gateways) for work in service.work(settings)]
        ports = service.ports(settings, database.transaction, gateways)
        self._database = database
        self._asyncapi = listening.asyncapi(service.name, "1", service.purpose)
        self._checks |= {
            "database": lambda: _trouble(database),
            "listening": listening.trouble,
            "speaking": lambda: _line_trouble(line),
            **{each.name: each.trouble for each in ports},
        }
        self._background += [
            self._open(line, listening),
            relay.run(self._spoken),
            schedule.keep_time(service.schedule, database, self._stopping),
            depths.keep_measuring(
                database, url, service.queues(), self._stopping, count=service.count
            ),
            self._forget(database, settings),
            *(each.run(self._stopping) for each in workers),
            *(keep_trying_to_open(each, self._stopping) for each in ports),
        ]
        self._leases = [each.keep_leases() for each in workers]
        self._finish += [
            *(each.close for each in ports),
            listening.stop,
            *(each.drain for each in workers),
            self._end_speaking,
            self._end_background,
            line.close,
            database.close,
            own.close,
        ]

    def _doormats(
        self, settings: ServiceSettings, database: Database, gateways: Any, fates: Fates
    ) -> dict[str, Doormat[Any]]:
        handlers = self._service.handlers
        if handlers is None:
            return {}
        name = self._service.name
        tolerance = Tolerance(tuple(settings.retry_pauses), settings.outage_patience_seconds)
        heard: list[tuple[str, Handler[Any] | None, type[Refused] | None]] = [
            (queue_of(name, each.message), each, each.refused) for each in handlers.all
        ]
        if handlers.refuses_unrouted:
            heard.append((unrouted_queue_of(name), None, handlers.refuses_unrouted))
        laid = [
            Doormat(
                service=name,
                queue=queue,
                handler=handler,
                refused=refused,
                database=database,
                gateways=gateways,
                fates=fates,
                tolerance=tolerance,
                stopping=self._stopping,
            )
            for queue, handler, refused in heard
        ]
        return {each.queue: each for each in laid}

    def _web(self, gateways: Any, tokens: Tokens) -> FastAPI:
        app = web.make_app(
            title=self._service.name,
            description=self._service.purpose,
            version="1",
            routers=[
                *self._service.api,
                health.routes(self._checks),
                pages.routes(self._asyncapi),
            ],
        )
        app.state.database = self._database
        app.state.gateways = gateways
        app.state.tokens = tokens
        app.state.revocations = revocations.of(self._database, self._service.metadata)
        return app

    async def _open(self, line: PublishingLine, listening: Listening) -> None:
        """Speak before listening: a message that fails must be able to go somewhere."""
        if await keep_trying("speaking", line.open, self._stopping):
            await keep_trying("listening", listening.start, self._stopping)

    async def _end_speaking(self) -> None:
        self._spoken.set()

    async def _end_background(self) -> None:
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _stops(self) -> str | None:
        return "the process is stopping" if self._stopping.is_set() else None

    async def _forget(self, database: Database, settings: ServiceSettings) -> None:
        """Forget now and then what need not be recognised any more."""
        old: list[_Forget] = [partial(inbox.forget, kept=settings.inbox_kept)]
        if repeated_requests.in_tables(self._service.metadata):
            old.append(partial(repeated_requests.forget, kept=settings.answers_kept))
        if revocations.in_tables(self._service.metadata):
            old.append(revocations.forget)
        while not self._stopping.is_set():
            try:
                for forget in old:
                    await self._forget_all(database, forget)
            except Exception as error:
                if not is_away(error):
                    log.exception("old_rows_not_forgotten")
            await is_set_within(self._stopping, _FORGET_EVERY.total_seconds())

    async def _forget_all(self, database: Database, forget: "_Forget") -> None:
        forgotten = _FORGET_AT_MOST
        while forgotten == _FORGET_AT_MOST and not self._stopping.is_set():
            async with database.transaction() as session:
                forgotten = await forget(session, at_most=_FORGET_AT_MOST)


class _Forget(Protocol):
    async def __call__(self, session: AsyncSession, *, at_most: int) -> int: ...


class _Server(uvicorn.Server):
    """Leaves signals to the process, which stops its parts in order."""

    def capture_signals(self) -> AbstractContextManager[None]:  # type: ignore[override]
        """Capture none."""
        return nullcontext()


async def _trouble(database: Database) -> str | None:
    return None if await database.answers() else "the database cannot be reached"


async def _line_trouble(line: PublishingLine) -> str | None:
    return None if line.is_open else "nothing can be published at this moment"
