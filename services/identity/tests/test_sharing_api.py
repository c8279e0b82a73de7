"""Proves who may ask what about sharing over HTTP, and how it is answered."""

from datetime import timedelta

import pytest

from chassis.identifiers import new_id, now
from chassis.testing import problems, said
from contracts.identity import CustomerNumberChanged
from identity import queries
from identity.accounts import Session

NUMBERS = "/v1/me/customer-numbers"
PEOPLE = "/v1/me/shared-users"
MATRIX = "/v1/me/sharing"
AN = {"email": "an@accountants.example", "first_name": "An", "last_name": "Maes"}
BOTH = {"portal": True, "mail": True}
NOBODY = "01930000-0000-7000-8000-000000000001"
ROUTES = [
    ("GET", NUMBERS, None),
    ("GET", f"{NUMBERS}/DL5-1", None),
    ("PUT", f"{NUMBERS}/DL5-1/settings", {"notify": "none"}),
    ("PUT", f"{NUMBERS}/DL5-1/attachments", {"attach": ["xml"]}),
    ("POST", f"{NUMBERS}/DL5-1/main-contact", {"person_id": NOBODY}),
    ("GET", PEOPLE, None),
    ("POST", PEOPLE, AN | {"numbers": [{"customer_number": "DL5-1", **BOTH}]}),
    ("GET", f"{PEOPLE}/{NOBODY}", None),
    ("PATCH", f"{PEOPLE}/{NOBODY}", {"future": BOTH}),
    ("DELETE", f"{PEOPLE}/{NOBODY}", None),
    ("POST", f"{PEOPLE}/{NOBODY}/invitation", None),
    ("GET", MATRIX, None),
    ("POST", MATRIX, {"changes": []}),
]


@pytest.fixture
def signed_in(database, web_door):
    """Return a function that signs a person in, and returns the header of their requests."""

    async def sign_in(person_id, *, scope="me", proved=timedelta(0), **said):
        at = now()
        row = Session(
            id=new_id(),
            token_sha256=new_id().bytes,
            person_id=person_id,
            issuer="dl5",
            staff=False,
            strength=1,
            browser="Firefox",
            started_at=at - proved,
            seen_at=at,
            proved_at=at - proved,
            ends_at=at + timedelta(days=30),
        )
        async with database.transaction() as session:
            session.add(row)
        claims = {"sub": str(person_id), "sid": str(row.id), "acr": "1", "group": "dl5"}
        proof = {"proved_at": int(row.proved_at.timestamp())}
        return web_door.bearer(scope, **claims | proof | said)

    return sign_in


@pytest.fixture
async def jan(database, with_numbers):
    """Have a main contact of two numbers, and return their id."""
    async with database.transaction() as session:
        return await with_numbers(session, "DL5-1", "DL5-2")


@pytest.fixture
async def an(database, jan, sharing_with):
    """Have a registered shared user of the first of them, and return their id."""
    async with database.transaction() as session:
        an = await sharing_with(session, jan, "DL5-1")
        (await queries.people(session, [an]))[an].registered = True
    return an


@pytest.fixture
def ask(web_door, signed_in):
    """Return a function that asks as somebody who is signed in."""

    async def ask(who, method, path, body=None, **signed):
        headers = await signed_in(who, **signed)
        return await web_door.http.request(method, path, headers=headers, json=body)

    return ask


def test_every_route_of_sharing_is_looked_at(service):
    from identity.sharing_api import router  # noqa: PLC0415 (only here)

    routes = {(method, each.path) for each in router.routes for method in each.methods}
    templates = {
        (method, path.replace("DL5-1", "{customer_number}").replace(NOBODY, "{person_id}"))
        for method, path, _ in ROUTES
    }

    assert templates == routes
    assert router in service.api


async def test_only_who_is_signed_in_is_answered(web_door, jan):
    forged = {"Authorization": "Bearer forged"}
    gone = web_door.bearer("me", sub=str(jan), sid=NOBODY, acr="1", group="dl5")
    machine = web_door.bearer("identity:write", "identity:read", issuer="dl5")
    for method, path, body in ROUTES:
        for headers, status in [({}, 401), (forged, 401), (gone, 401), (machine, 403)]:
            answer = await web_door.http.request(method, path, headers=headers, json=body)

            assert answer.status_code == status, (method, path)


async def test_a_stranger_finds_nothing_and_changes_nothing(database, ask, an, with_numbers):
    """I-18 I-20: another's number or shared user is not there."""
    async with database.transaction() as session:
        piet = await with_numbers(session, "DL5-3", email="piet@example.com")
        before = len(await said(session))

    for method, path, body in ROUTES:
        answer = await ask(piet, method, path.replace(NOBODY, str(an)), body)

        is_list = path == MATRIX or (path in {NUMBERS, PEOPLE} and method == "GET")
        assert answer.status_code == (200 if is_list else 404), (method, path)
        if is_list:
            assert "DL5-1" not in answer.text
            assert str(an) not in answer.text
    async with database.transaction() as session:
        assert len(await said(session)) == before


async def test_a_shared_user_changes_nothing_but_their_own_mails(database, ask, jan, an):
    """I-18: only the main contact holds that right."""
    tick = {"changes": [{"customer_number": "DL5-1", "person_id": NOBODY, **BOTH}]}
    own = (MATRIX, f"{NUMBERS}/DL5-1/attachments")
    changing = [each for each in ROUTES if each[0] != "GET" and each[1] not in own]
    async with database.transaction() as session:
        before = len(await said(session))

    for method, path, body in [*changing, ("POST", MATRIX, tick)]:
        answer = await ask(an, method, path.replace(NOBODY, str(jan)), body)

        assert answer.status_code == 404, (method, path)
    async with database.transaction() as session:
        assert len(await said(session)) == before


async def test_a_main_contact_adds_edits_and_removes_a_shared_user(ask, jan):
    """I-18 I-19"""
    wanted = AN | {"language": "fr", "numbers": [{"customer_number": "DL5-1", **BOTH}]}

    added = await ask(jan, "POST", PEOPLE, wanted)
    again = await ask(jan, "POST", PEOPLE, wanted)

    person = added.json()
    one = f"{PEOPLE}/{person['person_id']}"
    assert (added.status_code, again.status_code) == (201, 200)
    assert person == again.json()
    assert person == {
        "person_id": person["person_id"],
        **AN,
        "language": "fr",
        "registered": False,
        "numbers": 1,
        "future": None,
    }

    edited = await ask(jan, "PATCH", one, {"last_name": "Claes", "future": BOTH})
    named = await ask(jan, "PATCH", one, {"first_name": "Anna"})
    stopped = await ask(jan, "PATCH", one, {"future": None})

    assert (edited.json()["last_name"], edited.json()["future"]) == ("Claes", BOTH)
    assert (named.json()["first_name"], named.json()["future"]) == ("Anna", BOTH)
    assert stopped.json()["future"] is None

    assert (await ask(jan, "POST", f"{one}/invitation")).status_code == 202
    assert (await ask(jan, "DELETE", one)).status_code == 204
    assert (await ask(jan, "DELETE", one)).status_code == 404
    assert (await ask(jan, "GET", one)).status_code == 404


async def test_the_matrix_is_read_and_ticked(ask, jan, an):
    """W-06 I-22"""
    change = {"customer_number": "DL5-2", "person_id": str(an), "portal": True, "mail": False}

    before = (await ask(jan, "GET", MATRIX)).json()
    changed = await ask(jan, "POST", MATRIX, {"changes": [change]})
    after = (await ask(jan, "GET", MATRIX)).json()

    assert (before["gaps"], before["newest_gap"]["customer_number"]) == (1, "DL5-2")
    assert changed.json() == {"changed": 1}
    assert after["gaps"] == 0
    assert after["newest_gap"] is None
    row = after["rows"][1]
    assert row["cells"] == {str(an): {"portal": True, "mail": False}}
    assert row["issuer"] == {"issuer": "dl5", "name": "Delta Lease"}
    assert (await ask(jan, "GET", f"{MATRIX}?gaps=true")).json()["rows"] == []
    assert len((await ask(jan, "GET", f"{MATRIX}?search=DL5-1&limit=1")).json()["rows"]) == 1


async def test_more_boxes_than_fit_in_one_request_are_refused_whole(ask, jan, an):
    change = {"customer_number": "DL5-2", "person_id": str(an), **BOTH}

    answer = await ask(jan, "POST", MATRIX, {"changes": [change] * 501})

    assert answer.status_code == 422
    assert (await ask(jan, "GET", MATRIX)).json()["gaps"] == 1


async def test_settings_are_set_and_shown(ask, jan, an):
    """N-04 W-05"""
    path = f"{NUMBERS}/DL5-1/settings"

    answer = await ask(
        jan,
        "PUT",
        path,
        {
            "notify": "none",
            "attach": [
                "xml",
                "pdf",
            ],
        },
    )

    assert answer.status_code == 200
    assert answer.json()["settings"] == {"notify": "none", "attach": ["pdf", "xml"]}
    shown = (await ask(an, "GET", f"{NUMBERS}/DL5-1")).json()
    assert shown["settings"] == answer.json()["settings"]


async def test_a_shared_user_chooses_what_comes_with_their_own_mails(ask, jan, an):
    """D-03 N-07: the number's settings stay the main contact's."""
    path = f"{NUMBERS}/DL5-1/attachments"
    before = (await ask(an, "GET", f"{NUMBERS}/DL5-1")).json()

    chosen = (await ask(an, "PUT", path, {"attach": ["xml", "pdf"]})).json()
    none = (await ask(an, "PUT", path, {"attach": []})).json()
    theirs = (await ask(jan, "GET", f"{NUMBERS}/DL5-1")).json()
    followed = (await ask(an, "PUT", path, {"attach": None})).json()

    told = [each["attach"] for each in (before, chosen, none, theirs, followed)]
    assert told == [None, ["pdf", "xml"], [], None, None]
    assert [each["version"] for each in (before, chosen, none, followed)] == [2, 3, 4, 5]
    assert chosen["settings"] == before["settings"] == {"notify": "at_once", "attach": []}


async def test_what_comes_with_a_main_contacts_mails_is_in_the_settings(ask, jan):
    answer = await ask(jan, "PUT", f"{NUMBERS}/DL5-1/attachments", {"attach": ["pdf"]})

    assert (answer.status_code, problems(answer)) == (409, [("", "is_main_contact")])


async def test_a_number_is_handed_over_by_who_proved_lately_who_they_are(ask, jan, an):
    """I-17"""
    path = f"{NUMBERS}/DL5-1/main-contact"
    body = {"person_id": str(an)}

    late = await ask(jan, "POST", path, body, proved=timedelta(minutes=6))
    done = await ask(jan, "POST", path, body, proved=timedelta(minutes=4))

    assert (late.status_code, problems(late)) == (403, [("", "proof_needed")])
    assert done.status_code == 200
    assert (done.json()["role"], done.json()["main_contact"]["person_id"]) == ("shared", str(an))


BROKEN = [
    ("PUT", f"{NUMBERS}/DL5-1/settings", {"notify": "weekly"}, "/notify"),
    ("PUT", f"{NUMBERS}/DL5-1/settings", {"notify": "none", "attach": ["doc"]}, "/attach/0"),
    ("PUT", f"{NUMBERS}/DL5-1/attachments", {"attach": ["doc"]}, "/attach/0"),
    ("PUT", f"{NUMBERS}/DL5-1/attachments", {}, "/attach"),
    ("GET", f"{NUMBERS}/104233", None, "/customer_number"),
    ("GET", f"{NUMBERS}?limit=0", None, "/limit"),
    ("GET", f"{NUMBERS}?cursor=x", None, "/cursor"),
    ("GET", f"{MATRIX}?search=%00", None, "/search"),
    ("GET", f"{MATRIX}?person=x", None, "/person"),
    ("POST", PEOPLE, AN | {"email": "an"}, "/email"),
    ("POST", PEOPLE, AN | {"email": "an@localhost", "future": BOTH}, "/email"),
    ("POST", PEOPLE, AN | {"first_name": "A\nn"}, "/first_name"),
    ("POST", PEOPLE, AN | {"language": "es"}, "/language"),
    ("POST", PEOPLE, AN, "/numbers"),
    ("POST", PEOPLE, AN | {"numbers": [{"customer_number": "1", **BOTH}]},
     "/numbers/0/customer_number"),
    ("POST", MATRIX, {"changes": [{"customer_number": "DL5-1"}]}, "/changes/0/person_id"),
]  # fmt: skip


async def test_what_breaks_a_rule_is_named_by_its_place(ask, jan):
    for method, path, body, pointer in BROKEN:
        answer = await ask(jan, method, path, body)

        assert answer.status_code == 422, (method, path, body)
        assert pointer in [where for where, _ in problems(answer)]


async def test_a_refused_request_changes_nothing(database, ask, jan, an):
    """I-20: all boxes, or none."""
    changes = [
        {"customer_number": "DL5-2", "person_id": str(an), **BOTH},
        {"customer_number": "DL5-2", "person_id": NOBODY, **BOTH},
    ]

    answer = await ask(jan, "POST", MATRIX, {"changes": changes})

    assert (answer.status_code, problems(answer)) == (404, [("", "shared_user_unknown")])
    async with database.transaction() as session:
        newest = [
            each.read(CustomerNumberChanged) for each in await said(session, CustomerNumberChanged)
        ]
        assert not [each for each in newest if each.customer_number == "DL5-2" and each.version > 1]
