"""Proves what the portal may ask for people on their way in, and that no answer gives one away."""

import re
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa

from chassis.identifiers import new_id, now
from chassis.testing import problems, said
from contracts.notifications import WriteToPerson
from identity import accounts_api, credentials
from identity.accounts import Account, Credential, FactorKind, SecondFactor

VISITOR = {"address": "203.0.113.9", "browser": "Firefox on Windows", "device": None}
JAN = {"first_name": "Jan", "last_name": "Peeters", "language": "nl"}
NOBODY = "nobody@example.com"
ROUTES = sorted(
    (method, route.path) for route in accounts_api.router.routes for method in route.methods
)

pytestmark = pytest.mark.usefixtures("ticket")


@pytest.fixture
def ask(web_door, new_address):
    """Return a function that asks as the portal's client."""

    async def ask(path, body=None, *, scopes=("accounts:act",), method=None):
        headers = web_door.bearer(*scopes, service="portal")
        method = method or ("GET" if body is None else "POST")
        if isinstance(body, dict) and "visitor" in body:
            body = body | {"visitor": VISITOR | {"address": new_address()} | body["visitor"]}
        return await web_door.http.request(method, path, headers=headers, json=body)

    return ask


@pytest.fixture
async def account(transactions, account_of):
    """Return the main contact, with an account."""
    async with transactions() as session:
        return await account_of(session)


@pytest.fixture
def sign_in(ask, password):
    """Return a function that signs in."""

    async def sign_in(username="jan@example.com", given=password, **visitor):
        body = {"issuer": "dl5", "username": username, "password": given, "visitor": visitor}
        return await ask("/v1/sessions", body)

    return sign_in


@pytest.fixture
def code_of(gateways):
    """Return a function that makes the code of a mail."""
    return lambda made, kind: credentials.code_of(gateways.link_keys[0], UUID(made), kind)


def seen(answer):
    """Return all that a caller can see of an answer, but ids and times of its own."""
    body = re.sub(rb"[0-9a-f]{8}-[0-9a-f-]{27}", b"<id>", answer.content)
    body = re.sub(rb"\d{4}-\d\d-\d\dT[\d:.]+Z", b"<time>", body)
    headers = {name: text for name, text in answer.headers.items() if name != "x-correlation-id"}
    return answer.status_code, headers, body


@pytest.mark.parametrize(("method", "path"), ROUTES)
async def test_only_the_portals_client_may_ask(ask, web_door, method, path):
    path = path.replace("{issuer}", "dl5").replace("{registration}", str(uuid4()))
    path = path.replace("{reset}", str(uuid4()))

    assert (await web_door.http.request(method, path)).status_code == 401
    for scope in ("links:open", "identity:read", "identity:write", "documents:parts"):
        answer = await ask(path, {} if method == "POST" else None, scopes=[scope], method=method)
        assert answer.status_code == 403
        assert 'scope="accounts:act"' in answer.headers["WWW-Authenticate"]


async def test_the_issuers_one_may_sign_in_at(ask, transactions, admit):
    async with transactions() as session:
        await admit(session, "ab1", name="Alfa", language="fr", group="alfa", accent="#aa0033")

    listed = (await ask("/v1/issuers")).json()["items"]

    assert [each["issuer"] for each in listed] == ["ab1", "dl5"]
    assert listed[0] | {"palette": None} == {
        "issuer": "ab1",
        "name": "Alfa",
        "accent": "#aa0033",
        "palette": None,
        "language": "fr",
        "group": "alfa",
        "support": {
            "phone": None,
            "email": None,
            "days": [1, 2, 3, 4, 5],
            "opens": "08:30",
            "closes": "17:00",
            "time_zone": "Europe/Brussels",
        },
    }
    assert (await ask("/v1/issuers/ab1")).json() == listed[0]
    assert (await ask("/v1/issuers/nobody")).status_code == 404


async def test_registering_takes_a_link_a_code_and_a_password(
    ask, link_of, ticket, code_of, password
):
    """I-03 I-12"""
    asked = await ask("/v1/registrations", {"link": link_of(ticket.id), **JAN, "visitor": {}})
    assert asked.status_code == 202
    registration = asked.json()["registration"]
    assert datetime.fromisoformat(asked.json()["code_until"]) > now() + timedelta(minutes=9)

    path = f"/v1/registrations/{registration}/finish"
    weak = await ask(path, {"password": "kort", "code": "1", "visitor": {}})
    wrong = await ask(path, {"password": password, "code": "00000000", "visitor": {}})
    none = await ask(path, {"password": password, "visitor": {}})
    code = code_of(registration, "register")
    right = await ask(path, {"password": password, "code": code, "visitor": {}})
    again = await ask(path, {"password": password, "code": code, "visitor": {}})

    assert (weak.status_code, problems(weak)) == (422, [("/password", "too_short")])
    assert (wrong.status_code, problems(wrong)) == (422, [("/code", "code_wrong")])
    assert "4 tries left" in wrong.json()["problems"][0]["detail"]
    assert (none.status_code, problems(none)) == (422, [("/code", "missing")])
    assert (again.status_code, problems(again)) == (422, [("/code", "code_unusable")])
    started = right.json()
    assert right.status_code == 201
    assert started.keys() == {
        *("session", "device", "person_id", "issuer", "language", "staff", "must"),
    }
    assert (started["person_id"], started["must"]) == (str(ticket.person_id), None)


async def test_another_code_can_be_asked_for(ask, link_of, ticket, code_of, password):
    """I-16"""
    first = (
        await ask("/v1/registrations", {"link": link_of(ticket.id), **JAN, "visitor": {}})
    ).json()["registration"]

    again = await ask(f"/v1/registrations/{first}/again", {"visitor": {}})

    second = again.json()["registration"]
    assert (again.status_code, second != first) == (202, True)
    code = {"password": password, "code": code_of(second, "register"), "visitor": {}}
    assert (await ask(f"/v1/registrations/{second}/finish", code)).status_code == 201


async def test_signing_in_resolving_and_signing_out(ask, sign_in, account):
    """I-11"""
    started = await sign_in()
    cookie = {"session": started.json()["session"]}

    resolved = await ask("/v1/sessions/resolve", cookie | {"audiences": ["identity", "documents"]})
    out = await ask("/v1/sessions/end", cookie)
    gone = await ask("/v1/sessions/resolve", cookie)

    assert started.status_code == 201
    known = resolved.json()
    assert (known["person_id"], known["strength"]) == (str(account.id), 1)
    assert known["issuer"]["issuer"] == "dl5"
    assert known["tokens"].keys() == {"identity", "documents"}
    assert (out.status_code, out.content) == (204, b"")
    assert (gone.status_code, problems(gone)) == (404, [("", "session_unknown")])
    assert (await ask("/v1/sessions/end", cookie)).status_code == 204


async def test_who_has_a_second_factor_is_asked_for_it(sign_in, account, transactions):
    async with transactions() as session:
        factor = SecondFactor(
            id=new_id(),
            person_id=account.id,
            kind=FactorKind.TOTP,
            name="phone",
            made_at=now(),
            confirmed_at=now(),
        )
        session.add(factor)

    answer = await sign_in()

    assert answer.status_code == 200
    step = answer.json()["second_step"]
    assert (step["kinds"], step["passkey_options"]) == (["totp"], None)
    assert step["challenge"]
    wrong = await sign_in(given="drie vogels zongen in de regen")
    assert problems(wrong) == [("", "sign_in_refused")]


@pytest.mark.usefixtures("account")
async def test_signing_in_answers_known_and_unknown_byte_for_byte_alike(sign_in):
    wrong = await sign_in(given="drie vogels zongen in de regen")
    nobody = await sign_in(NOBODY)
    no_address = await sign_in("jan")

    assert seen(wrong) == seen(nobody) == seen(no_address)
    assert (wrong.status_code, problems(wrong)) == (422, [("", "sign_in_refused")])


async def test_registering_answers_known_and_unknown_byte_for_byte_alike(
    ask, link_of, ticket, account_of, transactions
):
    body = {"link": link_of(ticket.id), **JAN, "visitor": {}}
    new = await ask("/v1/registrations", body)
    async with transactions() as session:
        await account_of(session)
    registered = await ask("/v1/registrations", body)

    assert seen(new) == seen(registered)
    finished = [
        await ask(
            f"/v1/registrations/{each.json()['registration']}/finish",
            {"password": "drie vogels zingen in de regen", "code": "00000000", "visitor": {}},
        )
        for each in (new, registered)
    ]
    assert seen(finished[0]) == seen(finished[1])


@pytest.mark.usefixtures("account")
async def test_a_forgotten_password_answers_known_and_unknown_byte_for_byte_alike(ask):
    """I-07"""

    async def forgot(username):
        body = {"issuer": "dl5", "username": username, "visitor": {}}
        asked = await ask("/v1/forgotten-passwords", body)
        path = f"/v1/forgotten-passwords/{asked.json()['reset']}/finish"
        chosen = {"password": "jan@example.com drie vogels", "code": "00000000", "visitor": {}}
        return [seen(each) for each in (asked, *[await ask(path, chosen) for _ in range(6)])]

    known = await forgot("jan@example.com")

    assert await forgot(NOBODY) == known
    assert await forgot("no address") == known
    assert [status for status, *_ in known] == [202, 422, 422, 422, 422, 422, 422]


async def test_a_link_is_renewed_byte_for_byte_alike_whatever_it_is(ask, link_of, ticket):
    links = [link_of(ticket.id, age=400), link_of(ticket.id), link_of(new_id()), "no link", "…"]

    answers = [await ask("/v1/links/renew", {"link": each, "visitor": {}}) for each in links]

    assert {repr(seen(each)) for each in answers} == {repr(seen(answers[0]))}
    assert (answers[0].status_code, answers[0].json()) == (202, {})


@pytest.mark.usefixtures("account")
async def test_a_forgotten_password_is_set_anew(ask, sign_in, code_of, send_resets):
    """I-07"""
    asked = await ask(
        "/v1/forgotten-passwords",
        {"issuer": "dl5", "username": "jan@example.com", "visitor": {}},
    )
    await send_resets()
    reset = asked.json()["reset"]
    new = "vier ganzen zwijgen onder de brug"
    cookie = (await sign_in()).json()["session"]

    done = await ask(
        f"/v1/forgotten-passwords/{reset}/finish",
        {"password": new, "code": code_of(reset, "reset"), "visitor": {}},
    )

    assert (done.status_code, done.content) == (204, b"")
    assert (await ask("/v1/sessions/resolve", {"session": cookie})).status_code == 404
    assert (await sign_in(given=new)).status_code == 201


@pytest.mark.usefixtures("account")
async def test_looking_at_a_proof_uses_nothing_up(ask, gateways, send_resets):
    asked = await ask(
        "/v1/forgotten-passwords",
        {"issuer": "dl5", "username": "jan@example.com", "visitor": {}},
    )
    await send_resets()
    reset = asked.json()["reset"]
    proof = credentials.link_of(gateways.link_keys[0], UUID(reset), "reset")

    looked = [await ask("/v1/proofs/look", {"proof": proof, "kind": "reset"}) for _ in range(20)]
    used = await ask(
        f"/v1/forgotten-passwords/{reset}/finish",
        {"password": "vier ganzen zwijgen onder de brug", "proof": proof, "visitor": {}},
    )
    gone = await ask("/v1/proofs/look", {"proof": proof, "kind": "reset"})

    assert {(each.status_code, each.json()["state"]) for each in looked} == {(200, "usable")}
    assert looked[0].json()["address"] == "jan@example.com"
    assert used.status_code == 204
    assert gone.json()["state"] == "gone"
    for forged in (proof[:-2] + "AA", "x", "…"):
        answer = await ask("/v1/proofs/look", {"proof": forged, "kind": "reset"})
        assert answer.status_code == 404


@pytest.mark.usefixtures("account")
async def test_who_tries_too_often_is_told_when_to_come_back(sign_in):
    for _ in range(10):
        await sign_in(given="drie vogels zongen in de regen")

    answer = await sign_in(given="drie vogels zongen in de regen")

    assert (answer.status_code, problems(answer)) == (429, [("", "too_often")])
    assert 1 <= int(answer.headers["Retry-After"]) <= 60


@pytest.mark.parametrize(
    ("path", "body", "pointer"),
    [
        ("/v1/registrations", {"first_name": "J\0n"}, "/first_name"),
        ("/v1/registrations", {"language": "es"}, "/language"),
        ("/v1/registrations", {"visitor": {"address": "nowhere"}}, "/visitor/address"),
        ("/v1/sessions", {"password": "x" * 1001}, "/password"),
        ("/v1/sessions", {"username": "\0"}, "/username"),
        ("/v1/sessions/resolve", {"audiences": ["portal"]}, "/audiences/0"),
        ("/v1/sessions/resolve", {"session": ""}, "/session"),
        ("/v1/proofs/look", {"kind": "view"}, "/kind"),
    ],
)
async def test_what_breaks_a_rule_is_named_by_its_place(ask, path, body, pointer):
    answer = await ask(path, body)

    assert answer.status_code == 422
    assert pointer in [where for where, _ in problems(answer)]


async def test_a_dump_of_the_database_opens_nothing(
    ask, link_of, ticket, code_of, password, sign_in, transactions, gateways
):
    """No secret that was ever handed out stands in any table, as text or as bytes."""
    asked = await ask("/v1/registrations", {"link": link_of(ticket.id), **JAN, "visitor": {}})
    registration = asked.json()["registration"]
    code = code_of(registration, "register")
    started = (
        await ask(
            f"/v1/registrations/{registration}/finish",
            {"password": password, "code": code, "visitor": {}},
        )
    ).json()
    again = (await sign_in()).json()
    forgot = {"issuer": "dl5", "username": "jan@example.com", "visitor": {}}
    reset = (await ask("/v1/forgotten-passwords", forgot)).json()["reset"]
    key = gateways.link_keys[0]
    secrets = [
        password,
        code,
        code_of(reset, "reset"),
        *(
            credentials.link_of(key, UUID(made), kind).partition(".")[2]
            for made, kind in ((registration, "register"), (reset, "reset"))
        ),
        *(each[name] for each in (started, again) for name in ("session", "device")),
        link_of(ticket.id).rpartition(".")[2],
    ]

    async with transactions() as session:
        tables = (
            await session.scalars(
                sa.text("select tablename from pg_tables where schemaname = current_schema()")
            )
        ).all()
        dump = ""
        for table in tables:
            rows = await session.execute(sa.text(f'select t::text from "{table}" t'))  # noqa: S608
            dump += "\n".join(rows.scalars())
    assert {"sessions", "accounts", "credentials", "outbox", "audit_entries"} <= set(tables)
    assert str(ticket.person_id) in dump
    for secret in secrets:
        assert secret not in dump
        assert secret.encode().hex() not in dump
    assert "$argon2id$" in dump


async def test_no_mail_holds_a_proof(ask, link_of, ticket, transactions, code_of):
    asked = await ask("/v1/registrations", {"link": link_of(ticket.id), **JAN, "visitor": {}})

    async with transactions() as session:
        (mail,) = await said(session, WriteToPerson)
    code = code_of(asked.json()["registration"], "register")
    assert code.encode() not in mail.body
    assert asked.json()["registration"].encode() in mail.body


async def test_nothing_is_left_of_a_request_that_was_refused(ask, link_of, ticket, transactions):
    asked = await ask("/v1/registrations", {"link": link_of(ticket.id), **JAN, "visitor": {}})
    path = f"/v1/registrations/{asked.json()['registration']}/finish"

    await ask(path, {"password": "kort", "code": "00000000", "visitor": {}})

    async with transactions() as session:
        assert (await session.scalar(sa.select(Credential.tries))) == 0
        assert not (await session.scalars(sa.select(Account))).all()
