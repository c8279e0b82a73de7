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

    async def ask() -> dict[str, str]:
        found = {name: await check() for name, check in checks.items()}
        for name, trouble in found.items():
            metrics.trouble.labels(name).set(1 if trouble else 0)
        troubles = {name: trouble for name, trouble in found.items() if trouble}
        metrics.ready.set(0 if troubles else 1)
        return troubles

    @health.get("/health/ready")
    async def ready() -> Response:
        troubles = await ask()
        if troubles:
            return JSONResponse({"status": "not ready", "reasons": troubles}, status_code=503)
        return JSONResponse({"status": "ready"})

    @health.get("/metrics")
    async def measured() -> Response:
        # Whoever scrapes sees how things are now, not how they were when last asked.
        await ask()
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    return health
