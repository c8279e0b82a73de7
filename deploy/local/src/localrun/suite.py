"""The whole suite: servers, databases, deploy steps, services; up until someone ends it."""

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path

from localrun import environment, roster, servers, steps
from localrun.addresses import Addresses, without_credentials
from localrun.environment import CLIENTS, SERVICES, WITH_MESSAGES, Relay
from localrun.keys import Keys, write_private
from localrun.ports import SUITE_BASE, Ports, claim
from localrun.programs import Program, Supervisor
from localrun.readiness import until_ready
from localrun.running import Run
from localrun.terminal import Terminal

Play = Callable[[Addresses], Awaitable[int | None]]


async def run(root: Path, folder: Path, play: Play | None = None) -> int:
    """Start the suite, keep it running, and end it in order when this task is cancelled.

    Once everything is ready ``play`` is awaited; if it returns a number, the suite ends with that
    exit code. Raises ``CannotRun``.
    """
    terminal = Terminal()
    with roster.hold(folder) as children:
        left = children.end_leftovers()
        if left:
            terminal.step(f"ended what a killed run had left: {', '.join(left)}")
        supervisor = Supervisor(children, terminal, folder / "logs")
        found = folder / "addresses.json"
        found.unlink(missing_ok=True)
        keys = Keys(folder / "secrets.json")
        try:
            addresses = await _start(
                Run(root, folder, _ports(terminal), keys, supervisor, terminal)
            )
            addresses.write(found)
            _greet(addresses, keys, terminal)
            code = await play(addresses) if play else None
            if code is None:
                await asyncio.Event().wait()
            return code or 0
        finally:
            terminal.step("stopping")
            found.unlink(missing_ok=True)
            await supervisor.stop()
            terminal.step("stopped")


def _ports(terminal: Terminal) -> Ports:
    wanted = int(os.environ.get("POSTKAMER_PORT_BASE") or SUITE_BASE)
    ports = claim(wanted)
    if ports.base != wanted:
        terminal.step(f"ports from {wanted} on are busy, using those from {ports.base} on")
    return ports


async def _start(run: Run) -> Addresses:
    relay = Relay.given(os.environ)
    if relay is None:
        relay = Relay.built_in(run.ports["smtp"], os.environ)
        postbox = f"http://127.0.0.1:{run.ports['postbox']}"
        run.supervisor.start(_postbox(run))
    else:
        postbox = None
    async with asyncio.TaskGroup() as starting:
        broker = starting.create_task(servers.broker(run))
        database = starting.create_task(servers.database(run))
    amqp, amqp_admin = broker.result()
    addresses = Addresses(
        port_base=run.ports.base,
        amqp=amqp,
        amqp_admin=amqp_admin,
        postgres=database.result(),
        smtp=f"smtp://{relay.host}:{relay.port}",
        postbox=postbox,
        bounces=postbox and f"smtp://127.0.0.1:{run.ports['bounces']}",
        replicas={
            _replica(service, number): f"http://127.0.0.1:{run.ports.of_replica(service, number)}"
            for number in range(2, environment.replicas(os.environ) + 1)
            for service in SERVICES
        },
        **{service: f"http://127.0.0.1:{run.ports[service]}" for service in SERVICES},
    )
    given = environment.of_services(addresses, relay, run.keys, run.folder / "files")
    for service in SERVICES:
        given[service] |= environment.rotated(service, os.environ)
    await _deploy(run, addresses, given)
    run.supervisor.start(*_services(run, given))
    run.terminal.step("services start")
    await until_ready(addresses.services(), run.terminal)
    return addresses


def _services(run: Run, given: Mapping[str, dict[str, str]]) -> list[Program]:
    """Return every process of every service: as many of each as are wanted."""
    programs = []
    for service in SERVICES:
        settings = _surroundings(service) | given[service] | environment.pauses(service, os.environ)
        command = [sys.executable, "-m", service]
        programs.append(Program(service, command, settings))
        for number in range(2, environment.replicas(os.environ) + 1):
            port = run.ports.of_replica(service, number)
            programs.append(
                Program(
                    _replica(service, number),
                    command,
                    environment.of_replica(service, settings, port),
                )
            )
    return programs


def _replica(service: str, number: int) -> str:
    return f"{service}.{number}"


async def _deploy(run: Run, addresses: Addresses, given: Mapping[str, dict[str, str]]) -> None:
    """Migrate, declare the queues, and give services their clients, as deploying does anywhere."""
    deploying = {
        service: given[service] | environment.of_deploy_step(service, addresses, run.keys)
        for service in WITH_MESSAGES
    }
    everything: dict[str, str] = {}
    for service in SERVICES:
        everything |= deploying.get(service, given[service])
    write_private(run.folder / "env", environment.as_exports(everything))

    async def prepare(service: str) -> None:
        surroundings = _surroundings(service) | deploying[service]
        command = [sys.executable, "-m", service]
        await steps.run(service, [*command, "prepare"], surroundings, run.terminal)
        if service == "identity":
            for client, scopes in CLIENTS.items():
                known = given[client]
                wanted = ["--service", client, "--client-id", known[f"{client.upper()}_CLIENT_ID"]]
                wanted += [word for scope in scopes for word in ("--scope", scope)]
                admit = [*command, "add-client", *wanted, "--secret-stdin"]
                secret = known[f"{client.upper()}_CLIENT_SECRET"]
                await steps.run(service, admit, surroundings, run.terminal, secret)

    async with asyncio.TaskGroup() as preparing:
        for service in WITH_MESSAGES:
            preparing.create_task(prepare(service))
    run.terminal.step("databases and queues are prepared")


def _postbox(run: Run) -> Program:
    command = [
        sys.executable, "-m", "postbox",
        "--http-port", str(run.ports["postbox"]),
        "--smtp-port", str(run.ports["smtp"]),
        "--bounce-port", str(run.ports["bounces"]),
        "--store", str(run.folder / "postbox"),
    ]  # fmt: skip
    return Program("postbox", command, _surroundings("postbox"))


def _surroundings(service: str) -> dict[str, str]:
    return (
        environment.without_suite(os.environ)
        | environment.knobs(service, os.environ)
        | {"PYTHONUNBUFFERED": "1"}
    )


def _greet(addresses: Addresses, keys: Keys, terminal: Terminal) -> None:
    lines = [
        ("portal", addresses.portal),
        ("mails", addresses.postbox or f"sent by {addresses.smtp}"),
        ("broker", without_credentials(addresses.amqp_admin)),
    ]
    terminal.step("ready")
    for name, address in lines:
        terminal.write(f"        {name:<8}{address}")
    if not os.environ.get("AMQP_URL"):
        terminal.write(f"        user and password of the broker's page are in {keys.file}")
    terminal.write("        Ctrl-C stops everything")
