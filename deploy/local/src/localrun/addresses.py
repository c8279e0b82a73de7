"""Where everything of a run answers, for people, tests and the demo: ``.run/addresses.json``."""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from localrun.keys import write_private


@dataclass(frozen=True)
class Addresses:
    """Every address in use. ``amqp`` and ``postgres`` carry the credentials of an admin.

    ``postbox`` and ``bounces``, where mails come back, are None when mail goes to a real relay.
    ``replicas`` are the further processes of services, such as ``documents.2``, where more than
    one of each was asked for.
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
    bounces: str | None = None
    replicas: dict[str, str] = field(default_factory=dict)

    def services(self) -> dict[str, str]:
        """Return where every process of every service answers, by its name in the run's log."""
        return {
            "identity": self.identity,
            "documents": self.documents,
            "notifications": self.notifications,
            "portal": self.portal,
            **self.replicas,
        }

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
