"""Proves how a customer number's documents are announced, as its main contact chose."""

import pytest

from chassis.testing import said
from contracts.identity import CustomerNumberChanged
from identity import delivering
from identity.errors import CustomerNumberUnknown


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
