"""The API of the postbox, as outside tests and senders that lost an answer use it."""

import hashlib
from collections.abc import AsyncIterator
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

import pytest

from postbox.testing import READER, SENDER, Running, running


@pytest.fixture
async def postbox(tmp_path: Path) -> AsyncIterator[Running]:
    async with running(tmp_path) as opened:
        yield opened


async def test_following_the_list_meets_every_mail_once_oldest_first(postbox: Running) -> None:
    for n in range(5):
        await postbox.send(b"Subject: %d\r\n\r\n" % n)

    first = (await postbox.http.get("/api/messages?limit=2")).json()
    second = (await postbox.http.get(f"/api/messages?limit=2&after={first['next']}")).json()
    third = (await postbox.http.get(f"/api/messages?limit=2&after={second['next']}")).json()
    await postbox.send(b"Subject: 5\r\n\r\n")
    fourth = await postbox.messages(after=third["items"][-1]["id"])

    met = first["items"] + second["items"] + third["items"] + fourth
    assert [m["subject"] for m in met] == ["0", "1", "2", "3", "4", "5"]
    assert third["next"] is None


async def test_every_copy_of_a_mail_is_found_by_its_message_id(postbox: Running) -> None:
    for recipient in (READER, "two@x.example", READER):
        await postbox.send(b"Message-Id: <same@x.example>\r\n\r\n", to=recipient)
    await postbox.send(b"Message-Id: <other@x.example>\r\n\r\n")

    bracketed = await postbox.messages(message_id="<same@x.example>")
    bare = await postbox.messages(message_id="same@x.example")
    to_one = await postbox.messages(message_id="same@x.example", to=READER)

    assert len(bracketed) == 3
    assert bare == bracketed
    assert {m["message_id"] for m in bare} == {"same@x.example"}
    assert len(to_one) == 2
    assert await postbox.messages(message_id="unknown@x.example") == []


async def test_a_list_may_be_narrowed_to_one_recipient(postbox: Running) -> None:
    await postbox.send(b"Subject: hers\r\n\r\n", to="Els@korenaar.example")
    await postbox.send(b"Subject: his\r\n\r\n", to="jan@korenaar.example")

    hers = await postbox.messages(to="els@korenaar.example")

    assert [m["subject"] for m in hers] == ["hers"]


async def test_one_mail_is_shown_whole(postbox: Running) -> None:
    pdf = b"%PDF-1.7 \x00\xff" * 50
    mail = EmailMessage()
    mail["From"] = f"Lease <{SENDER}>"
    mail["To"] = "Someone Else <header@x.example>"
    mail["Subject"] = "Facture: 1 284,17 €"
    mail["Message-ID"] = "<1@x.example>"
    mail.set_content("Grüße\n")
    mail.add_alternative("<p>Grüße</p>\n", subtype="html")
    mail.add_attachment(pdf, maintype="application", subtype="pdf", filename="reçu 1.pdf")
    await postbox.send(mail.as_bytes(policy=SMTP), sender="bounce+1@lease.example")

    (listed,) = await postbox.messages()
    whole = (await postbox.http.get(f"/api/messages/{listed['id']}")).json()

    assert {name: whole[name] for name in listed} == listed
    assert listed["from"] == SENDER
    assert listed["to"] == [READER]
    assert whole["envelope_from"] == "bounce+1@lease.example"
    assert ["Subject", "Facture: 1 284,17 €"] in whole["headers"]
    assert whole["text"].strip() == "Grüße"
    assert whole["html"].strip() == "<p>Grüße</p>"
    assert whole["attachments"] == [
        {
            "name": "reçu 1.pdf",
            "media_type": "application/pdf",
            "size": len(pdf),
            "sha256": hashlib.sha256(pdf).hexdigest(),
        }
    ]


async def test_emptying_throws_every_mail_away_for_good(tmp_path: Path) -> None:
    async with running(tmp_path) as postbox:
        await postbox.send(b"\r\n")
        (thrown,) = await postbox.messages()
        emptied = await postbox.http.delete("/api/messages")
        gone = await postbox.http.get(f"/api/messages/{thrown['id']}")
        await postbox.send(b"Subject: later\r\n\r\n")

    async with running(tmp_path) as postbox:
        left = await postbox.messages()

    assert (emptied.status_code, gone.status_code) == (204, 404)
    assert gone.headers["content-type"] == "application/problem+json"
    assert [m["subject"] for m in left] == ["later"]


async def test_a_new_set_of_faults_replaces_the_old_one_whole(postbox: Running) -> None:
    await postbox.set_faults(rcpt={"^a": "550 5.1.1 no"}, delay_ms=5)

    answer = await postbox.http.put("/api/faults", json={"drop_after_dot": 0.25})

    off = {
        "rcpt": {},
        "refuse": {},
        "bounce": {},
        "delay_ms": 0,
        "drop_before_dot": 0.0,
        "drop_after_dot": 0.25,
        "down": False,
    }
    assert answer.json() == off
    assert (await postbox.http.get("/api/faults")).json() == off


@pytest.mark.parametrize(
    ("faults", "pointer"),
    [
        ({"rcpt": {"^(": "550 no"}}, "/rcpt/^("),
        ({"rcpt": {"^a/b": "250 fine"}}, "/rcpt/^a~1b"),
        ({"rcpt": {"^a": "451"}}, "/rcpt/^a"),
        ({"rcpt": {"^a": "451 two\r\n250 lines"}}, "/rcpt/^a"),
        ({"refuse": {"250 fine": 0.1}}, "/refuse/250 fine"),
        ({"refuse": {"451 4.3.0 try later": 2}}, "/refuse/451 4.3.0 try later"),
        ({"bounce": {"(": "550 x"}}, "/bounce/("),
        ({"bounce": {"^a": "250 fine"}}, "/bounce/^a"),
        ({"delay_ms": -1}, "/delay_ms"),
        ({"drop_before_dot": 1.1}, "/drop_before_dot"),
        ({"drop_after_dot": "often"}, "/drop_after_dot"),
        ({"down": "perhaps"}, "/down"),
        ({"dwon": True}, "/dwon"),
    ],
)
async def test_a_fault_that_makes_no_sense_is_refused_by_name(
    postbox: Running, faults: dict[str, object], pointer: str
) -> None:
    await postbox.set_faults(delay_ms=5)

    answer = await postbox.http.put("/api/faults", json=faults)

    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert [problem["pointer"] for problem in answer.json()["problems"]] == [pointer]
    assert (await postbox.http.get("/api/faults")).json()["delay_ms"] == 5


async def test_a_limit_is_at_least_one_and_cut_to_the_most(postbox: Running) -> None:
    assert (await postbox.http.get("/api/messages?limit=1000000")).status_code == 200
    refused = await postbox.http.get("/api/messages?limit=0")

    assert refused.status_code == 422
    assert refused.json()["problems"][0]["pointer"] == "/limit"


async def test_a_page_from_elsewhere_changes_nothing(postbox: Running) -> None:
    await postbox.send(b"\r\n")

    for hostile in (
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ):
        for method, path in (("DELETE", "/api/messages"), ("POST", "/empty"), ("POST", "/faults")):
            answer = await postbox.http.request(method, path, headers=hostile)
            assert answer.status_code == 403

    assert len(await postbox.messages()) == 1
    own = {"Origin": "http://postbox.example", "Sec-Fetch-Site": "same-origin"}
    assert (await postbox.http.post("/empty", headers=own)).status_code == 303
    assert await postbox.messages() == []
