"""The knobs of identity."""

import json
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr

from chassis.settings import ServiceSettings, prefixed
from chassis.signing import key_from
from identity.mint import read_keys


def _as_text(keys: Any) -> Any:
    """Take a key as JSON too, not only as JSON within text: nobody quotes it right by hand."""
    if not isinstance(keys, list):
        return keys
    return [json.dumps(key) if isinstance(key, dict) else key for key in keys]


def _signing_keys(keys: list[SecretStr]) -> list[SecretStr]:
    read_keys([key.get_secret_value() for key in keys])
    return keys


def _keys_of_32_bytes(keys: list[SecretStr]) -> list[SecretStr]:
    for key in keys:
        key_from(key.get_secret_value())
    return keys


class Settings(ServiceSettings):
    """What identity needs beside what every service needs."""

    model_config = prefixed("identity")

    public_url: str = Field(description="Where machines reach identity; the issuer of its tokens")
    broker_public_url: str = Field(
        description="Where billing systems reach the broker, without a user: amqp://host:port/vhost"
    )
    signing_keys: Annotated[
        list[SecretStr], BeforeValidator(_as_text), AfterValidator(_signing_keys)
    ] = Field(
        min_length=1,
        description="P-256 private keys (JWK, as JSON); the first signs, all are published",
    )
    link_keys: Annotated[list[SecretStr], AfterValidator(_keys_of_32_bytes)] = Field(
        min_length=1,
        max_length=2,
        description="Keys of mail links (32 bytes, base64url); a link of either opens",
    )
    vault_keys: Annotated[list[SecretStr], AfterValidator(_keys_of_32_bytes)] = Field(
        min_length=1,
        max_length=2,
        description="Keys that second factors are sealed with (32 bytes, base64url); the first "
        "seals, both open",
    )
    passkey_domain: str = Field(
        min_length=1,
        description="Domain that passkeys belong to: the portal's, or one above it",
    )
    passkey_origins: list[str] = Field(
        min_length=1,
        description="Addresses of pages that may use passkeys: https://host, as JSON",
    )
