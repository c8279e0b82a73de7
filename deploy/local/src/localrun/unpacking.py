"""Gets programs on Debian and Ubuntu without installing them: packages, unpacked into a folder."""

import contextlib
import fcntl
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from localrun.errors import CannotRun

_PLACE_OF_ERLANG = "/usr/lib/erlang"
_ROOT = 0
_TREE = "tree"

_ONLY_DEPENDS = [
    f"--no-{kind}"
    for kind in ("recommends", "suggests", "conflicts", "breaks", "replaces", "enhances")
]


def unpack(folder: Path) -> Path:
    """Fetch rabbitmq-server and Erlang and unpack them; return the root of the tree.

    Needs neither root nor, once unpacked, a network. Raises ``CannotRun``.
    """
    with _alone(folder):
        tree = _unpack(
            folder,
            _broker_and_erlang,
            "RabbitMQ is not installed. Fedora: dnf install rabbitmq-server; macOS: brew install "
            "rabbitmq; anywhere: set AMQP_URL and AMQP_ADMIN_URL to a broker that runs elsewhere",
        )
        _move_erlang(tree)
    return tree


def unpack_packages(folder: Path, wanted: Callable[[], Iterable[str]], without_apt: str) -> Path:
    """Fetch packages, without what they depend on, and unpack them; return the root of the tree.

    ``without_apt`` is what people are told whose machine has no such packages. Raises
    ``CannotRun``.
    """
    with _alone(folder):
        return _unpack(folder, wanted, without_apt)


def is_unpacked(folder: Path) -> bool:
    """Say whether there is nothing left to fetch."""
    return (folder / _TREE).is_dir()


@contextlib.contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Let other runs of the same clone wait, which find all of it there then."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _unpack(folder: Path, wanted: Callable[[], Iterable[str]], without_apt: str) -> Path:
    tree = folder / _TREE
    if not is_unpacked(folder):
        if not shutil.which("apt-get"):
            raise CannotRun(without_apt)
        with tempfile.TemporaryDirectory(dir=folder) as name:
            draft = Path(name)
            for package in _fetch(draft, wanted):
                _run("dpkg-deb", "--extract", str(package), str(draft / _TREE))
            (draft / _TREE).rename(tree)
    return tree


def _fetch(folder: Path, wanted: Callable[[], Iterable[str]]) -> list[Path]:
    try:
        return _download(folder, wanted())
    except CannotRun as unknown:
        # The lists of a fresh machine are empty, those of an old one name packages that are gone.
        if os.geteuid() != _ROOT:
            raise CannotRun(f"{unknown}\nas root, once: apt-get update") from unknown
        _run("apt-get", "update", "-qq")
        return _download(folder, wanted())


def _broker_and_erlang() -> Iterable[str]:
    names = _run("apt-cache", "depends", "--recurse", *_ONLY_DEPENDS, "rabbitmq-server")
    return {line for line in names.splitlines() if line.startswith(("erlang-", "rabbitmq-"))}


def _download(folder: Path, wanted: Iterable[str]) -> list[Path]:
    options = ["-qq", "-o", "APT::Sandbox::User=root"]
    _run("apt-get", *options, "download", *sorted(wanted), folder=folder)
    return sorted(folder.glob("*.deb"))


def _move_erlang(tree: Path) -> None:
    """Tell the ``erl`` script where it is; it knows only the place it would be installed at."""
    script = tree / "usr/lib/erlang/bin/erl"
    original = script.with_suffix(".original")
    if not original.exists():
        shutil.copy2(script, original)
    wanted = original.read_text().replace(_PLACE_OF_ERLANG, str(tree / "usr/lib/erlang"))
    if script.read_text() != wanted:
        script.write_text(wanted)


def _run(*command: str, folder: Path | None = None) -> str:
    ended = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if ended.returncode:
        raise CannotRun(f"{' '.join(command[:3])}: {ended.stderr.strip()}")
    return ended.stdout
