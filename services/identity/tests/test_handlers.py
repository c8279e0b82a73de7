"""Proves what becomes of each message that identity hears."""

import json

import pytest

from chassis.failures import NotFound
from chassis.identifiers import new_id
from chassis.inbox import MessageIdReused
from chassis.testing import said
from contracts.identity import (
    CommandRefused,
    CustomerNumberChanged,
    CustomerRegistered,
    PersonChanged,
    RegisterCustomer,
    RegisterCustomerRefused,
)
from identity import queries


@pytest.fixture
async def admitted(database, admit):
    """Have two issuers admitted."""
    async with database.transaction() as session:
        await admit(session)
        await admit(session, "dl6")


async def answers(database, kind):
    async with database.transaction() as session:
        return [(each, each.read(kind)) for each in await said(session, kind)]


@pytest.mark.usefixtures("admitted")
async def test_a_registration_is_answered_to_who_asked(hear, database, customer):
    delivered = await hear(customer(), correlation_id="order-17")

    ((sent, outcome),) = await answers(database, CustomerRegistered)
    assert (sent.exchange, sent.routing_key) == ("outcomes", "dl5")
    assert sent.correlation_id == "order-17"
    assert sent.headers["causation_id"] == delivered.message_id
    assert str(outcome.command_id) == delivered.message_id
    assert (outcome.customer_number, outcome.version, outcome.kept) == ("DL5-104233", 1, ())
    assert (hear.fates.parked, hear.fates.retried) == ([], [])


@pytest.mark.usefixtures("admitted")
async def test_the_same_registration_heard_twice_is_one(hear, database, customer):
    message_id = new_id()

    for _ in range(3):
        await hear(customer(), message_id=message_id)

    assert len(await answers(database, CustomerRegistered)) == 1
    assert len(await answers(database, CustomerNumberChanged)) == 1


@pytest.mark.usefixtures("admitted")
async def test_a_system_of_the_issuer_speaks_for_it(hear, database, customer):
    await hear(customer(), user_id="dl5.erp")

    ((sent, _),) = await answers(database, CustomerRegistered)
    assert sent.routing_key == "dl5"


@pytest.mark.usefixtures("admitted")
async def test_a_refused_registration_is_answered_parked_and_leaves_nothing(
    hear, database, customer
):
    delivered = await hear(customer("DL6-1"))

    ((sent, refused),) = await answers(database, RegisterCustomerRefused)
    assert (sent.routing_key, str(refused.command_id)) == ("dl5", delivered.message_id)
    assert [(each.pointer, each.rule) for each in refused.problems] == [
        ("/customer_number", "issuer_prefix")
    ]
    assert len(hear.fates.parked) == 1
    assert await answers(database, PersonChanged) == []
    async with database.transaction() as session:
        assert await queries.customer_number(session, "DL6-1") is None


@pytest.mark.usefixtures("admitted")
async def test_a_message_id_used_for_another_customer_is_refused(hear, database, customer):
    message_id = new_id()
    await hear(customer("DL5-1"), message_id=message_id)

    await hear(customer("DL5-2"), message_id=message_id)

    ((_, refused),) = await answers(database, RegisterCustomerRefused)
    assert refused.problems[0].rule == "message_id_reused"
    assert isinstance(hear.fates.parked[0], MessageIdReused)


@pytest.mark.parametrize(
    ("body", "pointers"),
    [
        (b"not json", [""]),
        (b"[]", [""]),
        (b"{}", ["/customer_number", "/name", "/country", "/main_contact"]),
        (
            json.dumps(
                {
                    "customer_number": "104233",
                    "name": "two\nlines",
                    "country": "Belgium",
                    "main_contact": {
                        "email": "jan",
                        "language": "es",
                        "first_name": "",
                        "last_name": "Peeters",
                    },
                }
            ).encode(),
            [
                "/customer_number",
                "/name",
                "/country",
                "/main_contact/email",
                "/main_contact/language",
                "/main_contact/first_name",
            ],
        ),
        (b"[" * 5000, [""]),
    ],
)
@pytest.mark.usefixtures("admitted")
async def test_what_cannot_be_read_is_answered_with_every_place(hear, database, body, pointers):
    await hear(body, of=RegisterCustomer)

    ((_, refused),) = await answers(database, RegisterCustomerRefused)
    assert [each.pointer for each in refused.problems] == pointers
    assert len(hear.fates.parked) == 1


@pytest.mark.usefixtures("admitted")
async def test_a_command_nobody_knows_is_answered(hear, database):
    delivered = await hear(b"{}", sender="dl6")

    ((sent, refused),) = await answers(database, CommandRefused)
    assert (sent.routing_key, str(refused.command_id)) == ("dl6", delivered.message_id)
    assert refused.problems[0].rule == "unknown_command"
    assert isinstance(hear.fates.parked[0], NotFound)


@pytest.mark.usefixtures("admitted")
async def test_who_does_not_prove_who_it_is_is_refused_at_the_door_it_came_in_by(
    hear, database, customer
):
    await hear(customer(), user_id=None)
    await hear(customer(), user_id="dl6")

    refusals = await answers(database, RegisterCustomerRefused)
    assert [(sent.routing_key, told.problems[0].rule) for sent, told in refusals] == [
        ("dl5", "user_id_missing"),
        ("dl5", "user_id"),
    ]
    assert await answers(database, CustomerNumberChanged) == []
