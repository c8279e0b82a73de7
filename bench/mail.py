"""Sending mail alone: our mailer beside smtp-source, the load generator in C of Postfix itself.

Both send the same ready messages over 16 lines to the same real Postfix, in turn: no database, no
composing, a mark before the dot that costs nothing. The relay has a configuration and a queue of
its own, listens on the loopback, has no transport that could send anything, and throws away what
it accepted. Medians.

    python bench/mail.py [--full]

Postfix is Debian's package. As root it is installed when it is missing; else this is skipped.
"""

import argparse
import asyncio
import json
import os
import resource
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from statistics import median
from typing import Any

import uvloop

from notifications.mailer import Envelope, Mailer, Relay

RESULTS = Path(__file__).parent / "results"
BAR = 0.7
LINES = 16
_SENDER, _RECIPIENT = "sender@load.example", "reader@load.example"
# Mails of each size in a round.
_SIZES = {2_500: 2000, 100_000: 400}
_QUICK_ROUNDS, _FULL_ROUNDS = 5, 15
_START_SECONDS = 20
_PATIENCE_SECONDS = 120

_MAIN = """
compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/data
maillog_file = {folder}/log
myhostname = relay.load.example
mydestination =
local_recipient_maps =
mynetworks = 127.0.0.1
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
smtpd_relay_restrictions = permit_mynetworks, reject
default_transport = discard:
relay_transport = discard:
local_transport = discard:
virtual_transport = discard:
default_process_limit = 100
in_flow_delay = 0
alias_maps =
alias_database =
"""
# There is no smtp, local or pipe here: what is accepted has nowhere to go.
_MASTER = """
127.0.0.1:{port} inet n - n - - smtpd
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
anvil unix - - n - 1 anvil
postlog unix-dgram n - n - 1 postlogd
"""


class NoPostfix(Exception):
    """There is no Postfix here, and it cannot be had."""


def have_postfix() -> None:
    """Install Debian's package if it is missing. Raises ``NoPostfix``."""
    if os.geteuid() != 0:
        raise NoPostfix("only root can start Postfix")
    if shutil.which("smtp-source") and shutil.which("postfix"):
        return
    if not shutil.which("apt-get"):
        raise NoPostfix("there is no Postfix, and no apt-get to install it")
    # Installed without a configuration, it starts nothing and listens nowhere.
    answer = "postfix postfix/main_mailer_type select No configuration\n"
    habits = {"DEBIAN_FRONTEND": "noninteractive", "PATH": os.defpath}
    for command in (
        ["debconf-set-selections"],
        ["apt-get", "update", "-qq"],
        ["apt-get", "install", "-qq", "--no-install-recommends", "postfix"],
    ):
        done = subprocess.run(  # noqa: S603
            command, input=answer, capture_output=True, text=True, env=habits, check=False
        )
    if done.returncode:
        raise NoPostfix(f"apt-get cannot install it: {done.stderr.strip()[-200:]}")


@contextmanager
def postfix() -> Iterator[tuple[int, Path]]:
    """Run a Postfix of our own; return its port and its queue. Raises ``NoPostfix``."""
    have_postfix()
    # Where its own users may pass, and on a disk: it writes each mail through to it.
    folder = Path(tempfile.mkdtemp(prefix="postkamer-bench-", dir="/var/tmp"))
    folder.chmod(0o755)
    port = _free_port()
    for name in ("etc", "queue", "data"):
        (folder / name).mkdir()
    shutil.chown(folder / "data", "postfix")
    (folder / "etc" / "main.cf").write_text(_MAIN.format(folder=folder))
    (folder / "etc" / "master.cf").write_text(_MASTER.format(port=port))
    ours = ["postfix", "-c", str(folder / "etc")]
    try:
        started = subprocess.run(  # noqa: S603
            [*ours, "start"], capture_output=True, text=True, check=False
        )
        if started.returncode:
            raise NoPostfix(f"it does not start: {started.stderr.strip()[-400:]}")
        _until_it_listens(port)
        yield port, folder / "queue"
    finally:
        subprocess.run([*ours, "stop"], capture_output=True, check=False)  # noqa: S603
        shutil.rmtree(folder, ignore_errors=True)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _until_it_listens(port: int) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1) as line:
            if line.recv(100).startswith(b"220"):
                return
        time.sleep(0.1)
    raise NoPostfix("it does not answer")


def message(size: int) -> bytes:
    """Return a message of about so many bytes, in lines that nothing has to rewrite."""
    head = (
        f"From: <{_SENDER}>\r\nTo: <{_RECIPIENT}>\r\nSubject: Invoice\r\n"
        "Date: Mon, 02 Mar 2026 09:00:00 +0000\r\nMessage-ID: <bench@load.example>\r\n"
        "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"
    )
    line = "x" * 74 + "\r\n"
    return (head + line * ((size - len(head)) // len(line))).encode()


async def ours(port: int, content: bytes, count: int) -> None:
    """Send a message so often with our mailer."""
    relay = Relay(host="127.0.0.1", port=port, own_name="localhost")
    mailer = Mailer(relay, connections=LINES)
    envelope = Envelope(_SENDER, _RECIPIENT, content)
    left = iter(range(count))

    async def mark() -> None:
        pass

    async def send() -> None:
        for _ in left:
            reply = await mailer.submit(envelope, before_dot=mark)
            if reply.code // 100 != 2:  # noqa: PLR2004 RFC 5321, 4.2.1
                raise RuntimeError(f"not accepted: {reply.code} {reply.text}")

    await asyncio.gather(*(send() for _ in range(LINES)))
    await mailer.close()


def theirs(port: int, content: bytes, count: int) -> None:
    """Send a message so often with smtp-source, over lines that it keeps."""
    with tempfile.NamedTemporaryFile() as file:
        file.write(content.replace(b"\r\n", b"\n"))
        file.flush()
        habits = ("-4", "-d", "-s", str(LINES), "-m", str(count), "-F", file.name)
        whom = ("-f", _SENDER, "-t", _RECIPIENT, f"127.0.0.1:{port}")
        subprocess.run(["smtp-source", *habits, *whom], check=True, timeout=_PATIENCE_SECONDS)  # noqa: S603 S607


def measure(rounds: int) -> dict[str, Any]:
    """Measure both in turn and print the table."""
    runs = []
    print(f"to Postfix over {LINES} lines, {rounds} rounds, medians")
    print(f"{'bytes':>7} {'ours/s':>8} {'smtp-source/s':>14} {'ratio':>6}  bar        CPU us/mail")
    with postfix() as (port, queue):
        for size, count in _SIZES.items():
            content = message(size)
            took: dict[str, list[float]] = {"ours": [], "theirs": []}
            cost: dict[str, list[float]] = {"ours": [], "theirs": []}
            for turn in range(rounds + 1):
                for name, seconds, cpu in (
                    _ours(port, content, count),
                    _theirs(port, content, count),
                ):
                    if turn:  # the first warms up
                        took[name].append(count / seconds)
                        cost[name].append(cpu / count * 1e6)
                    _until_empty(queue)
            mine, c = median(took["ours"]), median(took["theirs"])
            costs = {name: median(each) for name, each in cost.items()}
            print(
                f"{size:>7} {mine:>8.0f} {c:>14.0f} {mine / c:>6.2f}  at least {BAR}"
                f"  {costs['ours']:.0f} and {costs['theirs']:.0f}"
            )
            runs.append({"bytes": size, "mails": count, "ratio": mine / c, "cpu_us": costs} | took)
    return {"bar": BAR, "lines": LINES, "runs": runs}


def _ours(port: int, content: bytes, count: int) -> tuple[str, float, float]:
    began, used = time.perf_counter(), time.process_time()
    uvloop.run(asyncio.wait_for(ours(port, content, count), _PATIENCE_SECONDS))
    return "ours", time.perf_counter() - began, time.process_time() - used


def _theirs(port: int, content: bytes, count: int) -> tuple[str, float, float]:
    began, used = time.perf_counter(), _of_children()
    theirs(port, content, count)
    return "theirs", time.perf_counter() - began, _of_children() - used


def _of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _until_empty(queue: Path) -> None:
    """Wait until the relay has thrown everything away, so that it works on one round at a time."""
    deadline = time.monotonic() + _START_SECONDS
    while any(
        each.is_file() for name in ("incoming", "active") for each in (queue / name).rglob("*")
    ):
        if time.monotonic() > deadline:
            raise RuntimeError("the relay keeps what it should throw away")
        time.sleep(0.05)


def main() -> None:
    """Measure and keep the figures, or say why not."""
    wanted = argparse.ArgumentParser(description="mail sending alone, beside smtp-source")
    wanted.add_argument("--full", action="store_true", help="more rounds")
    rounds = _FULL_ROUNDS if wanted.parse_args().full else _QUICK_ROUNDS
    # Told to end, it ends what it has started.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        kept = measure(rounds)
    except NoPostfix as reason:
        sys.stderr.write(f"skipped: {reason}\n")
        kept = {"skipped": str(reason)}
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "mail.json").write_text(json.dumps(kept, indent=2) + "\n")


if __name__ == "__main__":
    main()
