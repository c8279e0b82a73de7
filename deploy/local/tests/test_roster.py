"""What a killed run leaves behind is ended by the next one, and nothing else is."""

import contextlib
import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from localrun.errors import AlreadyRunning
from localrun.roster import hold

SLEEP = [sys.executable, "-c", "import time; time.sleep(60)"]


@contextlib.contextmanager
def stranger() -> Iterator[subprocess.Popen[bytes]]:
    """Run a process in a session of its own."""
    process = subprocess.Popen(SLEEP, start_new_session=True)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def note(folder: Path, pid: int, started: float) -> None:
    """Write what a run that was killed had written."""
    entry = {"pid": pid, "started": started, "ask": int(signal.SIGTERM)}
    (folder / "pids.json").write_text(json.dumps({"portal": entry}))


def test_a_child_of_a_killed_run_is_ended(tmp_path: Path) -> None:
    with stranger() as child:
        note(tmp_path, child.pid, psutil.Process(child.pid).create_time())

        with hold(tmp_path) as roster:
            ended = roster.end_leftovers()

        assert ended == ["portal"]
        assert child.wait(5) == -signal.SIGTERM


def test_a_stranger_with_the_number_of_a_child_is_left_alone(tmp_path: Path) -> None:
    with stranger() as other:
        note(tmp_path, other.pid, started=time.time() - 3600)

        with hold(tmp_path) as roster:
            ended = roster.end_leftovers()

        assert ended == []
        assert other.poll() is None


def test_what_a_dead_child_had_started_is_ended_too(tmp_path: Path) -> None:
    shell = f"{sys.executable} -c 'import time; time.sleep(60)' & echo $!; exec sleep 60"
    leader = subprocess.Popen(
        ["/bin/sh", "-c", shell], stdout=subprocess.PIPE, start_new_session=True
    )
    with leader:
        assert leader.stdout
        orphan = psutil.Process(int(leader.stdout.readline()))
        note(tmp_path, leader.pid, psutil.Process(leader.pid).create_time())
        leader.kill()

    with hold(tmp_path) as roster:
        roster.end_leftovers(patience=0)

    with contextlib.suppress(psutil.NoSuchProcess):
        assert orphan.wait(5) is None
    assert not orphan.is_running() or orphan.status() == psutil.STATUS_ZOMBIE


def test_a_folder_has_one_run_at_a_time(tmp_path: Path) -> None:
    with hold(tmp_path), pytest.raises(AlreadyRunning), hold(tmp_path):
        pass

    with hold(tmp_path):
        pass
