"""Proves what a mail link opens, for whom, and until when."""

import json
import secrets

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet

from chassis.identifiers import new_id
from chassis.testing import figure
from identity import opening, queries, registering, sharing
from identity.errors import LinkUnknown
from identity.sharing import Share


@pytest.fixture
async def ticket(session, admit, customer):
    """Return the main contact's ticket on a customer number."""
    await admit(session)
    await registering.register(session, "dl5", customer(language="fr"))
    (ticket,) = await queries.live_tickets(session, "DL5-104233")
    return ticket


@pytest.fixture
def open_link(session, gateways):
    """Return a function that opens a link."""

    async def open_link(link, keys=gateways.link_keys):
        return await opening.open_link(session, gateways.mint, keys, link)

    return open_link


async def test_a_link_opens_the_newest_document_of_one_number(ticket, link_of, open_link, gateways):
    opened = await open_link(link_of(ticket.id))

    keys = KeySet.import_key_set(json.loads(json.dumps(gateways.mint.public_keys())))
    claims = jwt.decode(opened.token, keys, algorithms=["ES256"]).claims
    assert (opened.issuer.name, opened.customer_number) == ("Delta Lease", "DL5-104233")
    assert (opened.language, opened.registered) == ("fr", False)
    assert (claims["aud"], claims["scope"]) == (["documents"], "documents:newest")
    assert (claims["issuer"], claims["customer_number"]) == ("dl5", "DL5-104233")
    assert claims["sub"] == str(ticket.person_id)
    assert claims["exp"] - claims["iat"] == 300


async def test_links_are_counted_as_opened_or_refused(ticket, link_of, open_link):
    def counted():
        outcomes = ("opened", "refused")
        return [figure("postkamer_links_total", outcome=each) for each in outcomes]

    before = counted()

    await open_link(link_of(ticket.id))
    for link in ("", link_of(new_id())):
        with pytest.raises(LinkUnknown):
            await open_link(link)

    assert [later - then for later, then in zip(counted(), before, strict=True)] == [1, 2]


async def test_a_link_can_be_opened_again(ticket, link_of, open_link):
    link = link_of(ticket.id)

    first, second = await open_link(link), await open_link(link)

    assert first.customer_number == second.customer_number


async def test_a_link_opens_on_day_105_and_not_on_day_106(ticket, link_of, open_link):
    assert await open_link(link_of(ticket.id, age=105))

    with pytest.raises(LinkUnknown):
        await open_link(link_of(ticket.id, age=106))


async def test_forged_links_and_links_for_another_purpose_open_nothing(ticket, link_of, open_link):
    for link in (
        link_of(ticket.id, key=secrets.token_bytes(32)),
        link_of(ticket.id, purpose="register"),
        link_of(new_id()),
        f"{ticket.id}",
        "",
    ):
        with pytest.raises(LinkUnknown):
            await open_link(link)


async def test_a_link_of_the_older_key_opens_during_rotation(ticket, link_of, open_link, gateways):
    new = secrets.token_bytes(32)

    assert await open_link(link_of(ticket.id), (new, *gateways.link_keys))

    with pytest.raises(LinkUnknown):
        await open_link(link_of(ticket.id), (new,))


async def test_a_link_of_two_rotations_ago_opens_nothing(ticket, link_of, open_link, gateways):
    (first,) = gateways.link_keys
    second, third = secrets.token_bytes(32), secrets.token_bytes(32)

    for live in ((first,), (second, first), (first, second)):
        assert await open_link(link_of(ticket.id, key=first), live)
    assert await open_link(link_of(ticket.id, key=second), (third, second))

    with pytest.raises(LinkUnknown):
        await open_link(link_of(ticket.id, key=first), (third, second))


async def test_the_link_of_whom_a_number_is_not_shared_with_any_more_opens_nothing(
    session, ticket, link_of, open_link
):
    wanted = Share("an@example.com", "An", "Maes", language="de", portal=True, mail=True)
    an, _ = await sharing.share(session, "dl5", ticket.customer_number, wanted)
    assert await open_link(link_of(an.id))

    await sharing.unshare(session, "dl5", ticket.customer_number, "an@example.com")
    again, _ = await sharing.share(session, "dl5", ticket.customer_number, wanted)

    with pytest.raises(LinkUnknown):
        await open_link(link_of(an.id))
    assert await open_link(link_of(again.id))


async def test_a_link_of_an_ended_claim_opens_nothing(
    session, ticket, customer, link_of, open_link
):
    await registering.register(session, "dl5", customer(email="an@example.com"))

    with pytest.raises(LinkUnknown):
        await open_link(link_of(ticket.id))


async def test_a_shared_user_opens_only_with_the_portal_switch_on(
    session, ticket, link_of, open_link
):
    """I-22"""

    async def shared(*, portal):
        wanted = Share("an@example.com", "An", "Maes", language="de", portal=portal, mail=True)
        return (await sharing.share(session, "dl5", ticket.customer_number, wanted))[0]

    an = await shared(portal=True)
    assert (await open_link(link_of(an.id))).language == "de"

    await shared(portal=False)
    with pytest.raises(LinkUnknown):
        await open_link(link_of(an.id))


async def test_without_a_language_of_their_own_a_reader_is_spoken_to_as_the_issuer_speaks(
    session, ticket, link_of, open_link
):
    person = (await queries.people(session, [ticket.person_id]))[ticket.person_id]
    person.language, person.registered = None, True

    opened = await open_link(link_of(ticket.id))

    assert (opened.language, opened.registered) == ("nl", True)


async def test_the_link_of_an_erased_person_opens_nothing(session, ticket, link_of, open_link):
    person = (await queries.people(session, [ticket.person_id]))[ticket.person_id]
    person.state = "erased"

    with pytest.raises(LinkUnknown):
        await open_link(link_of(ticket.id))
