"""Prints the part of requirements.lock that some members of the workspace need: pins and hashes.

    python deploy/locked.py requirements.lock services/identity

An image holds the third-party code of its own service only. What a member needs is asked of uv,
which the lock leaves no choice of versions; every line that is printed is the lock's own.
"""

import argparse
import re
import subprocess
import sys
import tomllib
from pathlib import Path

OURS = "postkamer-"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_RUNS = re.compile(r"[-_.]+")


class NotLocked(Exception):
    """Something is needed that the lock does not pin."""


def main() -> int:
    """Print the lines, or what is missing."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("lock", type=Path)
    parser.add_argument("members", type=Path, nargs="+", help="folders with a pyproject.toml")
    parser.add_argument("--without", action="append", default=[], help="a package to leave out")
    asked = parser.parse_args()
    left_out = {plain(name) for name in asked.without}
    wanted = [each for each in requirements(asked.members) if name_of(each) not in left_out]
    try:
        print("\n".join(part_of(asked.lock.read_text(), closure(wanted, asked.lock))))
    except NotLocked as missing:
        print(missing, file=sys.stderr)
        return 1
    return 0


def requirements(members: list[Path]) -> list[str]:
    """Return what the members ask for, without each other."""
    asked: set[str] = set()
    for member in members:
        project = tomllib.loads((member / "pyproject.toml").read_text())["project"]
        asked |= {each for each in project["dependencies"] if not each.startswith(OURS)}
    return sorted(asked)


def closure(wanted: list[str], lock: Path) -> set[str]:
    """Return the names of all that is needed for it, as uv resolves it within the lock."""
    resolved = subprocess.run(
        ["uv", "pip", "compile", "--quiet", "--no-header", "--no-annotate", "-c", str(lock), "-"],
        input="\n".join(wanted),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    ).stdout
    return {name_of(line) for line in resolved.splitlines() if _NAME.match(line)}


def part_of(lock: str, names: set[str]) -> list[str]:
    """Return the lock's entries of these names, hashes and all. Raises ``NotLocked``."""
    entries = re.split(r"\n(?=\S)", lock.strip())
    found = [entry for entry in entries if name_of(entry) in names]
    if missing := names - {name_of(entry) for entry in found}:
        raise NotLocked(f"not in the lock: {', '.join(sorted(missing))}")
    return found


def name_of(requirement: str) -> str:
    """Return whom a requirement or an entry of the lock is about."""
    name = _NAME.match(requirement)
    return plain(name[0]) if name else ""


def plain(name: str) -> str:
    """Return a package's name as all its spellings have it."""
    return _RUNS.sub("-", name).lower()


if __name__ == "__main__":
    sys.exit(main())
