"""The few programs that images are made and started with."""

import http.server
import importlib.util
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType

import pytest

DEPLOY = Path(__file__).parents[2]
HEALTHY = [sys.executable, "-I", "-S", str(DEPLOY / "healthy.py")]
LOCK = """\
aio-pika==10.2.1 \\
    --hash=sha256:aa \\
    --hash=sha256:ab
pypdf==7.1 ; python_full_version < '3.12' \\
    --hash=sha256:ba
typing-extensions==4.15 \\
    --hash=sha256:ca
"""


@pytest.fixture(scope="module")
def locked() -> ModuleType:
    """The program that picks a service's part of the lock."""
    spec = importlib.util.spec_from_file_location("locked", DEPLOY / "locked.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@contextmanager
def answering(status: int, path: str) -> Iterator[str]:
    """Answer on one path with a status, elsewhere with 404; return the port."""

    class Answering(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status if self.path == path else 404)
            self.end_headers()
            self.wfile.write(b"the database is away")

        def log_message(self, *_what: object) -> None:
            """Say nothing."""

    server = http.server.HTTPServer(("127.0.0.1", 0), Answering)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield str(server.server_port)
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def healthy(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Ask as the engine does."""
    return subprocess.run(
        [*HEALTHY, *words], env=environment, capture_output=True, text=True, check=False
    )


def test_a_container_is_healthy_when_its_service_is_ready() -> None:
    with answering(200, "/health/ready") as port:
        assert healthy(SERVICE="documents", DOCUMENTS_HTTP_PORT=port).returncode == 0


def test_a_container_is_not_healthy_when_its_service_is_not_and_says_why() -> None:
    with answering(503, "/health/ready") as port:
        told = healthy(SERVICE="documents", DOCUMENTS_HTTP_PORT=port)

    assert told.returncode == 1
    assert told.stdout == "503 the database is away\n"


def test_a_container_is_not_healthy_when_nobody_answers() -> None:
    with answering(200, "/health/ready") as port:
        pass

    assert healthy(SERVICE="documents", DOCUMENTS_HTTP_PORT=port).returncode == 1


def test_another_program_is_asked_at_its_own_place() -> None:
    with answering(200, "/health/live") as port:
        assert healthy(port, "/health/live").returncode == 0
        assert healthy(port).returncode == 1


def start(folder: Path, *words: str, **environment: str) -> str:
    """Start a container's program, with a python that tells what it was asked and knows."""
    (folder / "python").write_text('#!/bin/sh\necho "$* $$ $SECRET"\n')
    (folder / "python").chmod(0o755)
    process = subprocess.Popen(
        [DEPLOY / "start", *words],
        env={"PATH": f"{folder}:{os.environ['PATH']}", **environment},
        stdout=subprocess.PIPE,
        text=True,
    )
    printed, _ = process.communicate()
    return printed.replace(str(process.pid), "itself").rstrip("\n")


def test_a_service_starts_as_the_first_process_with_its_secrets(tmp_path: Path) -> None:
    (tmp_path / "environment").write_text("export SECRET='two words'\n")

    told = start(tmp_path, SERVICE="documents", ENVIRONMENT_FILE=str(tmp_path / "environment"))

    assert told == "-m documents itself two words"


def test_a_deploy_step_starts_from_the_same_image_and_needs_no_file(tmp_path: Path) -> None:
    told = start(tmp_path, "prepare", SERVICE="documents", SECRET="given")

    assert told == "-m documents prepare itself given"


def test_an_image_holds_what_its_service_needs_with_every_hash(locked: ModuleType) -> None:
    part = locked.part_of(LOCK, {"aio-pika", "typing-extensions"})

    assert "\n".join(part).split() == [
        *["aio-pika==10.2.1", "\\", "--hash=sha256:aa", "\\", "--hash=sha256:ab"],
        *["typing-extensions==4.15", "\\", "--hash=sha256:ca"],
    ]


def test_what_the_lock_does_not_pin_is_not_installed(locked: ModuleType) -> None:
    with pytest.raises(locked.NotLocked, match="left-pad"):
        locked.part_of(LOCK, {"pypdf", "left-pad"})


@pytest.mark.parametrize(
    "spelling", ["Typing_Extensions>=4", "typing.extensions", "typing-extensions[x]"]
)
def test_a_package_is_known_by_all_its_spellings(locked: ModuleType, spelling: str) -> None:
    assert locked.name_of(spelling) == "typing-extensions"


def test_members_ask_for_what_is_not_ours(locked: ModuleType, tmp_path: Path) -> None:
    for name, wants in (("a", '"postkamer-b", "httpx>=0.28"'), ("b", '"lxml", "httpx>=0.28"')):
        (tmp_path / name).mkdir()
        (tmp_path / name / "pyproject.toml").write_text(f"[project]\ndependencies = [{wants}]\n")

    assert locked.requirements([tmp_path / "a", tmp_path / "b"]) == ["httpx>=0.28", "lxml"]


def test_every_service_and_the_local_run_find_all_they_ask_for_in_the_lock(
    locked: ModuleType,
) -> None:
    lock = (DEPLOY.parent / "requirements.lock").read_text()
    members = [*DEPLOY.parent.glob("services/*"), *DEPLOY.parent.glob("libs/*"), DEPLOY / "local"]

    wanted = {locked.name_of(each) for each in locked.requirements(members)}

    assert len(wanted) > 30
    assert len(locked.part_of(lock, wanted)) == len(wanted)
