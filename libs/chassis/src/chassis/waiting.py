"""Waiting for a sign, but not for ever."""

import asyncio


async def is_set_within(sign: asyncio.Event, seconds: float) -> bool:
    """Wait until the sign is given, at most so long; return whether it was."""
    try:
        async with asyncio.timeout(seconds):
            await sign.wait()
    except TimeoutError:
        return False
    return True
