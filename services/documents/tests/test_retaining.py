"""Proves that an issuer says how long its documents are kept, and that no promise is shortened."""

from datetime import date

import pytest
import sqlalchemy as sa

from chassis.identifiers import new_id
from chassis.testing import said
from contracts.documents import ApplyRetention
from documents import checking, custody_queries, retaining
from documents.custody import Break, RetentionPolicy
from documents.models import CustomerNumber, Document
from documents.retention import Policy


@pytest.fixture
def keep(session):
    """Return a function that says how long an issuer keeps documents, and lets it be done."""

    async def keep(policy, issuer="dl5"):
        await retaining.set_policy(session, issuer, policy, "client-1")
        await session.flush()
        await work(session)

    return keep


async def work(session):
    """Do the tasks that were said, and those that they say."""
    done = 0
    while done < len(told := await said(session, ApplyRetention)):
        for each in told[done:]:
            session.info.clear()
            await retaining.apply(session, each.read(ApplyRetention))
            await session.flush()
        done = len(told)


@pytest.fixture
def country(session):
    """Return a function that makes it known where the customer of a number is."""

    async def country(code, customer_number="DL5-104233"):
        session.add(CustomerNumber(customer_number=customer_number, version=1, country=code))
        await session.flush()

    return country


async def until(session, document):
    found = sa.select(Document.retain_until, Document.visible_until)
    return (await session.execute(found.filter_by(id=document.id))).one()


@pytest.mark.parametrize(
    ("code", "issued", "last_day"),
    [
        ("BE", "2024-02-29", date(2034, 12, 31)),
        ("NL", "2024-02-29", date(2031, 12, 31)),
        ("BE", "2026-01-01", date(2036, 12, 31)),
        ("NL", "2026-12-31", date(2033, 12, 31)),
        ("FR", "2026-06-01", date(2038, 12, 31)),
        (None, "2026-06-01", date(2038, 12, 31)),
    ],
)
async def test_a_new_document_is_kept_by_its_customers_country(
    session, keep, country, publish, command, code, issued, last_day
):
    await keep(Policy(12, {"BE": 10, "NL": 7}))
    if code:
        await country(code)

    document, _ = await publish(session, command(issue_date=issued))

    assert (await until(session, document)).retain_until == last_day


async def test_who_never_said_keeps_for_ten_years(session, publish, command, country):
    await country("NL")

    document, _ = await publish(session, command(issue_date="2024-02-29"))

    assert (await until(session, document)).retain_until == date(2034, 12, 31)


async def test_a_longer_time_counts_for_what_is_in_the_archive(
    session, keep, publish, command, country
):
    await country("NL")
    document, _ = await publish(session, command(issue_date="2024-02-29"))

    await keep(Policy(10, {"NL": 15}))

    assert (await until(session, document)).retain_until == date(2039, 12, 31)
    event = (await custody_queries.events_of(session, [document.id]))[document.id][-1]
    assert event.act == "retention_set"
    assert (event.facts["former"], event.facts["retain_until"]) == ("2034-12-31", "2039-12-31")


async def test_a_shorter_time_counts_for_what_comes_only(session, keep, publish, command):
    document, _ = await publish(session, command())

    await keep(Policy(3))
    new, _ = await publish(session, command(b"2", number="F2"))

    assert (await until(session, document)).retain_until == date(2036, 12, 31)
    assert (await until(session, new)).retain_until == date(2029, 12, 31)
    assert len((await custody_queries.events_of(session, [document.id]))[document.id]) == 2


async def test_how_long_readers_see_it_may_become_shorter_and_longer(
    session, keep, publish, command
):
    """Q2: apart from how long it is kept"""
    document, _ = await publish(session, command(issue_date="2024-02-29"))
    assert (await until(session, document)).visible_until is None

    await keep(Policy(visible_years=7))
    assert await until(session, document) == (date(2034, 12, 31), date(2031, 2, 28))

    await keep(Policy(visible_years=8))
    assert await until(session, document) == (date(2034, 12, 31), date(2032, 2, 29))


async def test_all_documents_of_an_issuer_are_reached_and_no_others(
    session, keep, publish, command, monkeypatch
):
    monkeypatch.setattr(retaining, "_AT_ONCE", 2)
    for number in range(5):
        await publish(session, command(b"%d" % number, number=f"F{number}"))
    other, _ = await publish(session, command(customer_number="DL6-1"), "dl6")

    await keep(Policy(20))

    kept = sa.select(Document.issuer, Document.retain_until).distinct()
    assert set((await session.execute(kept)).all()) == {
        ("dl5", date(2046, 12, 31)),
        ("dl6", date(2036, 12, 31)),
    }
    assert (await until(session, other)).retain_until == date(2036, 12, 31)


async def test_what_was_extended_is_whole(session, files, keep, publish, command):
    document, _ = await publish(session, command())
    await keep(Policy(20))
    await keep(Policy(30))

    found = await custody_queries.document_to_change(session, document.id)
    await session.refresh(found, ["files"])
    await checking.look_at_documents(session, files, [found])

    assert (await session.scalars(sa.select(Break))).all() == []


async def test_a_country_that_becomes_known_keeps_what_came_before_for_longer(
    hear, database, publish, command, snapshot
):
    """The document may overtake its customer's registration."""
    async with database.transaction() as session:
        await retaining.set_policy(session, "dl5", Policy(7, {"BE": 10}), "client-1")
    async with database.transaction() as session:
        document, _ = await publish(session, command(issue_date="2024-02-29"))
        assert document.retain_until == date(2031, 12, 31)

    await hear(snapshot(new_id()), sender="identity")

    async with database.transaction() as session:
        task = (await said(session, ApplyRetention))[-1].read(ApplyRetention)
    assert task == ApplyRetention(issuer="dl5", customer_number="DL5-104233")
    await hear(task, sender="documents")
    async with database.transaction() as session:
        assert (await until(session, document)).retain_until == date(2034, 12, 31)


async def test_a_country_that_asks_for_no_more_is_no_work(session):
    await retaining.know_country(session, "dl5", "DL5-104233", "BE")
    await retaining.set_policy(session, "dl5", Policy(10, {"NL": 7}), "client-1")
    await session.flush()
    before = len(await said(session, ApplyRetention))

    await retaining.know_country(session, "dl5", "DL5-104233", "NL")

    assert len(await said(session, ApplyRetention)) == before


async def test_what_was_said_before_stays_written_down(session, keep):
    await keep(Policy(12))
    await keep(Policy(12))
    await keep(Policy(9, {"BE": 10}, 7))

    rows = sa.select(RetentionPolicy).order_by(RetentionPolicy.version)
    said_so = [(each.version, each.policy()) for each in await session.scalars(rows)]
    assert said_so == [(1, Policy(12)), (2, Policy(9, {"BE": 10}, 7))]
    assert await retaining.policy(session, "dl5") == Policy(9, {"BE": 10}, 7)
    assert await retaining.policy(session, "dl6") == Policy()
