"""Whatever is done to an account is written down once: what was done, and whose, and no secret."""

from collections import Counter

import pytest

from localrun import insides
from localrun.account_holder import visitor

NEW = "een nieuwe zin over zeven zwanen"


@pytest.fixture
def written_of(suite):
    """Return a function that reads the acts that were written down of a person, in order."""

    async def read(holder):
        connection = await insides.connect(suite.addresses, "identity")
        try:
            return [
                dict(row)
                for row in await connection.fetch(
                    "select act, actor, subject, facts from audit_entries where subject = "
                    "(select pseudonym::text from pseudonyms where person_id = $1) order by id",
                    holder.person_id,
                )
            ]
        finally:
            await connection.close()

    return read


async def test_every_act_of_a_way_in_is_written_down_once(settle, desk, written_of):
    settled = await settle()
    holder, box = settled.holder, settled.mailbox
    before = Counter(row["act"] for row in await written_of(holder))
    assert before == {"registration_asked": 1, "registered": 1}

    async def done(answer, status):
        assert answer.status_code == status, answer.text

    await done(await desk.try_to_sign_in("dl5", holder.email, "dit is het niet hoor"), 422)
    other = await desk.sign_in("dl5", holder.email)
    await done(await desk.post("/v1/sessions/end", session=other.session), 204)
    await done(await holder.me("POST", "/proof", json={"password": "dit is het niet hoor"}), 422)
    await done(await holder.me("POST", "/proof", json={"password": holder.password}), 200)
    wrong = {"current": "dit is het niet hoor", "new": NEW}
    await done(await holder.me("PUT", "/password", json=wrong), 422)
    await done(await holder.me("PATCH", json={"language": "fr"}), 200)
    await done(await holder.me("GET", "/export"), 200)
    await done(await holder.me("POST", "/email-changes", json={"address": "a@b.example"}), 202)
    await done(await holder.me("DELETE", "/email-changes"), 204)
    who = visitor()
    asked = await desk.post(
        "/v1/forgotten-passwords", issuer="dl5", username=holder.email, visitor=who
    )
    mail = await box.following("/proof/reset/")
    path = f"/v1/forgotten-passwords/{asked.json()['reset']}/finish"
    await done(await desk.post(path, code=mail.code, password=NEW, visitor=who), 204)

    rows = await written_of(holder)
    written = Counter(row["act"] for row in rows) - before
    assert written == {
        "sign_in_refused": 1,
        "signed_in": 1,
        "signed_out": 1,
        "proof_refused": 1,
        "proved_anew": 1,
        "password_not_changed": 1,
        "details_changed": 1,
        "exported": 1,
        "move_asked": 1,
        "move_withdrawn": 1,
        "reset_asked": 1,
        "password_reset": 1,
    }
    everything = repr(rows)
    for word in (holder.email, holder.person_id, "Peeters", mail.code, NEW, holder.session):
        assert word not in everything
