"""The knobs every service has. Environment only; each service adds its own below its prefix."""

from datetime import timedelta
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from chassis import tokens
from chassis.topology import PAUSES


def prefixed(service: str) -> SettingsConfigDict:
    """Return the configuration of a service's settings: ``DOCUMENTS_HTTP_PORT`` and so on."""
    return SettingsConfigDict(
        env_prefix=f"{service.upper()}_", hide_input_in_errors=True, frozen=True
    )


def _is_declared(pauses: list[str]) -> list[str]:
    unknown = [pause for pause in pauses if pause not in PAUSES]
    if unknown:
        raise ValueError(f"no such pause: {unknown}; there are {list(PAUSES)}")
    return pauses


class WebSettings(BaseSettings):
    """What a service needs that only answers HTTP."""

    http_host: str = Field("127.0.0.1", description="Address that HTTP listens on")
    http_port: int = Field(description="Port that HTTP listens on")
    identity_url: str = Field(description="Where identity answers, for the keys of tokens")
    token_issuer: str | None = Field(
        None, description="Whose tokens are good: identity's public URL, where that is another"
    )
    keys_fresh_seconds: float = Field(
        tokens.FRESH_SECONDS,
        gt=0,
        description="How long identity's keys are used before they are fetched again",
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        "INFO", description="Least level that is logged"
    )
    otlp_endpoint: str | None = Field(
        None,
        validation_alias="OTEL_EXPORTER_OTLP_ENDPOINT",
        pattern=r"^(https?://.+)?$",
        description="Collector that traces are told to, by OTLP over HTTP; without one none are",
    )
    graceful_seconds: float = Field(
        15, description="How long a stopping process lets running work finish"
    )


class ServiceSettings(WebSettings):
    """What a service needs that also keeps a database and hears messages."""

    database_url: SecretStr = Field(description="Its database, as the runtime role")
    owner_database_url: SecretStr | None = Field(
        None, description="Its database, as the owner; only for the deploy step `prepare`"
    )
    amqp_url: SecretStr = Field(description="The broker and its vhost, as the service's own user")
    retry_pauses: Annotated[list[str], AfterValidator(_is_declared)] = Field(
        ["1s", "5s", "30s", "2m", "10m", "1h"],
        description="Growing pauses between tries of a message; after the last it is parked",
    )
    outage_patience_seconds: float = Field(
        60, description="How long a message waits in hand while the database is away"
    )
    database_connections: int = Field(10, description="Most connections to the database")
    inbox_kept: timedelta = Field(
        timedelta(days=14), description="How long a handled message is remembered"
    )
    answers_kept: timedelta = Field(
        timedelta(days=1),
        description="How long a repeated request, by its Idempotency-Key, gets its first answer",
    )
