"""Mails come back over a socket: only to us, and answered for only once they are stored."""

import asyncio
import smtplib
import socket
from uuid import UUID

import pytest

from notifications import intake
from notifications.errors import StoreAway
from notifications.intake import Intake
from notifications.return_path import ReturnPaths

LETTER = UUID("01930000-0000-7000-8000-000000000007")
PATHS = ReturnPaths("bounce.test", [b"k" * 32])
OURS = PATHS.of(LETTER)
CONTENT = b"Subject: it came back\r\n\r\nText\r\n"


class Cellar:
    """Stores what came back; may be away, or slow."""

    def __init__(self):
        self.kept = []
        self.trouble = None
        self.open = asyncio.Event()
        self.open.set()

    async def store(self, letter_id, content):
        await self.open.wait()
        if self.trouble:
            raise self.trouble
        self.kept.append((letter_id, content))


@pytest.fixture
def cellar():
    return Cellar()


@pytest.fixture
async def door(cellar):
    door = Intake("127.0.0.1", 0, letter_of=PATHS.letter_of, store=cellar.store, largest=100_000)
    await door.open()
    yield door
    await door.close()


def bring(door, *, to=OURS, sender="", content=CONTENT):
    """Bring a mail; return the code of each answer, up to the first that is no yes."""
    with smtplib.SMTP("127.0.0.1", door.port, local_hostname="relay.test", timeout=10) as line:
        line.ehlo()
        recipients = [to] if isinstance(to, str) else to
        codes = [line.mail(sender)[0], *(line.rcpt(each)[0] for each in recipients)]
        if codes[1] == 250:
            codes.append(line.data(content)[0])
        return codes


async def test_what_comes_back_to_a_return_path_is_stored(door, cellar):
    """N-09"""
    assert await asyncio.to_thread(bring, door) == [250, 250, 250]

    assert cellar.kept == [(LETTER, CONTENT)]


@pytest.mark.parametrize(
    "stranger",
    [
        "postmaster@bounce.test",
        "els@korenaar.example",
        OURS.replace("bounce.test", "elsewhere.test"),
        OURS.replace("-", "-a"),
        f"b+{LETTER.hex}-aaaaaaaaaa@bounce.test",
        f"b+{UUID(int=LETTER.int + 1).hex}{OURS[34:]}",
    ],
)
async def test_nobody_else_is_taken_in(door, cellar, stranger):
    assert await asyncio.to_thread(bring, door, to=stranger) == [250, 550]

    assert cellar.kept == []


async def test_a_mail_is_for_one_letter_only(door, cellar):
    codes = await asyncio.to_thread(bring, door, to=[OURS, OURS.upper()])

    assert codes == [250, 250, 452, 250]
    assert len(cellar.kept) == 1


async def test_while_it_cannot_be_stored_it_is_asked_to_come_again(door, cellar):
    cellar.trouble = StoreAway()
    away = await asyncio.to_thread(bring, door)
    cellar.trouble = None

    assert away == [250, 250, 451]
    assert cellar.kept == []
    assert await asyncio.to_thread(bring, door) == [250, 250, 250]


async def test_a_defect_is_no_reason_to_lose_it(door, cellar):
    cellar.trouble = KeyError("what")

    assert await asyncio.to_thread(bring, door) == [250, 250, 451]


async def test_the_answer_waits_for_the_store(door, cellar):
    cellar.open.clear()
    bringing = asyncio.create_task(asyncio.to_thread(bring, door))
    await asyncio.sleep(0.3)
    answered_early = bringing.done()
    cellar.open.set()

    assert (await bringing)[-1] == 250
    assert not answered_early


async def test_a_line_that_is_lost_meanwhile_undoes_nothing(door, cellar):
    cellar.open.clear()
    reader, writer = await asyncio.open_connection("127.0.0.1", door.port)
    for command in ("EHLO x", "MAIL FROM:<>", f"RCPT TO:<{OURS}>", "DATA"):
        writer.write(f"{command}\r\n".encode())
    writer.write(CONTENT + b".\r\n")
    while b"354" not in await reader.readline():
        pass
    await asyncio.sleep(0.1)
    writer.transport.abort()
    await asyncio.sleep(0.1)
    cellar.open.set()
    await asyncio.sleep(0.1)

    assert cellar.kept == [(LETTER, CONTENT)]


async def test_what_is_in_hand_is_answered_before_the_door_closes(door, cellar):
    cellar.open.clear()
    bringing = asyncio.create_task(asyncio.to_thread(bring, door))
    await asyncio.sleep(0.3)
    closing = asyncio.create_task(door.close())
    await asyncio.sleep(0.1)
    cellar.open.set()
    await closing

    assert (await bringing)[-1] == 250
    with pytest.raises(OSError, match="refused"):
        socket.create_connection(("127.0.0.1", door.port), timeout=5)


async def test_a_report_with_a_line_that_is_too_long_is_taken_all_the_same(door, cellar):
    long = CONTENT + b"x" * 20_000 + b"\r\n"

    assert await asyncio.to_thread(bring, door, content=long) == [250, 250, 250]
    assert cellar.kept == [(LETTER, long)]


async def test_a_mail_too_large_for_a_report_is_refused(door, cellar):
    codes = await asyncio.to_thread(bring, door, content=b"x" * 80 + b"\r\n" * 100_000)

    assert codes[-1] == 552
    assert cellar.kept == []


async def test_more_lines_than_there_may_be_are_told_to_come_again(door, monkeypatch):
    monkeypatch.setattr(intake, "_MOST_LINES", 3)
    lines = [await asyncio.open_connection("127.0.0.1", door.port) for _ in range(3)]
    greetings = [await reader.readline() for reader, _ in lines]
    reader, writer = await asyncio.open_connection("127.0.0.1", door.port)

    assert all(greeting.startswith(b"220") for greeting in greetings)
    assert (await reader.readline()).startswith(b"421")
    for _, each in [*lines, (reader, writer)]:
        each.close()
    while door.lines:  # noqa: ASYNC110 (the loop notices)
        await asyncio.sleep(0.01)
    assert (await asyncio.to_thread(bring, door))[-1] == 250


async def test_who_asks_without_end_is_hung_up_on(door):
    reader, writer = await asyncio.open_connection("127.0.0.1", door.port)
    for _ in range(200):
        writer.write(b"NOOP\r\n")
    answers = await reader.read()

    assert b"421" in answers
    writer.close()


@pytest.mark.parametrize(
    "noise", [b"\x00\xff" * 400 + b"\r\n", b"RCPT TO:<\xff\xfe>\r\n", b"\r\n" * 50]
)
async def test_noise_on_one_line_disturbs_no_other(door, noise):
    _, writer = await asyncio.open_connection("127.0.0.1", door.port)
    writer.write(b"EHLO x\r\nMAIL FROM:<>\r\n" + noise)

    assert (await asyncio.to_thread(bring, door))[-1] == 250
    writer.close()


async def test_a_door_that_is_not_open_says_so(cellar):
    door = Intake("127.0.0.1", 0, letter_of=PATHS.letter_of, store=cellar.store, largest=1)

    before = await door.trouble()
    await door.open()
    during = await door.trouble()
    await door.close()

    assert "not open" in before
    assert during is None
    assert "not open" in await door.trouble()
