"""Runs every benchmark beside this file; ends with 1 if one of them could not be run.

A slow figure is not a failure: each prints its bar beside it, and a person judges.
"""

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent


def main() -> int:
    """Run them one after another, for they would slow each other down."""
    broken = []
    for bench in sorted(HERE.glob("[!_]*.py")):
        print(f"== {bench.stem}", flush=True)
        if subprocess.run([sys.executable, str(bench)], check=False).returncode:  # noqa: S603
            broken.append(bench.stem)
    if broken:
        print(f"could not be run: {', '.join(broken)}", file=sys.stderr)
    return 1 if broken else 0


sys.exit(main())
