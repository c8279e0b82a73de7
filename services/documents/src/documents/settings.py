"""The knobs of documents."""

from pydantic import Field

from chassis.settings import ServiceSettings, prefixed


class Settings(ServiceSettings):
    """What documents needs beside what every service needs."""

    model_config = prefixed("documents")

    files_url: str = Field(
        description="Where the bytes are kept: file:///a/folder, or s3://bucket/prefix"
    )
    upload_mib: int = Field(25, description="Largest upload, in MiB")
    reading_workers: int = Field(2, description="Processes that read documents")
    reading_seconds: float = Field(20, description="How long reading one document may take")
    reading_memory_mib: int = Field(512, description="Most memory of each of them, in MiB")
    rendering_workers: int = Field(2, description="Processes that make PDFs and pictures of pages")
    rendering_seconds: float = Field(60, description="How long making one PDF may take")
    rendering_memory_mib: int = Field(1024, description="Most memory of each of them, in MiB")
    worker_jobs: int = Field(
        1000, description="Documents after which such a process is replaced by a fresh one"
    )
