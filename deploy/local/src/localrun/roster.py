"""Who runs for a folder, kept on disk, so that a run that was killed can be tidied up after."""

import contextlib
import fcntl
import json
import os
import signal
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil

from localrun.errors import AlreadyRunning

_SAME_START_SECONDS = 2.0


@dataclass(frozen=True)
class Entry:
    """One child process: ``started`` is seconds since the epoch, ``ask`` the signal that ends it.

    The start time tells our child from a stranger that was given its number later.
    """

    pid: int
    started: float
    ask: int


class Roster:
    """The children of a run that holds its folder, see ``hold``."""

    def __init__(self, file: Path) -> None:
        """Nobody has entered yet; ``file`` may still name what an earlier run has left."""
        self._file = file
        self._entries: dict[str, Entry] = {}

    def enter(self, name: str, pid: int, ask: signal.Signals) -> None:
        """Note a child that has just been started."""
        with contextlib.suppress(psutil.NoSuchProcess):
            self._entries[name] = Entry(pid, psutil.Process(pid).create_time(), ask)
            self._write()

    def leave(self, name: str) -> None:
        """Forget a child that has ended."""
        if self._entries.pop(name, None):
            self._write()

    def end_leftovers(self, patience: float = 10) -> list[str]:
        """End what an earlier, killed run has left behind; return the names."""
        left = {name: entry for name, entry in self._read().items() if _members(entry)}
        for entry in left.values():
            _tell(entry, entry.ask)
        deadline = time.monotonic() + patience
        while time.monotonic() < deadline and any(map(_members, left.values())):
            time.sleep(0.05)
        for entry in left.values():
            _tell(entry, signal.SIGKILL)
        self._write()
        return list(left)

    def _read(self) -> dict[str, Entry]:
        if not self._file.exists():
            return {}
        return {name: Entry(**entry) for name, entry in json.loads(self._file.read_text()).items()}

    def _write(self) -> None:
        draft = self._file.with_suffix(".draft")
        draft.write_text(json.dumps({name: asdict(each) for name, each in self._entries.items()}))
        draft.replace(self._file)


@contextlib.contextmanager
def hold(folder: Path) -> Iterator[Roster]:
    """Keep every other run out of a folder; the kernel lets go if we are killed.

    Raises ``AlreadyRunning``.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / "lock"
    with path.open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as busy:
            raise AlreadyRunning(folder, int(path.read_text() or 0)) from busy
        lock.truncate(0)
        lock.write(f"{os.getpid()}\n")
        lock.flush()
        yield Roster(folder / "pids.json")


def stop(folder: Path, patience: float = 60) -> bool:
    """End the run that holds the folder, and what killed ones left; return whether all is still."""
    if not folder.exists():
        return True
    deadline = time.monotonic() + patience
    asked = False
    while time.monotonic() < deadline:
        try:
            with hold(folder) as roster:
                roster.end_leftovers()
        except AlreadyRunning as running:
            if running.holder and not asked:
                os.kill(running.holder, signal.SIGTERM)
                asked = True
            time.sleep(0.1)
        else:
            return True
    return False


def _members(entry: Entry) -> list[int]:
    """Return the processes of the child's session: itself, and what it started.

    A session keeps its number while anyone lives in it, so when the leader is gone the others
    are still ours; when the leader started at another time, the number is a stranger's.
    """
    with contextlib.suppress(psutil.NoSuchProcess):
        leader = psutil.Process(entry.pid)
        same = abs(leader.create_time() - entry.started) < _SAME_START_SECONDS
        if leader.status() != psutil.STATUS_ZOMBIE and not same:
            return []
    return [pid for pid in psutil.pids() if _session(pid) == entry.pid]


def _session(pid: int) -> int | None:
    with contextlib.suppress(ProcessLookupError, PermissionError, psutil.NoSuchProcess):
        if psutil.Process(pid).status() != psutil.STATUS_ZOMBIE:
            return os.getsid(pid)
    return None


def _tell(entry: Entry, number: int) -> None:
    members = _members(entry)
    # Asked politely, only the leader is told: it knows in which order its own children end.
    told = [entry.pid] if entry.pid in members and number != signal.SIGKILL else members
    for pid in told:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(pid, number)
