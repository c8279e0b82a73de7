"""The door for people at a keyboard: admit issuers and clients, tell a late listener everything."""

import json
import re
import secrets
import sys
from argparse import ArgumentParser, Namespace
from urllib.parse import quote, urlsplit
from zoneinfo import available_timezones

from pydantic import TypeAdapter, ValidationError

from chassis.command_line import StepRefused, admin_of
from chassis.database import Database
from chassis.service import Command, Maker
from chassis.signing import new_key
from chassis.topology import (
    intake_exchange,
    of_issuer,
    outcomes_queue,
    queue_of,
    rights_of_issuer,
)
from contracts.customer_number import Issuer
from identity import admitting, granting, mint, queries, republishing, scopes
from identity.errors import AddressUnusable
from identity.models import Client
from identity.settings import Settings

_OTHERS_ON_THE_BROKER = frozenset(
    {"admin", "guest", "identity", "documents", "notifications", "portal", "payments", "credit"}
)
"""An issuer of this name would take over the user of a service, with its password and rights."""


def _configure_add_issuer(parser: ArgumentParser) -> None:
    parser.add_argument("issuer", help="short name in lower case: dl5")
    parser.add_argument("--name", help="as customers know it (needed when new)")
    parser.add_argument("--sender", help="address its mails come from (needed when new)")
    parser.add_argument("--language", choices=["nl", "fr", "de", "en"])
    parser.add_argument("--group", help="issuers of one group share their people")
    parser.add_argument("--accent", help="its colour, #rrggbb")
    parser.add_argument("--time-zone", help="such as Europe/Brussels")
    parser.add_argument("--system", help="make a user for one more of its billing systems")
    parser.add_argument("--rotate", action="store_true", help="give the user a new secret")
    parser.add_argument("--json", action="store_true", help="print for machines")


async def add_issuer(settings: Settings, chosen: Namespace) -> int:
    """Admit an issuer: what it is called, its door on the broker, its user there."""
    issuer = _checked(chosen)
    admission = admitting.Admission(
        issuer=issuer,
        name=chosen.name,
        sender=chosen.sender,
        language=chosen.language,
        group=chosen.group,
        accent=chosen.accent,
        time_zone=chosen.time_zone,
    )
    user = f"{issuer}.{chosen.system}" if chosen.system else issuer
    database = Database(settings.database_url.get_secret_value(), connections=1)
    try:
        async with admin_of(settings) as admin, database.transaction() as session:
            if (
                not (chosen.name and chosen.sender)
                and await queries.issuer(session, issuer) is None
            ):
                raise StepRefused("a new issuer needs --name and --sender")
            await admitting.admit_issuer(session, admission)
            needs_secret = chosen.rotate or not await admin.knows_user(user)
            secret = secrets.token_urlsafe(32) if needs_secret else None
            # Within the transaction: whom the broker would not have was not admitted either, and is
            # still new, with a secret to be shown, when the step is taken again.
            await admin.declare(of_issuer(issuer))
            if secret:
                await admin.declare_user(user, secret, rights_of_issuer(issuer))
    except AddressUnusable as wrong:
        raise StepRefused(f"no mail can come from {chosen.sender}: {wrong}") from wrong
    finally:
        await database.close()
    parts = urlsplit(settings.broker_public_url)
    login = f"{quote(user)}:{secret}" if secret else quote(user)
    told = {
        "issuer": issuer,
        "amqp_url": f"{parts.scheme}://{login}@{parts.netloc}{parts.path}",
        "exchange": intake_exchange(issuer),
        "outcomes": outcomes_queue(issuer),
    }
    _tell(told, as_json=chosen.json, secret_shown=secret is not None)
    return 0


def _configure_add_client(parser: ArgumentParser) -> None:
    parser.add_argument("--issuer", help="the issuer whose machine it is")
    parser.add_argument("--service", help="or the service of ours that it is")
    parser.add_argument("--scope", action="append", required=True, help="may be given again")
    parser.add_argument("--client-id", help="instead of a new one; gets a new secret")
    parser.add_argument("--secret-stdin", action="store_true", help="read the secret, print none")
    parser.add_argument("--json", action="store_true", help="print for machines")


async def add_client(settings: Settings, chosen: Namespace) -> int:
    """Let a machine ask for tokens."""
    if bool(chosen.issuer) == bool(chosen.service):
        raise StepRefused("give either --issuer or --service")
    allowed = scopes.FOR_ISSUERS if chosen.issuer else scopes.FOR_SERVICES
    if unknown := set(chosen.scope) - allowed:
        raise StepRefused(f"no such scope: {sorted(unknown)}; there are {sorted(allowed)}")
    given = sys.stdin.readline().strip() if chosen.secret_stdin else None
    if chosen.secret_stdin and not given:
        raise StepRefused("there is no secret to read")
    secret = given or secrets.token_urlsafe(32)
    owner = chosen.issuer or chosen.service
    client_id = chosen.client_id or f"{owner}-{secrets.token_hex(4)}"
    database = Database(settings.database_url.get_secret_value(), connections=1)
    try:
        async with database.transaction() as session:
            if chosen.issuer and await queries.issuer(session, chosen.issuer) is None:
                raise StepRefused(f"no issuer is called {chosen.issuer}")
            known = await queries.client(session, client_id)
            if known and (known.issuer, known.service) != (chosen.issuer, chosen.service):
                raise StepRefused(f"{client_id} is somebody else's")
            client = Client(
                id=client_id,
                issuer=chosen.issuer,
                service=chosen.service,
                scopes=sorted(set(chosen.scope)),
                secret_sha256=granting.hash_of(secret),
            )
            await admitting.admit_client(session, client)
    finally:
        await database.close()
    told = {"client_id": client_id, "token_url": f"{settings.public_url}/v1/oauth/token"}
    if not given:
        told["client_secret"] = secret
    _tell(told, as_json=chosen.json, secret_shown=not given)
    return 0


def _configure_republish(parser: ArgumentParser) -> None:
    parser.add_argument("--to", required=True, help="the service that came late")


async def republish(settings: Settings, chosen: Namespace) -> int:
    """Tell one listener again of every issuer, person and customer number that it hears of."""
    async with admin_of(settings) as admin:
        queues = {queue["name"] for queue in await admin.queues()}
    heard = [each for each in republishing.EVENTS if queue_of(chosen.to, each) in queues]
    if not heard:
        raise StepRefused(f"{chosen.to} does not listen: it has no queue for any of this")
    database = Database(settings.database_url.get_secret_value(), connections=1)
    try:
        for event in heard:
            told = 0
            while True:
                async with database.transaction() as session:
                    page = await republishing.republish_page(session, chosen.to, event)
                told += page
                if page < republishing.PAGE:
                    break
                print(f"{event.routing_key}: {told} …")
            print(f"{event.routing_key}: {told}")
    finally:
        await database.close()
    return 0


def _checked(chosen: Namespace) -> str:
    try:
        issuer: str = TypeAdapter(Issuer).validate_python(chosen.issuer)
    except ValidationError as wrong:
        raise StepRefused("an issuer is called like dl5: small letters and digits") from wrong
    if chosen.time_zone and chosen.time_zone not in available_timezones():
        raise StepRefused("a time zone is called like Europe/Brussels")
    if issuer in _OTHERS_ON_THE_BROKER:
        raise StepRefused(f"{issuer} is the name of another user of the broker")
    if chosen.system and not re.fullmatch(r"[a-z0-9-]{1,40}", chosen.system):
        raise StepRefused("a system is called like erp-2: small letters, digits, dashes")
    if chosen.accent and not re.fullmatch(r"#[0-9a-fA-F]{6}", chosen.accent):
        raise StepRefused("an accent looks like #1f4e79")
    return issuer


def _tell(told: dict[str, str], *, as_json: bool, secret_shown: bool) -> None:
    if as_json:
        print(json.dumps(told))
        return
    for name, value in told.items():
        print(f"{name}: {value}")
    if secret_shown:
        print("The secret is shown once and kept nowhere.")


COMMANDS = (
    Command("add-issuer", "admit an issuer, or change it", _configure_add_issuer, add_issuer),
    Command("add-client", "let a machine ask for tokens", _configure_add_client, add_client),
    Command("republish", "tell a late listener everything", _configure_republish, republish),
)

MAKERS = (
    Maker("new-signing-key", "print a fresh key for IDENTITY_SIGNING_KEYS", mint.new_key),
    Maker("new-link-key", "print a fresh key for mail links", new_key),
    Maker("new-vault-key", "print a fresh key for IDENTITY_VAULT_KEYS", new_key),
)
