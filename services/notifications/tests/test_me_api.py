"""The door for HTTP for someone who is signed in: the mails that went to them, to nobody else."""

from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from chassis import revocations
from chassis.identifiers import new_id, now
from chassis.testing import problems
from contracts.identity import SessionsEnded
from notifications.models import Letter, LetterHistory, Mailbox, PausedDomain, State, Writing


@pytest.fixture
def letters(database, hear, world):
    """Return a function that has letters to a person, each in a state: about one document each."""

    async def letters(person, *states):
        await hear(world.snapshot(main=(person, now())))
        for state in states:
            document = world.document(now())
            await hear(document)
            async with database.transaction() as session:
                owed = {"document_id": document.document_id, "person_id": person}
                (letter,) = await _of(session, **owed)
                letter.become(state, now(), "the words of a server")
                letter.sent_to = "reader@customer.example"

    return letters


async def _of(session, **which):
    return (await session.scalars(sa.select(Letter).filter_by(**which))).all()


@pytest.fixture
def written(database):
    """Return a function that has a letter about an account to a person."""

    async def written(person, kind):
        letter = Letter(
            id=new_id(),
            event_id=new_id(),
            person_id=person,
            kind=kind,
            linked_on=now().date(),
            sent_to="reader@customer.example",
            state=State.SENT,
            updated_at=now(),
        )
        writing = Writing(
            letter_id=letter.id,
            issuer="dl5",
            recipient="reader@customer.example",
            facts={},
            asked_at=now(),
            correlation_id="c",
        )
        async with database.transaction() as session:
            session.add(letter)
            await session.flush()
            session.add(writing)
        return letter

    return written


@pytest.fixture
def ask(web_door):
    """Return a function that asks as someone who is signed in."""

    async def ask(person, *, sid=None, **params):
        headers = web_door.signed_in(person, **({"sid": str(sid)} if sid else {}))
        return await web_door.http.get("/v1/me/letters", params=params, headers=headers)

    return ask


async def test_my_letters_are_those_that_went_to_me_the_newest_first(letters, written, ask, world):
    me, another = new_id(), new_id()
    await letters(me, State.SENT, State.BOUNCED)
    about_me = await written(me, "password_changed")
    await letters(another, State.SENT)

    items = (await ask(me)).json()["items"]

    assert [(each["kind"], each["state"]) for each in items] == [
        ("password_changed", "sent"),
        (items[1]["kind"], "bounced"),
        (items[2]["kind"], "sent"),
    ]
    first, _, last = items
    assert (first["letter_id"], first["issuer"]) == (str(about_me.id), "dl5")
    assert [first[each] for each in ("document_id", "customer_number", "number")] == [None] * 3
    assert set(last) == {
        "letter_id", "issuer", "kind", "customer_number", "document_id", "number", "sent_to",
        "state", "reason_code", "attached", "updated_at",
    }  # fmt: skip
    assert last["customer_number"] == world.document(now()).customer_number
    assert last["sent_to"] == "reader@customer.example"
    assert "the words of a server" not in (await ask(me)).text


async def test_what_has_not_gone_out_is_not_told_of(letters, ask):
    """Whether its reader may have it is decided when it goes."""
    me = new_id()
    await letters(me, *State)

    items = (await ask(me)).json()["items"]

    assert [each["state"] for each in items] == ["bounced", "refused", "sent", "unknown"]


async def test_my_letters_are_read_page_by_page(letters, ask):
    me = new_id()
    await letters(me, *[State.SENT] * 5)
    whole = [each["letter_id"] for each in (await ask(me)).json()["items"]]

    found, cursor = [], None
    while True:
        page = (await ask(me, limit=2, **({"cursor": cursor} if cursor else {}))).json()
        assert len(page["items"]) <= 2
        found += [each["letter_id"] for each in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break

    assert found == whole
    assert len(set(found)) == 5


async def test_a_cursor_that_was_never_given_out_is_refused(ask):
    for cursor in ("garbage", "x" * 301):
        assert (await ask(new_id(), cursor=cursor)).status_code == 422


async def test_only_someone_who_is_signed_in_has_letters_of_their_own(web_door):
    for headers, status in (
        ({}, 401),
        (web_door.bearer("notifications:read", issuer="dl5"), 403),
        (web_door.signed_in(new_id()), 200),
    ):
        answer = await web_door.http.get("/v1/me/letters", headers=headers)
        assert answer.status_code == status


async def test_someone_who_is_signed_in_sees_nothing_of_an_issuers(web_door):
    for path in ("/v1/letters", "/v1/unknown-recipients", "/v1/addresses"):
        answer = await web_door.http.get(
            path, params={"document_id": str(new_id())}, headers=web_door.signed_in(new_id())
        )
        assert answer.status_code == 403


async def test_a_session_that_was_ended_reads_nothing_more(hear, ask, monkeypatch):
    monkeypatch.setattr(revocations, "_FRESH_SECONDS", 0)
    me, over, going_on = new_id(), new_id(), new_id()
    assert (await ask(me, sid=over)).status_code == 200

    await hear(SessionsEnded(person_id=me, sessions=(over,), ended_at=now()))

    assert (await ask(me, sid=over)).status_code == 401
    assert (await ask(me, sid=going_on)).status_code == 200


@pytest.fixture
def mine(web_door):
    """Return a function that asks as someone who is signed in."""

    async def ask(method, path, person):
        return await web_door.http.request(method, path, headers=web_door.signed_in(person))

    return ask


async def test_who_got_no_mail_sees_where_their_mails_go(hear, world, mine):
    """N-10: the first step of the guided check."""
    me = new_id()
    await hear(world.person(me, email="els@korenaar.example"))

    answer = await mine("GET", "/v1/me/addresses", me)

    assert answer.json()["items"] == [
        {
            "address": "els@korenaar.example",
            "state": "in_use",
            "reason_code": None,
            "since": None,
            "until": None,
        }
    ]


async def test_a_stopped_address_is_said_with_its_reason(hear, world, mine, database):
    """N-09 N-10"""
    me, since = new_id(), now()
    await hear(world.person(me, email="Els@korenaar.example"))
    async with database.transaction() as session:
        session.add(
            Mailbox(
                address="els@korenaar.example",
                fate="inactive",
                reason="inactive: 550 5.2.1 the words of a server",
                events=2,
                last_at=since,
                stopped_at=since,
            )
        )

    answer = await mine("GET", "/v1/me/addresses", me)

    (found,) = answer.json()["items"]
    assert (found["state"], found["reason_code"], found["until"]) == ("stopped", "inactive", None)
    assert datetime.fromisoformat(found["since"]) == since
    assert "words of a server" not in answer.text


async def test_a_paused_domain_is_said_with_its_end(hear, world, mine, database):
    me, until = new_id(), now() + timedelta(hours=1)
    await hear(world.person(me, email="els@korenaar.example"))
    async with database.transaction() as session:
        session.add(PausedDomain(domain="korenaar.example", reason="policy: no", until=until))

    (found,) = (await mine("GET", "/v1/me/addresses", me)).json()["items"]

    assert (found["state"], found["reason_code"], found["since"]) == ("paused", "policy", None)
    assert datetime.fromisoformat(found["until"]) == until


async def test_somebody_unknown_or_gone_has_no_address(hear, world, mine):
    gone = new_id()
    await hear(world.person(gone, email=None, state="erased"))

    for person in (new_id(), gone):
        assert (await mine("GET", "/v1/me/addresses", person)).json() == {"items": []}


async def test_i_have_a_mail_of_mine_sent_again_and_nobody_elses(letters, mine, database):
    """N-10"""
    me, another = new_id(), new_id()
    await letters(me, State.SENT)
    async with database.transaction() as session:
        (letter,) = await _of(session, person_id=me)
        letter.updated_at = now() - timedelta(minutes=2)
    path = f"/v1/me/letters/{letter.id}/resend"

    assert (await mine("POST", path, another)).status_code == 404
    answer = await mine("POST", path, me)
    again = await mine("POST", path, me)

    assert (answer.status_code, answer.json()) == (202, {"letter_id": str(letter.id)})
    assert (again.status_code, problems(again)) == (409, [("", "letter_under_way")])
    async with database.transaction() as session:
        (letter,) = await _of(session, person_id=me)
        (history,) = (await session.scalars(sa.select(LetterHistory))).all()
    assert (letter.state, letter.resent) == (State.OWED, 1)
    assert history.detail == "to be sent again, by its reader"


async def test_a_mail_about_an_account_is_not_sent_again_for_its_proof_is_over(written, mine):
    me = new_id()
    letter = await written(me, "reset")

    assert (await mine("POST", f"/v1/me/letters/{letter.id}/resend", me)).status_code == 404


async def test_who_is_not_signed_in_has_no_address_and_sends_nothing(web_door):
    asked = (("GET", "/v1/me/addresses"), ("POST", f"/v1/me/letters/{new_id()}/resend"))
    for method, path in asked:
        for headers, status in [
            ({}, 401),
            (web_door.bearer("notifications:write", issuer="dl5"), 403),
            (web_door.at_work("dl5", "notifications:write"), 403),
            (web_door.viewing(new_id(), "dl5"), 403),
        ]:
            answer = await web_door.http.request(method, path, headers=headers)
            assert answer.status_code == status, (method, path)
