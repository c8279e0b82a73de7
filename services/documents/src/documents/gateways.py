"""What documents holds in its hands while it runs: the store of bytes, and the workshop."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from documents.crew import Crew, Limits
from documents.files import Files
from documents.once import Once
from documents.settings import Settings
from documents.workshop import Workshop

_MIB = 1024 * 1024


@dataclass(frozen=True)
class Gateways:
    """The store of bytes, the workshop, and what keeps two from making one thing."""

    files: Files
    workshop: Workshop
    most_uploaded: int
    """In bytes."""
    once: Once = field(default_factory=Once)


@asynccontextmanager
async def gateways(settings: Settings) -> AsyncIterator[Gateways]:
    """Turn settings into gateways."""
    reading = Limits(
        children=settings.reading_workers,
        seconds=settings.reading_seconds,
        memory_mib=settings.reading_memory_mib,
        jobs=settings.worker_jobs,
    )
    rendering = Limits(
        children=settings.rendering_workers,
        seconds=settings.rendering_seconds,
        memory_mib=settings.rendering_memory_mib,
        jobs=settings.worker_jobs,
    )
    workshop = Workshop(Crew("reading", reading), Crew("rendering", rendering))
    workshop.start()
    try:
        yield Gateways(Files(settings.files_url), workshop, settings.upload_mib * _MIB)
    finally:
        await workshop.close()
