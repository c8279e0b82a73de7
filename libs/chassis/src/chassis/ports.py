"""Ports of a service's own, where others speak neither HTTP nor AMQP to it."""

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Protocol

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from chassis.waiting import is_set_within

log = structlog.get_logger()

_AGAIN_SECONDS = 1

Transactions = Callable[[], AbstractAsyncContextManager[AsyncSession]]
"""Opens a transaction, which is committed at its end."""


class Port(Protocol):
    """A door of its own. What comes in by it is stored in a transaction before it is answered."""

    name: str

    async def open(self) -> None:
        """Listen. Raises ``OSError`` while the port cannot be had."""
        ...

    async def close(self) -> None:
        """Take nothing new, answer for what is in hand, hang up. Harmless when not open."""
        ...

    async def trouble(self) -> str | None:
        """Say why nothing can come in at this moment, or None."""
        ...


async def keep_trying_to_open(port: Port, stopping: asyncio.Event) -> None:
    """Open a port as soon as it can be had, unless told to stop before."""
    while not stopping.is_set():
        try:
            await port.open()
        except OSError as error:
            log.warning("port_awaited", port=port.name, error=repr(error)[:200])
            await is_set_within(stopping, _AGAIN_SECONDS)
        else:
            break
    if stopping.is_set():
        await port.close()
