"""Where everything of a run answers, for people, tests and the demo: ``.run/addresses.json``."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from urllib.parse import urlsplit

from localrun.keys import write_private


@dataclass(frozen=True)
class Addresses:
    """Every address in use. ``amqp`` and ``postgres`` carry the credentials of an admin.

    ``postbox`` is None when mail goes to a real relay.
    """

    port_base: int
    amqp: str
    amqp_admin: str
    postgres: str
    smtp: str
    portal: str
    identity: str
    documents: str
    notifications: str
    postbox: str | None = None

    def write(self, path: Path) -> None:
        """Keep them in a file that only the owner reads."""
        write_private(path, json.dumps(asdict(self), indent=1) + "\n")

    @classmethod
    def read(cls, path: Path) -> "Addresses":
        """Return what a run has written."""
        return cls(**json.loads(path.read_text()))


def without_credentials(url: str) -> str:
    """Return an address as it may be shown: scheme, host, port and path."""
    parts = urlsplit(url)
    port = f":{parts.port}" if parts.port else ""
    return f"{parts.scheme}://{parts.hostname}{port}{parts.path}"


def with_user(url: str, user: str, password: str) -> str:
    """Return the same address for someone else."""
    scheme, rest = without_credentials(url).split("://", 1)
    return f"{scheme}://{user}:{password}@{rest}"
