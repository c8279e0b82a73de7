"""Proves that a stolen database lets nobody in, and that each act leaves one line and no secret."""

import pytest
import sqlalchemy as sa
import structlog.testing
from services.identity.tests.residents import PASSWORD, VISITOR

from contracts.notifications import WriteToPerson
from identity import auditing, credentials, models
from identity.trails import AuditEntry

NEW = "nine grey geese above the sluice"


async def a_busy_day(residents, as_, portal):
    """Have someone do everything there is; return every secret that was given out meanwhile."""
    jan = await residents.move_in("jan@example.com", "DL5-1")
    secrets = {"cookie": jan.cookie, "password": PASSWORD, "new password": NEW}
    await residents.with_totp(jan)
    key = await residents.with_passkey(jan)
    secrets |= {"totp": jan.secret} | {f"recovery {each}": each for each in jan.codes}

    asked = await portal(
        "/v1/sessions", issuer="dl5", username=jan.email, password=PASSWORD, visitor=VISITOR
    )
    challenge = asked.json()["second_step"]["challenge"]
    started = await portal(
        "/v1/sessions/second-step",
        challenge=challenge,
        kind="totp",
        code=jan.code(),
        visitor=VISITOR,
    )
    secrets |= {"challenge": challenge} | {
        name: started.json()[name] for name in ("session", "device")
    }
    alone = (await portal("/v1/passkeys/sign-in/options", issuer="dl5", visitor=VISITOR)).json()
    await portal(
        "/v1/passkeys/sign-in",
        challenge=alone["challenge"],
        passkey=key.sign(alone["options"]),
        visitor=VISITOR,
    )
    secrets["passkey challenge"] = alone["challenge"]

    await as_(jan, "POST", "/v1/me/proof", json={"code": jan.codes[0]})
    await as_(jan, "PATCH", "/v1/me", json={"language": "fr"})
    await as_(jan, "PUT", "/v1/me/password", json={"current": PASSWORD, "new": NEW})
    await as_(jan, "POST", "/v1/me/email-changes", json={"address": "jan@elsewhere.example"})
    mails = [each for each in await residents.told(WriteToPerson) if each.proof]
    for mail in mails:
        proof = mail.proof
        made = (residents.gateways.link_keys[0], proof.credential_id, proof.kind)
        secrets[f"link {proof.kind}"] = credentials.link_of(*made).partition(".")[2]
        secrets[f"code {proof.kind}"] = credentials.code_of(*made)
    await portal("/v1/email-changes/finish", proof=residents.link(mails[0]))
    await as_(jan, "POST", "/v1/me/recovery-codes")
    await as_(jan, "GET", "/v1/me/export")
    return jan, secrets


ACTS = [
    "second_factor_added",
    "second_factor_added",
    "signed_in",
    "signed_in",
    "proved_anew",
    "details_changed",
    "password_changed",
    "move_asked",
    "moved",
    "recovery_codes_made",
    "exported",
]


async def test_no_table_and_no_log_holds_anything_that_lets_in(residents, as_, portal, database):
    """Guide 1.6, 18"""
    with structlog.testing.capture_logs() as logged:
        _, secrets = await a_busy_day(residents, as_, portal)

    assert len(secrets) > 20
    held = {"log": str(logged)}
    async with database.transaction() as session:
        for table in models.metadata.sorted_tables:
            held[table.name] = str((await session.execute(sa.select(table))).all())
    for where, text in held.items():
        for what, secret in secrets.items():
            assert secret not in text, f"{what} is in {where}"
            assert secret.replace("-", "") not in text, f"{what} is in {where}"


async def test_each_act_leaves_one_line_that_names_nobody(residents, as_, portal, database):
    """Guide 1.6, 42"""
    jan, secrets = await a_busy_day(residents, as_, portal)

    async with database.transaction() as session:
        entries = (await session.scalars(sa.select(AuditEntry).order_by(AuditEntry.id))).all()
    assert [each.act for each in entries] == ACTS
    assert len({each.subject for each in entries}) == 1
    told = str([[each.actor, each.subject, each.facts] for each in entries])
    for word in (str(jan.id), "jan", "elsewhere", "203.0.113.9", *secrets.values()):
        assert word not in told
    assert "\\n" not in told


STEPS = {
    "ask for a move": ("POST", "/v1/me/email-changes", {"address": "jan@elsewhere.example"}),
    "say who one is": ("PATCH", "/v1/me", {"language": "de"}),
    "make codes anew": ("POST", "/v1/me/recovery-codes", None),
    "be erased": ("POST", "/v1/me/erasure", None),
    "change the password": ("PUT", "/v1/me/password", {"current": PASSWORD, "new": NEW}),
}


@pytest.mark.parametrize("step", sorted(STEPS))
async def test_what_fails_at_its_end_has_not_begun(residents, as_, database, monkeypatch, step):
    """Guide 1.6, 43: all or nothing"""
    jan = await residents.move_in("jan@example.com", "DL5-1")
    await residents.with_totp(jan)
    method, path, body = STEPS[step]
    before = await rows(database)

    async def fail(*_given, **_facts):
        raise RuntimeError("the process dies here")

    monkeypatch.setattr(auditing, "note", fail)
    answer = await as_(jan, method, path, json=body)

    assert answer.status_code == 500
    assert await rows(database) == before


async def rows(database):
    """Return all that is kept but what counts tries."""
    held = {}
    async with database.transaction() as session:
        for table in models.metadata.sorted_tables:
            if table.name != "throttles":
                found = (await session.execute(sa.select(table))).all()
                held[table.name] = sorted(map(str, found))
    return held
