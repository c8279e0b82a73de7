"""A mail that was taken comes back to its envelope's sender, as a relay would send it."""

import asyncio
import email
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP

from postbox import returning
from postbox.testing import Running, running

MAIL = b"From: a@lease.example\r\nMessage-ID: <1@lease.example>\r\nSubject: Hello\r\n\r\nText\r\n"
BACK = "b+1@bounce.example"


class Sender:
    """Where mails come back to: keeps them, after as many refusals as it was told."""

    def __init__(self) -> None:
        self.came: list[tuple[str | None, list[str], bytes]] = []
        self.answers: list[str] = []
        self.tries = 0

    async def handle_DATA(self, _line: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        self.tries += 1
        answer = self.answers.pop(0) if self.answers else "250 2.0.0 taken"
        if answer.startswith("250"):
            self.came.append((envelope.mail_from, envelope.rcpt_tos, envelope.content))
        return answer

    async def first(self) -> tuple[str | None, list[str], bytes]:
        async with asyncio.timeout(10):
            while not self.came:  # noqa: ASYNC110 - it comes from another thread
                await asyncio.sleep(0.01)
        return self.came[0]


@pytest.fixture
def sender() -> Sender:
    return Sender()


@pytest.fixture
async def postbox(
    tmp_path: Path, sender: Sender, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Running]:
    monkeypatch.setattr(returning, "_PAUSES_SECONDS", (0.05, 0.05))
    loop = asyncio.get_running_loop()
    listener = await loop.create_server(
        lambda: SMTP(sender, hostname="test.example", loop=loop), "127.0.0.1", 0
    )
    async with running(tmp_path, listener.sockets[0].getsockname()[1]) as opened:
        yield opened
    listener.close()


def taken_apart(report: bytes) -> tuple[Any, Any, Any, str]:
    """Return the report, its two groups of fields, and the header of the mail it is about."""
    whole = email.message_from_bytes(report)
    _, status, header = whole.get_payload()
    of_mail, of_recipient = status.get_payload()
    return whole, of_mail, of_recipient, header.get_payload()


async def test_a_mail_comes_back_as_a_failure_with_what_the_server_said(
    postbox: Running, sender: Sender
) -> None:
    """N-09"""
    await postbox.set_faults(bounce={"^gone@": "550 5.1.1 no such user"})

    code, _ = await postbox.send(MAIL, to="gone@korenaar.example", sender=BACK)

    mail_from, recipients, report = await sender.first()
    whole, of_mail, of_recipient, header = taken_apart(report)
    assert code == 250
    assert len(await postbox.messages()) == 1
    assert (mail_from, recipients) == ("<>", [BACK])
    assert whole.get_content_type() == "multipart/report"
    assert whole.get_param("report-type") == "delivery-status"
    assert whole["Auto-Submitted"] == "auto-replied"
    assert of_mail["Reporting-MTA"] == "dns; postbox.localhost"
    assert of_recipient["Final-Recipient"] == "rfc822; gone@korenaar.example"
    assert (of_recipient["Action"], of_recipient["Status"]) == ("failed", "5.1.1")
    assert of_recipient["Diagnostic-Code"] == "smtp; 550 5.1.1 no such user"
    assert "Message-ID: <1@lease.example>" in header


async def test_a_4xx_is_told_as_a_delay_and_a_reply_without_a_code_as_its_class(
    postbox: Running, sender: Sender
) -> None:
    await postbox.set_faults(bounce={"^slow@": "451 try later"})

    await postbox.send(MAIL, to="slow@korenaar.example", sender=BACK)

    _, _, of_recipient, _ = taken_apart((await sender.first())[2])
    assert (of_recipient["Action"], of_recipient["Status"]) == ("delayed", "4.0.0")


async def test_a_mail_to_anybody_else_does_not_come_back(postbox: Running, sender: Sender) -> None:
    await postbox.set_faults(bounce={"^gone@": "550 5.1.1 no such user"})

    await postbox.send(MAIL, to="els@korenaar.example", sender=BACK)
    await postbox.send(MAIL, to="gone@korenaar.example", sender=BACK)

    await sender.first()
    await asyncio.sleep(0.1)
    assert len(sender.came) == 1


async def test_it_is_brought_again_when_nobody_could_take_it(
    postbox: Running, sender: Sender
) -> None:
    sender.answers = ["451 4.3.0 not now", "451 4.3.0 not now"]
    await postbox.set_faults(bounce={"^gone@": "550 5.1.1 no such user"})

    await postbox.send(MAIL, to="gone@korenaar.example", sender=BACK)

    await sender.first()
    assert sender.tries == 3


async def test_it_is_not_brought_again_when_it_is_not_wanted(
    postbox: Running, sender: Sender
) -> None:
    sender.answers = ["550 5.1.1 nobody", "250 2.0.0 taken"]
    await postbox.set_faults(bounce={"^gone@": "550 5.1.1 no such user"})

    await postbox.send(MAIL, to="gone@korenaar.example", sender=BACK)

    await asyncio.sleep(0.5)
    assert (sender.tries, sender.came) == (1, [])


async def test_what_came_from_nobody_goes_back_to_nobody(postbox: Running, sender: Sender) -> None:
    await postbox.set_faults(bounce={"^gone@": "550 5.1.1 no such user"})

    await postbox.send(MAIL, to="gone@korenaar.example", sender="")

    await asyncio.sleep(0.3)
    assert sender.tries == 0
