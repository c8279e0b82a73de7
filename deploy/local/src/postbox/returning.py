"""Sends mails back, as a relay would that took one and could not get rid of it (RFC 3461, 3464)."""

import asyncio
import logging
import re
import smtplib
from datetime import UTC, datetime
from email.utils import format_datetime, make_msgid

from postbox import reading
from postbox.store import Letter

HOSTNAME = "postbox.localhost"
_PAUSES_SECONDS = (1, 2, 5, 10, 30)
_TIMEOUT_SECONDS = 30
_MOST_AT_ONCE = 16
_ENHANCED = re.compile(r"[45]\.\d{1,3}\.\d{1,3}(?!\d)")
_DONE = 2
_REPORT = """\
From: Mail Delivery System <MAILER-DAEMON@{host}>
To: {to}
Subject: Mail delivery report
Date: {now}
Message-ID: {id}
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="{boundary}"

--{boundary}
Content-Type: text/plain; charset=us-ascii

Your mail could not be delivered: {reply}

--{boundary}
Content-Type: message/delivery-status

Reporting-MTA: dns; {host}
Arrival-Date: {now}

Final-Recipient: rfc822; {recipient}
Action: {action}
Status: {status}
Diagnostic-Code: smtp; {reply}

--{boundary}
Content-Type: text/rfc822-headers

{header}
--{boundary}--
""".replace("\n", "\r\n")

log = logging.getLogger("postbox")


class Returning:
    """Takes mails back to their envelope's sender, by the port that bounces are taken in at."""

    def __init__(self, port: int | None, host: str = "127.0.0.1") -> None:
        """Bring them to this port; without one nothing can come back."""
        self._port = port
        self._host = host
        self._under_way: set[asyncio.Task[None]] = set()
        self._places = asyncio.Semaphore(_MOST_AT_ONCE)

    def send_back(self, letter: Letter, source: bytes, recipient: str, reply: str) -> None:
        """Send a mail back for what a server is said to have answered; nobody waits for it.

        A 4xx is told as a delay, a 5xx as a failure. What came from nobody goes back to nobody.
        """
        if self._port is None or not letter.facts.envelope_sender:
            log.warning("mail_not_sent_back id=%s", letter.id)
            return
        report = report_of(letter, source, recipient, reply)
        bringing = asyncio.create_task(self._bring(letter, report))
        self._under_way.add(bringing)
        bringing.add_done_callback(self._under_way.discard)

    async def stop(self) -> None:
        """Give up what was not brought yet."""
        for bringing in self._under_way:
            bringing.cancel()
        await asyncio.gather(*self._under_way, return_exceptions=True)

    async def _bring(self, letter: Letter, report: bytes) -> None:
        for pause in (*_PAUSES_SECONDS, None):
            async with self._places:
                to = letter.facts.envelope_sender
                taken = await asyncio.to_thread(_deliver, self._host, self._port or 0, to, report)
            if taken is not None:
                log.info("mail_sent_back id=%s taken=%s", letter.id, taken)
                return
            if pause is not None:
                await asyncio.sleep(pause)
        log.warning("mail_not_sent_back id=%s", letter.id)


def report_of(letter: Letter, source: bytes, recipient: str, reply: str) -> bytes:
    """Write the report: for people, for programs, and the header of the mail it is about."""
    code, _, words = reply.partition(" ")
    enhanced = _ENHANCED.match(words)
    header = "".join(f"{name}: {value}\r\n" for name, value in reading.raw_headers(source))
    report = _REPORT.format(
        host=HOSTNAME,
        to=letter.facts.envelope_sender,
        now=format_datetime(datetime.now(UTC)),
        id=make_msgid(domain=HOSTNAME),
        boundary=f"report-{letter.id}",
        recipient=recipient,
        action="delayed" if code.startswith("4") else "failed",
        status=enhanced[0] if enhanced else f"{code[0]}.0.0",
        reply=reply,
        header=header,
    )
    return report.encode("ascii", "replace")


def _deliver(host: str, port: int, to: str, report: bytes) -> bool | None:
    """Bring a report; None says that it should be brought again later."""
    try:
        with smtplib.SMTP(host, port, HOSTNAME, timeout=_TIMEOUT_SECONDS) as line:
            line.ehlo()
            code, _ = line.mail("")
            if code // 100 == _DONE:
                code, _ = line.rcpt(to)
            if code // 100 == _DONE:
                code, _ = line.data(report)
    except (OSError, smtplib.SMTPException):
        return None
    return None if code // 100 == 4 else code // 100 == _DONE  # noqa: PLR2004 (RFC 5321: not now)
