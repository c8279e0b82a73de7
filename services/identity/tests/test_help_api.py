"""Proves that each voter has one vote on each help article, and that no row says whose it is."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from chassis.failures import TooOften
from chassis.identifiers import new_id, now
from identity import erasing, forgetting, voters, voting
from identity.votes import HelpVote

ARTICLE = "/v1/help-articles/sharing"


@pytest.fixture(autouse=True)
def emptied(database):
    """Have what was committed taken out of the database afterwards."""
    return database


@pytest.fixture
def ask(web_door):
    """Return a function that asks as the portal's client."""

    async def ask(method, path, *, scope="accounts:act", **body):
        headers = web_door.bearer(scope, service="portal")
        return await web_door.http.request(method, path, json=body, headers=headers)

    return ask


@pytest.fixture
def vote(ask, new_address):
    """Return a function that votes; returns what the article's page says then."""

    async def vote(voter, *, helpful, article="sharing"):
        said = {"voter": voter, "helpful": helpful, "address": new_address()}
        answer = await ask("PUT", f"/v1/help-articles/{article}/vote", **said)
        assert answer.status_code == 200, answer.text
        return answer.json()

    return vote


async def kept(database):
    async with database.transaction() as session:
        return (await session.scalars(sa.select(HelpVote))).all()


async def test_a_voter_has_one_vote_and_may_change_it(ask, vote):
    """W-15"""
    person, browser = {"person_id": str(new_id())}, {"browser": "a-cookie"}

    assert await vote(person, helpful=True) == {"yes": 1, "no": 0, "own": True}
    assert await vote(person, helpful=True) == {"yes": 1, "no": 0, "own": True}
    assert await vote(browser, helpful=True) == {"yes": 2, "no": 0, "own": True}
    assert await vote(person, helpful=False) == {"yes": 1, "no": 1, "own": False}

    assert (await ask("POST", f"{ARTICLE}/look")).json() == {"yes": 1, "no": 1, "own": None}
    theirs = await ask("POST", f"{ARTICLE}/look", voter=browser)
    assert theirs.json() == {"yes": 1, "no": 1, "own": True}


async def test_a_vote_is_of_one_article(ask, vote):
    """W-15"""
    await vote({"browser": "a-cookie"}, helpful=True, article="sharing")

    look = await ask("POST", "/v1/help-articles/unread/look", voter={"browser": "a-cookie"})
    assert look.json() == {"yes": 0, "no": 0, "own": None}


async def test_no_row_says_whose_vote_it_is(vote, database, gateways):
    """W-15"""
    person_id = new_id()
    await vote({"person_id": str(person_id)}, helpful=True)
    await vote({"browser": str(person_id)}, helpful=True)

    rows = await kept(database)
    assert len({row.voter for row in rows}) == 2
    for row in rows:
        assert len(row.voter) == 32
        assert row.voter not in {person_id.bytes, str(person_id).encode()}
    # Who has the rows and not the key finds nobody, even by trying every person.
    assert not {row.voter for row in rows} & set(voters.names_of([b"another key"], person_id))
    assert voters.names_of(gateways.link_keys, person_id)[0] in {row.voter for row in rows}


async def test_who_voted_under_the_key_before_has_no_second_vote(transactions, database):
    old, new = b"o" * 32, b"n" * 32
    before, after = (voters.names_of(keys, "a-cookie") for keys in ([old], [new, old]))

    await voting.vote(transactions, "sharing", before, "203.0.113.7", helpful=True)
    async with transactions() as session:
        assert (await voting.look(session, "sharing", after)).own is True
    now_said = await voting.vote(transactions, "sharing", after, "203.0.113.7", helpful=False)

    assert (now_said.yes, now_said.no, now_said.own) == (0, 1, False)
    assert [row.voter for row in await kept(database)] == after[:1]


async def test_votes_from_one_place_are_throttled_whoever_they_are_of(transactions, database):
    """W-15"""

    async def vote(browser):
        names = voters.names_of([b"k" * 32], browser)
        await voting.vote(transactions, "sharing", names, "203.0.113.8", helpful=True)

    for each in range(20):
        await vote(f"cookie-{each}")
    with pytest.raises(TooOften):
        await vote("cookie-20")

    assert len(await kept(database)) == 20


@pytest.mark.parametrize(
    "said",
    [
        {"helpful": True, "address": "203.0.113.9"},
        {"voter": None, "helpful": True, "address": "203.0.113.9"},
        {"voter": {"browser": ""}, "helpful": True, "address": "203.0.113.9"},
        {"voter": {"browser": "x" * 201}, "helpful": True, "address": "203.0.113.9"},
        {"voter": {"browser": "x"}, "helpful": None, "address": "203.0.113.9"},
        {"voter": {"browser": "x"}, "helpful": True, "address": "not one"},
    ],
)
async def test_what_is_no_vote_is_not_kept(ask, said, database):
    answer = await ask("PUT", f"{ARTICLE}/vote", **said)

    assert answer.status_code == 422
    assert await kept(database) == []


@pytest.mark.parametrize("name", ["Sharing", "a.b", "-a", "a" * 101, "%00"])
async def test_what_is_no_article_has_no_votes(ask, name):
    answer = await ask("POST", f"/v1/help-articles/{name}/look")

    assert answer.status_code in {404, 422}


@pytest.mark.parametrize("scope", ["links:open", "documents:parts"])
async def test_only_the_portals_client_votes(ask, scope):
    for method, path in (("POST", "look"), ("PUT", "vote")):
        answer = await ask(method, f"{ARTICLE}/{path}", scope=scope)
        assert answer.status_code == 403


async def test_a_vote_is_kept_for_two_years(vote, database):
    await vote({"browser": "a-cookie"}, helpful=True)

    async def forget_when(past):
        async with database.transaction() as session:
            await session.execute(sa.update(HelpVote).values(at=now() - past))
        async with database.transaction() as session:
            await forgetting.forget(session)
        return len(await kept(database))

    assert await forget_when(forgetting.VOTES_KEPT - timedelta(minutes=1)) == 1
    assert await forget_when(forgetting.VOTES_KEPT + timedelta(minutes=1)) == 0


async def test_what_a_person_said_is_shown_to_them_and_goes_with_them(
    residents, as_, vote, database, gateways
):
    """Guide 1.7"""
    jan = await residents.move_in("jan@example.com", "DL5-1", staff=False)
    await vote({"person_id": str(jan.id)}, helpful=True)
    await vote({"browser": "another's"}, helpful=False)

    held = (await as_(jan, "GET", "/v1/me/export")).json()["help_votes"]
    assert [(each["article"], each["helpful"]) for each in held] == [("sharing", True)]
    assert set(held[0]) == {"article", "helpful", "at"}

    async with database.transaction() as session:
        names = voters.names_of(gateways.link_keys, jan.id)
        await erasing.erase(session, jan.id, "dl5", names)
    assert [each.helpful for each in await kept(database)] == [False]
