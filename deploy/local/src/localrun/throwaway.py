"""Servers for the length of one command: `with-servers -- pytest`. Nothing of them remains."""

import asyncio
import contextlib
import os
import secrets
import shutil
import signal
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from pathlib import Path

from localrun import ports, postgres, rabbitmq, roster
from localrun.environment import without_suite
from localrun.errors import AlreadyRunning
from localrun.programs import Supervisor
from localrun.servers import in_time
from localrun.terminal import Terminal

_PREFIX = "servers-"


async def run(command: Sequence[str], run_folder: Path, tree: Path) -> int:
    """Run a command beside a broker and a database of its own; return its exit code.

    The command finds them in AMQP_URL, AMQP_ADMIN_URL and DATABASE_URL. Those that are set
    already are used as they are. ``tree`` is where RabbitMQ is unpacked if the machine has none.
    """
    given = {
        name: os.environ[name]
        for name in ("AMQP_URL", "AMQP_ADMIN_URL", "DATABASE_URL")
        if name in os.environ
    }
    async with _servers(given, run_folder, tree) as addresses:
        return await _run_command(command, without_suite(os.environ) | addresses)


@contextlib.asynccontextmanager
async def _servers(
    given: Mapping[str, str], run_folder: Path, tree: Path
) -> AsyncIterator[dict[str, str]]:
    own_broker = not {"AMQP_URL", "AMQP_ADMIN_URL"} <= given.keys()
    own_database = "DATABASE_URL" not in given
    if not own_broker and not own_database:
        yield dict(given)
        return
    _sweep(run_folder)
    folder = run_folder / f"{_PREFIX}{os.getpid()}"
    claimed = ports.claim(ports.SERVERS_BASE)
    addresses = dict(given)
    _tell("starting servers for this command")
    with roster.hold(folder) as children:
        supervisor = Supervisor(children, Terminal(), folder / "logs")
        try:
            async with asyncio.TaskGroup() as starting:
                if own_broker:
                    starting.create_task(_broker(tree, folder, claimed, supervisor, addresses))
                if own_database:
                    starting.create_task(_database(folder, claimed, supervisor, addresses))
            yield addresses
        finally:
            await supervisor.stop()
            shutil.rmtree(folder, ignore_errors=True)


def _tell(text: str) -> None:
    # Not to standard output, which belongs to the command.
    sys.stderr.write(f"{text}\n")


async def _broker(
    tree: Path,
    folder: Path,
    claimed: ports.Ports,
    supervisor: Supervisor,
    addresses: dict[str, str],
) -> None:
    installation = await rabbitmq.chosen(tree, _tell)
    broker = rabbitmq.Broker(
        installation,
        folder / "broker",
        claimed,
        secrets.token_urlsafe(),
        vhost="/",
        ask=signal.SIGKILL,
    )
    for program in broker.programs():
        supervisor.start(program)
    await in_time(folder / "logs" / "rabbitmq.log", broker.until_ready())
    addresses |= {"AMQP_URL": broker.amqp_url, "AMQP_ADMIN_URL": broker.admin_url}


async def _database(
    folder: Path, claimed: ports.Ports, supervisor: Supervisor, addresses: dict[str, str]
) -> None:
    server = postgres.Server(
        postgres.find_binaries(),
        folder / "postgres",
        claimed["postgres"],
        secrets.token_urlsafe(),
        durable=False,
    )
    await server.initialise()
    supervisor.start(server.program())
    await in_time(folder / "logs" / "postgres.log", server.until_ready())
    addresses |= {"DATABASE_URL": server.url}


async def _run_command(command: Sequence[str], environment: Mapping[str, str]) -> int:
    process = await asyncio.create_subprocess_exec(*command, env=environment)
    try:
        code = await process.wait()
    except asyncio.CancelledError:
        # At a terminal Ctrl-C has reached the command as well; telling it twice would cut short
        # the order in which it ends.
        if not sys.stdin.isatty():
            with contextlib.suppress(ProcessLookupError):
                process.terminate()
        await process.wait()
        raise
    return code if code >= 0 else 128 - code


def _sweep(run_folder: Path) -> None:
    """Take away what runs that were killed have left."""
    for folder in run_folder.glob(f"{_PREFIX}*"):
        with contextlib.suppress(AlreadyRunning):
            with roster.hold(folder) as left:
                left.end_leftovers()
            shutil.rmtree(folder, ignore_errors=True)
