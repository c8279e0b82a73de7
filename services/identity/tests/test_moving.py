"""Proves that an address changes when its mailbox says so, all at once, and can be taken back."""

import asyncio
from datetime import timedelta

import pytest
import sqlalchemy as sa
from services.identity.tests.residents import PASSWORD, VISITOR

from chassis.testing import problems
from contracts.identity import CustomerNumberChanged, PersonChanged, SessionsEnded
from contracts.notifications import WriteToPerson
from identity import queries, sharing
from identity.accounts import Credential, CredentialKind
from identity.sharing import Share

NEW = "jan@elsewhere.example"


@pytest.fixture
def move(residents, as_):
    """Return a function that asks for a move; returns the proofs in the two mails."""

    async def ask(resident, address=NEW):
        answer = await as_(resident, "POST", "/v1/me/email-changes", json={"address": address})
        assert answer.status_code == 202, answer.text
        mails = (await residents.told(WriteToPerson))[-2:]
        return tuple(residents.link(each) for each in mails)

    return ask


@pytest.fixture
def finish(portal):
    async def finish(proof):
        return await portal("/v1/email-changes/finish", proof=proof)

    return finish


@pytest.fixture
def cancel(portal):
    async def cancel(proof):
        return await portal("/v1/email-changes/cancel", proof=proof)

    return cancel


@pytest.fixture
def signs_in(portal):
    """Return a function that says whether an address and the password let in."""

    async def signs_in(address):
        answer = await portal(
            "/v1/sessions", issuer="dl5", username=address, password=PASSWORD, visitor=VISITOR
        )
        return answer.status_code == 201

    return signs_in


async def newest(residents, resident):
    told = [each for each in await residents.told(PersonChanged) if each.person_id == resident.id]
    return told[-1]


async def test_until_it_is_confirmed_the_old_address_stays_fully_valid(
    residents, move, finish, signs_in, as_
):
    """I-08"""
    jan = await residents.move_in("jan@example.com", "DL5-1")

    confirm, _ = await move(jan)
    before = (await newest(residents, jan)).email
    old_before, new_before = await signs_in(jan.email), await signs_in(NEW)
    pending = (await as_(jan, "GET", "/v1/me")).json()["email_change"]
    done = await finish(confirm)

    assert (before, old_before, new_before) == (jan.email, True, False)
    assert pending["address"] == NEW
    assert (done.status_code, done.json()) == (200, {"email": NEW})
    assert (await newest(residents, jan)).email == NEW
    assert (await signs_in(jan.email), await signs_in(NEW)) == (False, True)
    me = (await as_(jan, "GET", "/v1/me")).json()
    assert (me["email"], me["email_change"]) == (NEW, None)


async def test_both_mailboxes_are_told_before_and_after(residents, move, finish):
    """I-08; guide 1.6, 12"""
    jan = await residents.move_in()

    confirm, _ = await move(jan)
    await finish(confirm)

    mails = await residents.told(WriteToPerson)
    assert [(each.kind, each.recipient) for each in mails] == [
        ("email_confirm", NEW),
        ("email_changing", jan.email),
        ("email_changed", NEW),
        ("email_changed", jan.email),
    ]
    assert [each.proof.kind if each.proof else None for each in mails] == [
        "email_confirm",
        "email_cancel",
        None,
        None,
    ]
    assert all(each.facts == {"from": jan.email, "to": NEW} for each in mails)


async def test_an_issuer_that_says_the_old_address_again_changes_nothing(residents, move, finish):
    """I-08"""
    jan = await residents.move_in("jan@example.com", "DL5-1")
    confirm, _ = await move(jan)
    await finish(confirm)

    await residents.customer("DL5-1", "jan@example.com", name="Garage Peeters & Co")

    assert (await newest(residents, jan)).email == NEW
    number = (await residents.told(CustomerNumberChanged))[-1]
    assert number.main_contact.person_id == jan.id


async def test_a_proof_is_good_once(residents, move, finish):
    """Guide 1.6, 17"""
    jan = await residents.move_in()
    confirm, _ = await move(jan)

    answers = await asyncio.gather(*(finish(confirm) for _ in range(50)))

    assert sorted(each.status_code for each in answers) == [200] + [409] * 49
    refused = next(each for each in answers if each.status_code == 409)
    assert problems(refused) == [("", "proof_unusable")]


async def test_a_proof_for_one_thing_is_none_for_another(residents, move, finish, cancel):
    """Guide 1.6, 20"""
    jan = await residents.move_in()
    confirm, back = await move(jan)

    assert (await finish(back)).status_code == 404
    assert (await cancel(confirm)).status_code == 404
    assert (await finish("forged.x")).status_code == 404
    assert (await finish(confirm)).status_code == 200


@pytest.mark.parametrize(
    ("kind", "lasts", "proof"),
    [
        (CredentialKind.EMAIL_CONFIRM, timedelta(hours=24), 0),
        (CredentialKind.EMAIL_CANCEL, timedelta(hours=72), 1),
    ],
)
async def test_a_proof_dies_of_old_age(residents, move, portal, database, kind, lasts, proof):
    """Guide 1.6, 19"""
    jan = await residents.move_in()
    path = "/v1/email-changes/" + ("finish", "cancel")[proof]
    proofs = await move(jan)
    async with database.transaction() as session:
        sent = (await session.scalars(sa.select(Credential).filter_by(kind=kind))).one()
        assert sent.link_until - sent.made_at == lasts
        sent.link_until -= lasts

    assert (await portal(path, proof=proofs[proof])).status_code == 409


async def test_asking_again_makes_the_first_proof_useless(residents, move, finish):
    jan = await residents.move_in()
    first, _ = await move(jan)
    second, _ = await move(jan, "jan@third.example")

    assert (await finish(first)).status_code == 409
    assert (await finish(second)).json() == {"email": "jan@third.example"}


async def test_a_move_is_withdrawn_by_who_asked(residents, move, finish, as_):
    jan = await residents.move_in()
    confirm, _ = await move(jan)

    answer = await as_(jan, "DELETE", "/v1/me/email-changes")

    assert answer.status_code == 204
    assert (await finish(confirm)).status_code == 409
    assert (await as_(jan, "GET", "/v1/me")).json()["email_change"] is None


async def test_the_old_mailbox_stops_a_move_before_it_happens(residents, move, finish, cancel, as_):
    """I-08"""
    jan = await residents.move_in()
    confirm, back = await move(jan)

    stopped = await cancel(back)

    assert (stopped.status_code, stopped.json()) == (200, {"email": jan.email})
    assert (await finish(confirm)).status_code == 409
    assert (await as_(jan, "GET", "/v1/me")).status_code == 200
    assert (await cancel(back)).status_code == 409


async def test_the_old_mailbox_takes_a_move_back_and_everybody_is_signed_out(
    residents, move, finish, cancel, signs_in, as_, portal
):
    """I-08; guide 1.6, 33"""
    jan = await residents.move_in("jan@example.com", "DL5-1")
    confirm, back = await move(jan)
    await finish(confirm)
    reset = await portal("/v1/forgotten-passwords", issuer="dl5", username=NEW, visitor=VISITOR)
    await residents.send_resets()
    strangers = residents.link((await residents.told(WriteToPerson))[-1])

    undone = await cancel(back)

    assert (undone.status_code, undone.json()) == (200, {"email": jan.email})
    assert (await newest(residents, jan)).email == jan.email
    assert (await as_(jan, "GET", "/v1/me")).status_code == 401
    assert (await residents.told(SessionsEnded))[-1].sessions == (jan.session_id,)
    assert (await signs_in(jan.email), await signs_in(NEW)) == (True, False)
    used = await portal(
        f"/v1/forgotten-passwords/{reset.json()['reset']}/finish",
        proof=strangers,
        password=PASSWORD,
        visitor=VISITOR,
    )
    assert used.status_code == 422


async def test_of_two_moves_the_first_mailbox_undoes_both(residents, move, finish, cancel):
    jan = await residents.move_in()
    confirm, first_back = await move(jan)
    await finish(confirm)
    confirm, second_back = await move(jan, "thief@example.net")
    await finish(confirm)

    undone = await cancel(first_back)

    assert undone.json() == {"email": "jan@example.com"}
    assert (await cancel(second_back)).status_code == 409


async def test_nobody_is_flooded_with_moves(residents, as_):
    jan, an = await residents.move_in(), await residents.move_in("an@example.com")

    async def ask(resident, address):
        body = {"address": address}
        return (await as_(resident, "POST", "/v1/me/email-changes", json=body)).status_code

    to_one = [await ask(jan, NEW) for _ in range(5)] + [await ask(an, NEW)]
    to_many = [await ask(an, f"an{n}@example.net") for n in range(6)]

    assert to_one == [202] * 5 + [429]
    assert to_many == [202] * 5 + [429]


async def test_ones_own_address_is_no_move(residents, as_):
    jan = await residents.move_in()

    answer = await as_(jan, "POST", "/v1/me/email-changes", json={"address": jan.email})

    assert (answer.status_code, problems(answer)) == (422, [("/address", "address_yours")])


@pytest.mark.parametrize("address", ["jan", "jan@", "jan@localhost", "a b@example.com"])
async def test_an_address_that_no_mail_reaches_is_refused(residents, as_, address):
    jan = await residents.move_in()

    answer = await as_(jan, "POST", "/v1/me/email-changes", json={"address": address})

    assert answer.status_code == 422
    assert problems(answer)[0][0] == "/address"


async def test_an_address_may_be_written_otherwise(residents, move, finish, signs_in):
    jan = await residents.move_in("jan@example.com", "DL5-1")
    confirm, _ = await move(jan, "Jan@Example.com")

    assert (await finish(confirm)).json() == {"email": "Jan@Example.com"}
    assert await signs_in("jan@example.com")


async def test_a_taken_address_is_told_to_its_mailbox_only(residents, finish, as_):
    jan = await residents.move_in()
    an = await residents.move_in("an@example.com")
    free, taken = [
        await as_(jan, "POST", "/v1/me/email-changes", json={"address": each})
        for each in (NEW, an.email)
    ]
    confirm = residents.link((await residents.told(WriteToPerson))[-2])

    refused = await finish(confirm)

    assert (free.status_code, free.json()) == (taken.status_code, taken.json())
    assert (refused.status_code, problems(refused)) == (409, [("", "address_taken")])
    assert (await as_(jan, "GET", "/v1/me")).json()["email"] == jan.email
    assert (await as_(an, "GET", "/v1/me")).json()["email"] == an.email


async def test_an_address_that_only_an_issuer_knew_brings_its_numbers_along(
    residents, move, finish, as_, database
):
    """I-14 I-15"""
    jan = await residents.move_in("jan@example.com", "DL5-1")
    await residents.customer("DL5-2", NEW)
    async with database.transaction() as session:
        other = await queries.person(session, "dl5", NEW)
        (ticket,) = await queries.live_tickets(session, "DL5-2")
    confirm, _ = await move(jan)

    await finish(confirm)

    assert (await as_(jan, "GET", "/v1/me")).json()["main_contact_of"] == 2
    number = (await residents.told(CustomerNumberChanged))[-1]
    assert (number.customer_number, number.main_contact.person_id) == ("DL5-2", jan.id)
    assert number.main_contact.ticket == ticket.id
    gone = [each for each in await residents.told(PersonChanged) if each.person_id == other.id]
    assert (gone[-1].state, gone[-1].email) == ("erased", None)
    assert gone[-1].version > gone[-2].version
    await residents.customer("DL5-2", NEW, name="Another name")
    number = (await residents.told(CustomerNumberChanged))[-1]
    assert (number.name, number.main_contact.person_id) == ("Another name", jan.id)


@pytest.mark.parametrize("main", ["jan", "other"])
async def test_of_two_claims_on_one_number_the_main_contacts_stays(
    residents, move, finish, database, main
):
    emails = {"jan": "jan@example.com", "other": NEW}
    shared_with = emails["other" if main == "jan" else "jan"]
    jan = await residents.move_in("jan@example.com")
    await residents.customer("DL5-1", emails[main])
    async with database.transaction() as session:
        wish = Share(shared_with, "An", "Maes", "nl", portal=True, mail=True)
        await sharing.share(session, "dl5", "DL5-1", wish)
    confirm, _ = await move(jan)

    assert (await finish(confirm)).status_code == 200

    number = (await residents.told(CustomerNumberChanged))[-1]
    assert number.main_contact.person_id == jan.id
    assert number.shared_users == ()


async def test_many_moves_to_one_address_at_once_leave_one_there(residents, move, finish):
    people = [await residents.move_in(f"p{n}@example.com") for n in range(5)]
    proofs = [(await move(each))[0] for each in people]

    answers = await asyncio.gather(*(finish(each) for each in proofs))

    assert sorted(each.status_code for each in answers) == [200, 409, 409, 409, 409]
