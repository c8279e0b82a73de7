"""How the API says no (RFC 9457), and the guard against posts from other people's pages."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any
from urllib.parse import urlsplit

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

_HARMLESS = frozenset({"GET", "HEAD", "OPTIONS"})


async def refused(_request: Request, error: Exception) -> Response:
    """Answer 422 and name each field: pointer (RFC 6901), rule and plain words."""
    if not isinstance(error, RequestValidationError):
        raise TypeError from error
    problems = [
        {
            "pointer": "" if found["type"] == "json_invalid" else pointer(found["loc"][1:]),
            "rule": found["type"],
            "detail": found["msg"],
        }
        for found in error.errors()
    ]
    return _problem(422, "; ".join(f"{p['pointer']}: {p['detail']}" for p in problems), problems)


async def failed(_request: Request, error: Exception) -> Response:
    """Answer any other HTTP error in the same form."""
    if not isinstance(error, HTTPException):
        raise TypeError from error
    return _problem(error.status_code, error.detail)


def pointer(location: Sequence[int | str]) -> str:
    """Return where in the input the problem lies, as a JSON pointer."""
    # pydantic adds "[key]" where the name of a member is at fault, not its value
    steps = (str(step) for step in location if step != "[key]")
    return "".join("/" + step.replace("~", "~0").replace("/", "~1") for step in steps)


async def own_pages_only(
    request: Request, go_on: Callable[[Request], Awaitable[Response]]
) -> Response:
    """Refuse a change that a browser sends from a page that is not ours, such as a hostile mail.

    Programs send neither header and are let in.
    """
    if request.method not in _HARMLESS:
        site = request.headers.get("sec-fetch-site", "none")
        origin = request.headers.get("origin")
        ours = origin is None or urlsplit(origin).netloc == request.headers.get("host")
        if site not in {"none", "same-origin"} or not ours:
            return _problem(403, "A page from elsewhere may not change anything here.")
    return await go_on(request)


def _problem(
    status: int, detail: str, problems: list[dict[str, Any]] | None = None
) -> JSONResponse:
    body: dict[str, Any] = {"type": "about:blank", "status": status, "detail": detail}
    if problems is not None:
        body["problems"] = problems
    return JSONResponse(body, status, media_type="application/problem+json")
