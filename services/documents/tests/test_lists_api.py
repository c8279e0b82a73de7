"""Proves what lists give over HTTP, to people, machines, staff at work and staff who look."""

import pytest

from chassis.identifiers import new_id
from documents import filtering

FILES = {
    "kangoo": {"number": "F-2026-17", "issue_date": "2026-01-17", "type": "invoice"},
    "credit": {"number": "C-2026-3", "issue_date": "2026-03-03", "type": "credit_note"},
}


@pytest.fixture
def published(database, publish, command):
    """Return a function that publishes a document and returns it."""

    async def published(customer_number="DL5-104233", **told):
        issuer = customer_number.partition("-")[0].lower()
        known = {"number": new_id().hex}
        given = command(new_id().bytes, customer_number=customer_number, **known | told)
        async with database.transaction() as session:
            return (await publish(session, given, issuer))[0]

    return published


@pytest.fixture
def ask(web_door):
    """Return a function that asks with headers and returns the answer."""

    async def ask(headers, method, path, **told):
        return await web_door.http.request(method, path, headers=headers, **told)

    return ask


@pytest.fixture
def numbers(ask):
    """Return a function that lists the numbers of documents."""

    async def numbers(headers, **params):
        answer = await ask(headers, "GET", "/v1/documents", params=params)
        assert answer.status_code == 200, answer.text
        return [each["number"] for each in answer.json()["items"]]

    return numbers


@pytest.fixture
async def anna(hear, snapshot, web_door):
    """Return the headers of someone who may read one number."""
    person = new_id()
    await hear(snapshot(person))
    return web_door.signed_in(person)


async def test_each_filter_and_order_is_a_parameter(anna, published, numbers, ask):
    """D-09, D-10, D-11, D-12, D-13, D-14, D-18"""
    for told in FILES.values():
        await published(**told)
    await published(number="F-2026-18", issue_date="2026-02-01", due_date="2026-02-15")
    asked = [
        ({}, ["C-2026-3", "F-2026-18", "F-2026-17"]),
        ({"sort": "issue_date"}, ["F-2026-17", "F-2026-18", "C-2026-3"]),
        ({"sort": "number"}, ["C-2026-3", "F-2026-17", "F-2026-18"]),
        ({"sort": "-number"}, ["F-2026-18", "F-2026-17", "C-2026-3"]),
        ({"sort": "-amount"}, ["F-2026-18", "F-2026-17", "C-2026-3"]),
        ({"sort": "due_date", "limit": 1}, ["F-2026-18"]),
        ({"type": "credit_note"}, ["C-2026-3"]),
        ({"from": "2026-02-01", "to": "2026-03-02"}, ["F-2026-18"]),
        ({"number": "F-2026-17"}, ["F-2026-17"]),
        ({"number_contains": "-2026-1"}, ["F-2026-18", "F-2026-17"]),
        ({"amount_max": "-0.01"}, ["C-2026-3"]),
        ({"amount_min": "498.94", "currency": "EUR"}, ["F-2026-18", "F-2026-17"]),
        ({"currency": "USD"}, []),
        ({"q": "f 2026 1"}, ["F-2026-18", "F-2026-17"]),
        ({"q": "DL5-104233"}, ["C-2026-3", "F-2026-18", "F-2026-17"]),
        ({"q": "dl5 104234"}, []),
        ({"customer_number": "DL5-104233", "type": "credit_note"}, ["C-2026-3"]),
        ({"customer_number": "DL5-1"}, []),
        ({"unread": "true", "q": "2026", "type": "invoice"}, ["F-2026-18", "F-2026-17"]),
    ]
    for params, expected in asked:
        assert await numbers(anna, **params) == expected, params
        sent = {key: value for key, value in params.items() if key not in {"sort", "limit"}}
        counted = (await ask(anna, "GET", "/v1/documents/count", params=sent)).json()
        if "limit" not in params:
            assert counted == {"count": len(expected), "capped": False}, params


@pytest.mark.parametrize(
    "params",
    [
        {"sort": "name"},
        {"from": "yesterday"},
        {"amount_min": "1e9"},
        {"amount_min": "NaN"},
        {"currency": "euro"},
        {"type": "letter"},
        {"q": "a\x00b"},
        {"q": ""},
        {"number_contains": "x" * 201},
        {"customer_number": "1"},
        {"limit": 201},
        {"limit": 0},
        {"cursor": "?"},
        {"cursor": "x" * 2_001},
    ],
)
async def test_what_cannot_be_asked_is_said(anna, ask, params):
    answer = await ask(anna, "GET", "/v1/documents", params=params)

    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"


async def test_a_cursor_of_another_list_is_refused(anna, ask, published):
    for _ in range(3):
        await published()
    first = (await ask(anna, "GET", "/v1/documents", params={"limit": 2})).json()
    cursor = first["next_cursor"]

    same = await ask(anna, "GET", "/v1/documents", params={"limit": 1, "cursor": cursor})
    assert len(same.json()["items"]) == 1
    for other in ({"sort": "number"}, {"type": "invoice"}, {"unread": "true"}):
        answer = await ask(anna, "GET", "/v1/documents", params={"cursor": cursor} | other)
        assert answer.status_code == 422
        assert answer.json()["problems"][0]["pointer"] == "/cursor"


async def test_reading_marks_for_the_one_who_reads(hear, snapshot, web_door, ask, published):
    """D-13"""
    main, partner, stranger = new_id(), new_id(), new_id()
    await hear(snapshot(main, shared=[partner]))
    documents = [str((await published()).id) for _ in range(3)]
    anna, bert, carl = (web_door.signed_in(each) for each in (main, partner, stranger))

    async def unread(headers):
        items = (await ask(headers, "GET", "/v1/documents")).json()["items"]
        badge = (await ask(headers, "GET", "/v1/me/unread")).json()
        found = {each["document_id"] for each in items if each["unread"]}
        assert badge == {"count": len(found), "capped": False, "items": None}
        for each in documents:
            told = (await ask(headers, "GET", f"/v1/documents/{each}")).json()
            assert told.get("unread", False) == (each in found)
        return found

    assert await unread(anna) == await unread(bert) == set(documents)

    path = f"/v1/documents/{documents[0]}/read"
    assert [(await ask(anna, "PUT", path)).status_code for _ in range(2)] == [204, 204]
    assert await unread(anna) == set(documents[1:])
    assert await unread(bert) == set(documents)

    both = {"document_ids": [documents[0], documents[1], str(new_id())], "read": True}
    assert (await ask(bert, "POST", "/v1/documents/read", json=both)).status_code == 204
    assert await unread(bert) == {documents[2]}
    assert (await ask(bert, "DELETE", path)).status_code == 204
    assert await unread(bert) == {documents[0], documents[2]}
    assert await unread(anna) == set(documents[1:])

    for method in ("PUT", "DELETE"):
        assert (await ask(carl, method, path)).status_code == 404
    back = both | {"read": False}
    assert (await ask(carl, "POST", "/v1/documents/read", json=back)).status_code == 204
    assert await unread(carl) == set()
    by_number = await ask(anna, "GET", "/v1/me/unread", params={"by": "customer_number"})
    assert by_number.json()["items"] == [{"customer_number": "DL5-104233", "count": 2}]


async def test_too_many_documents_are_not_marked_at_once(anna, ask):
    marks = {"document_ids": [str(new_id())] * 201, "read": True}

    assert (await ask(anna, "POST", "/v1/documents/read", json=marks)).status_code == 422


async def test_own_numbers_say_which_version_of_them_is_here(
    hear, snapshot, web_door, ask, published
):
    """D-07, D-14, O-08"""
    person = new_id()
    await hear(snapshot(person, version=4))
    await hear(snapshot(person, version=9, customer_number="DL6-1"))
    await hear(snapshot(new_id(), customer_number="DL5-9"))
    await published(issue_date="2019-02-28")
    headers = web_door.signed_in(person)

    async def page(**params):
        return (await ask(headers, "GET", "/v1/me/customer-numbers", params=params)).json()

    first = await page(limit=1)
    second = await page(limit=1, cursor=first["next_cursor"])

    (told,) = first["items"]
    assert told.pop("known_at")
    assert told == {
        "customer_number": "DL5-104233",
        "version": 4,
        "first_issue_date": "2019-02-28",
        "documents": 1,
    }
    (told,) = second["items"]
    assert (told["customer_number"], told["version"], told["documents"]) == ("DL6-1", 9, 0)
    assert second["next_cursor"] is None


async def test_what_someone_looks_for_is_saved(anna, ask, web_door):
    """D-10"""
    query = {"from": "2026-01-01", "q": "kangoo", "amount_min": "10.00", "sort": "-amount"}
    saved = await ask(anna, "POST", "/v1/me/filters", json={"name": "Kangoos", "query": query})

    assert saved.status_code == 201
    assert saved.json()["query"] == query
    listed = (await ask(anna, "GET", "/v1/me/filters")).json()
    assert listed == {"items": [saved.json()]}
    path = f"/v1/me/filters/{saved.json()['filter_id']}"
    other = web_door.signed_in(new_id())
    assert (await ask(other, "GET", "/v1/me/filters")).json() == {"items": []}
    assert (await ask(other, "DELETE", path)).status_code == 404
    assert (await ask(anna, "DELETE", path)).status_code == 204
    assert (await ask(anna, "GET", "/v1/me/filters")).json() == {"items": []}


@pytest.mark.parametrize(
    ("name", "query"),
    [("", {}), ("x" * 61, {}), ("a\nb", {}), ("ok", {"cursor": "x"}), ("ok", {"sort": "name"})],
)
async def test_what_cannot_be_looked_for_is_not_saved(anna, ask, name, query):
    answer = await ask(anna, "POST", "/v1/me/filters", json={"name": name, "query": query})

    assert answer.status_code == 422


async def test_one_filter_too_many_is_refused(anna, ask, monkeypatch):
    monkeypatch.setattr(filtering, "MOST_FILTERS", 1)
    for name, expected in (("a", 201), ("a", 201), ("b", 422)):
        answer = await ask(anna, "POST", "/v1/me/filters", json={"name": name, "query": {}})
        assert answer.status_code == expected


async def test_machines_and_staff_list_what_is_their_issuers(web_door, numbers, published, ask):
    """D-10, D-16, D-18"""
    await published(number="mine")
    await published("DL6-1", number="theirs")
    for headers in (
        web_door.bearer("documents:read", issuer="dl5"),
        web_door.at_work("dl5", "documents:read"),
    ):
        assert await numbers(headers) == ["mine"]
        assert await numbers(headers, q="DL5-104233") == ["mine"]
        assert await numbers(headers, q="DL6-1") == []
        items = (await ask(headers, "GET", "/v1/documents")).json()["items"]
        assert [each["unread"] for each in items] == [None]
        unread = await ask(headers, "GET", "/v1/documents", params={"unread": "true"})
        assert unread.status_code == 422
        for path in ("/v1/me/unread", "/v1/me/filters", "/v1/me/customer-numbers"):
            assert (await ask(headers, "GET", path)).status_code == 403
    assert (await ask(web_door.at_work("dl5"), "GET", "/v1/documents")).status_code == 403


async def test_staff_who_look_as_a_person_see_their_issuers_and_change_nothing(
    hear, snapshot, web_door, numbers, published, ask
):
    """D-13, D-15"""
    person = new_id()
    await hear(snapshot(person))
    await hear(snapshot(person, customer_number="DL6-1"))
    mine = await published(number="mine")
    theirs = await published("DL6-1", number="theirs")
    looking = web_door.viewing(person, "dl5")

    assert await numbers(looking) == ["mine"]
    assert await numbers(looking, unread="true") == ["mine"]
    assert (await ask(looking, "GET", "/v1/me/unread")).json()["count"] == 1
    listed = (await ask(looking, "GET", "/v1/me/customer-numbers")).json()["items"]
    assert [each["customer_number"] for each in listed] == ["DL5-104233"]
    assert (await ask(looking, "GET", f"/v1/documents/{mine.id}")).json()["unread"] is True
    assert (await ask(looking, "GET", f"/v1/documents/{theirs.id}")).status_code == 404
    marks = {"document_ids": [str(mine.id)], "read": True}
    for method, path, told in (
        ("PUT", f"/v1/documents/{mine.id}/read", None),
        ("DELETE", f"/v1/documents/{mine.id}/read", None),
        ("POST", "/v1/documents/read", marks),
        ("POST", "/v1/me/filters", {"name": "a", "query": {}}),
        ("DELETE", f"/v1/me/filters/{new_id()}", None),
    ):
        assert (await ask(looking, method, path, json=told)).status_code == 403
    assert (await ask(looking, "GET", "/v1/me/unread")).json()["count"] == 1


async def test_a_service_of_ours_takes_parts_and_lists_nothing(web_door, published, ask):
    """N-07"""
    document = await published()
    ours = web_door.bearer("documents:parts")
    of_an_issuer = web_door.bearer("documents:parts", issuer="dl6")
    path = f"/v1/documents/{document.id}"

    assert (await ask(ours, "GET", path)).status_code == 200
    file = f"{path}/files/{document.files[0].sha256}"
    assert (await ask(ours, "GET", file)).status_code == 200
    for refused in ("/v1/documents", "/v1/documents/count", "/v1/me/unread"):
        assert (await ask(ours, "GET", refused)).status_code == 403
    assert (await ask(of_an_issuer, "GET", path)).status_code == 403


async def test_a_guest_lists_nothing(web_door, ask):
    guest = web_door.bearer("documents:newest", issuer="dl5", customer_number="DL5-104233")

    for path in ("/v1/documents", "/v1/documents/count", "/v1/me/unread"):
        assert (await ask(guest, "GET", path)).status_code == 403
