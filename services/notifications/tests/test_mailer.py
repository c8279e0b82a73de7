"""Handing mails to a relay that fails at every point of the dialogue it can fail at."""

import asyncio
import re
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace

import pytest
from aiosmtpd import smtp as aiosmtpd
from hypothesis import given
from hypothesis import strategies as st

from chassis.testing import Spans
from notifications.errors import AddressUnusable, AnswerLost, RelayUnavailable
from notifications.mailer import Envelope, Mailer, Relay, _as_sent
from notifications.replies import Reply

BODY = b"Subject: hello\r\n\r\n.a line with a dot\r\nlast line\r\n"
ON_THE_WIRE = b"Subject: hello\r\n\r\n..a line with a dot\r\nlast line\r\n"
MAIL = Envelope("invoices@example.com", "els@example.com", BODY)

CUT = None
SILENCE = b""
USUAL = {
    "hello": b"220 relay ESMTP\r\n",
    "EHLO": b"250-relay\r\n250-SIZE 1000000\r\n250-8BITMIME\r\n250 SMTPUTF8\r\n",
    "MAIL": b"250 2.1.0 ok\r\n",
    "RCPT": b"250 2.1.5 ok\r\n",
    "DATA": b"354 go on\r\n",
    "dot": b"250 2.0.0 queued\r\n",
    "RSET": b"250 2.0.0 ok\r\n",
    "QUIT": b"221 2.0.0 bye\r\n",
}


@dataclass
class ScriptedRelay:
    """Answers each command from `script` while that lasts, then as usual.

    A script's key is the verb, "hello" for the greeting and "dot" for the end of a mail; its value
    the answers in order: CUT, SILENCE, or bytes; bytes without a line end are half an answer, and
    then the line breaks. `heard` has the bytes of each connection, in order of connecting.
    """

    script: dict[str, list[bytes | None]]
    place: Relay = field(init=False)
    heard: list[bytearray] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    writers: list[asyncio.StreamWriter] = field(default_factory=list)
    talks: list[asyncio.Task[None] | None] = field(default_factory=list)

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.heard.append(heard := bytearray())
        self.writers.append(writer)
        self.talks.append(asyncio.current_task())
        with suppress(ConnectionError):
            await self.converse(reader, writer, heard)
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()

    async def converse(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, heard: bytearray
    ) -> None:
        answered, end, up = 0, b"\r\n", self.answer("hello", writer)
        while up and (chunk := await reader.read(65536)):
            heard += chunk
            while up and (at := heard.find(end, answered)) >= 0:
                verb = "dot" if end != b"\r\n" else heard[answered : answered + 4].decode()
                answered, end = at + len(end), b"\r\n"
                up = self.answer(verb, writer)
                if verb == "DATA" and self.said[-1].startswith("354"):
                    end = b"\r\n.\r\n"

    def answer(self, verb: str, writer: asyncio.StreamWriter) -> bool:
        planned = self.script.get(verb)
        answer = planned.pop(0) if planned else USUAL[verb]
        self.said.append((answer or b"").decode("latin-1"))
        writer.write(answer or b"")
        return answer is not CUT and (answer == SILENCE or answer.endswith(b"\r\n"))

    def verbs(self, connection: int = 0) -> list[str]:
        found = re.findall(
            rb"^(EHLO|MAIL|RCPT|DATA|RSET|QUIT)\b", self.heard[connection], re.MULTILINE
        )
        return [verb.decode() for verb in found]


@asynccontextmanager
async def relay(
    script: Mapping[str, Sequence[bytes | None]] | None = None,
    *,
    connections: int = 1,
    idle_seconds: float = 30,
) -> AsyncIterator[tuple[ScriptedRelay, Mailer]]:
    """Start a scripted relay on a free port, and a mailer for it with short patience."""
    scripted = ScriptedRelay({verb: list(plan) for verb, plan in (script or {}).items()})
    server = await asyncio.start_server(scripted.talk, "127.0.0.1", 0)
    scripted.place = Relay(
        host="127.0.0.1",
        port=server.sockets[0].getsockname()[1],
        own_name="suite",
        timeout_seconds=1,
        answer_timeout_seconds=1,
        idle_seconds=idle_seconds,
    )
    mailer = Mailer(scripted.place, connections=connections)
    try:
        yield scripted, mailer
    finally:
        await mailer.close()
        server.close()
        await server.wait_closed()
        await asyncio.gather(*filter(None, scripted.talks), return_exceptions=True)


@dataclass
class Mark:
    """A `before_dot` that counts, and can fail."""

    times: int = 0
    error: Exception | None = None

    async def __call__(self) -> None:
        self.times += 1
        if self.error is not None:
            raise self.error


async def body_arrived(there: ScriptedRelay) -> None:
    """Wait until the relay has read the whole body of the first mail."""
    async with asyncio.timeout(2):
        while not there.heard or not there.heard[0].endswith(ON_THE_WIRE):  # noqa: ASYNC110
            await asyncio.sleep(0.001)


async def test_the_mark_is_set_after_the_body_and_before_the_dot() -> None:
    async with relay() as (there, mailer):
        at_the_mark: list[bytes] = []

        async def before_dot() -> None:
            await body_arrived(there)
            await asyncio.sleep(0.05)
            at_the_mark.append(bytes(there.heard[0]))

        reply = await mailer.submit(MAIL, before_dot=before_dot)

    assert reply == Reply(250, "2.0.0", "2.0.0 queued")
    dialogue = (
        b"EHLO suite\r\n"
        b"MAIL FROM:<invoices@example.com> SIZE=%d\r\n"
        b"RCPT TO:<els@example.com>\r\n"
        b"DATA\r\n" % len(BODY)
    )
    assert at_the_mark == [dialogue + ON_THE_WIRE]
    assert there.heard[0] == dialogue + ON_THE_WIRE + b".\r\nQUIT\r\n"


async def test_files_follow_the_text_as_they_are_and_the_mark_comes_after_them() -> None:
    """N-07"""
    file = b"".join(b"A" * 76 + b"\r\n" for _ in range(20_000))
    mail = replace(MAIL, files=(file, b"\r\n--end--\r\n"))
    async with relay() as (scripted, mailer):

        async def mark() -> None:
            await asyncio.sleep(0.05)
            heard.append(bytes(scripted.heard[0]))

        heard: list[bytes] = []
        reply = await mailer.submit(mail, before_dot=mark)

        assert reply.code == 250
        assert ON_THE_WIRE + file + b"\r\n--end--\r\n.\r\n" in bytes(scripted.heard[0])
        assert b"SIZE=%d" % (len(BODY) + len(file) + 11) in bytes(scripted.heard[0])
        assert not heard[0].endswith(b".\r\n")


async def test_a_line_that_fails_amid_files_is_safe_to_try_again() -> None:
    mark = Mark()
    file = b"A" * 76 + b"\r\n"
    async with relay() as (scripted, mailer):

        async def cut_soon() -> None:
            while not scripted.heard or b"DATA" not in scripted.heard[0]:  # noqa: ASYNC110 (no sign)
                await asyncio.sleep(0.005)
            scripted.writers[0].transport.abort()

        cutting = asyncio.create_task(cut_soon())
        with pytest.raises(RelayUnavailable):
            await mailer.submit(replace(MAIL, files=(file * 400_000,)), before_dot=mark)
        await cutting

    assert mark.times == 0


@pytest.mark.parametrize(
    ("script", "told"),
    [
        ({}, {"smtp.reply.code": 250}),
        (
            {"RCPT": [b"550 5.1.1 els@example.com\r\n"]},
            {"smtp.reply.code": 550, "error.type": "550"},
        ),
        ({"dot": [b"451 4.3.0 later\r\n"]}, {"smtp.reply.code": 451, "error.type": "451"}),
        ({"dot": [CUT]}, {"error.type": "AnswerLost"}),
        ({"hello": [CUT]}, {"error.type": "RelayUnavailable"}),
    ],
    ids=["accepted", "refused", "later", "lost", "away"],
)
async def test_a_submission_is_a_span_that_names_the_relay_and_nobody_else(
    spans: Spans, script: dict[str, list[bytes | None]], told: dict[str, object]
) -> None:
    async with relay(script) as (there, mailer):
        with suppress(AnswerLost, RelayUnavailable):
            await mailer.submit(MAIL, before_dot=Mark())

    (span,) = spans.all()
    where = {"server.address": "127.0.0.1", "server.port": there.place.port}
    assert span.name == "smtp submit"
    assert dict(span.attributes or {}) == where | told
    assert "example.com" not in span.to_json()


@pytest.mark.parametrize("command", ["MAIL", "RCPT", "DATA"])
@pytest.mark.parametrize("answer", ["451 4.3.0 later", "550 5.1.1 unknown"])
async def test_a_refusal_before_the_body_is_an_answer_and_leaves_no_mark(
    command: str, answer: str
) -> None:
    async with relay({command: [answer.encode() + b"\r\n"]}) as (there, mailer):
        refused, accepted = Mark(), Mark()

        first = await mailer.submit(MAIL, before_dot=refused)
        second = await mailer.submit(MAIL, before_dot=accepted)

    assert first == Reply.read(int(answer[:3]), answer[4:])
    assert second.code == 250
    assert (refused.times, accepted.times) == (0, 1)
    assert len(there.heard) == 1
    assert there.verbs().count("RSET") == 1


@pytest.mark.parametrize("answer", [b"451 4.3.0 later\r\n", b"554 5.7.1 no\r\n"])
async def test_a_refusal_of_the_whole_mail_is_an_answer_too(answer: bytes) -> None:
    async with relay({"dot": [answer]}) as (there, mailer):
        mark = Mark()

        first = await mailer.submit(MAIL, before_dot=mark)
        second = await mailer.submit(MAIL, before_dot=mark)

    assert [first.code, second.code] == [int(answer[:3]), 250]
    assert mark.times == 2
    assert there.verbs() == ["EHLO", *["MAIL", "RCPT", "DATA"] * 2, "QUIT"]


@pytest.mark.parametrize("command", ["hello", "EHLO", "MAIL", "RCPT", "DATA"])
@pytest.mark.parametrize(
    "trouble", [CUT, SILENCE, b"25", b"250-and then", b"what?\r\n", b"199 hm\r\n", b"600 hm\r\n"]
)
async def test_a_line_that_fails_before_the_dot_is_safe_to_try_again(
    command: str, trouble: bytes | None
) -> None:
    async with relay({command: [trouble]}) as (_, mailer):
        mark = Mark()

        with pytest.raises(RelayUnavailable):
            await mailer.submit(MAIL, before_dot=mark)
        reply = await mailer.submit(MAIL, before_dot=mark)

    assert reply.code == 250
    assert mark.times == 1


@pytest.mark.parametrize(
    "trouble", [CUT, SILENCE, b"250 2.0", b"250-2.0.0 and\r\n250", b"what?\r\n", b"354 more\r\n"]
)
async def test_a_dot_without_a_clear_answer_is_an_answer_lost(trouble: bytes | None) -> None:
    async with relay({"dot": [trouble]}) as (there, mailer):
        mark = Mark()

        with pytest.raises(AnswerLost):
            await mailer.submit(MAIL, before_dot=mark)
        reply = await mailer.submit(MAIL, before_dot=mark)

    assert there.heard[0].endswith(ON_THE_WIRE + b".\r\n")
    assert reply.code == 250
    assert mark.times == 2
    assert len(there.heard) == 2


async def test_a_mark_that_fails_cuts_the_line_without_the_dot() -> None:
    async with relay() as (there, mailer):
        with pytest.raises(LookupError, match="no database"):
            await mailer.submit(MAIL, before_dot=Mark(error=LookupError("no database")))
        await mailer.submit(MAIL, before_dot=Mark())

    assert b"\r\n.\r\n" not in there.heard[0]
    assert len(there.heard) == 2


async def test_a_relay_that_leaves_while_the_mark_is_set_never_saw_the_dot() -> None:
    async with relay() as (there, mailer):

        async def before_dot() -> None:
            await body_arrived(there)
            there.writers[0].write(b"421 4.3.2 closing\r\n")
            there.writers[0].close()
            await asyncio.sleep(0.05)

        with pytest.raises(RelayUnavailable):
            await mailer.submit(MAIL, before_dot=before_dot)

    assert b"\r\n.\r\n" not in there.heard[0]


async def test_a_submission_given_up_in_the_middle_cuts_its_line_and_frees_its_place() -> None:
    async with relay() as (there, mailer):

        async def before_dot() -> None:
            await asyncio.sleep(60)

        stuck = asyncio.create_task(mailer.submit(MAIL, before_dot=before_dot))
        await body_arrived(there)

        stuck.cancel()
        await asyncio.wait([stuck])
        reply = await mailer.submit(MAIL, before_dot=Mark())

    assert stuck.cancelled()
    assert reply.code == 250
    assert b"\r\n.\r\n" not in there.heard[0]


async def test_two_mails_share_a_connection() -> None:
    async with relay() as (there, mailer):
        await mailer.submit(MAIL, before_dot=Mark())
        await mailer.submit(MAIL, before_dot=Mark())

    assert len(there.heard) == 1
    assert there.verbs() == ["EHLO", *["MAIL", "RCPT", "DATA"] * 2, "QUIT"]


async def test_many_mails_at_once_use_no_more_than_the_connections_allowed() -> None:
    async with relay(connections=3) as (there, mailer):
        mark = Mark()

        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(mailer.submit(MAIL, before_dot=mark)) for _ in range(20)]

    assert {task.result().code for task in tasks} == {250}
    assert mark.times == 20
    assert len(there.heard) == 3


async def test_a_relay_that_closed_an_idle_line_costs_no_mail() -> None:
    async with relay() as (there, mailer):
        await mailer.submit(MAIL, before_dot=Mark())
        there.writers[0].write(b"421 4.4.2 idle for too long\r\n")
        there.writers[0].close()
        await asyncio.sleep(0.02)

        reply = await mailer.submit(MAIL, before_dot=Mark())

    assert reply.code == 250
    assert len(there.heard) == 2


@pytest.mark.parametrize("command", ["MAIL", "RCPT", "DATA"])
@pytest.mark.parametrize("trouble", [CUT, b"421 4.4.2 idle for too long\r\n"])
async def test_a_kept_line_that_fails_before_the_body_is_replaced_once(
    command: str, trouble: bytes | None
) -> None:
    async with relay({command: [USUAL[command], trouble]}) as (there, mailer):
        mark = Mark()
        await mailer.submit(MAIL, before_dot=mark)

        reply = await mailer.submit(MAIL, before_dot=mark)

    assert reply.code == 250
    assert mark.times == 2
    assert len(there.heard) == 2


async def test_a_fresh_line_that_fails_too_is_not_replaced_again() -> None:
    async with relay({"MAIL": [USUAL["MAIL"], CUT, CUT]}) as (there, mailer):
        await mailer.submit(MAIL, before_dot=Mark())

        with pytest.raises(RelayUnavailable):
            await mailer.submit(MAIL, before_dot=Mark())

    assert len(there.heard) == 2


async def test_a_line_idle_for_long_is_replaced_unasked() -> None:
    async with relay(idle_seconds=0.02) as (there, mailer):
        await mailer.submit(MAIL, before_dot=Mark())
        await asyncio.sleep(0.05)
        await mailer.submit(MAIL, before_dot=Mark())

    assert len(there.heard) == 2


@pytest.mark.parametrize("command", ["MAIL", "RCPT", "DATA", "dot"])
async def test_a_goodbye_is_an_answer_and_ends_its_line(command: str) -> None:
    async with relay({command: [b"421 4.3.2 closing\r\n"]}) as (there, mailer):
        reply = await mailer.submit(MAIL, before_dot=Mark())
        await mailer.submit(MAIL, before_dot=Mark())

    assert reply == Reply(421, "4.3.2", "4.3.2 closing")
    assert len(there.heard) == 2


@pytest.mark.parametrize("command", ["MAIL", "RCPT", "DATA"])
async def test_an_answer_out_of_turn_is_noticed_and_not_taken_for_the_next(command: str) -> None:
    async with relay({command: [USUAL[command] + b"250 2.0.0 queued\r\n"]}) as (_, mailer):
        mark = Mark()

        with pytest.raises(RelayUnavailable):
            await mailer.submit(MAIL, before_dot=mark)

    assert mark.times == 0


async def test_an_answer_too_many_after_a_mail_ends_its_line() -> None:
    async with relay({"dot": [b"250 2.0.0 queued\r\n550 5.1.1 unknown\r\n"]}) as (there, mailer):
        first = await mailer.submit(MAIL, before_dot=Mark())
        second = await mailer.submit(MAIL, before_dot=Mark())

    assert [first.code, second.code] == [250, 250]
    assert len(there.heard) == 2


async def test_nobody_listening_is_safe_to_try_again() -> None:
    async with relay() as (_, mailer):
        pass

    with pytest.raises(RelayUnavailable):
        await mailer.submit(MAIL, before_dot=Mark())


async def test_a_relay_without_tls_gets_nothing_when_tls_is_asked_for() -> None:
    async with relay() as (there, _):
        strict = Mailer(replace(there.place, starttls=True), connections=1)

        with pytest.raises(RelayUnavailable):
            await strict.submit(MAIL, before_dot=Mark())

    assert there.heard[0] == b"EHLO suite\r\n"


@pytest.mark.parametrize("answer", [b"535 5.7.8 wrong\r\n", CUT, b"334 %%%\r\n"])
async def test_a_refused_login_is_safe_to_try_again(answer: bytes | None) -> None:
    hello = b"250-relay\r\n250 AUTH CRAM-MD5 PLAIN\r\n"

    async with relay({"EHLO": [hello], "AUTH": [answer] * 2}) as (there, _):
        place = replace(there.place, username="suite", password="hunter2")

        with pytest.raises(RelayUnavailable) as raised:
            await Mailer(place, connections=1).submit(MAIL, before_dot=Mark())

    assert b"MAIL" not in there.heard[0]
    assert "hunter2" not in repr(place) + str(raised.value)


async def test_addresses_beyond_ascii_are_written_as_the_relay_takes_them() -> None:
    async with relay() as (there, mailer):
        beyond = Envelope("invoices@example.com", "zoë@café.example", BODY)
        await mailer.submit(beyond, before_dot=Mark())

    assert b"> SIZE=%d SMTPUTF8\r\n" % len(BODY) in there.heard[0]
    assert "RCPT TO:<zoë@xn--caf-dma.example>\r\n".encode() in there.heard[0]


@pytest.mark.parametrize(
    "recipient", ["zoë@example.com", "els@example.com> SIZE=1", "els@example.com\r\nQUIT", "els"]
)
async def test_an_address_the_relay_cannot_be_given_is_never_said(recipient: str) -> None:
    async with relay({"EHLO": [b"250 relay\r\n"]}) as (there, mailer):
        with pytest.raises(AddressUnusable):
            await mailer.submit(Envelope("a@example.com", recipient, BODY), before_dot=Mark())

    assert there.heard[0] == b"EHLO suite\r\n"


async def test_a_relay_that_stops_reading_does_not_hold_a_mail_for_ever() -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for verb in ("hello", "EHLO", "MAIL", "RCPT", "DATA"):
            if verb != "hello":
                await reader.readline()
            writer.write(USUAL[verb])
        await finished.wait()
        writer.transport.abort()
        gone.set()

    finished, gone = asyncio.Event(), asyncio.Event()
    server = await asyncio.start_server(talk, "127.0.0.1", 0, limit=1024)
    host, port = server.sockets[0].getsockname()
    mailer = Mailer(Relay(host=host, port=port, timeout_seconds=0.3), connections=1)
    mark = Mark()

    with pytest.raises(RelayUnavailable):
        await mailer.submit(
            Envelope("a@example.com", "b@example.com", b"x" * 78 * 300_000), before_dot=mark
        )

    assert mark.times == 0
    finished.set()
    await gone.wait()
    server.close()
    await server.wait_closed()


async def test_a_real_server_receives_exactly_what_was_sent() -> None:
    received: list[bytes] = []

    class Keep:
        async def handle_DATA(  # noqa: N802 aiosmtpd's name
            self, _server: object, _session: object, envelope: aiosmtpd.Envelope
        ) -> str:
            received.append(envelope.original_content or b"")
            return "250 2.0.0 kept"

    server = await asyncio.get_running_loop().create_server(
        lambda: aiosmtpd.SMTP(Keep(), hostname="relay"), "127.0.0.1", 0
    )
    host, port = server.sockets[0].getsockname()
    mailer = Mailer(Relay(host=host, port=port), connections=1)
    contents = [BODY, "é".encode() + b"\r\n.\r\n..\r\n", b"\n.\n", b"bare\rreturn", b"." * 200]

    for content in contents:
        reply = await mailer.submit(
            Envelope("a@example.com", "b@example.com", content), before_dot=Mark()
        )
        assert reply == Reply(250, "2.0.0", "2.0.0 kept")

    assert received == [
        BODY,
        "é".encode() + b"\r\n.\r\n..\r\n",
        b"\r\n.\r\n",
        b"bare\r\nreturn\r\n",
        b"." * 200 + b"\r\n",
    ]
    await mailer.close()
    server.close()
    await server.wait_closed()


@given(st.lists(st.sampled_from([b"\r", b"\n", b".", b"a", b"\r\n.\r\n"])).map(b"".join))
def test_nothing_in_a_mail_can_end_it_early(content: bytes) -> None:
    sent = _as_sent(content)

    assert b"\r\n.\r\n" not in b"\r\n" + sent
    assert sent.endswith(b"\r\n")
    assert re.search(rb"(?<!\r)\n|\r(?!\n)", sent) is None
    unstuffed = (b"\r\n" + sent).replace(b"\r\n.", b"\r\n")[2:]
    assert unstuffed.splitlines() == content.splitlines() or content == b""
