"""After a day without a reader, the issuer is told of it, once."""

from datetime import timedelta

from chassis.identifiers import new_id, now
from chassis.testing import said
from contracts.notifications import RecipientUnknown, ReportUnknownRecipients
from notifications import measures

A_DAY_AGO = timedelta(hours=25)


async def unknowns(database):
    async with database.transaction() as session:
        found = await said(session, RecipientUnknown)
    return [(each.routing_key, each.read(RecipientUnknown)) for each in found]


async def test_a_document_of_an_unknown_customer_is_reported_to_its_issuer(hear, world, database):
    """Decision 13."""
    before = measures.recipients_unknown._value.get()
    command = new_id()
    document = world.document(now() - A_DAY_AGO)
    await hear(document, headers={"causation_id": str(command)})

    await hear(ReportUnknownRecipients())
    await hear(ReportUnknownRecipients())

    ((issuer, unknown),) = await unknowns(database)
    assert issuer == "dl5"
    assert unknown.missing == "customer_number"
    assert unknown.document_id == document.document_id
    assert unknown.command_id == command
    assert measures.recipients_unknown._value.get() == before + 1


async def test_an_unknown_person_is_reported_too(hear, world, database):
    await hear(world.snapshot(main=(new_id(), now() - 2 * A_DAY_AGO)))
    await hear(world.document(now() - A_DAY_AGO))

    await hear(ReportUnknownRecipients())

    ((_, unknown),) = await unknowns(database)
    assert unknown.missing == "person"


async def test_a_person_who_became_known_in_time_is_not_reported(hear, world, database):
    main = new_id()
    await hear(world.snapshot(main=(main, now() - 2 * A_DAY_AGO)))
    await hear(world.document(now() - A_DAY_AGO))
    await hear(world.person(main))

    await hear(ReportUnknownRecipients())

    assert await unknowns(database) == []


async def test_a_document_of_today_is_not_reported_yet(hear, world, database):
    await hear(world.document(now()))

    await hear(ReportUnknownRecipients())

    assert await unknowns(database) == []
