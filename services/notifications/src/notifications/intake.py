"""The port that mails come back to: a small SMTP server that takes a report and nothing else.

A recipient is a return path of ours, or it is refused at RCPT. What was taken is answered with 250
only after it was stored; what could not be stored is answered with 451, and comes again.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from uuid import UUID

import structlog
from aiosmtpd.smtp import SMTP, Envelope, Session

from notifications.errors import StoreAway

log = structlog.get_logger()

_MOST_LINES = 50
_MOST_COMMANDS = 100
_SILENCE_SECONDS = 60
_CLOSING_SECONDS = 5
_LAST_WORDS_SECONDS = 0.05

LetterOf = Callable[[str], UUID | None]
"""Returns whose return path an address is."""

Store = Callable[[UUID, bytes], Awaitable[None]]
"""Stores what came back for a letter; it cannot be lost once this returns. Raises ``StoreAway``."""


class Intake:
    """The listener, its open lines, and what is being stored."""

    name = "bounces"

    def __init__(
        self, host: str, port: int, *, letter_of: LetterOf, store: Store, largest: int
    ) -> None:
        """Prepare to listen; with port 0 the first ``open`` picks one."""
        self.port = port
        self.letter_of = letter_of
        self.largest = largest
        self.lines: set[_Line] = set()
        self._host = host
        self._store = store
        self._storing: set[asyncio.Task[None]] = set()
        self._listener: asyncio.Server | None = None

    async def open(self) -> None:
        """Listen. Raises ``OSError`` while the port cannot be had."""
        # It says who writes to whom, which no log of ours does.
        logging.getLogger("mail.log").setLevel(logging.CRITICAL)
        self._listener = await asyncio.get_running_loop().create_server(
            lambda: _Line(self), self._host, self.port, backlog=_MOST_LINES
        )
        self.port = self._listener.sockets[0].getsockname()[1]

    async def close(self) -> None:
        """Take no more lines, answer for what is being stored, then hang up."""
        if self._listener is not None:
            self._listener.close()
            self._listener = None
        if self._storing:
            await asyncio.wait(self._storing, timeout=_CLOSING_SECONDS)
            await asyncio.sleep(_LAST_WORDS_SECONDS)
        for line in list(self.lines):
            line.hang_up()

    async def trouble(self) -> str | None:
        """Say why no mail can come back at this moment, or None."""
        return None if self._listener is not None else f"port {self.port} is not open"

    async def keep(self, letter_id: UUID, content: bytes) -> None:
        """Store what came, even if the line it came by is lost meanwhile."""
        storing = asyncio.create_task(self._keep(letter_id, content))
        self._storing.add(storing)
        storing.add_done_callback(self._kept)
        await asyncio.shield(storing)

    async def _keep(self, letter_id: UUID, content: bytes) -> None:
        await self._store(letter_id, content)

    def _kept(self, storing: asyncio.Task[None]) -> None:
        self._storing.discard(storing)
        trouble = None if storing.cancelled() else storing.exception()
        if trouble is not None and not isinstance(trouble, StoreAway):
            log.error("bounce_not_stored", exc_info=trouble)


class _Line(SMTP):
    """One connection. More than there may be are told to come again."""

    # A returned mail may have lines longer than a mail should; its report is wanted all the same.
    line_length_limit = 64 * 1024

    def __init__(self, intake: Intake) -> None:
        self._lines = intake.lines
        super().__init__(
            _Answers(intake),
            data_size_limit=intake.largest,
            command_call_limit=_MOST_COMMANDS,
            enable_SMTPUTF8=True,
            hostname="bounces.localhost",  # else the DNS is asked for our name on each connection
            ident="Postkamer bounces",
            timeout=_SILENCE_SECONDS,
            loop=asyncio.get_running_loop(),
        )

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        if len(self._lines) >= _MOST_LINES and isinstance(transport, asyncio.WriteTransport):
            transport.write(b"421 4.3.2 too many lines, try later\r\n")
            transport.close()
        else:
            self._lines.add(self)

    def connection_lost(self, error: Exception | None) -> None:
        self._lines.discard(self)
        super().connection_lost(error)

    def hang_up(self) -> None:
        """Close when what was already answered has gone out."""
        if self.transport is not None:
            self.transport.close()


class _Answers:
    """What aiosmtpd asks of us; replies carry enhanced status codes (RFC 3463)."""

    def __init__(self, intake: Intake) -> None:
        self._intake = intake

    async def handle_RCPT(  # noqa: N802 (the name aiosmtpd calls)
        self, _line: _Line, _session: Session, envelope: Envelope, recipient: str, _: list[str]
    ) -> str:
        """Take a return path of ours, one for each mail."""
        if self._intake.letter_of(recipient) is None:
            return "550 5.1.1 nobody here is called that"
        if envelope.rcpt_tos:
            return "452 4.5.3 one recipient for each mail"
        envelope.rcpt_tos.append(recipient)
        return "250 2.1.5 it may come back"

    async def handle_DATA(  # noqa: N802 (the name aiosmtpd calls)
        self, _line: _Line, _session: Session, envelope: Envelope
    ) -> str:
        """Store, then answer."""
        letter_id = self._intake.letter_of(envelope.rcpt_tos[0])
        if letter_id is None:
            return "550 5.1.1 nobody here is called that"
        try:
            await self._intake.keep(letter_id, envelope.original_content or b"")
        except StoreAway:
            return "451 4.3.0 it cannot be stored at this moment"
        return "250 2.0.0 stored"

    async def handle_exception(self, _error: Exception) -> str:
        """Let whatever else went wrong come again; the log has it."""
        return "451 4.3.0 it could not be taken"
