"""Prometheus and what belongs to it: found, or unpacked, to check what it is to be given."""

import shutil
from dataclasses import dataclass
from pathlib import Path

from localrun.unpacking import unpack_packages

_PACKAGES = ("prometheus", "prometheus-alertmanager")


@dataclass(frozen=True)
class Tools:
    """Where its programs are."""

    prometheus: Path
    promtool: Path
    amtool: Path


def tools(folder: Path) -> Tools:
    """Return those that are installed, or else unpack them in ``folder``. Raises ``CannotRun``."""
    installed = [shutil.which(name) for name in ("prometheus", "promtool", "amtool")]
    found = [Path(path) for path in installed if path]
    if len(found) == len(installed):
        return Tools(*found)
    tree = unpack_packages(
        folder,
        lambda: _PACKAGES,
        "Prometheus is not installed; its promtool, and Alertmanager's amtool, would do too",
    )
    programs = tree / "usr" / "bin"
    return Tools(programs / "prometheus", programs / "promtool", programs / "amtool")
