"""What documents holds in its hands while it runs: the store of bytes."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from documents.files import Files
from documents.settings import Settings


@dataclass(frozen=True)
class Gateways:
    """The store of bytes."""

    files: Files


@asynccontextmanager
async def gateways(settings: Settings) -> AsyncIterator[Gateways]:
    """Turn settings into gateways."""
    yield Gateways(files=Files(settings.files_url))
