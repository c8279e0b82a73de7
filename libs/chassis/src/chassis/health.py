"""Alive, ready, and how far behind: what a platform asks a process."""

from collections.abc import Awaitable, Callable, Mapping

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from chassis import metrics

Check = Callable[[], Awaitable[str | None]]
"""Returns what is wrong, in words, or None."""


def routes(checks: Mapping[str, Check]) -> APIRouter:
    """Return the routes; ready means that every check finds nothing."""
    health = APIRouter(include_in_schema=False)

    @health.get("/health/live")
    async def live() -> dict[str, str]:
        return {"status": "live"}

    @health.get("/health/ready")
    async def ready() -> Response:
        troubles = {name: trouble for name, check in checks.items() if (trouble := await check())}
        metrics.ready.set(0 if troubles else 1)
        if troubles:
            return JSONResponse({"status": "not ready", "reasons": troubles}, status_code=503)
        return JSONResponse({"status": "ready"})

    @health.get("/metrics")
    async def measured() -> Response:
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    return health
