"""What notifications holds in its hands while it runs: the press, the relay, and its witness."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta

from chassis.signing import key_from
from notifications.archive import Archive
from notifications.composing import Letterpress
from notifications.composing_to_people import PersonalPress
from notifications.enclosing import Enclosures
from notifications.evidence import Evidence, Postbox
from notifications.mailer import Mailer, Relay
from notifications.models import LETTERS_KEPT
from notifications.return_path import ReturnPaths
from notifications.settings import Settings

_IN_HAND = 16
"""So many letters have files in hand at once, however many wait for a line to the relay."""


@dataclass(frozen=True)
class Gateways:
    """The press, the relay, and who can be asked whether the relay has a mail."""

    press: Letterpress
    mailer: Mailer
    evidence: Evidence | None
    return_paths: ReturnPaths | None = None
    """Where mails come back to; None that is the issuer's own address."""
    personal_mailer: Mailer | None = None
    """Lines to the relay for letters about accounts alone; None that they share the others."""
    personal_press: PersonalPress = field(default_factory=PersonalPress)
    enclosures: Enclosures | None = None
    """The files that go with mails; None that they carry none."""
    letters_kept: timedelta = LETTERS_KEPT
    """How long it can be asked what became of a letter."""


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
    personal_mailer = Mailer(relay, connections=settings.smtp_connections_to_people)
    asked = settings.smtp_evidence == "postbox" and settings.postbox_url
    postbox = Postbox(settings.postbox_url or "") if asked else None
    enclosures = _enclosures(settings)
    try:
        yield Gateways(
            press=Letterpress(),
            mailer=mailer,
            evidence=postbox,
            return_paths=_return_paths(settings),
            personal_mailer=personal_mailer,
            enclosures=enclosures,
            letters_kept=settings.letters_kept,
        )
    finally:
        await mailer.close()
        await personal_mailer.close()
        await enclosures.close()
        if postbox:
            await postbox.close()


def _enclosures(settings: Settings) -> Enclosures:
    archive = Archive(
        settings.documents_url,
        settings.identity_url,
        settings.client_id,
        settings.client_secret.get_secret_value(),
    )
    return Enclosures(
        archive,
        most_mib=settings.attach_mib,
        kept_mib=settings.attach_kept_mib,
        in_hand=_IN_HAND,
    )


def _return_paths(settings: Settings) -> ReturnPaths | None:
    if settings.bounce_domain is None:
        return None
    given = (settings.link_key, settings.former_link_key)
    keys = [key_from(key.get_secret_value()) for key in given if key]
    return ReturnPaths(settings.bounce_domain, keys)
