"""Proves what a billing system's word about a customer changes, and what it leaves alone."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from chassis.testing import said
from contracts.identity import Address, CustomerNumberChanged, PersonChanged
from identity import queries, registering
from identity.errors import AddressUnusable, CustomerOfAnotherIssuer, IssuerUnknown
from identity.models import BEGINNING, CustomerNumber, Person, Ticket

MONDAY = datetime(2026, 6, 1, 8, tzinfo=UTC)
TUESDAY = MONDAY + timedelta(days=1)


async def person_with(session, email, group="dl5"):
    return await queries.person(session, group, email)


async def count(session, table):
    return await session.scalar(sa.select(sa.func.count()).select_from(table))


async def test_a_new_customer_is_told_with_its_main_contact(session, admit, customer, told):
    """I-13 I-17 I-23"""
    await admit(session)
    command = customer(
        enterprise_number="BE0123456749",
        contract_start="2026-01-01",
        address=Address(street="Kerkstraat 1", postal_code="9000", city="Gent"),
    )

    registered = await registering.register(session, "dl5", command)

    (number,) = await told(CustomerNumberChanged)
    (person,) = await told(PersonChanged)
    assert (registered.version, registered.kept) == (1, [])
    assert (number.customer_number, number.issuer, number.version) == ("DL5-104233", "dl5", 1)
    assert (number.name, number.country, number.state) == ("Garage Peeters", "BE", "active")
    assert number.enterprise_number == "BE0123456749"
    assert number.contract_start.isoformat() == "2026-01-01"
    assert (number.shared_users, number.ended) == ((), ())
    assert number.main_contact.person_id == person.person_id
    assert (person.email, person.language) == ("jan@example.com", "nl")
    assert (person.first_name, person.last_name) == ("Jan", "Peeters")
    assert (person.version, person.registered, person.state) == (1, False, "active")
    kept = await queries.customer_number(session, "DL5-104233")
    assert (kept.street, kept.postal_code, kept.city) == ("Kerkstraat 1", "9000", "Gent")


async def test_the_first_main_contact_answers_since_ever(session, admit, customer, told):
    await admit(session)

    await registering.register(session, "dl5", customer())

    (number,) = await told(CustomerNumberChanged)
    assert number.main_contact.since == BEGINNING


async def test_registering_again_changes_and_tells_nothing(session, admit, customer):
    await admit(session)
    await registering.register(session, "dl5", customer())
    before = len(await said(session))

    again = await registering.register(session, "dl5", customer())

    assert again.version == 1
    assert len(await said(session)) == before


async def test_a_newer_word_of_the_issuer_wins(session, admit, customer, told):
    await admit(session)
    await registering.register(session, "dl5", customer(as_of=MONDAY))

    newer = await registering.register(
        session, "dl5", customer(as_of=TUESDAY, name="Garage Peeters & Co", country="NL")
    )

    last = (await told(CustomerNumberChanged))[-1]
    assert newer.version == 2
    assert (last.version, last.name, last.country) == (2, "Garage Peeters & Co", "NL")


async def test_an_older_word_of_the_issuer_changes_nothing(session, admit, customer):
    await admit(session)
    await registering.register(session, "dl5", customer(as_of=TUESDAY))
    before = len(await said(session))

    older = await registering.register(
        session,
        "dl5",
        customer(as_of=MONDAY, name="Old name", email="old@example.com", first_name="Old"),
    )

    assert older.version == 1
    assert len(await said(session)) == before
    assert await person_with(session, "old@example.com") is None
    assert (await queries.customer_number(session, "DL5-104233")).name == "Garage Peeters"


async def test_a_word_without_a_time_is_taken_and_keeps_the_time_that_is_known(
    session, admit, customer
):
    await admit(session)
    await registering.register(session, "dl5", customer(as_of=TUESDAY))
    await registering.register(session, "dl5", customer(name="Now"))

    await registering.register(session, "dl5", customer(as_of=MONDAY, name="Before"))

    number = await queries.customer_number(session, "DL5-104233")
    assert (number.name, number.as_of, number.version) == ("Now", TUESDAY, 2)


async def test_a_newer_time_alone_is_no_news_but_is_remembered(session, admit, customer):
    await admit(session)
    await registering.register(session, "dl5", customer(as_of=MONDAY))

    same = await registering.register(session, "dl5", customer(as_of=TUESDAY))
    older = await registering.register(
        session, "dl5", customer(as_of=TUESDAY - timedelta(seconds=1), name="Between")
    )

    assert (same.version, older.version) == (1, 1)


async def test_a_fact_that_is_no_longer_said_is_no_longer_known(session, admit, customer, told):
    await admit(session)
    await registering.register(session, "dl5", customer(enterprise_number="BE0123456749"))

    await registering.register(session, "dl5", customer())

    assert [each.enterprise_number for each in await told(CustomerNumberChanged)] == [
        "BE0123456749",
        None,
    ]


async def test_a_customer_of_another_issuer_is_refused_with_its_place(session, admit, customer):
    await admit(session)
    await admit(session, "dl6")

    with pytest.raises(CustomerOfAnotherIssuer) as refused:
        await registering.register(session, "dl5", customer("DL6-1"))

    assert [(each.pointer, each.rule) for each in refused.value.problems] == [
        ("/customer_number", "issuer_prefix")
    ]
    assert await queries.customer_number(session, "DL6-1") is None


async def test_an_issuer_that_was_not_admitted_registers_nobody(session, customer):
    with pytest.raises(IssuerUnknown):
        await registering.register(session, "dl5", customer())


async def test_an_unusable_address_is_refused_with_its_place(session, admit, customer):
    """I-13"""
    await admit(session)

    with pytest.raises(AddressUnusable) as refused:
        await registering.register(session, "dl5", customer(email="jan@-x.example"))

    assert refused.value.problems[0].pointer == "/main_contact/email"
    assert await count(session, CustomerNumber) == 0


async def test_another_main_contact_takes_over_at_that_moment(session, admit, customer, told):
    """I-09 I-17 I-23: a guest tells the issuer, whose system says the new address."""
    await admit(session)
    await registering.register(session, "dl5", customer())
    jan = await person_with(session, "jan@example.com")

    registered = await registering.register(
        session, "dl5", customer(email="an@example.com", first_name="An")
    )

    an = await person_with(session, "an@example.com")
    last = (await told(CustomerNumberChanged))[-1]
    (ended,) = last.ended
    assert registered.version == 2
    assert last.main_contact.person_id == an.id
    assert (ended.person_id, ended.since) == (jan.id, BEGINNING)
    assert ended.until == last.main_contact.since


async def test_a_main_contact_that_comes_back_has_a_new_claim_and_not_the_time_between(
    session, admit, customer, told
):
    await admit(session)
    await registering.register(session, "dl5", customer())
    await registering.register(session, "dl5", customer(email="an@example.com"))
    await registering.register(session, "dl5", customer())

    first, between, last = await told(CustomerNumberChanged)
    assert last.main_contact.person_id == first.main_contact.person_id
    assert last.main_contact.ticket != first.main_contact.ticket
    assert last.main_contact.since > between.main_contact.since > BEGINNING
    assert [each.person_id for each in last.ended] == [
        first.main_contact.person_id,
        between.main_contact.person_id,
    ]


async def test_two_numbers_of_one_contact_are_one_person_with_two_claims(
    session, admit, customer, told
):
    """I-14 I-24: an invitation is per customer number, so each number has a claim of its own."""
    await admit(session)

    await registering.register(session, "dl5", customer("DL5-1", name="Peeters Motors"))
    await registering.register(session, "dl5", customer("DL5-2", name="Peeters Vans"))

    first, second = await told(CustomerNumberChanged)
    assert len(await told(PersonChanged)) == 1
    assert first.main_contact.person_id == second.main_contact.person_id
    assert first.main_contact.ticket != second.main_contact.ticket


async def test_the_same_address_at_an_unrelated_issuer_is_another_person(
    session, admit, customer, told
):
    await admit(session)
    await admit(session, "dl6")

    await registering.register(session, "dl5", customer("DL5-1"))
    await registering.register(session, "dl6", customer("DL6-1", first_name="Johannes"))

    first, second = await told(PersonChanged)
    assert first.person_id != second.person_id
    assert (first.first_name, second.first_name) == ("Jan", "Johannes")


async def test_issuers_of_one_group_share_their_people(session, admit, customer, told):
    await admit(session, group="delta")
    await admit(session, "dl6", group="delta")

    await registering.register(session, "dl5", customer("DL5-1"))
    await registering.register(session, "dl6", customer("DL6-1"))

    first, second = await told(CustomerNumberChanged)
    assert first.main_contact.person_id == second.main_contact.person_id


async def test_an_address_in_capitals_or_in_ascii_is_the_same_person(session, admit, customer):
    await admit(session)

    await registering.register(session, "dl5", customer("DL5-1", email="jan@bücher.example"))
    await registering.register(session, "dl5", customer("DL5-2", email="JAN@xn--bcher-kva.example"))

    assert await count(session, Person) == 1


async def test_writing_the_address_otherwise_moves_nobody(session, admit, customer):
    await admit(session)
    await registering.register(session, "dl5", customer())
    before = len(await said(session))

    await registering.register(session, "dl5", customer(email="JAN@example.com"))

    assert len(await said(session)) == before


async def test_another_name_is_news_of_the_person_and_not_of_the_number(
    session, admit, customer, told
):
    await admit(session)
    await registering.register(session, "dl5", customer())

    await registering.register(session, "dl5", customer(first_name="Johan", language="fr"))

    last = (await told(PersonChanged))[-1]
    assert (last.version, last.first_name, last.language) == (2, "Johan", "fr")
    assert len(await told(CustomerNumberChanged)) == 1


async def test_what_a_person_settled_is_kept_and_listed(session, admit, customer, told):
    await admit(session)
    await registering.register(session, "dl5", customer())
    jan = await person_with(session, "jan@example.com")
    jan.registered, jan.own_fields, jan.language = True, ["language"], "fr"

    registered = await registering.register(session, "dl5", customer(first_name="Johan"))

    last = (await told(PersonChanged))[-1]
    assert registered.kept == ["language"]
    assert (last.language, last.first_name, last.registered) == ("fr", "Johan", True)


async def test_a_person_who_moved_to_another_address_stays_the_main_contact(
    session, admit, customer, told
):
    await admit(session)
    await registering.register(session, "dl5", customer())
    jan = await person_with(session, "jan@example.com")
    jan.registered, jan.own_fields = True, ["email"]
    jan.email = jan.email_key = "jan@home.example"

    registered = await registering.register(session, "dl5", customer(name="Renamed"))

    last = (await told(CustomerNumberChanged))[-1]
    assert registered.kept == ["email"]
    assert (last.version, last.main_contact.person_id) == (2, jan.id)
    assert await count(session, Person) == 1
    assert await count(session, Ticket) == 1


async def test_registering_one_number_at_once_makes_one_number(database, admit, customer):
    async with database.transaction() as session:
        await admit(session)

    async def register(name):
        async with database.transaction() as session:
            return await registering.register(session, "dl5", customer(name=name))

    await asyncio.gather(*(register(f"Name {turn}") for turn in range(8)))

    async with database.transaction() as session:
        numbers = [
            each.read(CustomerNumberChanged) for each in await said(session, CustomerNumberChanged)
        ]
        assert sorted(each.version for each in numbers) == list(range(1, 9))
        assert await count(session, Person) == 1
        assert await count(session, Ticket) == 1


async def test_registering_one_new_person_at_many_numbers_at_once_makes_one_person(
    database, admit, customer
):
    """I-24"""
    async with database.transaction() as session:
        await admit(session)

    async def register(number):
        async with database.transaction() as session:
            await registering.register(session, "dl5", customer(f"DL5-{number}"))

    await asyncio.gather(*(register(number) for number in range(8)))

    async with database.transaction() as session:
        assert await count(session, Person) == 1
        assert await count(session, Ticket) == 8
        assert len(await said(session, PersonChanged)) == 1


async def test_two_words_about_one_person_at_once_are_two_versions(database, admit, customer):
    async with database.transaction() as session:
        await admit(session)
        for number in range(5):
            await registering.register(session, "dl5", customer(f"DL5-{number}"))

    async def rename(number):
        async with database.transaction() as session:
            told = customer(f"DL5-{number}", first_name=f"Jan {number}")
            await registering.register(session, "dl5", told)

    await asyncio.gather(*(rename(number) for number in range(5)))

    async with database.transaction() as session:
        people = [each.read(PersonChanged) for each in await said(session, PersonChanged)]
        assert sorted(each.version for each in people) == [1, 2, 3, 4, 5, 6]
        newest = max(people, key=lambda each: each.version)
        jan = await person_with(session, "jan@example.com")
        assert (jan.version, jan.first_name) == (newest.version, newest.first_name)
