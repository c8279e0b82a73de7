"""The knobs of notifications."""

from datetime import timedelta
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, SecretStr, ValidationInfo, field_validator

from chassis.settings import ServiceSettings, prefixed
from notifications.models import LETTERS_KEPT

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


def _pause(text: Any) -> Any:
    """Read ``90s``, ``5m``, ``4h``, ``1d``."""
    if isinstance(text, str) and text[:-1].isdigit() and text[-1:] in _UNITS:
        return timedelta(seconds=int(text[:-1]) * _UNITS[text[-1]])
    return text


Pause = Annotated[timedelta, BeforeValidator(_pause)]


class Settings(ServiceSettings):
    """What notifications needs beside what every service needs."""

    model_config = prefixed("notifications")

    portal_url: str = Field(description="Where readers reach the portal; links in mails lead there")
    link_key: SecretStr = Field(description="Key that signs mail links (32 bytes, base64url)")
    former_link_key: SecretStr | None = Field(
        None, description="The key before it, while mails signed with that one may still come back"
    )
    smtp_host: str = Field(description="The relay that takes our mails")
    smtp_port: int = Field(description="Its port")
    smtp_username: str | None = Field(None, description="User at the relay, if it wants one")
    smtp_password: SecretStr | None = Field(None, description="Its password")
    smtp_starttls: bool = Field(default=False, description="Whether the relay must speak TLS")
    smtp_connections: int = Field(
        32,
        description="Lines to the relay that are kept open; Postfix lets a stranger have 50",
    )
    smtp_connections_to_people: int = Field(
        4, ge=1, description="Lines kept beside them for mails about accounts, which cannot wait"
    )
    smtp_answer_seconds: float = Field(
        600, description="How long the answer to the final dot may take (RFC 5321 4.5.3.2.6)"
    )
    smtp_evidence: Literal["postbox", "none"] = Field(
        "none", description="How the relay can be asked about a mail whose answer was lost"
    )
    postbox_url: str | None = Field(None, description="Where the built-in mail catcher answers")
    on_unknown: Literal["hold", "resend"] = Field(
        "hold", description="What becomes of a lost answer when the relay cannot be asked"
    )
    retry_schedule: list[Pause] = Field(
        [_pause(each) for each in ("1m", "5m", "15m", "1h", "4h", "12h", "1d", "1d")],
        description="Pauses between tries of a mail; when they are used up, it is given up",
    )
    bounce_domain: str | None = Field(
        None,
        pattern=r"^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$",
        description="Domain that mails come back to, one address for each letter (VERP); without "
        "it they come back to the issuer's own sender address",
    )
    bounce_host: str = Field("127.0.0.1", description="Address that listens for them")
    bounce_port: int | None = Field(
        None, description="Port that listens for them (SMTP); without one none are taken in"
    )
    domain_pause: Pause = Field(
        _pause("1h"),
        description="How long the letters to a domain wait whose servers would not have us",
    )
    lease_seconds: float = Field(
        30, description="How long a claimed mail is left alone when its process has died"
    )
    evidence_after_seconds: float = Field(
        60, description="How long the relay gets to finish before it is asked about a lost answer"
    )
    documents_url: str = Field(description="Where documents answers; mails get their files there")
    client_id: str = Field(description="Who this service is, when it asks identity for a token")
    client_secret: SecretStr = Field(description="Its secret")
    attach_mib: float = Field(
        7,
        ge=0,
        le=100,
        description="Most that the files of one mail may be together, in MiB before they are "
        "encoded; beyond, the mail holds a link only and says so",
    )
    attach_kept_mib: float = Field(
        64, ge=0, description="Memory for files that several readers get, in MiB as they are sent"
    )
    letters_kept: timedelta = Field(
        LETTERS_KEPT,
        ge=timedelta(days=31),
        description="How long it can be asked what became of a letter",
    )

    @field_validator("bounce_port")
    @classmethod
    def _comes_back_to_a_domain(cls, port: int | None, given: ValidationInfo) -> int | None:
        if port is not None and not given.data.get("bounce_domain"):
            raise ValueError("without a bounce domain nothing comes back to it")
        return port
