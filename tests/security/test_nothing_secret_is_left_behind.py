"""After a whole life of an account, no table, message or log holds what opens anything."""

import base64
import re
from urllib.parse import unquote

import pyotp
import pytest
from tests.overhearing import in_queues, overheard

from localrun.account_holder import PASSWORD, AccountHolder, visitor

NEW_PASSWORD = "een nieuwe zin over zeven zwanen"
LAST_PASSWORD = "nog een andere zin over een fiets"


def spellings(secret):
    """Return how a secret might stand somewhere."""
    raw = secret.encode()
    found = {
        secret,
        raw.hex(),
        base64.b64encode(raw).decode(),
        base64.urlsafe_b64encode(raw).decode(),
    }
    if "." in secret:
        found.add(secret.partition(".")[2])
    if re.fullmatch(r"[A-Z2-7]{16,}", secret):  # a TOTP's secret: its bytes too
        bare = base64.b32decode(secret + "=" * (-len(secret) % 8))
        found |= {bare.hex(), base64.b64encode(bare).decode()}
    return {each.rstrip("=") for each in found}


def lies_in(secret, text):
    """Say whether a text holds a secret; a code only as a word of its own."""
    if secret.isdecimal():
        return re.search(rf"(?<![\w.]){secret}(?![\w.])", text) is not None
    return any(each in text or each in unquote(text) for each in spellings(secret))


@pytest.fixture
def life(settle, desk, mailbox, person):
    """Return a function that lives the life of an account, and returns every secret of it."""

    async def live():
        secrets = {}
        settled = await settle()
        holder, box = settled.holder, settled.mailbox
        secrets |= {"session": holder.session, "device": holder.started["device"]}
        secrets |= {
            f"token for {name}": await holder.token(name) for name in ("identity", "documents")
        }

        other = await desk.sign_in("dl5", holder.email)
        secrets["second session"] = other.session

        who = visitor()
        asked = await desk.post(
            "/v1/forgotten-passwords", issuer="dl5", username=holder.email, visitor=who
        )
        reset = await box.following("/proof/reset/")
        secrets |= {"reset code": reset.code, "reset proof": reset.proof}
        path = f"/v1/forgotten-passwords/{asked.json()['reset']}/finish"
        done = await desk.post(path, code=reset.code, password=NEW_PASSWORD, visitor=who)
        assert done.status_code == 204, done.text

        holder = await desk.sign_in("dl5", holder.email, NEW_PASSWORD)
        secrets["third session"] = holder.session
        changed = await holder.me(
            "PUT", "/password", json={"current": NEW_PASSWORD, "new": LAST_PASSWORD}
        )
        assert changed.status_code == 204, changed.text

        made = (await holder.me("POST", "/totp", json={"name": "Telefoon"})).json()
        totp = pyotp.TOTP(made["secret"])
        secrets |= {"totp": made["secret"]}
        confirmed = await holder.me(
            "POST", f"/totp/{made['id']}/confirm", json={"code": totp.now()}
        )
        codes = confirmed.json()["recovery_codes"]
        secrets |= {f"recovery code {number}": code for number, code in enumerate(codes)}
        holder.renew_tokens()

        half = await desk.try_to_sign_in("dl5", holder.email, LAST_PASSWORD)
        step = half.json()["second_step"]
        secrets["challenge"] = step["challenge"]
        whole = await desk.post(
            "/v1/sessions/second-step",
            challenge=step["challenge"],
            kind="recovery",
            code=codes[0],
            visitor=visitor(),
        )
        assert whole.status_code == 201, whole.text
        holder = AccountHolder(desk, holder.email, LAST_PASSWORD, whole.json())
        secrets["fourth session"] = holder.session

        new_address = person().email
        moved = await holder.me("POST", "/email-changes", json={"address": new_address})
        assert moved.status_code == 202, moved.text
        confirm = (await mailbox(new_address).following("/proof/email_confirm/")).proof
        cancel = (await box.following("/proof/email_cancel/")).proof
        secrets |= {"confirm proof": confirm, "cancel proof": cancel}
        confirmed = await desk.post("/v1/email-changes/finish", proof=confirm)
        assert confirmed.status_code == 200, confirmed.text

        secrets |= {"password": PASSWORD, "new": NEW_PASSWORD, "last": LAST_PASSWORD}
        return secrets, holder

    return live


async def test_a_whole_life_of_an_account_leaves_no_secret_behind(
    suite, life, http, auditor, everything_stored
):
    async with overheard(suite.addresses) as said:
        secrets, holder = await life()
        assert await auditor.quiet() == []
    stored = [row for rows in (await everything_stored()).values() for row in rows]
    lying = await in_queues(suite.addresses, http)
    logs = [path.read_text(errors="replace") for path in (suite.folder / "logs").glob("*.log")]
    assert any(holder.person_id in each for each in stored)
    assert any(holder.person_id in each for each in said)
    assert logs

    everything = "\n".join([*stored, *said, *lying, *logs])

    assert len(secrets) > 20
    assert {name for name, secret in secrets.items() if lies_in(secret, everything)} == set()


@pytest.mark.parametrize(
    ("secret", "text"),
    [
        ("hunter2 and seven swans", "password=hunter2%20and%20seven%20swans"),
        ("12345678", '{"code": "12345678"}'),
        ("0193.abcdefghij", "GET /proof/reset?mac=abcdefghij"),
        ("JBSWY3DPEHPK3PXP", "\\x48656c6c6f21deadbeef"),
        ("opaque-session", b"opaque-session".hex()),
    ],
)
def test_a_secret_is_found_however_it_is_written(secret, text):
    assert lies_in(secret, text)
    assert not lies_in(secret, "nothing of the sort 912345678")
