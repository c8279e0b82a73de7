"""Reports as real servers write them, and what hostile ones come to: always the same refusal."""

import base64
import quopri
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notifications import dsn
from notifications.dsn import Complained, Delayed, Failed, NotAReport
from notifications.replies import Fate, classify

POSTFIX = b"""\
Return-Path: <>
From: MAILER-DAEMON@relay.example (Mail Delivery System)
Subject: Undelivered Mail Returned to Sender
To: b+0193@bounce.lease.example
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status;
\tboundary="4XyZ.1763800000/relay.example"
Message-Id: <20261122080000.4XyZ@relay.example>

This is a MIME-encapsulated message.

--4XyZ.1763800000/relay.example
Content-Description: Notification
Content-Type: text/plain; charset=us-ascii

This is the mail system at host relay.example.

<els@korenaar.example>: host mx.korenaar.example[192.0.2.7] said: 550 5.1.1
    <els@korenaar.example>: Recipient address rejected: User unknown

--4XyZ.1763800000/relay.example
Content-Description: Delivery report
Content-Type: message/delivery-status

Reporting-MTA: dns; relay.example
X-Postfix-Queue-ID: 4XyZ
Original-Envelope-Id: 01930000000070008000000000000007
Arrival-Date: Sun, 22 Nov 2026 08:00:00 +0100 (CET)

Final-Recipient: rfc822; els@korenaar.example
Original-Recipient: rfc822;els@korenaar.example
Action: failed
Status: 5.1.1
Remote-MTA: dns; mx.korenaar.example
Diagnostic-Code: smtp; 550 5.1.1 <els@korenaar.example>: Recipient address
    rejected: User unknown

--4XyZ.1763800000/relay.example
Content-Description: Undelivered Message Headers
Content-Type: text/rfc822-headers

From: facturen@meridiaan.example
Message-ID: <0193@meridiaan.example>

--4XyZ.1763800000/relay.example--
""".replace(b"\n", b"\r\n")

EXCHANGE = b"""\
From: <postmaster@customer.example>
Content-Type: multipart/report; report-type=delivery-status;
\tboundary="c0ffee_c0ffee"
Content-Language: nl-BE
Message-ID: <3b9d@CUSTOMER.example>
Subject: Undeliverable: Nieuwe factuur

--c0ffee_c0ffee
Content-Type: multipart/alternative; differences=Content-Type;
\tboundary="deca_f"

--deca_f
Content-Type: text/plain; charset="us-ascii"

Your message could not be delivered.
--deca_f
Content-Type: text/html

<b>Your message</b>
--deca_f--

--c0ffee_c0ffee
Content-Type: message/delivery-status

Reporting-MTA: dns;MAIL01.customer.example
Received-From-MTA: dns;relay.example
Arrival-Date: Sun, 22 Nov 2026 08:00:00 +0000

Original-Recipient: rfc822;els@customer.example
Final-Recipient: rfc822;els@customer.example
Action: failed
Status: 5.2.2
Diagnostic-Code: smtp;554 5.2.2 mailbox full; STOREDRV.Deliver.Exception
X-Display-Name: Els

--c0ffee_c0ffee
Content-Type: message/rfc822

Subject: Nieuwe factuur

--c0ffee_c0ffee--
"""

COMPLAINT = b"""\
From: <feedback@large.example>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report; boundary=x
Message-ID: <fbl-1@large.example>

--x
Content-Type: text/plain

This is an email abuse report.
--x
Content-Type: message/feedback-report

Feedback-Type: abuse
User-Agent: SomeGenerator/1.0
Version: 1
Original-Mail-From: <b+0193@bounce.lease.example>

--x
Content-Type: message/rfc822

Subject: Nieuwe factuur

--x--
"""


def report(*, action="failed", status="5.1.1", diagnostic=None, above="", encoding=""):
    lines = [f"Action: {action}", f"Status: {status}"]
    if diagnostic is not None:
        lines.append(f"Diagnostic-Code: {diagnostic}")
    group = "\r\n".join(lines)
    return (
        "Content-Type: multipart/report; boundary=x\r\n\r\n--x\r\n"
        f"Content-Type: message/delivery-status\r\n{encoding}\r\n"
        f"Reporting-MTA: dns; relay.example\r\n{above}\r\n{group}\r\n\r\n--x--\r\n"
    ).encode()


def fate_of(content):
    return classify(dsn.read(content).reply)


def test_a_report_of_postfix_is_read_with_its_code_its_words_and_its_envelope():
    """N-09"""
    found = dsn.read(POSTFIX)

    assert isinstance(found, Failed)
    assert (found.reply.code, found.reply.enhanced) == (550, "5.1.1")
    assert found.reply.text == (
        "5.1.1 <els@korenaar.example>: Recipient address rejected: User unknown"
    )
    assert found.envelope_id == "01930000000070008000000000000007"
    assert found.key == "<20261122080000.4XyZ@relay.example>"
    assert classify(found.reply) is Fate.BAD_ADDRESS


def test_a_report_of_exchange_is_read_behind_its_two_faced_text():
    """N-09"""
    found = dsn.read(EXCHANGE)

    assert isinstance(found, Failed)
    assert classify(found.reply) is Fate.MAILBOX_FULL


def test_a_complaint_is_told_from_a_bounce():
    assert dsn.read(COMPLAINT) == Complained("<fbl-1@large.example>", "abuse")


def test_a_report_that_it_was_no_spam_is_no_complaint():
    with pytest.raises(NotAReport):
        dsn.read(COMPLAINT.replace(b"Feedback-Type: abuse", b"Feedback-Type: not-spam"))


def test_a_delay_is_not_a_failure():
    assert isinstance(dsn.read(report(action="delayed", status="4.4.1")), Delayed)


@pytest.mark.parametrize("action", ["delivered", "relayed", "expanded", "", "FAILED-ish"])
def test_what_neither_failed_nor_waits_is_of_no_interest(action):
    with pytest.raises(NotAReport):
        dsn.read(report(action=action, status="2.0.0"))


@pytest.mark.parametrize(
    ("status", "diagnostic", "fate"),
    [
        ("5.1.1", "smtp; 550 5.1.1 no such user", Fate.BAD_ADDRESS),
        ("5.1.1", None, Fate.BAD_ADDRESS),
        ("5.1.10", "smtp;550 5.1.10 RESOLVER.ADR.RecipientNotFound", Fate.BAD_ADDRESS),
        # The one who reports knew nothing, the one it spoke to did.
        ("5.0.0", "smtp; 550 5.1.1 no such user", Fate.BAD_ADDRESS),
        ("5.0.0", "smtp; 550 5.7.26 unauthenticated mail", Fate.POLICY),
        # And the other way round.
        ("5.2.2", "smtp; 552 over quota", Fate.MAILBOX_FULL),
        ("5.2.1", "smtp; 550 5.2.1 disabled", Fate.INACTIVE),
        ("5.7.1", "smtp; 554 5.7.1 blocked", Fate.POLICY),
        ("5.3.4", "smtp; 552 5.3.4 too big", Fate.TOO_LARGE),
        # It gave up after days; that says nothing against the address.
        ("4.4.1", "X-Postfix; connect to mx.example[192.0.2.7]:25: timed out", Fate.DEFERRED),
        ("4.4.7", "smtp; 550 4.4.7 delivery time expired", Fate.DEFERRED),
        ("5.4.7", "smtp; 550 5.4.7 delivery time expired", Fate.DEFERRED),
        # Who says nothing does not blame the address.
        ("5.0.0", None, Fate.POLICY),
        ("5.5.0", "smtp; 550 mailbox unavailable", Fate.BAD_ADDRESS),
    ],
)
def test_the_table_of_replies_decides_for_reports_too(status, diagnostic, fate):
    """N-09"""
    assert fate_of(report(status=status, diagnostic=diagnostic)) is fate


def test_of_several_recipients_the_failed_one_speaks():
    content = report(above="\r\nAction: relayed\r\nStatus: 2.0.0\r\n")

    assert fate_of(content) is Fate.BAD_ADDRESS


def test_a_boundary_that_begins_like_another_is_not_that_one():
    content = (
        b"Content-Type: multipart/report; boundary=x\n\n--x\n"
        b"Content-Type: multipart/alternative; boundary=x.1\n\n--x.1\n"
        b"Content-Type: message/delivery-status\n\nAction: failed\nStatus: 5.2.2\n\n--x.1--\n"
        b"--x\nContent-Type: message/delivery-status\n\nAction: failed\nStatus: 5.1.1\n\n--x--\n"
    )

    assert fate_of(content) is Fate.BAD_ADDRESS


@pytest.mark.parametrize("encoding", ["base64", "quoted-printable"])
def test_an_encoded_report_is_decoded(encoding):
    plain = b"Reporting-MTA: dns; x\n\nAction: failed\nStatus: 5.1.1\n"
    text = base64.encodebytes(plain) if encoding == "base64" else quopri.encodestring(plain)
    content = (
        b"Content-Type: multipart/report; boundary=x\n\n--x\n"
        b"Content-Type: message/delivery-status\n"
        b"Content-Transfer-Encoding: " + encoding.encode() + b"\n\n" + text + b"\n--x--\n"
    )

    assert fate_of(content) is Fate.BAD_ADDRESS


def test_the_same_report_has_the_same_key_and_another_has_not():
    without_id = report()

    assert dsn.read(without_id).key == dsn.read(without_id).key
    assert dsn.read(without_id).key != dsn.read(report(status="5.1.2")).key


def test_what_a_server_says_fits_on_a_line_of_ours():
    words = "smtp; 550 5.1.1 no\x00 such\x1b[31m user\x85" + "x" * 5000

    said = dsn.read(report(diagnostic=words)).reply.text

    assert said.isprintable()
    assert len(said) <= 500


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\r\n\r\n",
        b"Subject: Afwezig\r\n\r\nIk ben met vakantie.\r\n",
        b"Content-Type: multipart/report\r\n\r\nno boundary\r\n",
        b'Content-Type: multipart/report; boundary=""\r\n\r\n--\r\n',
        b"Content-Type: multipart/report; boundary*=utf-99''x\r\n\r\n--x\r\n",
        b"Content-Type: multipart/report; boundary*=us-ascii''%ff%00\r\n\r\n--x\r\n",
        b"Content-Type: multipart/report; boundary=x\r\n\r\n",
        (
            b"Content-Type: multipart/report; boundary=x\r\n\r\n--x\r\n"
            b"Content-Type: message/delivery-status\r\n\r\n\r\n--x--"
        ),
        (
            b"Content-Type: multipart/report; boundary=x\r\n\r\n--x\r\n"
            b"Content-Type: message/delivery-status\r\nContent-Transfer-Encoding: base64\r\n\r\n"
            b"A\r\n--x--"
        ),
        report(status="9.9.9"),
        report(status="5.1.1.1.1 drop table letters"),
        report(status="2.1.1"),
        POSTFIX[: POSTFIX.index(b"Action: failed")],
        POSTFIX.replace(b"message/delivery-status", b"text/plain"),
        POSTFIX.replace(b"multipart/report", b"multipart/mixed"),
    ],
    ids=range(16),
)
def test_what_is_no_report_is_refused_as_one(content):
    with pytest.raises(NotAReport):
        dsn.read(content)


@given(st.binary(max_size=2000))
def test_no_bytes_raise_anything_else(content):
    _read(content)


@settings(max_examples=300)
@given(st.data())
def test_no_change_of_a_real_report_raises_anything_else(data):
    content = bytearray(data.draw(st.sampled_from([POSTFIX, EXCHANGE, COMPLAINT])))
    for _ in range(data.draw(st.integers(1, 8))):
        at = data.draw(st.integers(0, len(content) - 1))
        piece = data.draw(st.binary(max_size=6) | st.sampled_from([b"\r\n\r\n", b";", b'"', b"--"]))
        content[at : at + data.draw(st.integers(0, 20))] = piece
        if not content:
            break
    _read(bytes(content))


@pytest.mark.parametrize(
    "bomb",
    [
        b"Content-Type: multipart/report; boundary=x" + b";a=b" * 200_000,
        b'Content-Type: multipart/report; boundary="x' + b'\\";' * 300_000,
        b"Content-Type: multipart/report; boundary=x\n\n" + b"--x\n\n\n" * 150_000,
        b"Content-Type: multipart/report; boundary=x\n\n--x\nContent-Type: multipart/mixed\n\n"
        + b"".join(b"--x\nContent-Type: multipart/mixed; boundary=x\n\n" for _ in range(20_000)),
        b"Content-Type: multipart/report; boundary=x\n\n--x\nContent-Type: "
        b"message/delivery-status\n\n" + b"Action: failed\n\n" * 60_000,
        b"Content-Type: multipart/report; boundary=x\n\n--x\nContent-Type: "
        b"message/delivery-status\n\n" + b"Status: 5.1.1\n" * 70_000,
        b"X: y\n " * 150_000,
        b"A:\n" * 300_000 + b"\n",
        b"\r\n \r\n\t" * 150_000,
        b" " * 1_000_000,
        b"\n" * 1_000_000,
        b"Content-Type: multipart/report; boundary=x\n\n--x\nContent-Type: "
        b"message/delivery-status\n\nAction: failed\nStatus: 5.1.1\nDiagnostic-Code: smtp;"
        + b"5 "
        * 500_000,
        b"Content-Type: multipart/report; boundary=x\n\n--x\nContent-Type: "
        b"message/delivery-status\n\n" + b"\n \t\n" * 250_000,
    ],
    ids=range(13),
)
def test_no_bomb_of_a_mebibyte_takes_long(bomb):
    began = time.process_time()
    _read(bomb)

    assert time.process_time() - began < 2


def _read(content):
    try:
        dsn.read(content)
    except NotAReport:
        return
