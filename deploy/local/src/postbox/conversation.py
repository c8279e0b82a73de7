"""One SMTP connection: aiosmtpd speaks the protocol, here are our answers and our faults."""

import asyncio
import logging
from secrets import SystemRandom

from aiosmtpd.smtp import SMTP, Envelope, Session

from postbox import reading
from postbox.faults import LONGEST_DELAY_MS
from postbox.intake import Intake

LARGEST_MAIL = 35 * 1024 * 1024
_DOT = b"\r\n.\r\n"
_LONGEST_LINE = 999
_AT_ONCE = 1024 * 1024

log = logging.getLogger("postbox")
_chance = SystemRandom().random


class Conversation(SMTP):
    """The protocol, with a line that can be cut."""

    def __init__(self, intake: Intake, open_lines: "set[Conversation]") -> None:
        """Bring mails to the intake, and stand among the open lines while connected."""
        self._intake = intake
        self._open_lines = open_lines
        super().__init__(
            Answers(intake),
            data_size_limit=LARGEST_MAIL,
            enable_SMTPUTF8=True,
            hostname="postbox.localhost",  # else the DNS is asked for our name on each connection
            ident="Postkamer postbox",
            timeout=LONGEST_DELAY_MS / 1000 + 300,
            loop=asyncio.get_running_loop(),
        )

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Note the open line; one accepted just before the port went down is cut at once."""
        super().connection_made(transport)
        self._open_lines.add(self)
        if self._intake.faults.down:
            self.cut()

    def connection_lost(self, error: Exception | None) -> None:
        """Forget the line."""
        self._open_lines.discard(self)
        super().connection_lost(error)

    def hang_up(self) -> None:
        """Close when what was already answered has gone out."""
        if self.transport is not None:
            self.transport.close()

    def cut(self) -> None:
        """Close without another byte."""
        if isinstance(self.transport, asyncio.WriteTransport):
            self.transport.abort()

    def end_without_reply(self) -> None:
        """Cut the line and leave: aiosmtpd takes a cancelled command as the end of it all."""
        self.cut()
        raise asyncio.CancelledError

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802 - the name aiosmtpd calls
        """Take a body, or cut the line inside it when told to."""
        if self.envelope is None or not self.envelope.rcpt_tos or arg:
            await super().smtp_DATA(arg)
            return
        await self.push("354 End data with <CR><LF>.<CR><LF>")
        if _chance() < self._intake.faults.drop_before_dot:
            await self._reader.read(1)
            self.end_without_reply()
        body = await self._body()
        if body is None:
            reply = "552 5.3.4 too much mail data"
        elif any(len(line) > _LONGEST_LINE for line in body.split(b"\r\n")):
            reply = "500 5.6.0 a line is too long (RFC 5321 4.5.3.1.6)"
        else:
            self.envelope.content = self.envelope.original_content = body
            reply = await self.event_handler.handle_DATA(self, self.session, self.envelope)
        self._set_post_data_state()  # type: ignore[no-untyped-call]
        await self.push(reply)

    async def _body(self) -> bytes | None:
        """Read up to the final dot; None if it is more than is taken.

        aiosmtpd reads line by line, which costs more than all else that is done for a mail.
        """
        read, looked, too_much = bytearray(b"\r\n"), 0, False
        while (end := read.find(_DOT, looked)) < 0:
            news = await self._reader.read(_AT_ONCE)
            if not news:
                self.end_without_reply()
            read += news
            if len(read) > LARGEST_MAIL + len(_DOT):
                too_much = True
                del read[: -len(_DOT) - len(news)]
            looked = max(0, len(read) - len(news) - len(_DOT))
        # What came after the dot belongs to the next commands.
        self._reader.feed_data(bytes(read[end + len(_DOT) :]))
        # A dot at the beginning of a line was put there for the way (RFC 5321 4.5.2).
        return None if too_much else bytes(read[: end + 2]).replace(b"\r\n.", b"\r\n")[2:]


class Answers:
    """What aiosmtpd asks of us; replies carry enhanced status codes (RFC 3463)."""

    def __init__(self, intake: Intake) -> None:
        """Answer for this intake."""
        self._intake = intake

    async def handle_RCPT(  # noqa: N802 - the name aiosmtpd calls
        self, _line: SMTP, _session: Session, envelope: Envelope, recipient: str, _: list[str]
    ) -> str:
        """Take any recipient that no fault refuses."""
        refusal = self._intake.faults.reply_to(recipient, _chance)
        if refusal is not None:
            return refusal
        envelope.rcpt_tos.append(recipient)
        return "250 2.1.5 recipient taken"

    async def handle_DATA(  # noqa: N802 - the name aiosmtpd calls
        self, line: Conversation, _session: Session, envelope: Envelope
    ) -> str:
        """Store, wait if told to, then answer or cut the line."""
        source = envelope.original_content or b""
        sender = "" if envelope.mail_from in {None, "<>"} else reading.clean(envelope.mail_from)
        recipients = [reading.clean(recipient) for recipient in envelope.rcpt_tos]
        try:
            letter = await self._intake.keep(sender, recipients, source)
        except OSError as error:
            log.warning("mail_not_stored reason=%s", error)
            return "452 4.3.1 could not be stored, try later"
        log.info("mail_stored id=%s bytes=%d", letter.id, len(source))
        self._intake.send_back(letter, source)

        faults = self._intake.faults
        await asyncio.sleep(faults.delay_ms / 1000)
        if _chance() < faults.drop_after_dot:
            line.end_without_reply()
        return f"250 2.0.0 stored as {letter.id}"
