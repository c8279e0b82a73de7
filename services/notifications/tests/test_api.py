"""The door for HTTP: what became of each mail."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from chassis.identifiers import new_id, now
from chassis.testing import problems
from notifications.models import Letter, LetterHistory, Mailbox, State

AN_HOUR = timedelta(hours=1)
BOUNCED = "bad_address: 550 5.1.1 no such user"


async def test_letters_tells_what_became_of_each_mail(web_door, hear, world):
    main, shared = new_id(), new_id()
    await hear(world.snapshot(main=(main, now()), shared=[(shared, now(), True)]))
    document = world.document(now())
    await hear(document)

    answer = await web_door.http.get(
        "/v1/letters",
        params={"document_id": str(document.document_id)},
        headers=web_door.bearer("notifications:read", issuer="dl5"),
    )

    assert answer.status_code == 200
    assert {each["person_id"] for each in answer.json()} == {str(main), str(shared)}
    assert {each["state"] for each in answer.json()} == {"owed"}
    assert set(answer.json()[0]) == {
        "letter_id", "person_id", "kind", "state", "reason", "reason_code", "address", "attached",
        "link_only", "updated_at",
    }  # fmt: skip


async def test_letters_of_another_issuer_are_not_there(web_door, hear, world):
    await hear(world.snapshot(main=(new_id(), now())))
    document = world.document(now())
    await hear(document)

    answer = await web_door.http.get(
        "/v1/letters",
        params={"document_id": str(document.document_id)},
        headers=web_door.bearer("notifications:read", issuer="dl2"),
    )

    assert answer.json() == []


async def test_letters_takes_a_token_with_the_scope(web_door):
    params = {"document_id": str(new_id())}

    without = await web_door.http.get("/v1/letters", params=params)
    wrong = await web_door.http.get(
        "/v1/letters", params=params, headers=web_door.bearer("documents:read", issuer="dl5")
    )

    assert without.status_code == 401
    assert wrong.status_code == 403


async def test_letters_names_the_field_that_is_wrong(web_door):
    answer = await web_door.http.get(
        "/v1/letters",
        params={"document_id": "nonsense"},
        headers=web_door.bearer("notifications:read", issuer="dl5"),
    )

    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["problems"][0]["pointer"] == "/document_id"


async def test_documents_nobody_could_be_told_of_are_listed_page_by_page(
    web_door, hear, world, new_world
):
    """Decision 13: a staff list."""
    long_ago = now() - timedelta(hours=30)
    unregistered = [new_world().document(long_ago + timedelta(minutes=each)) for each in range(3)]
    for document in (*unregistered, new_world().document(now())):
        await hear(document)
    await hear(world.snapshot(main=(new_id(), long_ago)))
    unmet = world.document(long_ago + timedelta(minutes=9))
    await hear(unmet)
    bearer = web_door.bearer("notifications:read", issuer="dl5")

    listed, cursor = [], None
    while True:
        query = {"limit": 2} | ({"cursor": cursor} if cursor else {})
        page = await web_door.http.get("/v1/unknown-recipients", params=query, headers=bearer)
        listed += page.json()["items"]
        cursor = page.json()["next_cursor"]
        if cursor is None:
            break

    assert [each["document_id"] for each in listed] == [
        str(each.document_id) for each in (*unregistered, unmet)
    ]
    assert [each["missing"] for each in listed] == ["customer_number"] * 3 + ["person"]


async def test_a_document_whose_reader_turned_up_is_listed_no_more(web_door, hear, world):
    long_ago, main = now() - timedelta(hours=30), new_id()
    await hear(world.document(long_ago))
    await hear(world.snapshot(main=(main, long_ago)))
    await hear(world.person(main))

    answer = await web_door.http.get(
        "/v1/unknown-recipients", headers=web_door.bearer("notifications:read", issuer="dl5")
    )

    assert answer.json() == {"items": [], "next_cursor": None}


async def test_unknown_recipients_of_another_issuer_are_not_listed(web_door, hear, world):
    await hear(world.document(now() - timedelta(hours=30)))

    answer = await web_door.http.get(
        "/v1/unknown-recipients", headers=web_door.bearer("notifications:read", issuer="dl2")
    )

    assert answer.json()["items"] == []


async def test_a_cursor_that_was_never_given_out_is_refused(web_door):
    answer = await web_door.http.get(
        "/v1/unknown-recipients",
        params={"cursor": "nonsense"},
        headers=web_door.bearer("notifications:read", issuer="dl5"),
    )

    assert answer.status_code == 422
    assert answer.json()["problems"][0]["pointer"] == "/cursor"


async def _stopped(database, addresses):
    async with database.transaction() as session:
        session.add_all(
            Mailbox(
                address=address,
                fate="bad_address",
                reason="bad_address: 550 5.1.1 no such user",
                events=1,
                last_at=now(),
                stopped_at=now() - timedelta(minutes=minutes),
            )
            for minutes, address in enumerate(addresses)
        )


async def test_stopped_addresses_of_an_issuers_own_readers_are_listed_page_by_page(
    web_door, hear, world, database
):
    """N-09"""
    readers = [f"r{each}@korenaar.example" for each in range(3)]
    people = [new_id() for _ in readers]
    for person_id, address in zip(people, readers, strict=True):
        await hear(world.person(person_id, email=address.upper()))
    await hear(world.snapshot(shared=[(each, now(), True) for each in people]))
    await hear(world.document(now()))
    await _stopped(database, [*readers, "stranger@korenaar.example"])
    async with database.transaction() as session:
        session.add(
            Mailbox(
                address="once@korenaar.example",
                fate="inactive",
                reason="inactive: 550 5.2.1",
                events=1,
                last_at=now(),
            )
        )
    await hear(world.person(new_id(), email="once@korenaar.example"))
    bearer = web_door.bearer("notifications:read", issuer="dl5")

    listed, cursor = [], None
    while True:
        query = {"limit": 2} | ({"cursor": cursor} if cursor else {})
        page = await web_door.http.get("/v1/addresses", params=query, headers=bearer)
        listed += page.json()["items"]
        cursor = page.json()["next_cursor"]
        if cursor is None:
            break

    assert [each["address"] for each in listed] == readers[::-1]
    assert set(listed[0]) == {"address", "fate", "reason", "since"}
    assert listed[0]["reason"] == "bad_address: 550 5.1.1 no such user"


async def test_stopped_addresses_of_another_issuer_are_not_listed(web_door, hear, world, database):
    person_id = new_id()
    await hear(world.person(person_id, email="els@korenaar.example"))
    await hear(world.snapshot(main=(person_id, now())))
    await hear(world.document(now()))
    await _stopped(database, ["els@korenaar.example"])

    answer = await web_door.http.get(
        "/v1/addresses", headers=web_door.bearer("notifications:read", issuer="dl2")
    )

    assert answer.json() == {"items": [], "next_cursor": None}


async def test_stopped_addresses_take_a_token_with_the_scope(web_door):
    without = await web_door.http.get("/v1/addresses")
    wrong = await web_door.http.get(
        "/v1/addresses", headers=web_door.bearer("documents:read", issuer="dl5")
    )

    assert without.status_code == 401
    assert wrong.status_code == 403


@pytest.fixture
def desk(web_door):
    """Return a function that asks as staff at work for an issuer."""

    async def ask(method, path, *, issuer="dl5", scopes=("read", "write"), **how):
        named = [f"notifications:{each}" for each in scopes]
        headers = web_door.at_work(issuer, *named)
        return await web_door.http.request(method, path, headers=headers, **how)

    return ask


@pytest.fixture
def sent(hear, world, database):
    """Publish so many documents to a main contact and a shared user; have their letters sent."""

    async def published(documents=1, state=State.SENT, age=AN_HOUR):
        main, shared = new_id(), new_id()
        await hear(world.issuer())
        await hear(world.person(main, email="els@korenaar.example"))
        await hear(world.person(shared, email="joris@books.example"))
        await hear(world.snapshot(main=(main, now()), shared=[(shared, now(), True)]))
        for _ in range(documents):
            await hear(world.document(now()))
        async with database.transaction() as session:
            letters = (await session.scalars(sa.select(Letter).order_by(Letter.id))).all()
            for each in letters:
                each.become(state, now() - age, BOUNCED if state is State.BOUNCED else None)
                each.sent_to = None if state is State.OWED else "els@korenaar.example"
                each.attached = "pdf xml"
                each.tries, each.sender = 3, "facturen@meridiaan.example"
        return letters

    return published


async def test_what_went_with_a_mail_and_where_it_went_is_told(desk, sent):
    """N-07 N-09 O-02: the address so that who knows it knows it again."""
    (letter, _) = await sent(state=State.BOUNCED)

    answer = await desk("GET", "/v1/letters", params={"document_id": str(letter.document_id)})

    (first, _) = answer.json()
    assert (first["state"], first["reason"], first["reason_code"]) == (
        "bounced",
        BOUNCED,
        "bad_address",
    )
    assert (first["address"], first["attached"], first["link_only"]) == (
        "e…@korenaar.example",
        ["pdf", "xml"],
        False,
    )


async def test_a_letter_that_was_never_tried_shows_where_it_would_go(desk, sent):
    letters = await sent(state=State.OWED)

    answer = await desk("GET", "/v1/letters", params={"document_id": str(letters[0].document_id)})

    assert {each["address"] for each in answer.json()} == {
        "e…@korenaar.example",
        "j…@books.example",
    }


async def test_the_letters_of_a_number_are_listed_to_their_end_the_newest_document_first(
    desk, sent, world
):
    """O-02"""
    letters = await sent(documents=5)

    found, cursor = [], None
    while True:
        params = {"customer_number": world.number, "limit": 3}
        answer = await desk(
            "GET", "/v1/letters", params=params | ({"cursor": cursor} if cursor else {})
        )
        page = answer.json()
        found += page["items"]
        cursor = page["next_cursor"]
        if cursor is None:
            break

    assert len(found) == len(letters) == 10
    assert {each["letter_id"] for each in found} == {str(each.id) for each in letters}
    published = [each["published_at"] for each in found]
    assert published == sorted(published, reverse=True)
    assert {each["role"] for each in found} == {"main", "shared"}
    assert all(each["number"].startswith("F") and each["document_id"] for each in found)


async def test_another_issuers_number_has_no_letters(desk, sent, world):
    await sent()

    answer = await desk(
        "GET", "/v1/letters", issuer="dl2", params={"customer_number": world.number}
    )

    assert answer.json() == {"items": [], "next_cursor": None}


@pytest.mark.parametrize(
    "params",
    [
        {},
        {"document_id": str(new_id()), "customer_number": "DL5-1"},
        {"customer_number": "DL5-1", "cursor": "x"},
    ],
)
async def test_letters_are_those_of_one_thing(desk, params):
    assert (await desk("GET", "/v1/letters", params=params)).status_code == 422


async def test_staff_send_a_mail_again_and_its_history_says_who_and_why(desk, sent, database):
    """O-02"""
    (letter, other) = await sent()

    answer = await desk(
        "POST", f"/v1/letters/{letter.id}/resend", json={"reason": "customer called"}
    )

    assert (answer.status_code, answer.json()["state"]) == (202, "owed")
    async with database.transaction() as session:
        again = await session.get(Letter, letter.id)
        (history,) = (await session.scalars(sa.select(LetterHistory))).all()
        untouched = await session.get(Letter, other.id)
    assert (again.state, again.tries, again.resent, again.attached) == (State.OWED, 0, 1, None)
    assert again.due_at <= now()
    assert history.state is State.OWED
    assert history.detail.startswith("to be sent again, by staff ")
    assert history.detail.endswith(": customer called")
    assert untouched.state is State.SENT


async def test_a_machine_sends_again_in_its_own_name(web_door, sent, database):
    (letter, _) = await sent(state=State.REFUSED)
    headers = web_door.bearer("notifications:write", issuer="dl5", sub="erp")

    answer = await web_door.http.post(
        f"/v1/letters/{letter.id}/resend", headers=headers, json={"reason": "mended"}
    )

    assert answer.status_code == 202
    async with database.transaction() as session:
        (history,) = (await session.scalars(sa.select(LetterHistory))).all()
        again = await session.get(Letter, letter.id)
    assert history.detail == "to be sent again, by erp: mended"
    # No relay ever had it, so its Message-ID can stay.
    assert again.resent == 0


@pytest.mark.parametrize(
    ("state", "age", "rule"),
    [
        (State.OWED, AN_HOUR, "letter_under_way"),
        (State.DEFERRED, AN_HOUR, "letter_under_way"),
        (State.UNKNOWN, AN_HOUR, "letter_under_way"),
        (State.SENT, timedelta(seconds=50), "letter_under_way"),
        (State.WITHDRAWN, AN_HOUR, "letter_withdrawn"),
    ],
)
async def test_what_is_under_way_or_not_to_be_told_is_not_sent_again(desk, sent, state, age, rule):
    (letter, _) = await sent(state=state, age=age)

    answer = await desk("POST", f"/v1/letters/{letter.id}/resend", json={"reason": "again"})

    assert (answer.status_code, problems(answer)) == (409, [("", rule)])


async def test_a_stopped_address_is_said_before_anything_is_sent_again(desk, sent, database):
    """N-09"""
    (letter, _) = await sent(state=State.BOUNCED)
    async with database.transaction() as session:
        session.add(
            Mailbox(
                address="els@korenaar.example",
                fate="bad_address",
                reason=BOUNCED,
                events=1,
                last_at=now(),
                stopped_at=now(),
            )
        )

    answer = await desk("POST", f"/v1/letters/{letter.id}/resend", json={"reason": "again"})

    assert (answer.status_code, problems(answer)) == (409, [("", "address_stopped")])


async def test_a_mail_is_sent_again_so_often_and_no_more(desk, sent, database):
    (letter, _) = await sent()
    path, reason = f"/v1/letters/{letter.id}/resend", {"reason": "again"}
    answers = []
    for _ in range(12):
        answers.append((await desk("POST", path, json=reason)).status_code)
        async with database.transaction() as session:
            (await session.get(Letter, letter.id)).become(State.SENT, now() - AN_HOUR)

    assert answers == [202] * 10 + [409] * 2


async def test_only_who_may_write_sends_again_and_only_their_own(desk, sent, web_door):
    (letter, _) = await sent()
    path, reason = f"/v1/letters/{letter.id}/resend", {"reason": "again"}

    assert (await desk("POST", path, scopes=["read"], json=reason)).status_code == 403
    assert (await desk("POST", path, issuer="dl2", json=reason)).status_code == 404
    assert (await desk("POST", f"/v1/letters/{new_id()}/resend", json=reason)).status_code == 404
    assert (await desk("POST", path, json={})).status_code == 422
    for headers in (
        web_door.signed_in(letter.person_id),
        web_door.viewing(letter.person_id, "dl5"),
        web_door.bearer("documents:write", issuer="dl5"),
    ):
        assert (await web_door.http.post(path, headers=headers, json=reason)).status_code == 403
    assert (await web_door.http.post(path, json=reason)).status_code == 401
