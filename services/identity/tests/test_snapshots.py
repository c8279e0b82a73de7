"""Proves that what identity tells equals what it knows."""

from contracts.identity import IssuerChanged
from identity import queries, registering, sharing, snapshots
from identity.accents import palette_of
from identity.sharing import Share


async def test_an_issuer_is_told_with_its_prefix(session, admit, told):
    await admit(session, "dl5", group="delta", accent="#aa0000", time_zone="Europe/Paris")

    (issuer,) = await told(IssuerChanged)

    assert issuer.model_dump() == {
        "issuer": "dl5",
        "version": 1,
        "group": "delta",
        "prefix": "DL5",
        "name": "Delta Lease",
        "accent": "#aa0000",
        "sender": "invoices@example.com",
        "language": "nl",
        "time_zone": "Europe/Paris",
        "state": "active",
        "palette": palette_of("#aa0000").model_dump(),
    }


async def test_an_issuer_admitted_with_no_colour_at_all_is_told_all_the_same(session, admit, told):
    await admit(session, accent="red")

    (issuer,) = await told(IssuerChanged)

    assert (issuer.accent, issuer.palette) == ("red", None)


async def test_a_number_without_a_main_contact_can_be_told(session, admit, customer):
    await admit(session)
    await registering.register(session, "dl5", customer())
    number = await queries.customer_number(session, "DL5-104233")
    for ticket in await queries.live_tickets(session, "DL5-104233"):
        ticket.end(number.changed_at)
    await session.flush()

    snapshot = await snapshots.of_customer_number(session, number)

    assert snapshot.main_contact is None
    assert len(snapshot.ended) == 1


async def test_shared_users_are_told_in_the_order_they_came(session, admit, customer):
    await admit(session)
    await registering.register(session, "dl5", customer())
    emails = [f"{name}@example.com" for name in ("zoe", "an", "mia")]
    tickets = [
        await sharing.share(
            session,
            "dl5",
            "DL5-104233",
            Share(email, "A", "B", language="en", portal=True, mail=True),
        )
        for email in emails
    ]

    number = await queries.customer_number(session, "DL5-104233")
    snapshot = await snapshots.of_customer_number(session, number)

    assert [each.ticket for each in snapshot.shared_users] == [ticket.id for ticket, _ in tickets]
    assert snapshot.settings.model_dump() == {"notify": "at_once", "attach": ()}
    assert snapshot.version == number.version == 4
