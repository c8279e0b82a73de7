"""Passwords over HTTP: how long, how good, for how long, and who may change one."""

import pytest

from localrun import insides
from localrun.account_holder import PASSWORD, Refused
from localrun.environment import WITH_MESSAGES

FIFTEEN = "mossel-7-brug-q"
FOURTEEN, EIGHT, SEVEN = FIFTEEN[:14], "mb7-q!zx", "mb7-q!z"


@pytest.fixture
async def owner(settle):
    return (await settle()).holder


async def change(holder, current, new):
    """Change a password, and return what was refused of it, if anything."""
    answer = await holder.me("PUT", "/password", json={"current": current, "new": new})
    if answer.status_code == 204:
        return None
    assert answer.status_code == 422, answer.text
    (problem,) = answer.json()["problems"]
    return problem["pointer"], problem["rule"]


async def test_fifteen_characters_are_enough_alone_and_fourteen_are_not(owner, desk):
    assert (len(FIFTEEN), len(FOURTEEN)) == (15, 14)
    assert (await change(owner, PASSWORD, FOURTEEN))[1] == "too_short"
    assert await change(owner, PASSWORD, FIFTEEN) is None

    assert (await desk.try_to_sign_in("dl5", owner.email, PASSWORD)).status_code == 422
    assert (await desk.try_to_sign_in("dl5", owner.email, FIFTEEN)).status_code == 201


async def test_beside_a_second_factor_eight_are_enough_and_seven_are_not(staff):
    holder, _ = await staff()

    assert (len(EIGHT), len(SEVEN)) == (8, 7)
    assert (await change(holder, PASSWORD, SEVEN))[1] == "too_short"
    assert await change(holder, PASSWORD, EIGHT) is None


async def test_a_password_is_changed_by_who_knows_the_one_there_is(owner, desk):
    wrong = await change(owner, "niet mijn wachtwoord hoor", FIFTEEN)
    without = await owner.me("PUT", "/password", json={"new": FIFTEEN})

    assert wrong is not None
    assert wrong[0] == "/current"
    assert without.status_code == 422
    assert (await desk.try_to_sign_in("dl5", owner.email, PASSWORD)).status_code == 201
    assert (await desk.try_to_sign_in("dl5", owner.email, FIFTEEN)).status_code == 422


@pytest.mark.parametrize("given", ["name", "number", "address", "issuer"])
async def test_what_everybody_knows_of_a_person_makes_no_password(settle, given):
    settled = await settle()
    customer, email = settled.customer, settled.holder.email
    easy = {
        "name": "NoorPeeters2026",
        "number": f"{customer.number}!{customer.number}",
        "address": f"{email.partition('@')[0]}2026!",
        "issuer": "MeridiaanLease1",
    }[given]
    assert len(easy) >= 15

    refused = await change(settled.holder, PASSWORD, easy)

    assert refused is not None
    assert refused[1] in {"too_easy", "too_common"}


async def test_a_password_is_checked_before_a_code_is_used_up(
    desk, dl5, customer, invoice, mailbox
):
    of = customer()
    await dl5.register(of)
    await dl5.publish(invoice(of), of)
    box = mailbox(of.main_contact.email)
    link = (await box.following("/view/")).links[0]

    with pytest.raises(Refused, match="too_short"):
        await desk.register(link, box, password=FOURTEEN)
    assert (await desk.register(link, box, password=FIFTEEN)).person_id


async def test_a_password_of_ten_years_ago_is_as_good_as_new(suite, owner, desk):
    connection = await insides.connect(suite.addresses, "identity")
    try:
        aged = await connection.execute(
            "update accounts set password_changed_at = now() - interval '10 years', "
            "registered_at = now() - interval '10 years' where person_id = $1",
            owner.person_id,
        )
    finally:
        await connection.close()
    assert aged == "UPDATE 1"

    signed_in = await desk.try_to_sign_in("dl5", owner.email, PASSWORD)

    assert signed_in.status_code == 201
    assert signed_in.json()["must"] is None


async def test_nothing_in_any_database_lets_a_password_end(suite):
    for service in WITH_MESSAGES:
        connection = await insides.connect(suite.addresses, service)
        try:
            columns = await connection.fetch(
                "select table_name || '.' || column_name from information_schema.columns "
                "where table_schema = 'public' and column_name ~ 'password'"
            )
        finally:
            await connection.close()
        known = {"accounts.password_hash", "accounts.password_changed_at"}
        assert {name for (name,) in columns} == (known if service == "identity" else set())
