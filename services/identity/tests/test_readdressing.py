"""Proves how staff change the address of a reader without account, and whom that touches."""

import asyncio

import pytest
import sqlalchemy as sa

from chassis.testing import problems
from contracts.identity import CustomerNumberChanged, PersonChanged
from contracts.notifications import WriteToPerson
from identity import admitting_staff, queries, sharing
from identity.accounts import Staff
from identity.admitting_staff import Invitation
from identity.models import CustomerNumber, Person, Ticket
from identity.sharing import Share

KIM = "kim@lease.example"
WRONG, RIGHT = "els@typo.example", "els@noord.example"


@pytest.fixture
async def kim(residents):
    """Return somebody at work for dl5, which is one of two issuers of a group."""
    await residents.issuer("dl6", group="delta")
    return await residents.move_in(KIM, staff=True, strength=2, group="delta")


@pytest.fixture
async def els(residents):
    """Return the main contact of two numbers of dl5: no account, and the address is wrong."""
    await residents.issuer("dl5", group="delta")
    await residents.customer("DL5-1", WRONG, first_name="Els", language="fr")
    await residents.customer("DL5-2", WRONG, first_name="Els", language="fr")
    return (await person_of(residents, WRONG)).id


@pytest.fixture
def change(at_desk, kim):
    """Return a function that changes an address at the desk."""

    async def change(person_id, address=RIGHT, *, number="DL5-1", reason="asked_by_phone"):
        path = f"/customers/{number}/people/{person_id}/address"
        return await at_desk(kim, "PUT", path, json={"address": address, "reason": reason})

    return change


async def person_of(residents, email, group="delta"):
    async with residents.database.transaction() as session:
        return await queries.person(session, group, email)


async def share(residents, number, email, issuer="dl5", **switches):
    named = {"first_name": "An", "last_name": "Maes", "language": "nl"}
    async with residents.database.transaction() as session:
        wanted = Share(email, **named, **{"portal": True, "mail": True} | switches)
        return (await sharing.share(session, issuer, number, wanted))[0].id


async def claims(residents):
    """Return who has what of which number now."""
    async with residents.database.transaction() as session:
        found = (
            sa.select(Ticket.customer_number, Person.email, Ticket.role, Ticket.portal, Ticket.mail)
            .join(Person, Person.id == Ticket.person_id)
            .where(Ticket.until.is_(None))
            .order_by(Ticket.customer_number, Ticket.role, Person.email)
        )
        return [tuple(row) for row in await session.execute(found)]


async def tickets(residents, *numbers):
    async with residents.database.transaction() as session:
        found = sa.select(Ticket.id).where(
            Ticket.customer_number.in_(numbers), Ticket.until.is_(None)
        )
        return set(await session.scalars(found))


async def test_a_reader_without_account_is_reached_elsewhere(residents, els, change):
    """I-09, O-05: whoever is main contact of several numbers moves with all of them."""
    before = await tickets(residents, "DL5-1", "DL5-2")

    answer = await change(els)

    assert (answer.status_code, answer.json()) == (
        200, {"person_id": str(els), "email": RIGHT, "registered": False},
    )  # fmt: skip
    told = (await residents.told(PersonChanged))[-1]
    assert (told.person_id, told.email, told.first_name, told.language) == (els, RIGHT, "Els", "fr")
    assert await claims(residents) == [
        ("DL5-1", RIGHT, "main", True, True),
        ("DL5-2", RIGHT, "main", True, True),
    ]
    assert not before & await tickets(residents, "DL5-1", "DL5-2")
    assert await residents.told(WriteToPerson) == []


async def test_the_links_that_went_to_the_old_mailbox_open_nothing(
    residents, els, change, link_of, web_door
):
    """I-09: it may be a stranger's."""
    (old,) = await tickets(residents, "DL5-1")

    async def opens(ticket):
        headers = web_door.bearer("links:open", service="portal")
        body = {"link": link_of(ticket)}
        return (await web_door.http.post("/v1/links/open", json=body, headers=headers)).status_code

    assert await opens(old) == 200
    await change(els)
    (new,) = await tickets(residents, "DL5-1")

    assert [await opens(each) for each in (old, new)] == [404, 200]
    told = [each for each in await residents.told(CustomerNumberChanged) if each.version > 1]
    assert {(each.customer_number, each.main_contact.person_id) for each in told} == {
        ("DL5-1", els), ("DL5-2", els),
    }  # fmt: skip
    assert told[0].main_contact.ticket in {new, *await tickets(residents, "DL5-2")}


async def test_what_the_billing_system_says_again_does_not_undo_it(residents, els, change):
    """I-09"""
    await change(els)

    await residents.customer("DL5-1", WRONG, first_name="Els", language="fr")

    assert (await claims(residents))[0] == ("DL5-1", RIGHT, "main", True, True)


@pytest.mark.usefixtures("els")
async def test_a_shared_user_without_account_is_reached_elsewhere_too(residents, change):
    """I-09"""
    await share(residents, "DL5-1", "an@typo.example", mail=False)
    an = (await person_of(residents, "an@typo.example")).id

    assert (await change(an, "an@kantoor.example")).status_code == 200

    assert await claims(residents) == [
        ("DL5-1", WRONG, "main", True, True),
        ("DL5-1", "an@kantoor.example", "shared", True, False),
        ("DL5-2", WRONG, "main", True, True),
    ]


async def test_who_has_an_account_changes_it_themselves(residents, change):
    """I-08, I-09"""
    await residents.move_in(WRONG, "DL5-1", group="delta")
    jan = await person_of(residents, WRONG)

    answer = await change(jan.id)

    assert (answer.status_code, problems(answer)) == (409, [("", "has_account")])
    assert await claims(residents) == [("DL5-1", WRONG, "main", True, True)]


@pytest.mark.parametrize("registered", [False, True])
async def test_an_address_that_is_anothers_gives_them_the_claims_as_the_issuer_could_itself(
    residents, els, change, registered
):
    """I-09: as when the billing system names another main contact."""
    if registered:
        await residents.move_in(RIGHT, group="delta")
    await share(residents, "DL5-2", RIGHT, mail=False)
    await residents.customer("DL5-3", RIGHT, first_name="Fons", language="nl")
    fons = await person_of(residents, RIGHT)

    answer = await change(els)

    assert answer.json() == {"person_id": str(fons.id), "email": RIGHT, "registered": registered}
    assert await claims(residents) == [
        (f"DL5-{n}", RIGHT, "main", True, True) for n in (1, 2, 3)
    ]  # fmt: skip
    after = await person_of(residents, RIGHT)
    assert (after.first_name, after.language) == (fons.first_name, fons.language)
    old = await person_of(residents, WRONG)
    assert (old.id, old.state, old.first_name) == (els, "active", "Els")


@pytest.mark.usefixtures("els")
async def test_of_two_claims_on_one_number_the_greater_stays(residents, change):
    """I-09"""
    await share(residents, "DL5-1", "an@typo.example")
    await share(residents, "DL5-2", "an@typo.example")
    await share(residents, "DL5-2", RIGHT, mail=False)
    await residents.customer("DL5-1", RIGHT)
    an = (await person_of(residents, "an@typo.example")).id

    assert (await change(an)).status_code == 200

    assert await claims(residents) == [
        ("DL5-1", RIGHT, "main", True, True),
        ("DL5-2", WRONG, "main", True, True),
        ("DL5-2", RIGHT, "shared", True, False),
    ]


async def test_what_another_issuer_of_the_group_said_stays_as_it_is(residents, els, change):
    """I-09: it is its own word."""
    await residents.customer("DL6-1", WRONG, first_name="Els", language="fr")
    sixth = await tickets(residents, "DL6-1")

    answer = await change(els)

    assert answer.status_code == 200
    assert answer.json()["person_id"] != str(els)
    assert await claims(residents) == [
        ("DL5-1", RIGHT, "main", True, True),
        ("DL5-2", RIGHT, "main", True, True),
        ("DL6-1", WRONG, "main", True, True),
    ]
    assert await tickets(residents, "DL6-1") == sixth
    new = await person_of(residents, RIGHT)
    assert (new.first_name, new.last_name, new.language) == ("Els", "Peeters", "fr")
    told = {each.email: each.version for each in await residents.told(PersonChanged)}
    assert told[RIGHT] == new.version


async def test_somebody_invited_to_work_is_not_moved_by_a_colleague(residents, els, change):
    """The invitation stays with the mailbox it went to."""
    async with residents.database.transaction() as session:
        await admitting_staff.invite(session, Invitation("dl5", WRONG, "Els", "P", admin=True))

    assert (await change(els)).json()["person_id"] != str(els)

    async with residents.database.transaction() as session:
        work = (await session.scalars(sa.select(Staff).filter_by(admin=True))).one()
    assert (work.person_id, (await person_of(residents, WRONG)).id) == (els, els)


async def test_only_the_spelling_of_an_address_may_change(els, change):
    assert (await change(els, "Els@Typo.example")).json()["person_id"] == str(els)
    assert (await change(els, "Els@Typo.example")).status_code == 422


async def test_what_cannot_be_done_says_why_and_changes_nothing(residents, els, change, kim):
    """I-09, O-02"""
    await residents.customer("DL6-1", "stranger@typo.example")
    stranger = (await person_of(residents, "stranger@typo.example")).id
    before = await claims(residents)

    same, none = await change(els, WRONG), await change(els, "no address")
    assert (same.status_code, problems(same)) == (422, [("/address", "address_same")])
    assert none.status_code == 422
    assert (await change(els, reason="because I say so")).status_code == 422
    assert (await change(stranger)).status_code == 404
    assert (await change(stranger, number="DL6-1")).status_code == 404
    assert (await change(els, number="DL5-999")).status_code == 404
    assert (await change(kim.id)).status_code == 404
    assert await claims(residents) == before


async def test_a_change_is_written_down_for_whoever_it_touched(residents, els, change, acts):
    """O-05: by whom, to whom, on which number and why; no address and no name."""
    await change(els)
    await share(residents, "DL5-1", "an@typo.example")
    an = (await person_of(residents, "an@typo.example")).id
    await change(an, RIGHT, number="DL5-1", reason="wrong_person")

    lines = await acts()

    on = {"customer_number": "DL5-1"}
    assert [(each.act, each.facts) for each in lines] == [
        ("desk_address_changed", on | {"reason": "asked_by_phone", "became": "moved"}),
        ("desk_address_changed", on | {"reason": "wrong_person", "became": "given_away"}),
        ("desk_address_changed", on | {"reason": "wrong_person", "became": "given"}),
    ]
    assert lines[0].subject == lines[2].subject != lines[1].subject
    assert len({each.actor for each in lines}) == 1
    everything = repr([(each.actor, each.subject, each.facts) for each in lines])
    for word in (str(els), str(an), WRONG, RIGHT, "Els", KIM):
        assert word not in everything


async def test_two_at_once_give_an_address_to_one(residents, els, change):
    """O-05: both are answered, and each number has one main contact."""
    await residents.customer("DL5-3", "jan@typo.example")
    jan = (await person_of(residents, "jan@typo.example")).id

    answers = await asyncio.gather(
        change(els), change(jan, number="DL5-3"), change(els, "els@third.example"), change(els)
    )

    assert {each.status_code for each in answers} <= {200, 404, 422}
    async with residents.database.transaction() as session:
        found = (
            sa.select(sa.func.count())
            .where(Ticket.until.is_(None), Ticket.role == "main")
            .group_by(Ticket.customer_number)
        )
        assert list(await session.scalars(found)) == [1, 1, 1]
        numbers = (await session.scalars(sa.select(CustomerNumber.customer_number))).all()
    assert len(numbers) == 3
