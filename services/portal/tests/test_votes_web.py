"""The door to votes on articles: for guests and for who is signed in, without script (W-15)."""

import json
import re

import httpx
import pytest

from portal.accounts_testing import PERSON
from portal.help_testing import Votes
from portal.sharing_testing import BOOKKEEPER

pytestmark = pytest.mark.usefixtures("shares", "archive")

VOTE = "/help/sharing/vote"


@pytest.fixture
def votes(others):
    """Return what identity keeps of votes."""
    votes = Votes()
    others.also.append(votes.answer)
    return votes


def pressed(answer):
    """Return the votes whose buttons are pressed, and what each button says of how many."""
    buttons = re.findall(
        r'name="helpful" value="(\w+)" aria-pressed="(\w+)">\w+ <span aria-hidden="true">(\d+)',
        answer.text,
    )
    return [value for value, is_on, _ in buttons if is_on == "true"], {
        value: int(count) for value, _, count in buttons
    }


async def test_a_guest_votes_and_changes_it_with_a_cookie_that_says_nothing(stranger, votes):
    """W-15"""
    page = await stranger.get("/help/sharing?language=en")
    assert "Was this article useful?" in page.text
    assert pressed(page) == ([], {"yes": 0, "no": 0})
    assert "__Host-voter" not in stranger.cookies

    sent = await stranger.post(VOTE, {"helpful": "yes"})
    assert sent.headers["Location"] == "/help/sharing#vote"
    first = stranger.cookies["__Host-voter"]
    assert pressed(await stranger.follow(sent)) == (["yes"], {"yes": 1, "no": 0})

    await stranger.post(VOTE, {"helpful": "no"})
    assert pressed(await stranger.get("/help/sharing")) == (["no"], {"yes": 0, "no": 1})
    assert stranger.cookies["__Host-voter"] == first
    assert [key for _, key in votes.cast] == [json.dumps({"browser": first})]


async def test_who_is_signed_in_votes_as_who_they_are_and_needs_no_cookie(an, stranger, votes):
    """W-15"""
    await stranger.post(VOTE, {"helpful": "yes"})
    await an.post(VOTE, {"helpful": "no"})

    assert "__Host-voter" not in an.cookies
    assert ("sharing", json.dumps({"person_id": PERSON})) in votes.cast
    assert pressed(await an.get("/help/sharing")) == (["no"], {"yes": 1, "no": 1})
    assert pressed(await stranger.get("/help/sharing")) == (["yes"], {"yes": 1, "no": 1})


async def test_what_is_no_vote_changes_nothing(stranger, votes):
    for given in ({}, {"helpful": "maybe"}, {"helpful": ""}):
        assert (await stranger.post(VOTE, given)).status_code == 303
    assert (await stranger.post("/help/nothing/vote", {"helpful": "yes"})).status_code == 404

    assert votes.cast == {}
    assert "__Host-voter" not in stranger.cookies


@pytest.mark.usefixtures("votes")
async def test_another_site_votes_for_nobody(stranger, votes):
    answer = await stranger.post(VOTE, {"helpful": "yes"}, **{"Sec-Fetch-Site": "cross-site"})

    assert answer.status_code == 403
    assert votes.cast == {}


async def test_looking_never_votes(stranger, votes):
    assert (await stranger.get("/help/sharing/vote?helpful=yes")).status_code in {404, 405}
    assert votes.cast == {}


async def test_an_article_is_shown_where_votes_cannot_be_had(stranger, others):
    others.away = "/look"

    page = await stranger.get("/help/sharing?language=en")

    assert page.status_code == 200
    assert 'name="helpful"' in page.text
    assert pressed(page) == ([], {})


async def test_who_votes_too_often_is_told_to_wait(stranger, others):
    others.also.append(
        lambda request: (
            httpx.Response(429, headers={"Retry-After": "60"}, json={})
            if request.url.path.endswith("/vote")
            else None
        )
    )

    answer = await stranger.post(VOTE, {"helpful": "yes"})

    assert answer.status_code == 429
    assert "__Host-voter" not in stranger.cookies


@pytest.mark.usefixtures("votes")
async def test_where_a_stranger_comes_from_an_issuer_help_says_how_to_reach_it(
    stranger, others, shown
):
    """O-01, W-09"""
    others.accounts.look["support"] = {
        "phone": "+32 9 200 90 00",
        "email": "hulp@meridiaan.example",
        "days": [1, 2, 3, 4, 5],
        "opens": "08:30",
        "closes": "17:00",
        "time_zone": "Europe/Brussels",
    }

    for address in ("/help", "/help/no-mail", "/help/sharing"):
        page = await stranger.get(f"{address}?issuer=dl5&language=nl")
        assert "Vraag het aan Meridiaan Lease" in shown(page)
        assert 'href="tel:+3292009000"' in page.text
        assert 'href="mailto:hulp@meridiaan.example"' in page.text
        assert "Maandag tot en met vrijdag van 08.30 tot 17.00 uur" in shown(page).replace(
            "\N{NO-BREAK SPACE}", " "
        )
        assert re.search("Nu (open|gesloten)", shown(page))
    assert 'href="/help/sharing?issuer=dl5"' in (await stranger.get("/help?issuer=dl5")).text
    sent = await stranger.post(VOTE, {"helpful": "yes", "issuer": "dl5"})
    assert sent.headers["Location"] == "/help/sharing?issuer=dl5#vote"


@pytest.mark.usefixtures("votes")
@pytest.mark.parametrize("issuer", ["", "nobody", "../dl5", "dl5%0d%0aX", BOOKKEEPER])
async def test_of_an_issuer_that_is_not_there_help_says_nothing(stranger, issuer):
    page = await stranger.get(f"/help/sharing?issuer={issuer}")

    assert page.status_code == 200
    assert "Meridiaan" not in page.text
