"""Which environment each process of the suite is given, and which it is never given."""

import json
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from localrun.addresses import Addresses, with_user, without_credentials
from localrun.errors import CannotRun
from localrun.keys import Keys

SERVICES = ("identity", "documents", "notifications", "portal")
WITH_MESSAGES = ("identity", "documents", "notifications")

CLIENTS = {
    "portal": ("links:open", "accounts:act"),
    "notifications": ("documents:parts",),
}
"""The services that ask others in their own name, and what for."""

# Whoever has these may do anything to the servers, so only the deploy step is given them.
_SERVERS = ("AMQP_URL", "AMQP_ADMIN_URL", "DATABASE_URL")
_RELAY = ("SMTP_HOST", "SMTP_PORT", "SMTP_USERNAME", "SMTP_PASSWORD", "SMTP_STARTTLS")
_RELAY_HABITS = ("SMTP_EVIDENCE", "ON_UNKNOWN")

_REPLICAS = ("1", "2", "3", "4")
_ROTATED = (
    "IDENTITY_SIGNING_KEYS",
    "IDENTITY_LINK_KEYS",
    "IDENTITY_VAULT_KEYS",
    "NOTIFICATIONS_LINK_KEY",
)

# Browsers take no address in figures for a domain.
_PASSKEY_DOMAIN = "localhost"

_BOUNCE_DOMAIN = "bounce.localhost"

# Short, because someone is watching.
_RETRY_PAUSES = ["1s", "5s", "30s"]
_DOMAIN_PAUSE = "30s"
_LETTER_PAUSES = ["1s", "5s", "15s", "60s", "5m", "15m", "1h", "4h", "1d"]


@dataclass(frozen=True)
class Relay:
    """Where mail goes. ``evidence`` is how it can be asked about a mail whose answer was lost."""

    host: str
    port: int
    username: str = ""
    password: str = ""
    starttls: str = "false"
    evidence: str = "postbox"
    on_unknown: str = "hold"

    @classmethod
    def built_in(cls, port: int, environment: Mapping[str, str]) -> "Relay":
        """Return the postbox, which can be asked unless someone wants it to be silent."""
        return cls(
            "127.0.0.1",
            port,
            evidence=environment.get("SMTP_EVIDENCE") or "postbox",
            on_unknown=environment.get("ON_UNKNOWN") or "hold",
        )

    @classmethod
    def given(cls, environment: Mapping[str, str]) -> "Relay | None":
        """Return the relay that the environment names, if it names one."""
        if not environment.get("SMTP_HOST"):
            return None
        return cls(
            host=environment["SMTP_HOST"],
            port=int(environment.get("SMTP_PORT") or 25),
            username=environment.get("SMTP_USERNAME", ""),
            password=environment.get("SMTP_PASSWORD", ""),
            starttls=environment.get("SMTP_STARTTLS") or "false",
            evidence=environment.get("SMTP_EVIDENCE") or "none",
            on_unknown=environment.get("ON_UNKNOWN") or "hold",
        )


def replicas(environment: Mapping[str, str]) -> int:
    """Return how many processes of each service are wanted. Raises ``CannotRun``."""
    wanted = environment.get("POSTKAMER_REPLICAS") or "1"
    if wanted not in _REPLICAS:
        raise CannotRun(f"POSTKAMER_REPLICAS is {wanted}, not one of {', '.join(_REPLICAS)}")
    return int(wanted)


def of_replica(service: str, given: Mapping[str, str], port: int) -> dict[str, str]:
    """Return the variables of a further process of a service: the same, on a port of its own."""
    # Mails come back to one process, since two cannot have one port.
    shared = {name: value for name, value in given.items() if name != "NOTIFICATIONS_BOUNCE_PORT"}
    return {**shared, f"{service.upper()}_HTTP_PORT": str(port)}


def of_services(
    addresses: Addresses, relay: Relay, keys: Keys, files: Path
) -> dict[str, dict[str, str]]:
    """Return the variables of each running service, by service. ``files`` keeps documents."""
    given = {service: _of_any(service, addresses) for service in SERVICES}
    for service in WITH_MESSAGES:
        given[service] |= _of_one_with_messages(service, addresses, keys)
    given["identity"] |= {
        "IDENTITY_LINK_KEYS": json.dumps([keys.link_key()]),
        "IDENTITY_SIGNING_KEYS": json.dumps([keys.signing_key()]),
        "IDENTITY_PUBLIC_URL": addresses.identity,
        "IDENTITY_BROKER_PUBLIC_URL": without_credentials(addresses.amqp),
        "IDENTITY_VAULT_KEYS": json.dumps([keys.vault_key()]),
        "IDENTITY_PASSKEY_DOMAIN": _PASSKEY_DOMAIN,
        "IDENTITY_PASSKEY_ORIGINS": json.dumps(_passkey_origins(addresses)),
    }
    given["documents"] |= {"DOCUMENTS_FILES_URL": files.as_uri()}
    given["notifications"] |= _of_notifications(addresses, relay, keys)
    given["portal"] |= {
        "PORTAL_DOCUMENTS_URL": addresses.documents,
        "PORTAL_NOTIFICATIONS_URL": addresses.notifications,
    }
    for service in CLIENTS:
        given[service] |= {
            f"{service.upper()}_CLIENT_ID": service,
            f"{service.upper()}_CLIENT_SECRET": keys.password(f"{service}.client"),
        }
    return given


def knobs(service: str, environment: Mapping[str, str]) -> dict[str, str]:
    """Return what someone set for one service by hand, such as ``DOCUMENTS_LOG_LEVEL``."""
    prefix = f"{service.upper()}_"
    return {
        name: value
        for name, value in environment.items()
        if name.startswith(prefix) and not name.endswith("_OWNER_DATABASE_URL")
    }


def rotated(service: str, environment: Mapping[str, str]) -> dict[str, str]:
    """Return the keys that someone set by hand, to rotate them: they may overrule ours."""
    given = knobs(service, environment)
    return {name: value for name, value in given.items() if name in _ROTATED}


def pauses(service: str, environment: Mapping[str, str]) -> dict[str, str]:
    """Return the pauses between tries that someone set by hand: they may overrule ours."""
    ours = ("_RETRY_PAUSES", "_RETRY_SCHEDULE", "_DOMAIN_PAUSE")
    given = knobs(service, environment)
    return {name: value for name, value in given.items() if name.endswith(ours)}


def of_deploy_step(service: str, addresses: Addresses, keys: Keys) -> dict[str, str]:
    """Return what ``prepare`` and the command line need besides: it owns, and declares."""
    owner = with_user(
        _database(service, addresses), f"{service}_owner", owner_password(service, keys)
    )
    return {
        f"{service.upper()}_OWNER_DATABASE_URL": owner,
        "AMQP_ADMIN_URL": addresses.amqp_admin,
    }


def password(service: str, keys: Keys) -> str:
    """Return the password of the role a service runs as, in its database."""
    return keys.password(f"{service}.database")


def owner_password(service: str, keys: Keys) -> str:
    """Return the password of the role that owns a service's database."""
    return keys.password(f"{service}.owner")


def without_suite(environment: Mapping[str, str]) -> dict[str, str]:
    """Return what is left when everything that belongs to a service or a server is taken out.

    A shell that has read ``.run/env`` carries a suite's addresses; they must not leak into
    another one.
    """
    prefixes = tuple(f"{service.upper()}_" for service in SERVICES)
    return {
        name: value
        for name, value in environment.items()
        if name not in (*_SERVERS, *_RELAY, *_RELAY_HABITS) and not name.startswith(prefixes)
    }


def as_exports(environment: Mapping[str, str]) -> str:
    """Return lines that a shell reads with ``.``."""
    return "".join(f"export {name}={shlex.quote(value)}\n" for name, value in environment.items())


def _of_any(service: str, addresses: Addresses) -> dict[str, str]:
    prefix = service.upper()
    own = without_credentials(getattr(addresses, service)).rsplit(":", 1)
    return {
        f"{prefix}_HTTP_HOST": own[0].removeprefix("http://"),
        f"{prefix}_HTTP_PORT": own[1],
        f"{prefix}_IDENTITY_URL": addresses.identity,
    }


def _of_one_with_messages(service: str, addresses: Addresses, keys: Keys) -> dict[str, str]:
    prefix = service.upper()
    database = with_user(_database(service, addresses), service, password(service, keys))
    broker = with_user(addresses.amqp, service, keys.password(f"{service}.broker"))
    return {
        f"{prefix}_DATABASE_URL": database,
        f"{prefix}_AMQP_URL": broker,
        f"{prefix}_RETRY_PAUSES": json.dumps(_RETRY_PAUSES),
    }


def _of_notifications(addresses: Addresses, relay: Relay, keys: Keys) -> dict[str, str]:
    given = {
        "SMTP_HOST": relay.host,
        "SMTP_PORT": str(relay.port),
        "SMTP_USERNAME": relay.username,
        "SMTP_PASSWORD": relay.password,
        "SMTP_STARTTLS": relay.starttls,
        "SMTP_EVIDENCE": relay.evidence,
        "ON_UNKNOWN": relay.on_unknown,
        "POSTBOX_URL": addresses.postbox or "",
        "LINK_KEY": keys.link_key(),
        "PORTAL_URL": addresses.portal,
        "DOCUMENTS_URL": addresses.documents,
        "RETRY_SCHEDULE": json.dumps(_LETTER_PAUSES),
        "DOMAIN_PAUSE": _DOMAIN_PAUSE,
    }
    if addresses.bounces:
        given |= {
            "BOUNCE_DOMAIN": _BOUNCE_DOMAIN,
            "BOUNCE_PORT": addresses.bounces.rpartition(":")[2],
        }
    return {f"NOTIFICATIONS_{name}": value for name, value in given.items() if value}


def _passkey_origins(addresses: Addresses) -> list[str]:
    """Return where the pages are that may use passkeys: every portal, by its name."""
    every = addresses.services().items()
    portals = [url for name, url in every if name.partition(".")[0] == "portal"]
    return [f"http://{_PASSKEY_DOMAIN}:{url.rpartition(':')[2]}" for url in portals]


def _database(service: str, addresses: Addresses) -> str:
    server = without_credentials(addresses.postgres).split("://", 1)[1]
    return f"postgresql+asyncpg://{server.split('/', 1)[0]}/{service}"


def read_exports(path: Path) -> dict[str, str]:
    """Return what ``as_exports`` wrote: what a person at the keyboard would source."""
    words = shlex.split(path.read_text(), comments=True)
    return dict(word.split("=", 1) for word in words if "=" in word)
