"""A mail that is not taken, or comes back later: its letter, address and issuer learn of it."""

import asyncio
import smtplib
from dataclasses import replace
from urllib.parse import urlsplit

import pytest

NO_SUCH_USER = "550 5.1.1 no such user"
FULL = "552 5.2.2 mailbox full"
BLOCKED = "554 5.7.1 blocked for spam"
UNDELIVERABLE = "notifications.letter-undeliverable.v1"
PATIENCE_SECONDS = 90


@pytest.fixture
async def refuse(suite, http):
    """Let the relay refuse some recipients by its reply, or by a report that comes back."""

    async def put(**faults):
        answer = await http.put(f"{suite.postbox}/api/faults", json=faults)
        answer.raise_for_status()

    yield put
    await put()


@pytest.fixture
def publish(dl5, customer, person, invoice):
    """Publish an invoice to one reader; return it."""

    async def to(email):
        bakery = customer(main_contact=person(email=email))
        await dl5.register(bakery)
        return await dl5.publish(invoice(bakery), bakery)

    return to


async def letter_of(company, published, *states):
    """Wait until the only letter of a document stands so, and return it."""
    letter = {}
    for _ in range(PATIENCE_SECONDS * 5):
        letters = await company.letters(published.document_id)
        letter = letters[0] if letters else {}
        if letter.get("state") in states:
            return letter
        await asyncio.sleep(0.2)
    return pytest.fail(f"{published.number} is not {states} but {letter}")


async def told_of(company, letter):
    """Return what the issuer was told of a letter."""
    for _ in range(50):
        found = [
            each.body
            for each in company.billing.heard
            if each.kind == UNDELIVERABLE and each.body["letter_id"] == letter["letter_id"]
        ]
        if found:
            return found
        await asyncio.sleep(0.2)
    return []


async def stopped(company, suite):
    """Return the addresses no letter goes to any more, with the reason of each."""
    items, cursor = [], ""
    while cursor is not None:
        query = {"limit": 200} | ({"cursor": cursor} if cursor else {})
        answer = await company.http.get(
            f"{suite.addresses.notifications}/v1/addresses", params=query
        )
        page = answer.raise_for_status().json()
        items += page["items"]
        cursor = page["next_cursor"]
    return {each["address"]: each["reason"] for each in items}


async def copies(auditor, published):
    return len(await auditor.mails(published.number))


@pytest.mark.parametrize(("how", "state"), [("rcpt", "refused"), ("bounce", "bounced")])
async def test_a_bad_address_is_stopped_and_staff_and_issuer_see_why(
    dl5, dl2, suite, publish, refuse, auditor, how, state
):
    """N-09 N-08"""
    email = f"gone-by-{how}@korenaar.example"
    await refuse(**{how: {f"^{email}$": NO_SUCH_USER}})

    first = await publish(email)
    letter = await letter_of(dl5, first, "refused", "bounced")
    await refuse()
    second = await publish(email)
    later = await letter_of(dl5, second, "refused", "sent")

    assert letter["state"] == state
    assert letter["reason"] == f"bad_address: {NO_SUCH_USER}"
    assert later["state"] == "refused"
    assert later["reason"].startswith("bad_address: stopped since ")
    assert later["reason"].endswith(NO_SUCH_USER)
    assert await copies(auditor, first) == (1 if how == "bounce" else 0)
    assert await copies(auditor, second) == 0
    assert (await stopped(dl5, suite))[email] == f"bad_address: {NO_SUCH_USER}"
    assert email not in await stopped(dl2, suite)
    for each, published in ((letter, first), (later, second)):
        (told,) = await told_of(dl5, each)
        assert (told["reason"], told["number"]) == ("bad_address", published.number)

    freed = await suite.command("notifications", "free-address", email)
    resent = await suite.command("notifications", "resend", "--letter", later["letter_id"])
    await letter_of(dl5, second, "sent")

    assert "freed" in freed
    assert "1 to be sent again" in resent
    assert email not in await stopped(dl5, suite)
    assert await copies(auditor, second) == 1


@pytest.mark.long
@pytest.mark.parametrize(("how", "state"), [("rcpt", "refused"), ("bounce", "bounced")])
async def test_a_full_mailbox_is_tried_five_times_more_and_stays_in_use(
    dl5, suite, publish, refuse, auditor, how, state
):
    """N-09"""
    email = f"full-by-{how}@korenaar.example"
    await refuse(**{how: {f"^{email}$": FULL}})

    first = await publish(email)
    letter = await letter_of(dl5, first, state)
    await refuse()
    second = await publish(email)

    assert letter["reason"] == f"mailbox_full: {FULL}"
    assert await copies(auditor, first) == (6 if how == "bounce" else 0)
    assert len({mail["message_id"] for mail in await auditor.mails(first.number)}) <= 1
    (told,) = await told_of(dl5, letter)
    assert told["reason"] == "mailbox_full"
    assert email not in await stopped(dl5, suite)
    await letter_of(dl5, second, "sent")


@pytest.mark.long
@pytest.mark.parametrize(("how", "state"), [("rcpt", "refused"), ("bounce", "bounced")])
async def test_a_policy_refusal_lets_the_domain_wait_and_blames_no_address(
    dl5, suite, publish, refuse, auditor, how, state
):
    """N-09"""
    domain = f"strict-by-{how}.example"
    await refuse(**{how: {f"^blocked@{domain}$": BLOCKED}})

    first = await publish(f"blocked@{domain}")
    letter = await letter_of(dl5, first, state)
    second = await publish(f"other@{domain}")
    waiting = await letter_of(dl5, second, "deferred", "sent")
    await refuse()

    assert letter["reason"] == f"policy: {BLOCKED}"
    assert (waiting["state"], waiting["reason"]) == (
        "deferred",
        f"policy: domain paused, {BLOCKED}",
    )
    (told,) = await told_of(dl5, letter)
    assert told["reason"] == "policy"
    assert not [each for each in await stopped(dl5, suite) if each.endswith(domain)]
    await letter_of(dl5, second, "sent")
    assert await copies(auditor, second) == 1

    await suite.command("notifications", "resend", "--letter", letter["letter_id"])
    await letter_of(dl5, first, "sent")


async def test_forged_and_replayed_reports_change_nothing(dl5, suite, publish, auditor):
    """N-09"""
    first = await publish("els@replay.example")
    letter = await letter_of(dl5, first, "sent")
    (mail,) = await auditor.mails(first.number)
    ours = (await auditor.whole(mail))["envelope_from"]
    local, _, domain = ours.partition("@")
    forged = f"{local[:-1]}{'a' if local[-1] != 'a' else 'b'}@{domain}"
    delayed = report("delayed", "4.4.1", "451 4.4.1 no answer", "<d@relay.example>")
    failed = report("failed", "5.1.1", NO_SUCH_USER, "<f@relay.example>")

    answers = [
        await bring(suite, forged, failed),
        await bring(suite, f"postmaster@{domain}", failed),
        await bring(suite, ours, delayed),
        await bring(suite, ours, b"Subject: Afwezig\r\n\r\nTot maandag.\r\n"),
        await bring(suite, ours, b"\x00\xff\r\n" * 2000),
    ]
    untouched = await letter_of(dl5, first, "sent")

    assert answers == [550, 550, 250, 250, 250]
    assert untouched == letter

    assert await bring(suite, ours.upper(), failed) == 250
    bounced = await letter_of(dl5, first, "bounced")
    await suite.command("notifications", "free-address", "els@replay.example")
    replayed = [await bring(suite, ours, failed) for _ in range(3)]

    assert replayed == [250, 250, 250]
    assert await letter_of(dl5, first, "bounced") == bounced
    assert "els@replay.example" not in await stopped(dl5, suite)
    assert len(await told_of(dl5, bounced)) == 1


async def test_a_person_with_another_address_is_written_to_there(
    dl5, customer, person, refuse, invoice
):
    """N-08 N-09"""
    reader = person(email="closed@moved.example")
    bakery = customer(main_contact=reader)
    await refuse(rcpt={"^closed@moved": NO_SUCH_USER})
    await dl5.register(bakery)
    first = await dl5.publish(invoice(bakery), bakery)
    await letter_of(dl5, first, "refused")
    moved = replace(bakery, main_contact=replace(reader, email="open@moved.example"))

    await dl5.register(moved)
    second = await dl5.publish(invoice(moved), moved)

    await letter_of(dl5, second, "sent")


def report(action, status, said, message_id):
    """Write a report as a relay would."""
    return (
        f"From: MAILER-DAEMON@relay.example\r\nMessage-ID: {message_id}\r\n"
        "Content-Type: multipart/report; report-type=delivery-status; boundary=x\r\n\r\n"
        "--x\r\nContent-Type: message/delivery-status\r\n\r\n"
        f"Reporting-MTA: dns; relay.example\r\n\r\nAction: {action}\r\n"
        f"Status: {status}\r\nDiagnostic-Code: smtp; {said}\r\n\r\n--x--\r\n"
    ).encode()


async def bring(suite, to, content):
    """Bring a mail to the port that mails come back to; return the last code."""

    def deliver():
        port = urlsplit(suite.addresses.bounces).port
        with smtplib.SMTP("127.0.0.1", port, local_hostname="relay.example", timeout=30) as line:
            line.ehlo()
            line.mail("")
            code, _ = line.rcpt(to)
            return line.data(content)[0] if code == 250 else code

    return await asyncio.to_thread(deliver)
