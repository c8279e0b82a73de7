"""Proves that of a person who is erased nothing is left but that there was someone."""

import sqlalchemy as sa
from services.identity.tests.residents import VISITOR

from chassis.testing import said
from contracts.identity import CustomerNumberChanged, PersonChanged, SessionsEnded
from contracts.notifications import WriteToPerson
from identity import models, queries, sharing
from identity.accounts import StandingShare
from identity.sharing import Share
from identity.trails import AuditEntry, Pseudonym

WORDS = ("jan", "peeters", "203.0.113.9", "firefox on windows", "my phone")


async def everything(database):
    """Return what every table of identity holds, as text; the outbox is what was said, not kept."""
    held = {}
    async with database.transaction() as session:
        for table in models.metadata.sorted_tables:
            if table.name not in {"outbox", "inbox"}:
                held[table.name] = str((await session.execute(sa.select(table))).all()).lower()
    return held


async def a_full_life(residents, as_, portal, database):
    """Have someone use all there is; return them."""
    jan = await residents.move_in("jan@example.com", "DL5-1", "DL5-2")
    await residents.with_totp(jan)
    await residents.with_passkey(jan)
    await as_(
        jan, "POST", "/v1/me/email-changes", json={"address": "jan.peeters@elsewhere.example"}
    )
    await portal("/v1/forgotten-passwords", issuer="dl5", username=jan.email, visitor=VISITOR)
    await residents.send_resets()
    async with database.transaction() as session:
        wish = Share("an@example.com", "An", "Maes", "nl", portal=True, mail=True)
        ticket, _ = await sharing.share(session, "dl5", "DL5-1", wish)
        session.add(
            StandingShare(
                main_contact=jan.id,
                person_id=ticket.person_id,
                portal=True,
                mail=True,
                since=ticket.since,
            )
        )
    return jan


async def test_nothing_of_who_it_was_is_left_in_any_table(residents, as_, portal, database):
    """Guide 1.7"""
    jan = await a_full_life(residents, as_, portal, database)
    before = await everything(database)

    answer = await as_(jan, "POST", "/v1/me/erasure")

    assert answer.status_code == 204
    assert any("jan@example.com" in each for each in before.values())
    for table, held in (await everything(database)).items():
        assert [word for word in WORDS if word in held] == [], table
    async with database.transaction() as session:
        (tombstone,) = (await queries.people(session, [jan.id])).values()
        assert (tombstone.state, tombstone.email, tombstone.registered) == ("erased", "", False)
        assert tombstone.first_name is None
        assert await session.scalar(sa.select(sa.func.count()).select_from(StandingShare)) == 0


async def test_everybody_who_should_know_is_told(residents, as_, portal, database):
    jan = await a_full_life(residents, as_, portal, database)

    await as_(jan, "POST", "/v1/me/erasure")

    person = (await residents.told(PersonChanged))[-1]
    assert (person.person_id, person.state, person.email) == (jan.id, "erased", None)
    assert (person.first_name, person.registered) == (None, False)
    (ended,) = await residents.told(SessionsEnded)
    assert ended.sessions == (jan.session_id,)
    numbers = {each.customer_number: each for each in await residents.told(CustomerNumberChanged)}
    assert [numbers[each].main_contact for each in ("DL5-1", "DL5-2")] == [None, None]
    assert len(numbers["DL5-1"].shared_users) == 1
    mail = (await residents.told(WriteToPerson))[-1]
    assert (mail.kind, mail.recipient) == ("erased", jan.email)
    async with database.transaction() as session:
        order = [each.name for each in await said(session)]
    assert order.index("notifications.write-to-person.v1") < len(order) - 1
    assert order[-1] == "identity.person-changed.v1"


async def test_the_audit_stays_and_nobody_can_tell_whose_it_is(residents, as_, portal, database):
    """Guide 1.7"""
    jan = await a_full_life(residents, as_, portal, database)
    async with database.transaction() as session:
        pseudonym = await session.scalar(sa.select(Pseudonym.pseudonym).filter_by(person_id=jan.id))
        before = await session.scalar(sa.select(sa.func.count()).select_from(AuditEntry))

    await as_(jan, "POST", "/v1/me/erasure")

    async with database.transaction() as session:
        assert not (await session.scalars(sa.select(Pseudonym).filter_by(person_id=jan.id))).all()
        entries = (await session.scalars(sa.select(AuditEntry).order_by(AuditEntry.id))).all()
    assert len(entries) == before + 1
    assert (entries[-1].act, entries[-1].subject) == ("erased", str(pseudonym))
    assert str(jan.id) not in str([vars(each) for each in entries])


async def test_two_people_can_be_erased(residents, as_):
    jan, an = await residents.move_in(), await residents.move_in("an@example.com")

    answers = [await as_(each, "POST", "/v1/me/erasure") for each in (jan, an)]

    assert [each.status_code for each in answers] == [204, 204]
    assert (await as_(jan, "POST", "/v1/me/erasure")).status_code == 401


async def test_an_issuer_may_tell_of_the_address_again_and_it_is_somebody_new(residents, as_):
    jan = await residents.move_in("jan@example.com", "DL5-1")
    await as_(jan, "POST", "/v1/me/erasure")

    await residents.customer("DL5-1", "jan@example.com")

    person = (await residents.told(PersonChanged))[-1]
    number = (await residents.told(CustomerNumberChanged))[-1]
    assert (person.email, person.registered) == ("jan@example.com", False)
    assert person.person_id != jan.id
    assert number.main_contact.person_id == person.person_id


async def test_an_address_one_had_before_is_forgotten_too(residents, as_, portal, database):
    jan = await residents.move_in("jan@example.com", "DL5-1")
    address = {"address": "jan@elsewhere.example"}
    await as_(jan, "POST", "/v1/me/email-changes", json=address)
    proof = residents.link((await residents.told(WriteToPerson))[-2])
    await portal("/v1/email-changes/finish", proof=proof)

    await as_(jan, "POST", "/v1/me/erasure")

    for table, held in (await everything(database)).items():
        assert "jan@" not in held, table
