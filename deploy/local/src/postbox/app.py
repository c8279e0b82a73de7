"""A whole postbox: store, SMTP port, API and page, opened and closed as one."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException

from postbox import api, pages, problems
from postbox.intake import Intake
from postbox.returning import Returning
from postbox.sink import Sink
from postbox.store import Store

_STATIC = Path(__file__).parent / "static"


def build(
    folder: Path,
    host: str,
    smtp_port: int,
    bounce_port: int | None = None,
    bounce_host: str = "127.0.0.1",
) -> FastAPI:
    """Return the application; its lifespan opens the SMTP port, its state has store and sink.

    Mails that the faults let come back are brought to ``bounce_port`` of ``bounce_host``.
    """
    store = Store(folder)
    returning = Returning(bounce_port, bounce_host)
    sink = Sink(Intake(store, returning), host, smtp_port)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncGenerator[None]:
        await sink.open()
        try:
            yield
        finally:
            await sink.close()
            await returning.stop()

    app = FastAPI(title="Postbox", version="1", lifespan=lifespan, docs_url=None, redoc_url=None)
    app.state.store = store
    app.state.sink = sink
    app.middleware("http")(problems.own_pages_only)
    app.exception_handler(RequestValidationError)(problems.refused)
    app.exception_handler(HTTPException)(problems.failed)
    app.include_router(api.router)
    app.include_router(pages.router, include_in_schema=False)
    app.mount("/static", StaticFiles(directory=_STATIC))
    return app
