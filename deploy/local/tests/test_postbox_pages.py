"""The page of the postbox: it shows what arrived, and no mail can make it do anything."""

from collections.abc import AsyncIterator
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

import pytest

from postbox.testing import Running, running

HOSTILE = '"><script>alert(1)</script><img src=x onerror=alert(1)>'


@pytest.fixture
async def postbox(tmp_path: Path) -> AsyncIterator[Running]:
    async with running(tmp_path) as opened:
        yield opened


def hostile_mail() -> bytes:
    mail = EmailMessage()
    mail["Subject"] = HOSTILE
    mail["Message-ID"] = "<1@x.example>"
    mail["X-Odd"] = HOSTILE
    mail.set_content(HOSTILE)
    mail.add_alternative(
        f'<!DOCTYPE html><html><body>{HOSTILE}<a href="https://x.example/i">View invoice</a>',
        subtype="html",
    )
    mail.add_attachment(
        b"<script>alert(1)</script>", maintype="text", subtype="html", filename=HOSTILE
    )
    return mail.as_bytes(policy=SMTP)


async def test_a_hostile_mail_is_shown_as_text_on_every_tab(postbox: Running) -> None:
    await postbox.send(hostile_mail())
    (stored,) = await postbox.messages()

    for path in (
        "/",
        *(
            f"/messages/{stored['id']}?tab={tab}"
            for tab in ("html", "text", "source", "headers", "attachments", "<script>")
        ),
    ):
        answer = await postbox.http.get(path)

        assert answer.status_code == 200
        assert "<script" not in answer.text
        assert "<img" not in answer.text
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        assert "&lt;script&gt;alert(1)" in answer.text


async def test_the_html_of_a_mail_can_only_open_new_tabs(postbox: Running) -> None:
    await postbox.send(hostile_mail())
    (stored,) = await postbox.messages()

    answer = await postbox.http.get(f"/messages/{stored['id']}/body")

    policy = answer.headers["content-security-policy"]
    assert policy.startswith("sandbox allow-popups allow-popups-to-escape-sandbox; ")
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    assert "img-src" not in policy
    assert answer.text.startswith('<!DOCTYPE html><base target="_blank">')
    assert '<a href="https://x.example/i">View invoice</a>' in answer.text


async def test_an_attachment_is_downloaded_and_never_shown(postbox: Running) -> None:
    await postbox.send(hostile_mail())
    (stored,) = await postbox.messages()

    answer = await postbox.http.get(f"/messages/{stored['id']}/attachments/0")
    none = await postbox.http.get(f"/messages/{stored['id']}/attachments/1")

    assert answer.content == b"<script>alert(1)</script>"
    assert answer.headers["content-disposition"].startswith("attachment; filename*=UTF-8''%22%3E")
    assert answer.headers["content-security-policy"].startswith("sandbox;")
    assert none.status_code == 404


async def test_the_list_is_newest_first_in_pages_and_by_recipient(postbox: Running) -> None:
    for n in range(52):
        await postbox.send(b"Subject: no %d.\r\n\r\n" % n, to=f"r{n}@{n % 2}.example")
    ids = [m["id"] for m in await postbox.messages(limit=100)]

    newest = (await postbox.http.get("/")).text
    older = (await postbox.http.get(f"/?before={ids[2]}")).text
    odd = (await postbox.http.get("/?to=@1.EXAMPLE")).text

    assert newest.index("no 51.") < newest.index("no 50.") < newest.index("no 2.")
    assert "no 1." not in newest
    assert f"/?before={ids[2]}" in newest
    assert older.index("no 1.") < older.index("no 0.")
    assert "no 51." in odd
    assert "no 50." not in odd


async def test_the_language_of_a_mail_is_shown_even_if_its_first_part_says_it(
    postbox: Running,
) -> None:
    mail = EmailMessage()
    mail.set_content("Guten Tag")
    mail["Content-Language"] = "de"
    mail.add_alternative("<p>Guten Tag", subtype="html")

    await postbox.send(mail.as_bytes(policy=SMTP))

    assert '<span class="tag">de</span>' in (await postbox.http.get("/")).text


async def test_the_form_puts_faults_in_force_and_takes_them_back(postbox: Running) -> None:
    form = {"rcpt": "^a 451 4.3.0 try later\r\n\r\n", "delay_ms": "7", "drop_after_dot": "0.5"}
    form["bounce"] = "^b 550 5.1.1 no such user"

    await postbox.http.post("/faults", data=form)
    on = (await postbox.http.get("/api/faults")).json()
    shown = (await postbox.http.get("/faults")).text
    await postbox.http.post("/faults")

    assert on["rcpt"] == {"^a": "451 4.3.0 try later"}
    assert on["bounce"] == {"^b": "550 5.1.1 no such user"}
    assert (on["delay_ms"], on["drop_after_dot"], on["down"]) == (7, 0.5, False)
    assert "^a 451 4.3.0 try later" in shown
    assert "^b 550 5.1.1 no such user" in shown
    assert not (await postbox.http.get("/api/faults")).json()["rcpt"]


async def test_a_form_with_a_mistake_is_shown_again_as_it_was_filled_in(postbox: Running) -> None:
    answer = await postbox.http.post("/faults", data={"rcpt": "^( 451 x", "delay_ms": "soon"})

    assert answer.status_code == 422
    assert "<code>/rcpt/^(</code>" in answer.text
    assert "<code>/delay_ms</code>" in answer.text
    assert "Not a regular expression" in answer.text
    assert 'value="soon"' in answer.text
