"""The first step in containers: makes the suite's secrets once, and hands each container its own.

Run as ``python -m localrun.container_keys``. Every folder below ``/run/postkamer`` is a volume
that one container, or the deploy steps, can read. What is no secret stands in docker-compose.yml.
"""

import json
from collections.abc import Mapping
from pathlib import Path

from localrun import environment
from localrun.addresses import Addresses
from localrun.environment import SERVICES, WITH_MESSAGES, Relay
from localrun.keys import Keys, write_private
from localrun.rabbitmq import ADMIN, definitions
from localrun.servers import VHOST

KEPT = Path("/var/lib/postkamer/keys/secrets.json")
HANDED_OUT = Path("/run/postkamer")

# Of what a process is given, that which nobody else may know.
SECRETS = (
    "_DATABASE_URL",
    "_AMQP_URL",
    "_SIGNING_KEYS",
    "_LINK_KEYS",
    "_LINK_KEY",
    "_VAULT_KEYS",
    "_CLIENT_SECRET",
    "AMQP_ADMIN_URL",
)
_READABLE_BY_ALL = 0o444


def hand_out(keys: Keys, folder: Path) -> None:
    """Write what each container is told. Telling again changes nothing."""
    inside = addresses(keys)
    given = secrets_of(inside, keys)
    for service in SERVICES:
        _tell(folder / service / "environment", given[service])
    for service in WITH_MESSAGES:
        deploying = given[service] | environment.of_deploy_step(service, inside, keys)
        _tell(folder / "deploying" / f"{service}.env", deploying)
        (folder / "deploying" / "databases").mkdir(exist_ok=True)
        _tell(folder / "deploying" / "databases" / f"{service}.env", _roles(service, keys))
    _tell(folder / "deploying" / "portal.env", given["portal"])
    # These run as users of their own images.
    _show(folder / "postgres" / "password", keys.password("postgres"))
    broker = definitions(keys.password("broker"), VHOST)
    _show(folder / "rabbitmq" / "definitions.json", json.dumps(broker))


def addresses(keys: Keys) -> Addresses:
    """Return where everything answers for those who are containers themselves."""
    admin = f"{ADMIN}:{keys.password('broker')}@rabbitmq"
    return Addresses(
        port_base=8100,
        amqp=f"amqp://{admin}:5672/{VHOST}",
        amqp_admin=f"http://{admin}:15672",
        postgres=f"postgresql://postgres:{keys.password('postgres')}@postgres:5432/postgres",
        smtp="smtp://postbox:8126",
        postbox="http://postbox:8125",
        portal="http://portal:8100",
        identity="http://identity:8101",
        documents="http://documents:8102",
        notifications="http://notifications:8103",
    )


def secrets_of(inside: Addresses, keys: Keys) -> dict[str, dict[str, str]]:
    """Return the variables of each running service that are secrets, by service."""
    relay = Relay("postbox", 8126)
    given = environment.of_services(inside, relay, keys, Path("/var/lib/postkamer/files"))
    return {
        service: {name: value for name, value in variables.items() if name.endswith(SECRETS)}
        for service, variables in given.items()
    }


def _roles(service: str, keys: Keys) -> dict[str, str]:
    """Return what deploy/postgres/service.sql asks for, and the password to run it with."""
    return {
        "SERVICE": service,
        "OWNER_PASSWORD": environment.owner_password(service, keys),
        "PASSWORD": environment.password(service, keys),
        "PGPASSWORD": keys.password("postgres"),
    }


def _tell(file: Path, variables: Mapping[str, str]) -> None:
    write_private(file, environment.as_exports(variables))


def _show(file: Path, text: str) -> None:
    write_private(file, text)
    file.chmod(_READABLE_BY_ALL)


if __name__ == "__main__":
    hand_out(Keys(KEPT), HANDED_OUT)
