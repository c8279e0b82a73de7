"""The postbox as a process: killed it keeps its word, told to stop it leaves in peace."""

import os
import signal
import smtplib
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def started(folder: Path, http_port: int, smtp_port: int) -> Iterator[subprocess.Popen[bytes]]:
    ports = ["--http-port", str(http_port), "--smtp-port", str(smtp_port)]
    process = subprocess.Popen(
        [sys.executable, "-m", "postbox", *ports, "--store", str(folder)],
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
    )
    try:
        for _ in range(200):
            try:
                httpx.get(f"http://127.0.0.1:{http_port}/health/live")
                break
            except httpx.TransportError:
                time.sleep(0.05)
        yield process
    finally:
        process.kill()
        process.wait()


def test_a_killed_postbox_has_every_mail_it_answered_for(tmp_path: Path) -> None:
    http_port, smtp_port = free_port(), free_port()

    with started(tmp_path, http_port, smtp_port) as process:
        line = smtplib.SMTP("127.0.0.1", smtp_port)
        for n in range(5):
            line.sendmail("a@x.example", ["b@x.example"], f"Subject: {n}\r\n\r\n")
        process.send_signal(signal.SIGKILL)
        line.close()
    with started(tmp_path, http_port, smtp_port):
        found = httpx.get(f"http://127.0.0.1:{http_port}/api/messages").json()["items"]

    assert [m["subject"] for m in found] == ["0", "1", "2", "3", "4"]


def test_told_to_stop_it_leaves_in_peace_with_a_line_still_open(tmp_path: Path) -> None:
    smtp_port = free_port()

    with (
        started(tmp_path, free_port(), smtp_port) as process,
        socket.create_connection(("127.0.0.1", smtp_port)) as line,
    ):
        line.recv(100)
        process.terminate()

        assert process.wait(timeout=10) == 0
        assert line.recv(100) == b""
