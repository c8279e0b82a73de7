"""The relay: SMTP lines that stay open, and a mark set between the body and its final dot.

The dot is the moment after which the relay may have the mail. Whoever submits one gets to note
that moment down first, so that a crash afterwards is known as "perhaps sent" and not guessed at.
"""

import asyncio
import socket
import ssl
from collections.abc import Awaitable, Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import cast

import aiosmtplib

from chassis import conventions, tracing
from notifications.addresses import wire_form
from notifications.errors import AddressUnusable, AnswerLost, RelayUnavailable
from notifications.lines import one_line
from notifications.replies import Reply

_DONE, _GO_ON, _LATER, _NEVER = 2, 3, 4, 5
_GOODBYE = 421
_BLOCK = 256 * 1024
# What a connection can throw while it fails. A malformed answer is an SMTPException too.
_TROUBLE = (aiosmtplib.SMTPException, OSError)


@dataclass(frozen=True, slots=True, kw_only=True)
class Relay:
    """Where mail is handed over. With `starttls`, a relay without TLS gets nothing."""

    host: str
    port: int
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    starttls: bool = False
    own_name: str | None = None
    """The name we greet it with; None is this machine's."""
    timeout_seconds: float = 60
    """How long connecting, each command, and taking the body may last."""
    answer_timeout_seconds: float = 600
    """How long the answer to the final dot may take (RFC 5321 4.5.3.2.6)."""
    idle_seconds: float = 30
    """A line unused for longer is replaced, not trusted."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """One mail for one recipient; `content` is a complete RFC 5322 message.

    `files` follow it where it has any, as the wire carries them already: every line ends in CRLF
    and none begins with a dot. Mails to other readers of the same document share them.
    """

    sender: str
    recipient: str
    content: bytes
    files: tuple[bytes, ...] = ()

    @property
    def size(self) -> int:
        """Count its bytes, before dots are doubled."""
        return len(self.content) + sum(map(len, self.files))


class Mailer:
    """Hands mails to one relay over at most `connections` lines, each used by one mail at a time.

    Made and used inside one event loop; `close` ends the idle lines politely.
    """

    def __init__(self, relay: Relay, *, connections: int) -> None:
        self._relay = relay
        self._places = asyncio.Semaphore(connections)
        self._idle: list[tuple[float, _Line]] = []
        self._closed = False
        self._tls = ssl.create_default_context() if relay.starttls else None
        # Never an address of a person: those who watch are not those who may know.
        self._told = conventions.of_server(relay.host, relay.port)

    async def submit(
        self, envelope: Envelope, *, before_dot: Callable[[], Awaitable[None]]
    ) -> Reply:
        """Submit one mail and return the relay's answer, wherever in the dialogue it came.

        `before_dot` is awaited once, when the whole body was written and the final dot was not.
        If it raises, the line is cut without the dot and its error comes through. It is not called
        when the relay refuses the mail earlier.

        Raises:
            RelayUnavailable: the mail was not handed over; submitting again is safe.
            AnswerLost: the dot was written and no answer came within its time.
            AddressUnusable: an address cannot be given to this relay.

        """
        with tracing.step("smtp submit", "client", self._told) as span:
            async with self._places:
                reply = await self._submit(envelope, before_dot)
            span.note({"smtp.reply.code": reply.code})
            if reply.code // 100 != _DONE:
                span.failed(str(reply.code))
            return reply

    async def close(self) -> None:
        """Say goodbye on the idle lines; one still in use is closed when its mail is done."""
        self._closed = True
        idle, self._idle = self._idle, []
        await asyncio.gather(*(line.leave() for _, line in idle))

    async def _submit(self, envelope: Envelope, before_dot: Callable[[], Awaitable[None]]) -> Reply:
        kept = self._take_idle()
        if kept is not None:
            # The relay may have closed the line while it lay idle, which is not this mail's
            # fault: it gets a fresh one.
            with suppress(_NotOffered):
                return await self._submit_over(kept, envelope, before_dot)
        return await self._submit_over(await self._open(), envelope, before_dot)

    async def _submit_over(
        self, line: "_Line", envelope: Envelope, before_dot: Callable[[], Awaitable[None]]
    ) -> Reply:
        try:
            reply = await line.offer(envelope)
            if reply is None:
                reply = await line.hand_over(
                    envelope, before_dot, self._relay.answer_timeout_seconds
                )
            elif reply.code != _GOODBYE:
                await line.forget_mail()
        except BaseException:
            line.cut()
            raise
        self._keep(line, reply)
        return reply

    def _take_idle(self) -> "_Line | None":
        oldest_trusted = asyncio.get_running_loop().time() - self._relay.idle_seconds
        while self._idle:
            since, line = self._idle.pop()
            if line.is_connected and since >= oldest_trusted:
                return line
            line.cut()
        return None

    def _keep(self, line: "_Line", reply: Reply) -> None:
        if self._closed or reply.code == _GOODBYE or not line.in_step:
            line.cut()
            return
        line.reused = True
        self._idle.append((asyncio.get_running_loop().time(), line))

    async def _open(self) -> "_Line":
        relay = self._relay
        line = _Line(
            hostname=relay.host,
            port=relay.port,
            username=relay.username,
            password=relay.password,
            start_tls=relay.starttls,
            tls_context=self._tls,
            timeout=relay.timeout_seconds,
            local_hostname=relay.own_name or socket.gethostname(),
        )
        try:
            await line.connect()
            if line.is_ehlo_or_helo_needed:
                await line.ehlo()
        except BaseException as trouble:
            line.cut()
            # A garbled answer to AUTH is a ValueError.
            if isinstance(trouble, (*_TROUBLE, ValueError)):
                raise RelayUnavailable(_reason(trouble)) from trouble
            raise
        return line


class _NotOffered(RelayUnavailable):
    """The line failed before the relay agreed to take the body."""


class _Line(aiosmtplib.SMTP):
    """One connection, whose DATA stops before the final dot."""

    reused = False
    """Whether it carried a mail before, so that the relay may have tired of it since."""

    @property
    def in_step(self) -> bool:
        """Whether the line is up and the relay has said nothing beyond its last answer.

        More than that would be taken for the answer to the next command.
        """
        return self.protocol is not None and self.is_connected and not self.protocol._buffer  # noqa: SLF001 aiosmtplib has no other way to see it

    async def offer(self, envelope: Envelope) -> Reply | None:
        """Say MAIL, RCPT and DATA; the refusal, or None when the relay waits for the body."""
        sender, recipient = wire_form(envelope.sender), wire_form(envelope.recipient)
        options = self._mail_options(sender + recipient, envelope)
        dialogue = (
            (_DONE, (b"MAIL", b"FROM:<%b>" % sender.encode(), *options)),
            (_DONE, (b"RCPT", b"TO:<%b>" % recipient.encode())),
            (_GO_ON, (b"DATA",)),
        )
        for go_ahead, command in dialogue:
            try:
                reply = Reply.read(*await self.execute_command(*command))
            except _TROUBLE as trouble:
                raise _NotOffered(_reason(trouble)) from trouble
            if reply.code == _GOODBYE and self.reused:
                raise _NotOffered(reply.text)
            if reply.code // 100 in (_LATER, _NEVER):
                return reply
            if reply.code // 100 != go_ahead or not self.in_step:
                raise _NotOffered(f"the relay answered out of turn: {reply.code} {reply.text}")
        return None

    async def hand_over(
        self, envelope: Envelope, before_dot: Callable[[], Awaitable[None]], answer_timeout: float
    ) -> Reply:
        """Send the body, have the mark set, send the dot, and return the answer to it."""
        try:
            async with asyncio.timeout(self.timeout):
                await self._write(_as_sent(envelope.content))
            for block in _blocks(envelope.files):
                async with asyncio.timeout(self.timeout):
                    await self._write(block)
        except _TROUBLE as trouble:
            raise RelayUnavailable(_reason(trouble)) from trouble
        await before_dot()
        if self.protocol is None or not self.is_connected:
            raise RelayUnavailable("the relay went away before the final dot")
        self.protocol.write(b".\r\n")
        try:
            reply = Reply.read(*await self.protocol.read_response(timeout=answer_timeout))
        except _TROUBLE as trouble:
            raise AnswerLost(_reason(trouble)) from trouble
        if reply.code // 100 not in (_DONE, _LATER, _NEVER):
            raise AnswerLost(f"not an answer to a mail: {reply.code} {reply.text}")
        return reply

    async def forget_mail(self) -> None:
        """Make the line ready for the next mail after a refusal, or cut it."""
        try:
            await self.rset()
        except _TROUBLE:
            self.cut()

    async def leave(self) -> None:
        """End the session as RFC 5321 asks, without insisting."""
        with suppress(*_TROUBLE):
            await self.quit(timeout=5)
        self.cut()

    def cut(self) -> None:
        """Close the connection at once; what was not yet written never will be."""
        if self.transport is not None:
            cast("asyncio.WriteTransport", self.transport).abort()
        self.close()

    async def _write(self, content: bytes | memoryview) -> None:
        if self.protocol is None:
            raise aiosmtplib.SMTPServerDisconnected("the relay went away before the body")
        # Whatever is written is copied or gone when this returns: a view of it will do.
        self.protocol.write(cast("bytes", content))
        await self.protocol._drain_helper()  # noqa: SLF001 the contract of asyncio's flow control

    def _mail_options(self, addresses: str, envelope: Envelope) -> list[bytes]:
        options = []
        if self.supports_extension("size"):
            options.append(b"SIZE=%d" % envelope.size)
        if self.supports_extension("8bitmime") and not envelope.content.isascii():
            options.append(b"BODY=8BITMIME")
        if not addresses.isascii():
            if not self.supports_extension("smtputf8"):
                raise AddressUnusable("this relay takes no address beyond ASCII")
            options.append(b"SMTPUTF8")
        return options


def _as_sent(content: bytes) -> bytes:
    """Write the body as DATA carries it, without its final dot.

    Every line ends in CRLF and a leading dot is doubled (RFC 5321 4.5.2), so that nothing in
    the content can be read as the end of the mail.
    """
    body = content.replace(b"\r\n", b"\n").replace(b"\r", b"\n").replace(b"\n", b"\r\n")
    if not body.endswith(b"\r\n"):
        body += b"\r\n"
    return (b"\r\n" + body).replace(b"\r\n.", b"\r\n..")[2:]


def _blocks(files: Iterable[bytes]) -> Iterator[memoryview]:
    """Cut files into blocks, each of which has its own time: a slow relay is no relay away."""
    for each in files:
        whole = memoryview(each)
        for start in range(0, len(whole), _BLOCK):
            yield whole[start : start + _BLOCK]


def _reason(trouble: BaseException) -> str:
    return one_line(str(trouble) or type(trouble).__name__, limit=200)
