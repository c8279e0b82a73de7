"""The door for HTTP: what became of each mail."""

from chassis.identifiers import new_id, now


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
