"""RabbitMQ 4 from an image: its node lives as long as the process that stands for it here."""

import os
import shlex
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from localrun import rabbitmq_image
from localrun.errors import CannotRun
from localrun.rabbitmq_image import Image

# In the place of the broker: says that it runs, and how it was ended.
NODE = """#!/bin/bash
trap 'echo told to stop >>"$SEEN"; exit' TERM
echo runs >>"$SEEN"
while :; do sleep 0.05; done
"""
PATIENCE_SECONDS = 10


@pytest.fixture
def seen(tmp_path: Path) -> Path:
    """Where the node says what happens to it."""
    return tmp_path / "seen"


@contextmanager
def first_process(folder: Path, seen: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Run what is first in the container, with a node that is a few lines of shell."""
    for name, text in (("rabbitmq-server", NODE), ("epmd", "#!/bin/sh\n")):
        (folder / name).write_text(text)
        (folder / name).chmod(0o755)
    command = program(folder).command
    script = str(command[-1]).replace("/usr/lib/rabbitmq/bin", str(folder))
    process = subprocess.Popen(
        ["bash", "-c", script],
        stdin=subprocess.PIPE,
        env={"PATH": os.environ["PATH"], "SEEN": str(seen)},
        start_new_session=True,
    )
    try:
        eventually(seen.exists)
        yield process
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        if process.stdin:
            process.stdin.close()


def program(folder: Path, **settings: str) -> rabbitmq_image.Program:
    """Return the node as a program."""
    return Image("/usr/bin/docker").programs(settings, folder, signal.SIGTERM)[0]


def eventually(holds: Callable[[], bool]) -> None:
    """Wait until something is true."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not holds():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.02)


def test_told_to_stop_it_ends_the_node_first(tmp_path: Path, seen: Path) -> None:
    with first_process(tmp_path, seen) as process:
        process.terminate()
        process.wait(PATIENCE_SECONDS)

    assert seen.read_text().splitlines() == ["runs", "told to stop"]


def test_cut_off_from_us_it_goes_and_the_container_with_it(tmp_path: Path, seen: Path) -> None:
    with first_process(tmp_path, seen) as process:
        assert process.stdin
        process.stdin.close()
        process.wait(PATIENCE_SECONDS)

    assert seen.read_text().splitlines() == ["runs"]


def test_it_goes_when_the_node_dies(tmp_path: Path, seen: Path) -> None:
    with first_process(tmp_path, seen) as process:
        node = next(
            each
            for each in psutil.Process(process.pid).children()
            if "rabbitmq-server" in each.cmdline()[-1]
        )
        node.kill()
        process.wait(PATIENCE_SECONDS)


def test_the_node_is_given_its_settings_and_nothing_of_ours(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(
        "DOCUMENTS_DATABASE_URL", "postgresql://documents:secret@127.0.0.1/documents"
    )
    monkeypatch.setenv("AMQP_ADMIN_URL", "http://admin:secret@127.0.0.1:8131")

    node = program(tmp_path, RABBITMQ_NODE_PORT="8130")

    assert "--env=RABBITMQ_NODE_PORT=8130" in node.command
    assert not {"DOCUMENTS_DATABASE_URL", "AMQP_ADMIN_URL"} & node.environment.keys()
    assert "secret" not in shlex.join(map(str, node.command))


def test_it_is_tied_to_us_and_sees_one_folder_as_whoever_started_it(tmp_path: Path) -> None:
    node = program(tmp_path)

    assert node.name == "rabbitmq"
    assert node.lifeline
    assert "--interactive" in node.command
    assert [word for word in node.command if str(word).startswith("--volume")] == [
        f"--volume={tmp_path}:{tmp_path}"
    ]
    assert f"--user={os.geteuid()}:{os.getegid()}" in node.command


@pytest.mark.parametrize(
    ("asked", "wanted"),
    [({}, False), ({"POSTKAMER_BROKER": ""}, False), ({"POSTKAMER_BROKER": "4"}, True)],
)
def test_it_runs_when_it_is_asked_for(asked: dict[str, str], *, wanted: bool) -> None:
    assert rabbitmq_image.wanted(asked) is wanted


def test_another_version_than_there_is_is_refused() -> None:
    with pytest.raises(CannotRun, match="BROKER=5"):
        rabbitmq_image.wanted({"POSTKAMER_BROKER": "5"})


@pytest.mark.parametrize(
    ("docker", "reason"),
    [
        (None, "there is no docker"),
        ("#!/bin/sh\necho no daemon >&2; exit 1\n", "docker is not up: no daemon"),
        (
            '#!/bin/sh\n[ "$1" = info ] || { echo no route >&2; exit 1; }\n',
            "cannot be had: no route",
        ),
    ],
)
def test_without_docker_or_the_image_the_reason_is_given(
    docker: str | None, reason: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if docker:
        (tmp_path / "docker").write_text(docker)
        (tmp_path / "docker").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(CannotRun, match=reason):
        rabbitmq_image.get(lambda _text: None)
