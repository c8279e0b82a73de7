"""The knobs of identity."""

from pydantic import Field, SecretStr

from chassis.settings import ServiceSettings, prefixed


class Settings(ServiceSettings):
    """What identity needs beside what every service needs."""

    model_config = prefixed("identity")

    public_url: str = Field(description="Where machines reach identity; the issuer of its tokens")
    broker_public_url: str = Field(
        description="Where billing systems reach the broker, without a user: amqp://host:port/vhost"
    )
    signing_keys: list[SecretStr] = Field(
        min_length=1,
        description="P-256 private keys (JWK, as JSON text); the first signs, all are published",
    )
    link_keys: list[SecretStr] = Field(
        min_length=1,
        max_length=2,
        description="Keys of mail links (32 bytes, base64url); the second still opens old links",
    )
