"""A RabbitMQ node of our own: found or unpacked, started from environment variables alone."""

import asyncio
import base64
import hashlib
import json
import os
import shutil
import signal
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import httpx

from localrun import rabbitmq_image
from localrun.environment import without_suite
from localrun.ports import Ports
from localrun.programs import Program
from localrun.rabbitmq_image import Image
from localrun.unpacking import is_unpacked, unpack

ADMIN = "admin"

_PLUGINS = ("rabbitmq_management", "rabbitmq_prometheus")

# The same on every broker version; larger files travel over HTTP.
_LARGEST_MESSAGE_BYTES = 16 * 1024 * 1024

# The default of 512 MiB is held in memory until it is written out; a laptop has better uses.
_WRITE_AHEAD_LOG_BYTES = 64 * 1024 * 1024


@dataclass(frozen=True)
class Installation:
    """Where the broker's start script is, and the folder of ``erl`` and ``epmd``.

    ``data`` is the folder its data is kept in.
    """

    server: Path
    erlang: Path
    data: str = ""

    def programs(
        self, settings: Mapping[str, str], _folder: Path, ask: signal.Signals
    ) -> tuple[Program, ...]:
        """Return the name server of the node, which has to be there first, and the node."""
        environment = {
            **without_suite(os.environ),
            "PATH": f"{self.erlang}:{os.environ['PATH']}",
            **settings,
        }
        epmd: list[str | Path] = [
            self.erlang / "epmd",
            "-address", settings["ERL_EPMD_ADDRESS"], "-port", settings["ERL_EPMD_PORT"],
        ]  # fmt: skip
        return (
            Program("epmd", epmd, environment, ask=ask, quiet=True),
            Program("rabbitmq", [self.server], environment, ask, quiet=True),
        )


def find() -> Installation | None:
    """Return the RabbitMQ that is installed on this machine, if there is one."""
    # Debian's /usr/sbin/rabbitmq-server changes to the system's own user and folders.
    candidates = [Path("/usr/lib/rabbitmq/bin/rabbitmq-server")]
    on_path = shutil.which("rabbitmq-server")
    if on_path and on_path != "/usr/sbin/rabbitmq-server":
        candidates.append(Path(on_path))
    erlang = shutil.which("erl")
    for server in candidates:
        if erlang and server.exists():
            return Installation(server, Path(erlang).parent)
    return None


async def chosen(tree: Path, told: Callable[[str], None]) -> Installation | Image:
    """Return the broker that ``POSTKAMER_BROKER`` asks for: 4, or whatever this machine has.

    ``tree`` is where RabbitMQ is unpacked if it has none. Raises ``CannotRun``.
    """
    if rabbitmq_image.wanted(os.environ):
        return await asyncio.to_thread(rabbitmq_image.get, told)
    found = find()
    if found is None:
        if not is_unpacked(tree):
            told("fetching RabbitMQ")
        found = await unpacked(tree)
    return found


async def unpacked(folder: Path) -> Installation:
    """Return a RabbitMQ that was not installed, only unpacked. Raises ``CannotRun``."""
    tree = await asyncio.to_thread(unpack, folder)
    return Installation(tree / "usr/lib/rabbitmq/bin/rabbitmq-server", tree / "usr/lib/erlang/bin")


@dataclass(frozen=True)
class Broker:
    """A node that keeps everything in ``folder`` and listens on this machine only."""

    installation: Installation | Image
    folder: Path
    ports: Ports
    password: str
    vhost: str
    ask: signal.Signals = signal.SIGTERM

    @property
    def amqp_url(self) -> str:
        """The broker, its vhost, and a user who may do anything."""
        vhost = "" if self.vhost == "/" else self.vhost
        return f"amqp://{ADMIN}:{self.password}@127.0.0.1:{self.ports['amqp']}/{vhost}"

    @property
    def admin_url(self) -> str:
        """The management API, with the same user."""
        return f"http://{ADMIN}:{self.password}@127.0.0.1:{self.ports['amqp_admin']}"

    def programs(self) -> tuple[Program, ...]:
        """Return what has to run for the node, and last the node."""
        self._configure()
        return self.installation.programs(self._settings(), self.folder, self.ask)

    async def until_ready(self) -> None:
        """Wait until the node has its vhost and listens."""
        async with httpx.AsyncClient(timeout=2, trust_env=False) as client:
            while True:
                if await self._has_vhost(client) and await self._listens():
                    return
                await asyncio.sleep(0.1)

    async def _has_vhost(self, client: httpx.AsyncClient) -> bool:
        vhost = quote(self.vhost, safe="")
        try:
            answer = await client.get(f"{self.admin_url}/api/permissions/{vhost}/{ADMIN}")
        except httpx.TransportError:
            return False
        return answer.is_success

    async def _listens(self) -> bool:
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", self.ports["amqp"])
        except OSError:
            return False
        writer.close()
        return True

    def _configure(self) -> None:
        (self.folder / "home").mkdir(parents=True, exist_ok=True)
        (self.folder / "env.conf").touch()
        (self.folder / "enabled_plugins").write_text(f"[{','.join(_PLUGINS)}].\n")
        defined = self.folder / "definitions.json"
        defined.touch(mode=0o600)
        defined.write_text(json.dumps(definitions(self.password, self.vhost)))
        (self.folder / "rabbitmq.conf").write_text(
            f"listeners.tcp.1 = 127.0.0.1:{self.ports['amqp']}\n"
            f"management.tcp.ip = 127.0.0.1\n"
            f"management.tcp.port = {self.ports['amqp_admin']}\n"
            f"prometheus.tcp.ip = 127.0.0.1\n"
            f"prometheus.tcp.port = {self.ports['amqp_metrics']}\n"
            f"max_message_size = {_LARGEST_MESSAGE_BYTES}\n"
            f"raft.wal_max_size_bytes = {_WRITE_AHEAD_LOG_BYTES}\n"
            f"definitions.import_backend = local_filesystem\n"
            f"definitions.local.path = {defined}\n"
            f"log.console = true\n"
            f"log.console.level = warning\n"
            f"log.console.use_colors = off\n"
            f"log.file = false\n"
        )

    def _settings(self) -> dict[str, str]:
        return {
            "HOME": str(self.folder / "home"),
            # An empty file keeps out what /etc/rabbitmq has to say about the system's own node.
            "RABBITMQ_CONF_ENV_FILE": str(self.folder / "env.conf"),
            "RABBITMQ_CONFIG_FILE": str(self.folder / "rabbitmq.conf"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(self.folder / "enabled_plugins"),
            "RABBITMQ_MNESIA_BASE": str(self.folder / "mnesia"),
            "RABBITMQ_LOG_BASE": str(self.folder / "log"),
            "RABBITMQ_PID_FILE": str(self.folder / "pid"),
            # An address, since not even "localhost" has to resolve on a bare machine.
            "RABBITMQ_NODENAME": "suite@127.0.0.1",
            "RABBITMQ_USE_LONGNAME": "true",
            "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODE_PORT": str(self.ports["amqp"]),
            "RABBITMQ_DIST_PORT": str(self.ports["distribution"]),
            # Idle threads that spin for work cost the other processes of a small machine.
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "+sbwt none +sbwtdcpu none +sbwtdio none",
            "ERL_EPMD_PORT": str(self.ports["epmd"]),
            "ERL_EPMD_ADDRESS": "127.0.0.1",
        }


def definitions(password: str, vhost: str) -> dict[str, object]:
    """Return one vhost and one user; with a user defined, RabbitMQ makes no ``guest``."""
    salt = hashlib.sha256(password.encode()).digest()[:4]
    digest = hashlib.sha256(salt + password.encode()).digest()
    everything = {"configure": ".*", "write": ".*", "read": ".*"}
    return {
        "vhosts": [{"name": vhost}],
        "users": [
            {
                "name": ADMIN,
                "password_hash": base64.b64encode(salt + digest).decode(),
                "hashing_algorithm": "rabbit_password_hashing_sha256",
                "tags": ["administrator"],
            }
        ],
        "permissions": [{"user": ADMIN, "vhost": vhost, **everything}],
    }
