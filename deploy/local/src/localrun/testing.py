"""A suite for tests: started as deployed, with servers of its own, and looked into from outside."""

import asyncio
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

from localrun import readiness, roster
from localrun.addresses import Addresses
from localrun.environment import read_exports, without_suite
from localrun.lease_company import Credentials
from localrun.terminal import Terminal

_PREFIX = "suite-"
_PORT_BASE = 24100
_START_SECONDS = 150
_STOP_SECONDS = 60
_BACK_SECONDS = 60
_HEAVY = ("broker", "postgres", "files", "postbox")
_SCOPES = (
    "identity:read",
    "identity:write",
    "documents:archive",
    "documents:read",
    "documents:write",
    "notifications:read",
    "notifications:write",
)


class CommandFailed(Exception):
    """A command of a service ended with another exit code than 0."""


@dataclass(frozen=True)
class Suite:
    """A running suite. ``folder`` keeps its state, ``knobs`` are settings its services were given.

    Programs are known by the names they have in the run's log: a service's (``documents``, and
    ``documents.2`` where it has replicas), ``rabbitmq``, ``postgres``, ``postbox``.
    """

    folder: Path
    addresses: Addresses
    knobs: dict[str, str]
    _admitted: dict[str, Credentials] = field(default_factory=dict)

    @property
    def environment(self) -> dict[str, str]:
        """Return what someone at the keyboard gets from ``. .run/env``."""
        return without_suite(os.environ) | read_exports(self.folder / "env") | self.knobs

    @property
    def postbox(self) -> str:
        """The address of the postbox."""
        return str(self.addresses.postbox)

    async def command(self, service: str, *arguments: str) -> str:
        """Run a command of a service and return what it prints. Raises ``CommandFailed``."""
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            service,
            *arguments,
            env=self.environment,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        output, _ = await process.communicate()
        if process.returncode:
            raise CommandFailed(f"{service} {arguments[0]}: {output.decode(errors='replace')}")
        return output.decode()

    async def admit(self, issuer: str, *details: str) -> Credentials:
        """Admit an issuer and a machine client of it, both once per suite."""
        if issuer not in self._admitted:
            added = await self.command("identity", "add-issuer", issuer, *details, "--json")
            scopes = [word for scope in _SCOPES for word in ("--scope", scope)]
            client = await self.command(
                "identity", "add-client", "--issuer", issuer, *scopes, "--json"
            )
            self._admitted[issuer] = Credentials(json.loads(added), json.loads(client))
        return self._admitted[issuer]

    async def parked(self, service: str) -> list[dict[str, Any]]:
        """Return the parked messages of a service, as its command shows them."""
        lines = (await self.command(service, "parked")).splitlines()
        return [json.loads(line) for line in lines if line.startswith("{")]

    def pid(self, program: str) -> int | None:
        """Return the process of a program, or None while it is down."""
        entry = json.loads((self.folder / "pids.json").read_text()).get(program)
        return int(entry["pid"]) if entry else None

    async def kill(self, program: str, number: signal.Signals = signal.SIGKILL) -> None:
        """End a program with a signal, and wait until its successor runs and all is ready."""
        async with asyncio.timeout(_BACK_SECONDS):
            await self.succeeded(program, self.strike(program, number))
            await self.ready()

    def strike(self, program: str, number: signal.Signals = signal.SIGKILL) -> int:
        """Send a program a signal and return its process. Raises ``ProcessLookupError``."""
        struck = self.pid(program)
        if struck is None:
            raise ProcessLookupError(program)
        os.kill(struck, number)
        return struck

    async def succeeded(self, program: str, struck: int) -> None:
        """Wait until a program runs again, as another process than the one that was struck."""
        while self.pid(program) in {None, struck}:  # noqa: ASYNC110 (another process tells)
            await asyncio.sleep(0.05)

    async def ready(self) -> None:
        """Wait until every service says that it is ready, servers and all."""
        await readiness.until_ready(self.addresses.services(), Terminal())

    def log(self, service: str) -> list[dict[str, Any]]:
        """Return the lines a service has logged, as the fields they carry."""
        lines = (self.folder / "logs" / f"{service}.log").read_text(errors="replace").splitlines()
        return [json.loads(line) for line in lines if line.startswith("{")]


@contextmanager
def running(beside: Path, called: str = "", **knobs: str) -> Iterator[Suite]:
    """Run a suite in a folder of its own below ``beside``, with settings such as lease seconds.

    A second suite of one process needs a name to be ``called`` by. Afterwards the folder keeps the
    logs until the next suite starts.
    """
    _sweep(beside)
    folder = beside / f"{_PREFIX}{os.getpid()}{called and f'-{called}'}"
    folder.mkdir(parents=True)
    base = os.environ.get("POSTKAMER_PORT_BASE") or str(_PORT_BASE)
    usual = {"POSTKAMER_PORT_BASE": base, "POSTKAMER_REPLICAS": "1"}
    with (folder / "up.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "localrun", "--folder", str(folder), "up"],
            env=without_suite(os.environ) | usual | knobs,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        try:
            yield Suite(folder, _addresses(folder, process), knobs)
        finally:
            process.terminate()
            process.wait(_STOP_SECONDS)
            for each in _HEAVY:
                shutil.rmtree(folder / each, ignore_errors=True)


def _addresses(folder: Path, process: subprocess.Popen[bytes]) -> Addresses:
    """Wait for the file that a suite writes once everything is ready."""
    file = folder / "addresses.json"
    deadline = time.monotonic() + _START_SECONDS
    while not file.exists():
        if process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"no suite:\n{(folder / 'up.log').read_text(errors='replace')}")
        time.sleep(0.1)
    return Addresses.read(file)


def _sweep(beside: Path) -> None:
    """End and take away the suites of tests that are gone."""
    for folder in beside.glob(f"{_PREFIX}*"):
        with suppress(ValueError):
            owner = int(folder.name.removeprefix(_PREFIX).partition("-")[0])
            # Our own number may have been another's, before a restart of the machine or container.
            if (owner == os.getpid() and not _is_ours(folder)) or not psutil.pid_exists(owner):
                roster.stop(folder)
                shutil.rmtree(folder, ignore_errors=True)


def _is_ours(folder: Path) -> bool:
    """Return whether a folder was made since this process began."""
    return folder.stat().st_mtime > psutil.Process().create_time()
