"""The sink that benchmarks measure with: what it says of mails must be true."""

import socket
import time
from collections.abc import Iterator

import pytest
from bench import sink

_ENVELOPE = b"MAIL FROM:<a@load.example>\r\nRCPT TO:<%b@load.example>\r\nDATA\r\n"


@pytest.fixture
def relay() -> Iterator[sink.Sink]:
    with sink.running() as running:
        yield running


def _said(relay: sink.Sink, *pieces: bytes) -> list[bytes]:
    """Send these pieces and QUIT; return the answers without the greeting."""
    with socket.create_connection(("127.0.0.1", relay.port), timeout=10) as line:
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for piece in (*pieces, b"QUIT\r\n"):
            line.sendall(piece)
            time.sleep(0.002)  # so that it travels alone
        answers = b""
        while more := line.recv(65536):
            answers += more
    return answers.splitlines()[1:]


def test_commands_sent_together_are_answered_in_their_order(relay: sink.Sink) -> None:
    mail = _ENVELOPE % b"b" + b"X-Correlation-ID: one\r\n\r\nhello\r\n.\r\n"

    answers = _said(relay, mail + b"NOPE\r\n" + mail)

    codes = [each[:3] for each in answers]
    one = [b"250", b"250", b"354", b"250"]
    assert codes == [*one, b"502", *one, b"221"]
    assert relay.count() == 2


def test_a_mail_is_known_by_its_correlation_id_and_its_recipient(relay: sink.Sink) -> None:
    before = time.monotonic()
    _said(
        relay,
        _ENVELOPE % b"first" + b"x-correlation-id: one\r\n\r\nX-Correlation-ID: no\r\n.\r\n",
        _ENVELOPE % b"second" + b"Subject: x\r\nX-Correlation-ID: two\r\n\r\n.\r\n",
        _ENVELOPE % b"third" + b"Subject: x\r\n\r\nX-Correlation-ID: no\r\n.\r\n",
    )

    mails = relay.mails()

    assert [(each.correlation_id, each.recipient) for each in mails] == [
        ("one", "first@load.example"),
        ("two", "second@load.example"),
        ("", "third@load.example"),
    ]
    times = [each.at for each in mails]
    assert before <= times[0] <= times[1] <= times[2] <= time.monotonic()
    assert relay.times() == {"one": [times[0]], "two": [times[1]], "": [times[2]]}


def test_only_a_dot_alone_ends_a_mail_however_it_is_torn(relay: sink.Sink) -> None:
    mail = _ENVELOPE % b"b" + b"Subject: x\r\n\r\n..\r\n.x\r\n. \r\n.\r\n"
    empty = _ENVELOPE % b"b" + b".\r\n"

    answers = _said(relay, *(bytes([each]) for each in mail + empty))

    one = [b"250", b"250", b"354", b"250"]
    assert [each[:3] for each in answers] == [*one, *one, b"221"]
    assert relay.count() == 2


def test_a_mail_that_was_not_ended_does_not_count(relay: sink.Sink) -> None:
    with socket.create_connection(("127.0.0.1", relay.port), timeout=10) as line:
        line.sendall(_ENVELOPE % b"b" + b"Subject: x\r\n\r\nhello\r\n.")

    assert _said(relay) == [b"221 2.0.0 Bye"]
    assert relay.count() == 0


def test_after_a_reset_nothing_was_taken(relay: sink.Sink) -> None:
    _said(relay, _ENVELOPE % b"b" + b".\r\n")

    relay.reset()

    assert relay.count() == 0
    assert relay.mails() == []


async def test_waiting_for_mails_ends_with_the_last_or_with_the_time(relay: sink.Sink) -> None:
    _said(relay, _ENVELOPE % b"b" + b".\r\n")

    assert await relay.until(1, seconds=10) == 1
    began = time.monotonic()
    assert await relay.until(2, seconds=0.2) == 1
    assert time.monotonic() - began < 5
