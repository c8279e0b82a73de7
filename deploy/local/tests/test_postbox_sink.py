"""Mails over real SMTP: what is taken, what is kept, and every fault a postbox can have."""

import asyncio
import smtplib
import socket
import time
from collections.abc import AsyncIterator
from pathlib import Path
from unittest.mock import Mock

import pytest

from postbox.faults import Faults
from postbox.testing import READER, SENDER, Running, running

MAIL = b"From: a@lease.example\r\nMessage-ID: <1@lease.example>\r\nSubject: Hello\r\n\r\nText\r\n"
CUT_OFF = (smtplib.SMTPServerDisconnected, ConnectionError)


@pytest.fixture
async def postbox(tmp_path: Path) -> AsyncIterator[Running]:
    async with running(tmp_path) as opened:
        yield opened


def volumes(folder: Path) -> set[Path]:
    return set(folder.iterdir())


async def first_mail(postbox: Running) -> None:
    while not await postbox.messages():  # noqa: ASYNC110 - it is asked from outside
        await asyncio.sleep(0.01)


def send_raw_and_leave(port: int, data: bytes) -> None:
    with socket.create_connection(("127.0.0.1", port)) as line:
        answers = line.makefile("rb")
        for command in (b"HELO x", b"MAIL FROM:<a@x.example>", b"RCPT TO:<b@x.example>", b"DATA"):
            answers.readline()
            line.sendall(command + b"\r\n")
        answers.readline()
        line.sendall(data)


async def test_a_mail_is_answered_with_the_id_it_is_stored_under(postbox: Running) -> None:
    code, reply = await postbox.send(MAIL)

    (stored,) = await postbox.messages()
    assert (code, reply) == (250, f"2.0.0 stored as {stored['id']}")
    assert stored["to"] == [READER]


@pytest.mark.parametrize(
    "body",
    [
        b".\r\n..\r\n.dots first\r\n....\r\n",
        b"bare 8 bit \xff\xfe\xe9 and \x00 nul\r\n",
        b"bare LF\nand bare CR\r within\r\n",
        "Größe: 5 €\r\n".encode(),
        b"x" * 998 + b"\r\n",
        b"\r\n\r\n \r\n",
        b"",
    ],
)
async def test_the_bytes_kept_are_the_bytes_sent(postbox: Running, body: bytes) -> None:
    source = b"Subject: bytes\r\n\r\n" + body

    await postbox.send(source)

    (stored,) = await postbox.messages()
    answer = await postbox.http.get(f"/api/messages/{stored['id']}/source")
    assert answer.content == source
    assert answer.headers["content-type"] == "message/rfc822"


async def test_what_was_answered_is_there_after_a_restart(tmp_path: Path) -> None:
    async with running(tmp_path) as postbox:
        for _ in range(3):
            await postbox.send(MAIL)
        before = await postbox.messages()

    async with running(tmp_path) as postbox:
        after = await postbox.messages()
        by_id = await postbox.messages(message_id="1@lease.example")
        source = await postbox.http.get(f"/api/messages/{before[0]['id']}/source")

    assert after == before == by_id
    assert source.content == MAIL


async def test_half_a_mail_at_the_end_of_a_volume_was_never_answered_and_harms_nobody(
    tmp_path: Path,
) -> None:
    async with running(tmp_path) as postbox:
        for _ in range(2):
            await postbox.send(MAIL)
        before = await postbox.messages()
    (volume,) = volumes(tmp_path)
    whole = volume.read_bytes()

    for cut in (1, len(MAIL), len(MAIL) + 3):
        volume.write_bytes(whole[:-cut])
        async with running(tmp_path) as postbox:
            assert await postbox.messages() == before[:1]
            await postbox.send(MAIL)
            later = await postbox.messages()
            assert len(later) == 2
        for other in volumes(tmp_path) - {volume}:
            other.unlink()


async def test_a_disk_that_fails_is_said_and_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with running(tmp_path) as postbox:
        await postbox.send(MAIL)
        with monkeypatch.context() as failing:
            failing.setattr("os.fdatasync", Mock(side_effect=OSError("no space left on device")))
            code, _ = await postbox.send(MAIL)
        await postbox.send(MAIL)
        before = await postbox.messages()

    async with running(tmp_path) as postbox:
        after = await postbox.messages()
        sources = [
            await postbox.http.get(f"/api/messages/{stored['id']}/source") for stored in after
        ]

    assert code == 452
    assert after == before
    assert [source.content for source in sources] == [MAIL, MAIL]


@pytest.mark.parametrize("piece", [1, 2, 3, 5, 1000])
async def test_a_body_may_come_in_pieces_and_the_next_command_with_its_end(
    postbox: Running, piece: int
) -> None:
    said = b"HELO x\r\nMAIL FROM:<a@x.example>\r\nRCPT TO:<b@x.example>\r\nDATA\r\n"
    body = b"Subject: dots\r\n\r\n..one\r\n.\r\nMAIL FROM:<a@x.example>\r\nQUIT\r\n"

    def converse() -> list[bytes]:
        with socket.create_connection(("127.0.0.1", postbox.port), 10) as line:
            answers = line.makefile("rb")
            line.sendall(said)
            before = [answers.readline() for _ in range(5)]
            line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            for at in range(0, len(body), piece):
                line.sendall(body[at : at + piece])
                time.sleep(0.001)
            return before + answers.readlines()

    replies = [reply[:3] for reply in await asyncio.to_thread(converse)]

    assert replies == [b"220", b"250", b"250", b"250", b"354", b"250", b"250", b"221"]
    (stored,) = await postbox.messages()
    answer = await postbox.http.get(f"/api/messages/{stored['id']}/source")
    assert answer.content == b"Subject: dots\r\n\r\n.one\r\n"


@pytest.mark.parametrize(
    ("body", "code"),
    [(b"x" * 999 + b"\r\n", 250), (b"x" * 1000 + b"\r\n", 500), (b"y\r\n" * 12_300_000, 552)],
    ids=["a line just short enough", "a line too long", "too much"],
)
async def test_more_than_can_be_taken_is_refused_and_the_line_goes_on(
    postbox: Running, body: bytes, code: int
) -> None:
    def converse() -> tuple[int, int]:
        with smtplib.SMTP("127.0.0.1", postbox.port, timeout=30) as line:
            line.helo()
            line.mail(SENDER)
            line.rcpt(READER)
            first, _ = line.data(body)
            line.mail(SENDER)
            line.rcpt(READER)
            return first, line.data(MAIL)[0]

    assert await asyncio.to_thread(converse) == (code, 250)
    assert len(await postbox.messages()) == (2 if code == 250 else 1)


async def test_many_connections_lose_and_mix_nothing(postbox: Running) -> None:
    sources = [b"Message-ID: <%d@x.example>\r\n\r\n%d\r\n" % (n, n) for n in range(40)]

    await asyncio.gather(
        *(postbox.send(source, to=f"r{n}@x.example") for n, source in enumerate(sources))
    )

    assert [m["id"] for m in await postbox.messages()] == sorted(
        m["id"] for m in await postbox.messages()
    )
    for n, source in enumerate(sources):
        (stored,) = await postbox.messages(to=f"r{n}@x.example", message_id=f"<{n}@x.example>")
        answer = await postbox.http.get(f"/api/messages/{stored['id']}/source")
        assert answer.content == source


async def test_a_connection_takes_mail_after_mail(postbox: Running) -> None:
    def send_three() -> dict[str, str]:
        with smtplib.SMTP("127.0.0.1", postbox.port, timeout=10) as line:
            for _ in range(3):
                line.sendmail(SENDER, [READER, "second@x.example"], MAIL)
            return line.esmtp_features

    features = await asyncio.to_thread(send_three)

    assert features["size"] == str(35 * 1024 * 1024)
    assert {"8bitmime", "smtputf8"} <= set(features)
    assert [m["to"] for m in await postbox.messages()] == [[READER, "second@x.example"]] * 3


async def test_a_notice_without_sender_is_taken(postbox: Running) -> None:
    await postbox.send(b"Subject: Undelivered\r\n\r\n\r\n", sender="")

    (stored,) = await postbox.messages()
    assert stored["from"] == ""


async def test_an_address_in_another_script_is_taken(postbox: Running) -> None:
    def send() -> None:
        with smtplib.SMTP("127.0.0.1", postbox.port, timeout=10) as line:
            line.sendmail(SENDER, ["zoë@bücher.example"], MAIL, mail_options=["SMTPUTF8"])

    await asyncio.to_thread(send)

    assert len(await postbox.messages(to="ZOË@bücher.example")) == 1


async def test_a_mail_that_says_it_is_too_large_is_refused_before_its_body(
    postbox: Running,
) -> None:
    def announce() -> int:
        with smtplib.SMTP("127.0.0.1", postbox.port, timeout=10) as line:
            line.ehlo()
            return line.mail(SENDER, [f"SIZE={36 * 1024 * 1024}"])[0]

    assert await asyncio.to_thread(announce) == 552


async def test_a_refused_recipient_gets_the_reply_of_its_rule(postbox: Running) -> None:
    await postbox.set_faults(rcpt={"^full@": "452 4.2.2 mailbox full", "@gone": "550 5.1.1 gone"})

    with pytest.raises(smtplib.SMTPRecipientsRefused) as full:
        await postbox.send(MAIL, to="full@gone.example")
    with pytest.raises(smtplib.SMTPRecipientsRefused) as gone:
        await postbox.send(MAIL, to="els@gone.example")
    await postbox.send(MAIL)

    assert full.value.recipients == {"full@gone.example": (452, b"4.2.2 mailbox full")}
    assert gone.value.recipients == {"els@gone.example": (550, b"5.1.1 gone")}
    assert [m["to"] for m in await postbox.messages()] == [[READER]]


async def test_a_likely_refusal_meets_as_many_as_its_chance_says() -> None:
    draws = iter([0.05, 0.15, 0.05, 0.95])
    faults = Faults(
        rcpt={"@gone": "550 5.1.1 gone"},
        refuse={"451 4.3.0 try later": 0.1, "452 4.2.2 full": 0.9},
    )

    replies = [
        faults.reply_to(to, lambda: next(draws)) for to in (READER, READER, "a@gone.example")
    ]

    assert replies == ["451 4.3.0 try later", "452 4.2.2 full", "550 5.1.1 gone"]
    assert next(draws) == 0.95


async def test_a_certain_refusal_by_chance_is_given_to_everyone(postbox: Running) -> None:
    await postbox.set_faults(refuse={"451 4.3.0 try later": 1, "550 5.1.1 gone": 0})

    with pytest.raises(smtplib.SMTPRecipientsRefused) as later:
        await postbox.send(MAIL)

    assert later.value.recipients == {READER: (451, b"4.3.0 try later")}
    assert await postbox.messages() == []


async def test_a_delayed_answer_comes_after_the_mail_is_stored(postbox: Running) -> None:
    await postbox.set_faults(delay_ms=3000)
    began = time.monotonic()

    sending = asyncio.create_task(postbox.send(MAIL))
    await first_mail(postbox)
    assert not sending.done()
    await sending

    assert time.monotonic() - began >= 3


async def test_a_line_cut_before_the_dot_stores_nothing(postbox: Running) -> None:
    await postbox.set_faults(drop_before_dot=1)

    with pytest.raises(CUT_OFF):
        await postbox.send(MAIL)

    assert await postbox.messages() == []


async def test_a_line_cut_after_the_dot_has_stored_the_mail(postbox: Running) -> None:
    await postbox.set_faults(drop_after_dot=1)

    with pytest.raises(CUT_OFF):
        await postbox.send(MAIL)

    assert len(await postbox.messages(message_id="1@lease.example")) == 1


async def test_a_sender_that_hangs_up_at_the_dot_has_sent_its_mail(postbox: Running) -> None:
    await asyncio.to_thread(send_raw_and_leave, postbox.port, MAIL + b".\r\n")
    await first_mail(postbox)

    assert len(await postbox.messages(message_id="1@lease.example")) == 1


async def test_only_a_dot_between_whole_line_ends_ends_a_mail(postbox: Running) -> None:
    smuggled = b"one\n.\nMAIL FROM:<x@x.example>\n.\r\nMAIL FROM:<y@x.example>\r\n"

    await asyncio.to_thread(send_raw_and_leave, postbox.port, smuggled + b".\r\n")
    await first_mail(postbox)

    (stored,) = await postbox.messages()
    source = await postbox.http.get(f"/api/messages/{stored['id']}/source")
    assert source.content == smuggled


async def test_a_port_that_is_down_refuses_and_cuts_until_it_is_up_again(postbox: Running) -> None:
    port = postbox.port
    idle = await asyncio.to_thread(smtplib.SMTP, "127.0.0.1", port)

    await postbox.set_faults(down=True)
    with pytest.raises(CUT_OFF):
        await asyncio.to_thread(idle.noop)
    with pytest.raises(ConnectionRefusedError):
        await postbox.send(MAIL)
    await postbox.set_faults(down=True)
    await postbox.set_faults()
    code, _ = await postbox.send(MAIL)

    assert (code, postbox.port) == (250, port)
