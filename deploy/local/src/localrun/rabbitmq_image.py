"""RabbitMQ 4 for a local run: the node of a container image, as a child process like any other."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from localrun.environment import without_suite
from localrun.errors import CannotRun
from localrun.programs import Program

VERSION = "4"
IMAGE = "rabbitmq:4-management"

# The container ends, and with it all that runs there, when its first process does: told to stop,
# that one ends the node in good order; cut off from `docker run`, whose end is therefore the
# node's, it just goes. The node needs its name server first.
_FIRST_PROCESS = """
PATH=/usr/lib/rabbitmq/bin:$PATH
epmd -daemon || exit
exec 3<&0
rabbitmq-server </dev/null & node=$!
cat <&3 >/dev/null & lifeline=$!
trap 'kill -TERM $node; wait $node; exit' TERM
wait -n $node $lifeline
"""


@dataclass(frozen=True)
class Image:
    """An image that has the broker. ``data`` is the folder its data is kept in."""

    docker: str
    data: str = VERSION

    def programs(
        self, settings: Mapping[str, str], folder: Path, ask: signal.Signals
    ) -> tuple[Program, ...]:
        """Return the node. It shares this machine's network, user and ``folder``, nothing else."""
        command: list[str | Path] = [
            self.docker, "run", "--rm", "--interactive", "--pull=never",
            "--network=host",
            f"--user={os.geteuid()}:{os.getegid()}",
            f"--volume={folder}:{folder}",
            "--entrypoint=bash",
        ]  # fmt: skip
        command += [f"--env={name}={value}" for name, value in settings.items()]
        command += [IMAGE, "-c", _FIRST_PROCESS]
        environment = without_suite(os.environ)
        return (Program("rabbitmq", command, environment, ask, quiet=True, lifeline=True),)


def wanted(environment: Mapping[str, str]) -> bool:
    """Say whether ``POSTKAMER_BROKER`` asks for it. Raises ``CannotRun`` if it asks for another."""
    version = environment.get("POSTKAMER_BROKER", "")
    if version not in {"", VERSION}:
        raise CannotRun(f"BROKER={version}: there is {VERSION}, or what this machine has")
    return bool(version)


def get(told: Callable[[str], None]) -> Image:
    """Return the image, fetched if need be. Raises ``CannotRun``, with the reason."""
    docker = shutil.which("docker")
    if docker is None:
        raise CannotRun(f"RabbitMQ {VERSION} comes from the image {IMAGE}, and there is no docker")
    if reason := _reason(docker, "info"):
        raise CannotRun(
            f"RabbitMQ {VERSION} comes from the image {IMAGE}, and docker is not up: {reason}"
        )
    if _reason(docker, "image", "inspect", IMAGE):
        told(f"fetching {IMAGE}")
        if reason := _reason(docker, "pull", "--quiet", IMAGE):
            raise CannotRun(f"the image {IMAGE} cannot be had: {reason}")
    return Image(docker)


def _reason(docker: str, *words: str) -> str | None:
    """Return why docker cannot do something, or None."""
    command = [docker, *words]
    ended = subprocess.run(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, check=False
    )
    return (ended.stderr.strip() or f"exit code {ended.returncode}") if ended.returncode else None


if __name__ == "__main__":
    try:
        if wanted(os.environ):
            get(print)
    except CannotRun as missing:
        sys.exit(f"{missing}")
