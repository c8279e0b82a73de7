"""Asks the services whether they are ready, until all of them are."""

import asyncio
import time
from collections.abc import Mapping

import httpx

from localrun.terminal import Terminal

_PAUSE_SECONDS = 0.1
_TOLD_EVERY_SECONDS = 10
_LONGEST_REASON = 200


async def until_ready(services: Mapping[str, str], terminal: Terminal) -> None:
    """Wait for every service, given by name and address; say now and then who is missing."""
    told = time.monotonic()
    async with httpx.AsyncClient(timeout=5, trust_env=False) as client:
        while True:
            reasons = await asyncio.gather(
                *(_reason(client, address) for address in services.values())
            )
            missing = {name: why for name, why in zip(services, reasons, strict=True) if why}
            if not missing:
                return
            if time.monotonic() - told > _TOLD_EVERY_SECONDS:
                told = time.monotonic()
                for name, why in missing.items():
                    terminal.step(f"still waiting for {name}: {why}")
            await asyncio.sleep(_PAUSE_SECONDS)


async def missing(services: Mapping[str, str]) -> list[str]:
    """Say which services are not ready, and why, a line each."""
    async with httpx.AsyncClient(timeout=5, trust_env=False) as client:
        reasons = [(name, await _reason(client, address)) for name, address in services.items()]
    return [f"{name} is not ready: {why}" for name, why in reasons if why]


async def _reason(client: httpx.AsyncClient, address: str) -> str | None:
    """Return why a service is not ready, or None if it is."""
    try:
        answer = await client.get(f"{address}/health/ready")
    except httpx.TransportError as unreachable:
        return str(unreachable)
    return None if answer.is_success else f"{answer.status_code} {answer.text[:_LONGEST_REASON]}"
