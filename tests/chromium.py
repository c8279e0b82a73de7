"""Finds the browser that tests drive, and says how it is started."""

import shutil
import subprocess
from pathlib import Path

import playwright
import pytest

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
QUIETLY = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def path_or_skip() -> str:
    """Return where a browser is, or skip where there is none to start."""
    found = next((path for name in _NAMES if (path := shutil.which(name))), None)
    if found is None:
        pytest.skip("no Chromium on this machine; on Debian: apt-get install chromium")
    driver = Path(playwright.__file__).parent / "driver" / "node"
    if subprocess.run([driver, "-v"], capture_output=True, check=False).returncode:  # noqa: S603 (Playwright's own)
        pytest.skip("no libatomic for what drives a browser; on Debian: apt-get install libatomic1")
    return found
