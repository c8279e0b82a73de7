"""What notifications holds in its hands while it runs: the press, the relay, and its witness."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from notifications.composing import Letterpress
from notifications.evidence import Evidence, Postbox
from notifications.mailer import Mailer, Relay
from notifications.settings import Settings


@dataclass(frozen=True)
class Gateways:
    """The press, the relay, and who can be asked whether the relay has a mail."""

    press: Letterpress
    mailer: Mailer
    evidence: Evidence | None


@asynccontextmanager
async def gateways(settings: Settings) -> AsyncIterator[Gateways]:
    """Turn settings into gateways."""
    password = settings.smtp_password
    relay = Relay(
        host=settings.smtp_host,
        port=settings.smtp_port,
        username=settings.smtp_username,
        password=password.get_secret_value() if password else None,
        starttls=settings.smtp_starttls,
        answer_timeout_seconds=settings.smtp_answer_seconds,
    )
    mailer = Mailer(relay, connections=settings.smtp_connections)
    asked = settings.smtp_evidence == "postbox" and settings.postbox_url
    postbox = Postbox(settings.postbox_url or "") if asked else None
    try:
        yield Gateways(press=Letterpress(), mailer=mailer, evidence=postbox)
    finally:
        await mailer.close()
        if postbox:
            await postbox.close()
