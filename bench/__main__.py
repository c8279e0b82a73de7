"""Runs the benchmarks one after another; ends with 1 if one of them could not be run.

    python bench [--full]

A slow figure is not a failure: each prints its bar beside it, and a person judges. With ``--full``
each is run with its large sizes, and those that are too long for every day are run as well.
"""

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent

# The other files here are what these are made of, or compared with.
UNDER_LOAD = ("hostile", "backlog", "crowd", "soak")
EVERY_DAY = ("renditions", "archive", "relay", "mail", "accounts", "pipeline", *UNDER_LOAD)
IN_FULL: tuple[str, ...] = ()
_TAKES_FULL = ("archive", "relay", "mail", "accounts", "pipeline", *UNDER_LOAD)


def main(*, full: bool) -> int:
    """Run them one after another, for they would slow each other down."""
    broken = []
    for bench in (*EVERY_DAY, *(IN_FULL if full else ())):
        print(f"== {bench}", flush=True)
        more = ["--full"] if full and bench in _TAKES_FULL else []
        command = [sys.executable, str(HERE / f"{bench}.py"), *more]
        if subprocess.run(command, check=False).returncode:  # noqa: S603
            broken.append(bench)
    if broken:
        print(f"could not be run: {', '.join(broken)}", file=sys.stderr)
    return 1 if broken else 0


sys.exit(main(full="--full" in sys.argv[1:]))
