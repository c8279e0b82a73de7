"""What an alert is: when somebody must look, one sentence, and two cases that prove it.

The name of each is also a heading in ``docs/running.md``, which says what to do. ``critical`` is
for now, also at night; ``warning`` for today; ``info`` for whoever looks.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

RUNBOOK = "docs/running.md"

Series = Mapping[str, str]
"""What is measured, as promtool writes it: a series, and its values minute by minute."""


@dataclass(frozen=True)
class Fires:
    """A case in which the alert is on after so many minutes, with these labels."""

    series: Series
    labels: Mapping[str, str]
    minutes: int


@dataclass(frozen=True)
class Alert:
    """An alert, a case that sets it off, and one close to it that does not."""

    name: str
    expr: str
    minutes: int
    """For how long it has to be so."""
    severity: str
    summary: str
    fires: Fires
    quiet: Series

    @property
    def runbook(self) -> str:
        """Return where it says what to do."""
        return f"{RUNBOOK}#{self.name.lower()}"


@dataclass(frozen=True)
class Group:
    """Alerts about one thing."""

    name: str
    alerts: tuple[Alert, ...] = field(default_factory=tuple)


def by_queue(metric: str) -> str:
    """Return a measure of a queue: every replica measures it, so the most that any saw."""
    return f"max by (service, queue) ({metric})"


def of(metric: str, **labels: str) -> str:
    """Return a series as Prometheus names it: of a process of ours, unless ``labels`` say else."""
    named = {"job": "postkamer", "instance": "a", **labels}
    selected = ",".join(f'{name}="{value}"' for name, value in named.items())
    return f"{metric}{{{selected}}}"
