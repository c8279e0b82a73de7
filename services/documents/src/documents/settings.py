"""The knobs of documents."""

from pydantic import Field

from chassis.settings import ServiceSettings, prefixed


class Settings(ServiceSettings):
    """What documents needs beside what every service needs."""

    model_config = prefixed("documents")

    files_url: str = Field(
        description="Where the bytes are kept: file:///a/folder, or s3://bucket/prefix"
    )
