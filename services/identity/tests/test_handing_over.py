"""Proves how a customer number changes hands, and that its issuer does not undo it unawares."""

import pytest
import sqlalchemy as sa

from chassis.testing import said
from contracts.identity import CustomerNumberChanged
from contracts.notifications import WriteToPerson
from identity import handing_over, overseeing, queries, registering, tending
from identity.errors import (
    CustomerNumberUnknown,
    IsTheMainContact,
    SharedUserNotRegistered,
    SharedUserUnknown,
)
from identity.trails import AuditEntry


@pytest.fixture
async def shared(session, with_numbers, sharing_with):
    """Return a main contact and a shared user of a number who registered."""
    me = await with_numbers(session, "DL5-1")
    an = await sharing_with(session, me, "DL5-1", mail=False)
    (await queries.people(session, [an]))[an].registered = True
    await session.flush()
    return me, an


async def test_a_shared_user_becomes_the_main_contact_and_the_other_way_round(
    session, shared, told
):
    """I-17"""
    me, an = shared

    await handing_over.hand_over(session, me, "DL5-1", an)

    last = (await told(CustomerNumberChanged))[-1]
    (claim,) = last.shared_users
    assert (last.version, last.main_contact.person_id) == (3, an)
    assert (claim.person_id, claim.portal, claim.mail) == (me, True, True)
    assert last.main_contact.since == claim.since == last.changed_at
    assert [(each.person_id, each.until) for each in last.ended] == [(me, last.changed_at)]


async def test_both_are_told_by_mail(session, shared, told):
    """I-17"""
    me, an = shared

    await handing_over.hand_over(session, me, "DL5-1", an)

    mails = [each for each in await told(WriteToPerson) if each.kind == "main_contact_given"]
    facts = {"from": "Jan Peeters", "to": "An Maes", "customer_number": "DL5-1"}
    assert [(each.person_id, each.facts) for each in mails] == [
        (me, facts | {"you": "from"}),
        (an, facts | {"you": "to"}),
    ]


async def test_the_old_main_contact_may_change_nothing_any_more(session, shared):
    """I-18"""
    me, an = shared
    await handing_over.hand_over(session, me, "DL5-1", an)

    with pytest.raises(CustomerNumberUnknown):
        await handing_over.hand_over(session, me, "DL5-1", an)
    mine = await overseeing.number(session, me, "DL5-1", None, 50)
    theirs = await overseeing.number(session, an, "DL5-1", None, 50)
    assert (mine.role, mine.shared_users, mine.portal_count) == ("shared", [], 1)
    assert [each.person_id for each in theirs.shared_users] == [me]


async def test_the_number_can_be_given_back(session, shared, told):
    me, an = shared
    await handing_over.hand_over(session, me, "DL5-1", an)

    await handing_over.hand_over(session, an, "DL5-1", me)

    last = (await told(CustomerNumberChanged))[-1]
    assert last.main_contact.person_id == me
    assert [each.person_id for each in last.shared_users] == [an]


async def test_only_who_shares_it_and_can_sign_in_is_given_a_number(
    session, shared, with_numbers, sharing_with
):
    me, _ = shared
    bo = await sharing_with(session, me, "DL5-1", email="bo@accountants.example")
    piet = await with_numbers(session, "DL5-2", email="piet@example.com")
    before = len(await said(session))

    for refusal, person in [
        (SharedUserNotRegistered, bo),
        (SharedUserUnknown, piet),
        (IsTheMainContact, me),
    ]:
        with pytest.raises(refusal):
            await handing_over.hand_over(session, me, "DL5-1", person)

    assert len(await said(session)) == before


async def test_the_new_main_contact_brings_whom_they_share_with(
    session, shared, with_numbers, sharing_with, told
):
    """I-21"""
    me, an = shared
    await with_numbers(session, "DL5-2", email="an@accountants.example")
    bo = await sharing_with(session, an, "DL5-2", email="bo@accountants.example")
    await tending.share_future(session, an, bo, portal=True, mail=False)

    await handing_over.hand_over(session, me, "DL5-1", an)

    last = (await told(CustomerNumberChanged))[-1]
    switches = {each.person_id: (each.portal, each.mail) for each in last.shared_users}
    assert switches == {me: (True, True), bo: (True, False)}


async def test_an_issuer_that_still_names_the_old_main_contact_changes_nobody(
    session, shared, customer, told
):
    """I-17: neither who answers for the number, nor what that person is called."""
    me, an = shared
    await handing_over.hand_over(session, me, "DL5-1", an)
    before = len(await said(session))

    registered = await registering.register(session, "dl5", customer("DL5-1"))

    person = (await queries.people(session, [an]))[an]
    assert registered.kept == ["email", "language", "first_name", "last_name"]
    assert (person.first_name, person.language) == ("An", "fr")
    assert len(await said(session)) == before
    last = (await told(CustomerNumberChanged))[-1]
    assert last.main_contact.person_id == an


async def test_an_issuer_that_names_somebody_else_is_obeyed(session, shared, customer, told):
    """I-17"""
    me, an = shared
    await handing_over.hand_over(session, me, "DL5-1", an)

    await registering.register(
        session, "dl5", customer("DL5-1", email="piet@example.com", first_name="Piet")
    )
    named = await registering.register(
        session, "dl5", customer("DL5-1", email="piet@example.com", first_name="Pieter")
    )

    last = (await told(CustomerNumberChanged))[-1]
    piet = await queries.people(session, [last.main_contact.person_id])
    assert [each.first_name for each in piet.values()] == ["Pieter"]
    assert named.kept == []


async def test_the_audit_says_who_gave_it_to_whom(session, shared):
    me, an = shared

    await handing_over.hand_over(session, me, "DL5-1", an)

    found = sa.select(AuditEntry).filter_by(act="main_contact_given")
    (line,) = (await session.scalars(found)).all()
    assert (line.issuer, line.facts) == ("dl5", {"customer_number": "DL5-1"})
    assert line.actor != line.subject
    assert not {line.actor, line.subject} & {str(me), str(an)}
