"""What documents holds in its hands while it runs: the store of bytes, and the workshop."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from documents.crew import Crew, Limits
from documents.files import Bucket, Files
from documents.once import Once
from documents.settings import Settings
from documents.studying import STUDIES_A_WORKER
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
    checked_at_once: int = 0
    """Documents that are looked at between two beats."""


def files_of(settings: Settings) -> Files:
    """Return the store of bytes."""
    secret = settings.s3_secret
    bucket = Bucket(
        endpoint=settings.s3_endpoint,
        region=settings.s3_region,
        key_id=settings.s3_key_id,
        secret=secret.get_secret_value() if secret else None,
    )
    return Files(settings.files_url, settings.files_passing_url, bucket)


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
    studying = Limits(
        children=settings.studying_workers,
        seconds=settings.studying_seconds,
        memory_mib=settings.studying_memory_mib,
        jobs=settings.worker_jobs,
        patience=STUDIES_A_WORKER * settings.studying_seconds,
    )
    workshop = Workshop(
        Crew("reading", reading),
        Crew("rendering", rendering),
        Crew("studying", studying, at_need=True),
        settings.rules_folder,
    )
    workshop.start()
    try:
        yield Gateways(
            files_of(settings),
            workshop,
            settings.upload_mib * _MIB,
            checked_at_once=settings.check_documents,
        )
    finally:
        await workshop.close()
