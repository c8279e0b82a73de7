"""A relay that costs little: it takes every mail, keeps none, and notes when each one came.

    with sink.running() as relay:
        ...  # send to 127.0.0.1, relay.port
        relay.count()
        relay.times()["a correlation id"]

A process of its own, on uvloop. It answers commands strictly in the order they come, several to a
write when they were sent together, and nothing it says depends on what a mail holds.
"""

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, Self

import uvloop

_GREETING = b"220 sink ESMTP\r\n"
_HELLO = b"".join(
    b"250-%b\r\n" % word
    for word in (b"sink", b"PIPELINING", b"SIZE 104857600", b"8BITMIME", b"SMTPUTF8")
)
_HELLO += b"250 ENHANCEDSTATUSCODES\r\n"
_OK = b"250 2.0.0 Ok\r\n"
_GO_AHEAD = b"354 End data with <CR><LF>.<CR><LF>\r\n"
_TAKEN = b"250 2.0.0 Ok: taken\r\n"
_BYE = b"221 2.0.0 Bye\r\n"
_UNKNOWN = b"502 5.5.2 Unknown command\r\n"
_END = b"\r\n.\r\n"
_ASKED = b"\r\nx-correlation-id:"
_ANSWERS = {b"EHLO": _HELLO, b"HELO": _OK, b"MAIL": _OK, b"RSET": _OK, b"NOOP": _OK}
_VERB = 4
_STOP_SECONDS = 10


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail that was taken: when its final dot came, in monotonic seconds, and whose it was."""

    at: float
    correlation_id: str
    recipient: str


class Sink:
    """A running sink, asked from outside. Each question waits for its answer."""

    def __init__(self, process: subprocess.Popen[str], port: int) -> None:
        """Take what `running` has started."""
        self.port = port
        self.pid = process.pid
        self._to, self._from = _pipes(process)

    def count(self) -> int:
        """Return how many mails were taken since the last reset."""
        return int(self._ask("count"))

    def reset(self) -> None:
        """Forget every mail."""
        self._ask("reset")

    def mails(self) -> list[Mail]:
        """Return every mail, in the order they were taken."""
        return [Mail(*row) for row in json.loads(self._ask("mails"))]

    def times(self) -> dict[str, list[float]]:
        """Return when mails were taken, by their correlation id."""
        found: dict[str, list[float]] = {}
        for mail in self.mails():
            found.setdefault(mail.correlation_id, []).append(mail.at)
        return found

    async def until(self, count: int, *, seconds: float) -> int:
        """Wait until so many mails were taken; return how many were when the time was up."""
        deadline = time.monotonic() + seconds
        # Another process counts.
        while (taken := self.count()) < count and time.monotonic() < deadline:  # noqa: ASYNC110
            await asyncio.sleep(0.05)
        return taken

    def _ask(self, what: str) -> str:
        self._to.write(f"{what}\n")
        self._to.flush()
        return self._from.readline()


@contextmanager
def running(port: int = 0) -> Iterator[Sink]:
    """Run a sink on 127.0.0.1, on a free port unless one is named."""
    process = subprocess.Popen(  # noqa: S603
        [sys.executable, __file__, str(port)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        try:
            yield Sink(process, int(_pipes(process)[1].readline()))
        finally:
            process.terminate()
            process.wait(_STOP_SECONDS)


def _pipes(process: subprocess.Popen[str]) -> tuple[IO[str], IO[str]]:
    if process.stdin is None or process.stdout is None:
        raise ValueError("a process without pipes")
    return process.stdin, process.stdout


class _Line(asyncio.Protocol):
    """One connection."""

    def __init__(self, mails: list[tuple[float, str, str]]) -> None:
        self._mails = mails
        self._buffer = bytearray()
        self._searched = 0
        self._in_body = False
        self._recipient = ""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport: asyncio.Transport = transport  # type: ignore[assignment]
        self._transport.write(_GREETING)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        answers = bytearray()
        while (answer := self._next()) is not None:
            answers += answer
        if answers:
            self._transport.write(bytes(answers))
            if answers.endswith(_BYE):
                self._transport.close()

    def _next(self) -> bytes | None:
        """Take the next command or body off the buffer; None when it is not whole yet."""
        return self._body() if self._in_body else self._command()

    def _command(self) -> bytes | None:
        end = self._buffer.find(b"\r\n")
        if end < 0:
            return None
        line = bytes(self._buffer[:end])
        verb = line[:_VERB].upper()
        if verb == b"DATA":
            # The line end of the command stays: a body may be nothing but its dot.
            del self._buffer[:end]
            self._in_body, self._searched = True, 0
            return _GO_AHEAD
        del self._buffer[: end + 2]
        if verb == b"RCPT":
            self._recipient = line[line.find(b"<") + 1 : line.rfind(b">")].decode(errors="replace")
            return _OK
        if verb == b"QUIT":
            self._buffer.clear()
            return _BYE
        return _ANSWERS.get(verb, _UNKNOWN)

    def _body(self) -> bytes | None:
        end = self._buffer.find(_END, self._searched)
        if end < 0:
            self._searched = max(0, len(self._buffer) - len(_END))
            return None
        at = time.monotonic()
        head = bytes(self._buffer[: self._buffer.find(b"\r\n\r\n", 0, end)])
        del self._buffer[: end + len(_END)]
        self._in_body = False
        begin = head.lower().find(_ASKED) + len(_ASKED)
        found = head[begin:].split(b"\r\n", 1)[0].strip() if begin >= len(_ASKED) else b""
        self._mails.append((at, found.decode(errors="replace"), self._recipient))
        return _TAKEN


class _Questions(asyncio.Protocol):
    """What the one who started the sink asks, a word a line."""

    def __init__(self, mails: list[tuple[float, str, str]], over: asyncio.Event) -> None:
        self._mails = mails
        self._over = over
        self._buffer = b""

    def data_received(self, data: bytes) -> None:
        *asked, self._buffer = (self._buffer + data).split(b"\n")
        for word in asked:
            answer = str(len(self._mails))
            if word == b"reset":
                self._mails.clear()
            elif word == b"mails":
                answer = json.dumps(self._mails)
            print(answer, flush=True)

    def connection_lost(self, _exc: Exception | None) -> None:
        self._over.set()

    @classmethod
    async def read(cls, mails: list[tuple[float, str, str]]) -> asyncio.Event:
        """Begin to listen to standard input; the event says that nobody asks any more."""
        over = asyncio.Event()

        def made() -> Self:
            return cls(mails, over)

        await asyncio.get_running_loop().connect_read_pipe(made, sys.stdin)
        return over


async def _serve(port: int) -> None:
    mails: list[tuple[float, str, str]] = []
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: _Line(mails), "127.0.0.1", port, backlog=512)
    over = await _Questions.read(mails)
    print(server.sockets[0].getsockname()[1], flush=True)
    await over.wait()


if __name__ == "__main__":
    uvloop.run(_serve(int(sys.argv[1])))
