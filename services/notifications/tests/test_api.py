"""The door for HTTP: what became of each mail."""

from datetime import timedelta

from chassis.identifiers import new_id, now
from notifications.models import Mailbox


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
        "letter_id", "person_id", "kind", "state", "reason", "updated_at"
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
