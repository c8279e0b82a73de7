"""The gateway to argon2: hashes passwords in threads, as many at once as there are cores."""

import asyncio
import os
import secrets
from concurrent.futures import ThreadPoolExecutor

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError

PASSES = 2
MEMORY_KIB = 19_456
LANES = 1
"""OWASP's set for argon2id: 19 MiB for each sign-in under way."""

_HASHER = PasswordHasher(time_cost=PASSES, memory_cost=MEMORY_KIB, parallelism=LANES, type=Type.ID)


class Passwords:
    """Hashes passwords and checks them, exactly as they were typed."""

    def __init__(self) -> None:
        """Make the hash that a password is compared with where there is none."""
        cores = len(os.sched_getaffinity(0))
        self._threads = ThreadPoolExecutor(cores, thread_name_prefix="argon2")
        self._nobodys = _hash(secrets.token_urlsafe())

    async def hash(self, password: str) -> str:
        """Return what is kept of a password."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, _hash, password)

    async def matches(self, password: str, kept: str | None) -> bool:
        """Say whether it is the password. Without one it takes as long, and is not."""
        compared = kept or self._nobodys
        loop = asyncio.get_running_loop()
        found = await loop.run_in_executor(self._threads, _matches, password, compared)
        return found and kept is not None

    def needs_rehash(self, kept: str) -> bool:
        """Say whether a password was hashed by other rules than today's."""
        return _HASHER.check_needs_rehash(kept)

    def close(self) -> None:
        """Let go of the threads."""
        self._threads.shutdown(wait=False, cancel_futures=True)


def _hash(password: str) -> str:
    return _HASHER.hash(_bytes(password))


def _matches(password: str, kept: str) -> bool:
    try:
        return _HASHER.verify(kept, _bytes(password))
    except (VerificationError, InvalidHashError):
        return False


def _bytes(password: str) -> bytes:
    """Return a password as bytes; half a character, as a script may send it, is one too."""
    return password.encode(errors="surrogatepass")
