"""``python -m deploy.monitoring`` writes what is made from code; ``check`` asks a running suite."""

import argparse
import sys
from pathlib import Path

from deploy.monitoring import live
from deploy.monitoring.made import files

_ROOT = Path(__file__).parents[2]


def main() -> int:
    """Do what the command line says; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m deploy.monitoring", description=__doc__)
    parser.add_argument("step", nargs="?", choices=["write", "check"], default="write")
    parser.add_argument(
        "--folder", type=Path, default=_ROOT / ".run", help="of the suite that is checked"
    )
    asked = parser.parse_args()
    if asked.step == "check":
        return live.check(asked.folder, _ROOT / ".run" / "prometheus")
    for path, content in files().items():
        path.parent.mkdir(exist_ok=True)
        path.write_text(content)
    return 0


if __name__ == "__main__":
    sys.exit(main())
