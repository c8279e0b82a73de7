"""The knobs of documents."""

from pydantic import Field, SecretStr

from chassis.settings import ServiceSettings, prefixed


class Settings(ServiceSettings):
    """What documents needs beside what every service needs."""

    model_config = prefixed("documents")

    files_url: str = Field(
        description="Where the bytes are kept: file:///a/folder, or s3://bucket/prefix"
    )
    files_passing_url: str | None = Field(
        None,
        description="Where uploads and renditions are kept, if not with the rest; with Object Lock "
        "they need a bucket without it",
    )
    s3_endpoint: str | None = Field(None, description="Where buckets are, if not at Amazon")
    s3_region: str | None = Field(None, description="Region of the buckets")
    s3_key_id: str | None = Field(None, description="Name of the key to them, where there is one")
    s3_secret: SecretStr | None = Field(None, description="The key to the buckets")
    check_documents: int = Field(
        2500, ge=0, description="Documents looked at every ten minutes: are they as they were?"
    )
    upload_mib: int = Field(25, description="Largest upload, in MiB")
    reading_workers: int = Field(2, description="Processes that read documents")
    reading_seconds: float = Field(20, description="How long reading one document may take")
    reading_memory_mib: int = Field(512, description="Most memory of each of them, in MiB")
    rendering_workers: int = Field(2, description="Processes that make PDFs and pictures of pages")
    rendering_seconds: float = Field(60, description="How long making one PDF may take")
    rendering_memory_mib: int = Field(1024, description="Most memory of each of them, in MiB")
    studying_workers: int = Field(
        1, ge=1, description="Processes that judge documents and take the words out of PDFs"
    )
    studying_seconds: float = Field(60, description="How long either may take of one document")
    studying_memory_mib: int = Field(1024, description="Most memory of each of them, in MiB")
    rules_folder: str | None = Field(
        None,
        description="A folder with newer rules: EN16931-UBL-validation.xslt, "
        "EN16931-CII-validation.xslt",
    )
    worker_jobs: int = Field(
        1000, description="Documents after which such a process is replaced by a fresh one"
    )
