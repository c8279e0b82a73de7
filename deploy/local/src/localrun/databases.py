"""Gives each service its database and its two roles, with the same file that containers use."""

import asyncio
import os
import subprocess
from pathlib import Path
from urllib.parse import unquote, urlsplit

from localrun import postgres
from localrun.environment import without_suite
from localrun.errors import CannotRun


async def provide(
    script: Path, server_url: str, service: str, owner_password: str, password: str
) -> None:
    """Make what is not there yet. ``server_url`` is a superuser's. Raises ``CannotRun``."""
    server = urlsplit(server_url)
    # In the environment, since everyone on the machine can read a command line.
    given = {
        "PGHOST": server.hostname or "127.0.0.1",
        "PGPORT": str(server.port or 5432),
        "PGUSER": unquote(server.username or ""),
        "PGPASSWORD": unquote(server.password or ""),
        "PGDATABASE": server.path.removeprefix("/") or "postgres",
        "SERVICE": service,
        "OWNER_PASSWORD": owner_password,
        "PASSWORD": password,
    }
    psql = postgres.find_binaries() / "psql"
    process = await asyncio.create_subprocess_exec(
        *[str(psql), "--no-psqlrc", "--quiet", "--file", str(script)],
        env=without_suite(os.environ) | given,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    _, errors = await process.communicate()
    if process.returncode:
        raise CannotRun(f"the database of {service}: {errors.decode(errors='replace').strip()}")
