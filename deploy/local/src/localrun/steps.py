"""Commands that run to their end while the suite is set up, such as a service's ``prepare``."""

import asyncio
import contextlib
import os
import signal
import subprocess
from collections.abc import Mapping, Sequence

from localrun.errors import CannotRun
from localrun.loglines import readable
from localrun.terminal import Terminal


async def run(
    name: str,
    command: Sequence[str],
    environment: Mapping[str, str],
    terminal: Terminal,
    told: str | None = None,
) -> None:
    """Run a command to its end; ``told`` goes to its standard input. Raises ``CannotRun``."""
    process = await asyncio.create_subprocess_exec(
        *command,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    try:
        output, _ = await process.communicate((told or "").encode())
    except asyncio.CancelledError:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        raise
    if process.returncode:
        for line in output.decode(errors="replace").splitlines():
            terminal.line(name, readable(line))
        raise CannotRun(f"{name}: {' '.join(command[1:])} ended with {process.returncode}")
