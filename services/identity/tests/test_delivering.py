"""Proves how a customer number's documents are announced, as those who get its mails chose."""

import pytest

from chassis.testing import said
from contracts.identity import CustomerNumberChanged
from identity import delivering, person_queries, sharing
from identity.errors import CustomerNumberUnknown, DecidesForAll


async def test_mails_are_sent_at_once_or_not_at_all(session, with_numbers, told):
    """N-04 W-05: per customer number, and every listener is told."""
    me = await with_numbers(session, "DL5-1", "DL5-2")

    await delivering.announce(session, me, "DL5-1", "none", ["xml", "pdf"])

    last = (await told(CustomerNumberChanged))[-1]
    assert (last.customer_number, last.version) == ("DL5-1", 2)
    assert (last.settings.notify, last.settings.attach) == ("none", ("pdf", "xml"))


async def test_mails_that_are_on_again_are_about_what_comes_after(session, with_numbers, told):
    """N-04: nobody gets a month of documents at once."""
    me = await with_numbers(session, "DL5-1")
    assert (await told(CustomerNumberChanged))[-1].notify_since is None
    await delivering.announce(session, me, "DL5-1", "none", [])

    await delivering.announce(session, me, "DL5-1", "at_once", [])
    on_again = (await told(CustomerNumberChanged))[-1]
    await delivering.announce(session, me, "DL5-1", "at_once", ["pdf"])

    last = (await told(CustomerNumberChanged))[-1]
    assert on_again.notify_since == on_again.changed_at
    assert last.notify_since == on_again.notify_since


async def test_setting_what_is_set_already_tells_nothing(session, with_numbers):
    me = await with_numbers(session, "DL5-1")
    before = len(await said(session))

    await delivering.announce(session, me, "DL5-1", "at_once", [])

    assert len(await said(session)) == before


async def test_nobody_but_the_main_contact_sets_it(session, with_numbers, sharing_with):
    """I-18 N-04"""
    me = await with_numbers(session, "DL5-1")
    an = await sharing_with(session, me, "DL5-1")
    piet = await with_numbers(session, "DL5-2", email="piet@example.com")
    before = len(await said(session))

    for person in (an, piet):
        with pytest.raises(CustomerNumberUnknown):
            await delivering.announce(session, person, "DL5-1", "none", [])

    assert len(await said(session)) == before


async def test_each_shared_user_chooses_the_files_of_their_own_mails(
    session, with_numbers, sharing_with, told
):
    """D-03 N-07: per recipient and number; who chose nothing follows the number."""
    me = await with_numbers(session, "DL5-1", "DL5-2")
    an = await sharing_with(session, me, "DL5-1", "DL5-2")
    bo = await sharing_with(session, me, "DL5-1", email="bo@accountants.example")

    await delivering.attach_for_oneself(session, an, "DL5-1", ["xml", "pdf"])
    await delivering.attach_for_oneself(session, bo, "DL5-1", [])
    await delivering.attach_for_oneself(session, an, "DL5-1", ["xml"])

    newest = {each.customer_number: each for each in await told(CustomerNumberChanged)}
    chosen = {each.person_id: each.attach for each in newest["DL5-1"].shared_users}
    assert chosen == {an: ("xml",), bo: ()}
    assert [each.attach for each in newest["DL5-2"].shared_users] == [None]
    assert newest["DL5-1"].settings.attach == ()


async def test_who_follows_the_number_again_is_told_so(session, with_numbers, sharing_with, told):
    me = await with_numbers(session, "DL5-1")
    an = await sharing_with(session, me, "DL5-1")
    await delivering.attach_for_oneself(session, an, "DL5-1", ["xml"])

    await delivering.attach_for_oneself(session, an, "DL5-1", None)
    before = len(await said(session))
    await delivering.attach_for_oneself(session, an, "DL5-1", None)

    (claim,) = (await told(CustomerNumberChanged))[-1].shared_users
    assert claim.attach is None
    assert len(await said(session)) == before


async def test_what_somebody_chose_holds_for_what_they_are_still_owed(
    session, with_numbers, sharing_with, told
):
    me = await with_numbers(session, "DL5-1")
    an = await sharing_with(session, me, "DL5-1")
    await delivering.attach_for_oneself(session, an, "DL5-1", ["xml"])

    await sharing.unshare(session, "dl5", "DL5-1", "an@accountants.example")

    (ended,) = (await told(CustomerNumberChanged))[-1].ended
    assert (ended.person_id, ended.attach) == (an, ("xml",))
    with pytest.raises(CustomerNumberUnknown):
        await delivering.attach_for_oneself(session, an, "DL5-1", [])


async def test_choosing_for_oneself_is_for_shared_users(session, with_numbers):
    me = await with_numbers(session, "DL5-1")
    piet = await with_numbers(session, "DL5-2", email="piet@example.com")

    await delivering.attach_for_oneself(session, me, "DL5-1", None)
    with pytest.raises(DecidesForAll):
        await delivering.attach_for_oneself(session, me, "DL5-1", ["pdf"])
    with pytest.raises(CustomerNumberUnknown):
        await delivering.attach_for_oneself(session, piet, "DL5-1", ["pdf"])


async def test_what_is_chosen_is_in_the_audit(session, with_numbers, sharing_with):
    me = await with_numbers(session, "DL5-1")
    an = await sharing_with(session, me, "DL5-1")

    await delivering.attach_for_oneself(session, an, "DL5-1", ["xml"])

    entry = (await person_queries.audit_of(session, an))[0]
    assert (entry.act, entry.actor) == ("attachments_set", entry.subject)
    assert entry.facts == {"customer_number": "DL5-1", "attach": ["xml"]}
