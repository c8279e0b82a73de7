"""What every part of a run needs to know: where it lives, its ports, its secrets, who watches."""

from dataclasses import dataclass
from pathlib import Path

from localrun.keys import Keys
from localrun.ports import Ports
from localrun.programs import Supervisor
from localrun.terminal import Terminal


@dataclass(frozen=True)
class Run:
    """One run of the suite. ``root`` is the repository, ``folder`` keeps the run's state."""

    root: Path
    folder: Path
    ports: Ports
    keys: Keys
    supervisor: Supervisor
    terminal: Terminal

    def log(self, program: str) -> Path:
        """Where the output of a program is kept."""
        return self.folder / "logs" / f"{program}.log"

    @property
    def unpacked(self) -> Path:
        """Where RabbitMQ is unpacked if the machine has none; all runs of a clone share it."""
        return unpacked_below(self.root)


def unpacked_below(root: Path) -> Path:
    """Return where RabbitMQ is unpacked in a clone."""
    return root / ".run" / "rabbitmq"
