"""The broker and the database of a suite: given by the environment, or run by ourselves."""

import asyncio
import os
from collections.abc import Awaitable
from pathlib import Path
from urllib.parse import unquote, urlsplit

from chassis.declaring import BrokerAdmin
from localrun import databases, environment, postgres, rabbitmq
from localrun.addresses import with_user
from localrun.environment import WITH_MESSAGES
from localrun.errors import CannotRun
from localrun.running import Run

VHOST = "postkamer"
_PATIENCE_SECONDS = 120
_LINES_OF_LOG = 12


async def broker(run: Run) -> tuple[str, str]:
    """Return the AMQP URL, with the vhost, and the management URL of a broker that is ready."""
    if os.environ.get("AMQP_URL") and os.environ.get("AMQP_ADMIN_URL"):
        return await _given_broker(os.environ["AMQP_URL"], os.environ["AMQP_ADMIN_URL"])
    installation = await rabbitmq.chosen(run.unpacked, run.terminal.step)
    # What one version has written another may not be able to read.
    folder = run.folder / "broker" / installation.data
    own = rabbitmq.Broker(installation, folder, run.ports, run.keys.password("broker"), VHOST)
    for program in own.programs():
        run.supervisor.start(program)
    await in_time(run.log("rabbitmq"), own.until_ready())
    run.terminal.step("RabbitMQ runs")
    return own.amqp_url, own.admin_url


async def database(run: Run) -> str:
    """Return the URL, as superuser, of a PostgreSQL server with a database for each service."""
    url = await _server(run)
    script = run.root / "deploy" / "postgres" / "service.sql"
    async with asyncio.TaskGroup() as making:
        for service in WITH_MESSAGES:
            owner_password = environment.owner_password(service, run.keys)
            password = environment.password(service, run.keys)
            making.create_task(databases.provide(script, url, service, owner_password, password))
    return url


async def in_time(log: Path, ready: Awaitable[None]) -> None:
    """Wait for a server, but not for ever. Raises ``CannotRun`` with the end of its log."""
    try:
        await asyncio.wait_for(ready, _PATIENCE_SECONDS)
    except TimeoutError as late:
        raise CannotRun(f"{log.stem} does not get ready:\n{_end_of(log)}") from late


def _end_of(log: Path) -> str:
    return "\n".join(log.read_text(errors="replace").splitlines()[-_LINES_OF_LOG:])


async def _given_broker(amqp_url: str, admin_url: str) -> tuple[str, str]:
    parts = urlsplit(amqp_url)
    vhost = unquote(parts.path).strip("/") or VHOST
    async with BrokerAdmin(admin_url, vhost) as admin:
        await admin.declare_vhost()
    address = parts._replace(path=f"/{vhost}").geturl()
    return with_user(address, parts.username or "", parts.password or ""), admin_url


async def _server(run: Run) -> str:
    given = os.environ.get("DATABASE_URL")
    if given:
        return f"postgresql://{given.split('://', 1)[1]}"
    binaries = postgres.find_binaries()
    password = run.keys.password("postgres")
    own = postgres.Server(binaries, run.folder / "postgres", run.ports["postgres"], password)
    await own.initialise()
    run.supervisor.start(own.program())
    await in_time(run.log("postgres"), own.until_ready())
    run.terminal.step("PostgreSQL runs")
    return own.url
