"""The web door: requests with a transaction each, problems as RFC 9457 says, and the trail."""

import http
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, AbstractContextManager, nullcontext
from functools import partial
from typing import Annotated, Any, cast
from uuid import UUID

import structlog
from fastapi import APIRouter, Depends, FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, StreamingResponse
from fastapi.routing import APIRoute
from fastapi_offline import FastAPIOffline
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.exceptions import HTTPException
from starlette.types import Receive, Scope, Send

from chassis import conventions, metrics, repeated_requests, traceparent, tracing, trail
from chassis.database import Database, is_away
from chassis.failures import (
    Conflict,
    Invalid,
    NotAllowed,
    NotFound,
    Refusal,
    TooOften,
    TryLater,
)
from chassis.identifiers import new_id
from chassis.problems import AT_MOST, pointer_to
from chassis.tokens import ScopeMissing, Unauthenticated
from contracts.refusal import Problem

log = structlog.get_logger()

_STATUS: dict[type[Exception], int] = {
    NotFound: 404,
    NotAllowed: 403,
    Conflict: 409,
    Invalid: 422,
    TooOften: 429,
    TryLater: 503,
}
_UNREADABLE = 400
_OUR_FAULT = 500
_WATCHED = ("/health/", "/metrics")
_BROKE = "postkamer.broke"
"""Where an answer that is streamed notes what it broke off by."""

_PROBLEM_BODY = {"schema": {"$ref": "#/components/schemas/ProblemDetails"}}

PROBLEMS: dict[int | str, dict[str, Any]] = {
    status: {
        "description": http.HTTPStatus(status).phrase,
        "content": {"application/problem+json": _PROBLEM_BODY},
    }
    for status in (400, 401, 403, 404, 409, 422, 429, 503)
}
"""For ``responses=`` of a router: what any route may answer instead."""


class TransactionRoute(APIRoute):
    """A route whose request is one transaction, committed before the answer leaves."""

    def get_route_handler(self) -> Callable[[Request], Awaitable[Response]]:  # type: ignore[override]
        """Open a session when the route asks for one, and commit it when the route returns."""
        handle = super().get_route_handler()

        async def within_a_transaction(database: Database, request: Request) -> Response:
            async with database.transaction() as session:
                request.state.session = session
                answer = await handle(request)
                if answer.status_code >= _UNREADABLE:
                    await session.rollback()
                else:
                    await repeated_requests.keep(request, session, answer)
                return answer

        async def once(request: Request) -> Response:
            database: Database | None = getattr(request.app.state, "database", None)
            if database is None:
                return await handle(request)
            work = partial(within_a_transaction, database)
            return await repeated_requests.answer_once(request, work)

        return once


def router() -> APIRouter:
    """Return a router for the routes of a service."""
    return APIRouter(route_class=TransactionRoute, responses=PROBLEMS)


async def _session(request: Request) -> AsyncIterator[AsyncSession]:
    yield request.state.session


def _transactions(request: Request) -> Any:
    return request.app.state.database.transaction


def _gateways(request: Request) -> Any:
    return request.app.state.gateways


Session = Annotated[AsyncSession, Depends(_session)]
"""The request's transaction."""

Transactions = Annotated[
    Callable[[], AbstractAsyncContextManager[AsyncSession]], Depends(_transactions)
]
"""For a route that waits on the world: opens short transactions, and holds none meanwhile."""

Gateways = Depends(_gateways)
"""The service's gateways: ``Annotated[Files, Gateways]``."""


def make_app(*, title: str, description: str, version: str, routers: list[APIRouter]) -> FastAPI:
    """Return an application that answers problems, follows trails and measures."""
    app = FastAPIOffline(
        title=title,
        description=description,
        version=version,
        redoc_url=None,
        static_url="/docs-assets",
    )
    for each in routers:
        app.include_router(each)
        _expect_requests(each)
    app.add_exception_handler(Refusal, _refused)
    app.add_exception_handler(RequestValidationError, _unreadable)
    app.add_exception_handler(HTTPException, _plain)
    app.add_exception_handler(Unauthenticated, _unauthenticated)
    app.add_exception_handler(ScopeMissing, _scope_missing)
    app.add_exception_handler(TryLater, _later)
    app.middleware("http")(_measure)
    describe = app.openapi

    def with_problem_shape() -> dict[str, Any]:
        document = describe()
        document.setdefault("components", {}).setdefault("schemas", {}).setdefault(
            "ProblemDetails", _PROBLEM_SHAPE
        )
        return document

    app.openapi = with_problem_shape  # type: ignore[method-assign]
    return app


class Streamed(StreamingResponse):
    """An answer that is made while it goes. Where that breaks off, the line is cut with it.

    Otherwise half a table would look whole: what measures requests ends every answer properly.
    """

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it, and note what it broke off by."""
        broke: list[Exception] = []
        scope[_BROKE] = broke
        try:
            await super().__call__(scope, receive, send)
        except Exception as error:
            broke.append(error)
            raise


async def _to_its_end(body: AsyncIterator[bytes], broke: list[Exception]) -> AsyncIterator[bytes]:
    async for chunk in body:
        yield chunk
    if broke:
        raise broke[0]


def _expect_requests(router: APIRouter) -> None:
    """Count from 0 what is asked of each route."""
    for route in router.routes:
        if isinstance(route, APIRoute):
            for method in route.methods or ():
                metrics.requests.labels(method, route.path, 200)


_PROBLEM_SHAPE = {
    "type": "object",
    "required": ["type", "title", "status"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "problems": {"type": "array", "items": Problem.model_json_schema()},
    },
}


def problem(
    status: int,
    detail: str | None = None,
    problems: list[Problem] | None = None,
    headers: dict[str, str] | None = None,
) -> Response:
    """Return a problem document (RFC 9457)."""
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": http.HTTPStatus(status).phrase,
        "status": status,
    }
    if detail:
        body["detail"] = detail
    if problems:
        body["problems"] = [each.model_dump() for each in problems]
    return JSONResponse(
        body, status_code=status, media_type="application/problem+json", headers=headers
    )


async def _refused(_request: Request, error: Exception) -> Response:
    assert isinstance(error, Refusal)  # noqa: S101 (FastAPI's handlers are loosely typed)
    status = next(status for kind, status in _STATUS.items() if isinstance(error, kind))
    return problem(status, str(error), error.problems, _when_again(error))


def _when_again(refusal: Refusal) -> dict[str, str] | None:
    """Say when what was refused may be asked again, where that is known."""
    if isinstance(refusal, TooOften):
        return {"Retry-After": str(refusal.seconds)}
    if isinstance(refusal, repeated_requests.StillBeingAnswered):
        return {"Retry-After": "1"}
    return None


async def _unreadable(_request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101
    found = error.errors()
    not_json = any(each["type"] == "json_invalid" for each in found)
    problems = [
        Problem(pointer=pointer_to(each["loc"][1:]), rule=each["type"], detail=each["msg"])
        for each in found[:AT_MOST]
    ]
    return problem(_UNREADABLE if not_json else 422, "the request cannot be read", problems)


async def _plain(_request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101
    detail = None if error.detail == http.HTTPStatus(error.status_code).phrase else error.detail
    return problem(error.status_code, detail, headers=dict(error.headers or {}))


async def _unauthenticated(_request: Request, error: Exception) -> Response:
    return problem(401, str(error), headers={"WWW-Authenticate": "Bearer"})


async def _scope_missing(_request: Request, error: Exception) -> Response:
    assert isinstance(error, ScopeMissing)  # noqa: S101
    challenge = f'Bearer error="insufficient_scope", scope="{error.scope}"'
    return problem(403, str(error), headers={"WWW-Authenticate": challenge})


async def _later(_request: Request, error: Exception) -> Response:
    return problem(503, str(error) or None, headers={"Retry-After": "5"})


async def _measure(
    request: Request, call_next: Callable[[Request], Awaitable[Response]]
) -> Response:
    began = time.perf_counter()
    status = 500
    came_by = traceparent.read(request.headers.get(traceparent.HEADER))
    followed = trail.Trail(_correlation_id(request), traceparent=came_by)
    with trail.follow(followed), _span(request, came_by) as span:
        try:
            answer = await call_next(request)
            if _BROKE in request.scope:
                streamed = cast("StreamingResponse", answer)
                body = cast("AsyncIterator[bytes]", streamed.body_iterator)
                streamed.body_iterator = _to_its_end(body, request.scope[_BROKE])
        except Exception as error:
            if is_away(error):
                answer = problem(
                    503, "the database cannot be reached", headers={"Retry-After": "5"}
                )
            else:
                log.exception("request_failed", method=request.method, path=_route(request))
                answer = problem(500, "this is our fault, and it is in our log")
        status = answer.status_code
        metrics.requests.labels(request.method, _route(request), status).observe(
            time.perf_counter() - began
        )
        _tell(span, request, status)
    answer.headers[trail.HEADER] = followed.correlation_id
    answer.headers.setdefault("X-Content-Type-Options", "nosniff")
    answer.headers.setdefault("Cache-Control", "no-store")
    return answer


def _span(request: Request, came_by: str | None) -> AbstractContextManager[tracing.Span]:
    """Return the span of a request; those of whoever watches the process have none."""
    if request.url.path.startswith(_WATCHED):
        return nullcontext(tracing.Span())
    told = conventions.of_request(request.method)
    return tracing.entry(came_by, conventions.method_of(request.method), "server", told)


def _tell(span: tracing.Span, request: Request, status: int) -> None:
    if span.told:
        span.note(conventions.of_answer(status))
        if "route" in request.scope:
            span.rename(f"{conventions.method_of(request.method)} {_route(request)}")
            span.note({"http.route": _route(request)})
        if status >= _OUR_FAULT:
            span.failed(str(status))


def _route(request: Request) -> str:
    """Return the route's template, never the path: paths hold links and numbers."""
    return str(getattr(request.scope.get("route"), "path", "unknown"))


def _correlation_id(request: Request) -> str:
    """Take over the caller's correlation id when it is a UUID; anything else could be anything."""
    try:
        return str(UUID(request.headers.get(trail.HEADER, "")))
    except ValueError:
        return str(new_id())
