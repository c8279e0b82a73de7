"""What this machine lacks is fetched and unpacked once, however many runs want it at once."""

import os
import threading

import pytest

from localrun import unpacking
from localrun.errors import CannotRun

PROGRAMS = {
    "apt-cache": 'echo "erlang-base"; echo "rabbitmq-server"',
    "apt-get": 'echo "$*" >>{asked}; sleep 0.3; touch erlang.deb rabbitmq.deb',
    "dpkg-deb": 'mkdir -p "$3/usr/lib/erlang/bin"; '
    'echo "ROOTDIR=/usr/lib/erlang" >"$3/usr/lib/erlang/bin/erl"',
}


@pytest.fixture
def asked(tmp_path, monkeypatch):
    """Put stand-ins for Debian's programs on this machine; return what apt-get was asked."""
    folder, asked = tmp_path / "bin", tmp_path / "asked"
    folder.mkdir()
    for name, does in PROGRAMS.items():
        program = folder / name
        program.write_text(f"#!/bin/sh\n{does.replace('{asked}', str(asked))}\n")
        program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")
    return lambda: asked.read_text().splitlines()


def test_of_runs_that_start_at_once_one_fetches_and_all_have_it(tmp_path, asked):
    folder, trees = tmp_path / "rabbitmq", []
    runs = [
        threading.Thread(target=lambda: trees.append(unpacking.unpack(folder))) for _ in range(4)
    ]

    for run in runs:
        run.start()
    for run in runs:
        run.join()

    assert len(asked()) == 1
    assert trees == [folder / "tree"] * 4
    erl = folder / "tree/usr/lib/erlang/bin/erl"
    assert erl.read_text() == f"ROOTDIR={folder}/tree/usr/lib/erlang\n"
    assert erl.with_suffix(".original").read_text() == "ROOTDIR=/usr/lib/erlang\n"
    assert {each.name for each in folder.iterdir()} == {"lock", "tree"}


def test_a_clone_that_was_moved_starts_erlang_where_it_is_now(tmp_path, asked):
    unpacking.unpack(tmp_path / "before")
    (tmp_path / "before").rename(tmp_path / "after")

    unpacking.unpack(tmp_path / "after")

    erl = tmp_path / "after/tree/usr/lib/erlang/bin/erl"
    assert erl.read_text() == f"ROOTDIR={tmp_path}/after/tree/usr/lib/erlang\n"
    assert len(asked()) == 1


def test_a_machine_without_such_packages_is_told_what_to_do(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(CannotRun, match="dnf install rabbitmq-server"):
        unpacking.unpack(tmp_path / "rabbitmq")
