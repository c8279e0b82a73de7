"""Proves what someone who is signed in may read over HTTP, and what becomes of an open session."""

import pytest

from chassis import revocations
from chassis.identifiers import new_id, now
from contracts.documents import DocumentFile
from contracts.identity import SessionsEnded


@pytest.fixture
def hybrid(xml_file, ubl, pdf):
    """Return the files of a document that every route can show."""
    file = {"role": "original_pdf", "name": "a.pdf", "media_type": "application/pdf"}
    return (xml_file(ubl()), DocumentFile(**file, content=pdf()))


@pytest.fixture
def published(database, publish, command):
    """Return a function that publishes a document and returns it."""

    async def published(customer_number="DL5-104233", **told):
        issuer = customer_number.partition("-")[0].lower()
        given = command(customer_number=customer_number, **told)
        async with database.transaction() as session:
            return (await publish(session, given, issuer))[0]

    return published


@pytest.fixture
def ask(web_door):
    """Return a function that asks as someone who is signed in."""

    async def ask(person, path, *, sid=None, **params):
        headers = web_door.signed_in(person, **({"sid": str(sid)} if sid else {}))
        return await web_door.http.get(path, params=params, headers=headers)

    return ask


@pytest.fixture
def numbers_of(ask):
    """Return a function that lists the numbers of the documents someone may read."""

    async def numbers_of(person, **params):
        answer = await ask(person, "/v1/documents", **params)
        assert answer.status_code == 200
        return [each["number"] for each in answer.json()["items"]]

    return numbers_of


def paths_of(document):
    one = f"/v1/documents/{document.id}"
    files = [f"/files/{each.sha256}" for each in document.files]
    return [one + each for each in ("", *files, "/invoice", "/rendition", "/pages/1")]


async def test_everything_of_a_document_is_there_for_who_may_read_it_and_for_nobody_else(
    hear, ask, published, hybrid, snapshot
):
    """D-02, I-22"""
    main, partner, mailed, stranger = [new_id() for _ in range(4)]
    document = await published(files=hybrid)
    await hear(snapshot(main, shared=[partner], hidden=[mailed]))
    await hear(snapshot(stranger, customer_number="DL5-104234"))

    for path in paths_of(document):
        for person in (main, partner):
            assert (await ask(person, path)).status_code == 200, path
        for person in (mailed, stranger):
            assert (await ask(person, path)).status_code == 404, path


async def test_what_is_not_there_and_what_is_anothers_look_alike(hear, ask, published, snapshot):
    document, stranger = await published(), new_id()
    await hear(snapshot(new_id()))
    nowhere = new_id()

    answers = [await ask(stranger, f"/v1/documents/{each}") for each in (document.id, nowhere)]

    bodies = [
        each.text.replace(str(which), "…")
        for each, which in zip(answers, (document.id, nowhere), strict=True)
    ]
    assert bodies[0] == bodies[1]
    assert [each.status_code for each in answers] == [404, 404]


async def test_the_archive_of_who_signs_in_has_all_their_numbers_and_all_their_history(
    hear, numbers_of, published, snapshot
):
    """D-01, D-04, D-05, I-15, I-24"""
    await published(number="before", issue_date="2020-01-01")
    await published("DL6-7", number="elsewhere", issue_date="2021-01-01")
    await published("DL5-9", number="another's", issue_date="2022-01-01")
    main = new_id()

    assert await numbers_of(main) == []
    await hear(snapshot(main))
    await hear(snapshot(main, customer_number="DL6-7"))
    await hear(snapshot(new_id(), customer_number="DL5-9"))
    await published(number="after", issue_date="2023-01-01")

    assert await numbers_of(main) == ["after", "elsewhere", "before"]
    assert await numbers_of(main, customer_number="DL6-7") == ["elsewhere"]
    assert await numbers_of(main, number="before", type="invoice") == ["before"]
    assert await numbers_of(main, number="another's") == []
    assert await numbers_of(main, customer_number="DL5-9") == []


async def test_a_page_goes_on_where_the_one_before_ended(hear, ask, published, snapshot):
    main = new_id()
    for at in range(5):
        await published(f"DL5-{at % 2}", number=f"F{at}", issue_date=f"2026-06-0{at + 1}")
        await hear(snapshot(main, customer_number=f"DL5-{at % 2}"))

    first = (await ask(main, "/v1/documents", limit=3)).json()
    second = (await ask(main, "/v1/documents", limit=3, cursor=first["next_cursor"])).json()

    assert [each["number"] for each in first["items"]] == ["F4", "F3", "F2"]
    assert [each["number"] for each in second["items"]] == ["F1", "F0"]
    assert second["next_cursor"] is None


async def test_who_loses_a_claim_reads_no_longer_though_still_signed_in(
    hear, ask, numbers_of, published, snapshot
):
    """I-18, I-22"""
    document, main, partner = await published(), new_id(), new_id()
    await hear(snapshot(main, shared=[partner]))
    assert (await ask(partner, f"/v1/documents/{document.id}")).status_code == 200

    await hear(snapshot(main, version=2, hidden=[partner]))

    assert (await ask(partner, f"/v1/documents/{document.id}")).status_code == 404
    assert await numbers_of(partner) == []
    await hear(snapshot(main, version=1, shared=[partner]))  # told late
    assert await numbers_of(partner) == []


async def test_a_session_that_was_ended_reads_nothing_more(
    hear, ask, published, snapshot, monkeypatch
):
    monkeypatch.setattr(revocations, "_FRESH_SECONDS", 0)
    document, main, over, going_on = await published(), new_id(), new_id(), new_id()
    await hear(snapshot(main))
    path = f"/v1/documents/{document.id}"
    assert (await ask(main, path, sid=over)).status_code == 200

    await hear(SessionsEnded(person_id=main, sessions=(over,), ended_at=now()))

    for each in (*paths_of(document), "/v1/documents"):
        assert (await ask(main, each, sid=over)).status_code == 401
    assert (await ask(main, path, sid=going_on)).status_code == 200


async def test_a_person_gives_nothing_and_sees_no_guests_page(web_door, ask, snapshot, hear):
    person = new_id()
    await hear(snapshot(person))
    headers = web_door.signed_in(person)

    assert (await ask(person, "/v1/newest")).status_code == 403
    for path in ("/v1/uploads", "/v1/documents"):
        assert (await web_door.http.post(path, headers=headers)).status_code == 403
