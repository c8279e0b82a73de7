"""Proves who comes to the desk, and that whatever is done or seen there is written down."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from chassis.failures import TryLater
from chassis.identifiers import new_id, now
from chassis.testing import problems
from contracts.identity import CustomerNumberChanged
from contracts.notifications import WriteToPerson
from identity import admitting_staff, auditing, queries
from identity.accounts import Session, Staff
from identity.app import service
from identity.desk_api import router
from identity.models import Ticket

KIM, JAN = "kim@lease.example", "jan@noord.example"


@pytest.fixture
async def kim(residents):
    """Return somebody at work for dl5, with two factors."""
    return await residents.move_in(KIM, staff=True, strength=2, group="delta")


@pytest.fixture
async def jan(residents):
    """Return the main contact of a number of dl5, who has an account."""
    return await residents.move_in(JAN, "DL5-1", group="delta")


async def is_let_in(at_desk, resident):
    answer = await at_desk(resident, "GET", "/customers")
    assert answer.status_code in {200, 401, 403}
    return answer.status_code == 200


async def test_staff_with_two_factors_come_in_and_others_do_not(residents, at_desk, kim, jan):
    """O-02, guide 1.6, 10"""
    weak = await residents.sign_in(KIM, staff=True, strength=1)
    private = await residents.sign_in(KIM, strength=2)

    assert await is_let_in(at_desk, kim)
    for other in (weak, private, jan):
        assert not await is_let_in(at_desk, other)


@pytest.mark.parametrize("scope", ["me", "identity:read", "identity:write", "view", "accounts:act"])
async def test_no_other_token_opens_the_desk(web_door, kim, scope):
    """O-02"""
    of_kim = {"sub": str(kim.id), "sid": str(kim.session_id)}
    bearers = {
        "me": web_door.signed_in(kim.id, sid=str(kim.session_id)),
        "view": web_door.viewing(new_id(), "dl5", act={"sub": str(kim.id)}, **of_kim),
    }
    headers = bearers.get(scope) or web_door.bearer(scope, issuer="dl5")

    for route in router.routes:
        for method in route.methods:
            path = route.path.format(customer_number="DL5-1", person_id=kim.id, view_id=new_id())
            answer = await web_door.http.request(method, path, headers=headers)
            assert answer.status_code == 403, (method, path)


@pytest.mark.parametrize(
    "claims",
    [{"issuer": "dl6"}, {"sub": str(new_id())}, {"sid": str(new_id())}],
    ids=lambda claims: next(iter(claims)),
)
async def test_a_token_that_is_not_of_that_session_opens_nothing(residents, web_door, kim, claims):
    await residents.issuer("dl6", group="delta")
    of_kim = {"sub": str(kim.id), "sid": str(kim.session_id), "issuer": "dl5"}
    headers = web_door.bearer("desk", acr="2", **of_kim | claims)

    assert (await web_door.http.get("/v1/desk/customers", headers=headers)).status_code == 401


async def test_who_is_let_go_or_signed_out_is_out_at_once(residents, at_desk, kim, portal):
    """Guide 1.6, 33: identity asks its own sessions, and waits for no message."""
    other = await residents.sign_in(KIM, staff=True, strength=2)
    await portal("/v1/sessions/end", session=kim.cookie)
    assert [await is_let_in(at_desk, each) for each in (kim, other)] == [False, True]

    async with residents.database.transaction() as session:
        await admitting_staff.remove(session, "dl5", KIM)

    assert not await is_let_in(at_desk, other)


async def test_who_works_there_no_more_is_out_even_while_signed_in(residents, at_desk, kim):
    async with residents.database.transaction() as session:
        await session.execute(sa.update(Staff).values(until=now()))

    assert not await is_let_in(at_desk, kim)


@pytest.mark.parametrize(
    "passed", [{"ends_at": timedelta(hours=12)}, {"seen_at": timedelta(minutes=30)}], ids=str
)
async def test_a_session_that_is_too_old_or_was_left_alone_opens_nothing(
    residents, at_desk, kim, passed
):
    async with residents.database.transaction() as session:
        row = await session.get(Session, kim.session_id)
        for name, by in passed.items():
            setattr(row, name, getattr(row, name) - by)

    assert not await is_let_in(at_desk, kim)


async def test_staff_of_another_issuer_of_the_group_find_nothing_there(
    residents, at_desk, kim, jan
):
    """O-02"""
    await residents.issuer("dl6", group="delta")
    ann = await residents.move_in(
        "ann@lease.example", issuer="dl6", staff=True, strength=2, group="delta"
    )
    wanted = {"person_id": str(jan.id), "reason": "support"}
    started = await at_desk(kim, "POST", "/customers/DL5-1/view-as", json=wanted)
    view = started.json()["view_id"]

    asked = {
        "GET /customers/DL5-1": None,
        f"PUT /customers/DL5-1/people/{jan.id}/address": {
            "address": "a@b.example", "reason": "support",
        },
        f"POST /customers/DL5-1/people/{jan.id}/reset": wanted,
        "POST /customers/DL5-1/links/revoke": wanted,
        "POST /customers/DL5-1/view-as": wanted,
        f"POST /views/{view}/token": None,
        f"DELETE /views/{view}": None,
    }  # fmt: skip
    answers = {
        route: (await at_desk(ann, *route.split(), json=body)).status_code
        for route, body in asked.items()
    }

    assert answers == dict.fromkeys(asked, 404)
    found = await at_desk(ann, "GET", "/customers")
    assert found.json()["items"] == []


async def test_links_that_were_sent_are_revoked_and_the_claim_goes_on(
    residents, at_desk, kim, jan, link_of, web_door, acts
):
    """O-05"""

    async def opens(ticket_id):
        headers = web_door.bearer("links:open", service="portal")
        body = {"link": link_of(ticket_id)}
        return (await web_door.http.post("/v1/links/open", json=body, headers=headers)).status_code

    async def live():
        async with residents.database.transaction() as session:
            return (await queries.live_tickets(session, "DL5-1"))[0]

    before = await live()
    assert await opens(before.id) == 200

    wanted = {"person_id": str(jan.id), "reason": "misuse"}
    answer = await at_desk(kim, "POST", "/customers/DL5-1/links/revoke", json=wanted)

    after = await live()
    assert answer.status_code == 204
    assert [await opens(each.id) for each in (before, after)] == [404, 200]
    unchanged = {*Ticket.__table__.columns.keys()} - {"id"}
    assert [getattr(after, each) for each in sorted(unchanged)] == [
        getattr(before, each) for each in sorted(unchanged)
    ]
    told = (await residents.told(CustomerNumberChanged))[-1]
    assert (told.main_contact.ticket, told.main_contact.person_id) == (after.id, jan.id)
    (line,) = await acts()
    assert (line.act, line.facts) == (
        "desk_links_revoked",
        {"customer_number": "DL5-1", "reason": "misuse", "ticket": str(before.id)},
    )
    nobody = {"person_id": str(new_id()), "reason": "misuse"}
    refused = await at_desk(kim, "POST", "/customers/DL5-1/links/revoke", json=nobody)
    assert refused.status_code == 404


async def test_staff_start_a_reset_and_never_set_or_see_a_password(
    residents, at_desk, kim, jan, portal, visitor
):
    """I-07, guide 1.6, 16: the proof goes to the reader's mailbox, and to nobody at the desk."""
    path = f"/customers/DL5-1/people/{jan.id}/reset"
    answer = await at_desk(kim, "POST", path, json={"reason": "asked_by_phone"})

    assert (answer.status_code, answer.json()) == (202, {})
    mail = (await residents.told(WriteToPerson))[-1]
    assert (mail.kind, mail.recipient, mail.proof.kind) == ("reset", JAN, "reset")
    new = "negen nieuwe zinnen over zwanen"
    finished = await portal(
        f"/v1/forgotten-passwords/{mail.proof.credential_id}/finish",
        proof=residents.link(mail),
        password=new,
        visitor=visitor().model_dump(mode="json"),
    )
    assert finished.status_code == 204, finished.text
    for _ in range(4):
        assert (await at_desk(kim, "POST", path, json={"reason": "support"})).status_code == 202
    often = await at_desk(kim, "POST", path, json={"reason": "support"})
    assert often.status_code == 429


async def test_who_has_no_account_has_no_password_to_forget(residents, at_desk, kim):
    """I-07"""
    await residents.customer("DL5-2", "els@noord.example")
    async with residents.database.transaction() as session:
        els = (await queries.person(session, "delta", "els@noord.example")).id

    path = f"/customers/DL5-2/people/{els}/reset"
    answer = await at_desk(kim, "POST", path, json={"reason": "support"})

    assert (answer.status_code, problems(answer)) == (409, [("", "not_registered")])


WRITTEN = {
    "GET /v1/desk/customers": "desk_searched",
    "GET /v1/desk/customers/{customer_number}": "desk_looked",
    "PUT /v1/desk/customers/{customer_number}/people/{person_id}/address": "desk_address_changed",
    "POST /v1/desk/customers/{customer_number}/people/{person_id}/reset": "desk_reset_started",
    "POST /v1/desk/customers/{customer_number}/links/revoke": "desk_links_revoked",
    "POST /v1/desk/customers/{customer_number}/view-as": "desk_view_started",
    "POST /v1/desk/views/{view_id}/token": None,  # goes on with what was written down
    "DELETE /v1/desk/views/{view_id}": "desk_view_ended",
}
"""Every route of the desk, and the line that stands in the audit for it."""


async def test_every_act_and_look_at_the_desk_is_written_down(residents, at_desk, kim, jan, acts):
    """O-05: a route without a line here fails."""
    assert {f"{m} {each.path}" for each in router.routes for m in each.methods} == set(WRITTEN)
    assert router in service.api
    await residents.customer("DL5-2", "els@noord.example")
    async with residents.database.transaction() as session:
        els = (await queries.person(session, "delta", "els@noord.example")).id
    view = new_id()

    done = []
    for route, act in WRITTEN.items():
        person, number = (els, "DL5-2") if "address" in route else (jan.id, "DL5-1")
        method, path = route.format(customer_number=number, person_id=person, view_id=view).split()
        body = {"reason": "support", "address": "x@noord.example", "person_id": str(person)}
        how = {"json": body} if method in {"PUT", "POST"} else {}
        before = len(await acts())
        answer = await at_desk(kim, method, path.removeprefix("/v1/desk"), **how)
        assert answer.is_success, (route, answer.text)
        view = answer.json()["view_id"] if "view-as" in route else view
        lines = (await acts())[before:]
        assert [each.act for each in lines] == ([act] if act else []), route
        done += lines

    assert {each.issuer for each in done} == {"dl5"}
    assert len({each.actor for each in done}) == 1
    assert all(each.facts.get("customer_number") for each in done[1:])
    assert str(kim.id) not in repr([(each.actor, each.facts) for each in done])


@pytest.mark.usefixtures("jan")
async def test_what_cannot_be_written_down_is_not_shown(at_desk, kim, monkeypatch):
    """O-05"""

    async def note(*_args, **_facts):
        raise TryLater("the audit cannot be written to")

    monkeypatch.setattr(auditing, "note", note)

    for path in ("/customers", "/customers/DL5-1"):
        answer = await at_desk(kim, "GET", path)
        assert answer.status_code == 503, path
        assert JAN not in answer.text
