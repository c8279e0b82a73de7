"""Does a thing once for all who ask for it meanwhile."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from typing import Any, TypeVar

T = TypeVar("T")


class Once:
    """What is being made at this moment, by name."""

    def __init__(self) -> None:
        """Start with nothing."""
        self._made: dict[Hashable, asyncio.Task[Any]] = {}

    async def make(self, name: Hashable, make: Callable[[], Awaitable[T]]) -> T:
        """Make it, or wait for whoever does; it is made to its end even if nobody waits."""
        making: asyncio.Task[T] | None = self._made.get(name)
        if making is None:
            making = asyncio.ensure_future(_awaited(make))
            self._made[name] = making
            making.add_done_callback(lambda _done: self._made.pop(name))
        return await asyncio.shield(making)


async def _awaited(make: Callable[[], Awaitable[T]]) -> T:
    return await make()
