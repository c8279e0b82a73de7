"""Who signs out is out: the cookie at once, tokens given before within moments."""

import asyncio
import time

import pytest

SOON_SECONDS = 10


@pytest.fixture
def ask_documents(suite, http):
    """Return a function that uses a token at documents, and returns the status."""

    async def ask(token):
        bearer = {"Authorization": f"Bearer {token}"}
        answer = await http.get(f"{suite.addresses.documents}/v1/documents", headers=bearer)
        return answer.status_code

    return ask


async def refused_soon(ask_documents, token):
    """Wait until a token is refused; return the statuses that were seen until then."""
    seen, deadline = set(), time.monotonic() + SOON_SECONDS
    while time.monotonic() < deadline:
        status = await ask_documents(token)
        seen.add(status)
        if status == 401:
            return seen
        await asyncio.sleep(0.1)
    return seen


async def test_signing_out_ends_the_session_and_its_tokens(settle, desk, ask_documents):
    holder = (await settle()).holder
    other = await desk.sign_in("dl5", holder.email)
    token, kept = await holder.token("documents"), await other.token("documents")
    assert await ask_documents(token) == 200

    assert (await desk.post("/v1/sessions/end", session=holder.session)).status_code == 204

    assert (await desk.resolve(holder.session)).status_code == 404
    assert (await holder.me("GET")).status_code == 401
    assert await refused_soon(ask_documents, token) <= {200, 401}
    assert await ask_documents(token) == 401
    assert await ask_documents(kept) == 200
    assert (await desk.post("/v1/sessions/end", session=holder.session)).status_code == 204


async def test_signing_out_everywhere_ends_all_sessions_but_this_one(settle, desk, ask_documents):
    holder = (await settle()).holder
    others = [await desk.sign_in("dl5", holder.email) for _ in range(2)]
    tokens = [await each.token("documents") for each in others]

    assert (await holder.me("DELETE", "/sessions")).status_code == 204

    assert (await desk.resolve(holder.session)).status_code == 200
    assert [(await desk.resolve(each.session)).status_code for each in others] == [404, 404]
    for token in tokens:
        await refused_soon(ask_documents, token)
    assert [await ask_documents(token) for token in tokens] == [401, 401]


async def test_another_password_ends_every_other_session(settle, desk):
    holder = (await settle()).holder
    other = await desk.sign_in("dl5", holder.email)

    changed = await holder.me(
        "PUT", "/password", json={"current": holder.password, "new": "een heel andere zin vol"}
    )

    assert changed.status_code == 204
    assert (await desk.resolve(holder.session)).status_code == 200
    assert (await desk.resolve(other.session)).status_code == 404


async def test_what_is_not_shared_any_more_is_gone_from_open_sessions(
    settle, desk, dl5, mailbox, ask_documents, suite, http
):
    """I-22"""
    anna = await settle(shared=1)
    (reader,) = anna.customer.shared_users
    box = mailbox(reader.email)
    sven = await desk.register((await box.following("/view/")).links[0], box, names="Sven Claes")
    document = f"/v1/documents/{anna.published.document_id}"
    token = await sven.token("documents")
    url, bearer = f"{suite.addresses.documents}{document}", {"Authorization": f"Bearer {token}"}
    assert (await http.get(url, headers=bearer)).status_code == 200

    (await dl5.unshare(anna.customer.number, reader)).raise_for_status()

    deadline = time.monotonic() + SOON_SECONDS
    while (await http.get(url, headers=bearer)).status_code == 200:
        assert time.monotonic() < deadline
        await asyncio.sleep(0.1)
    assert (await http.get(url, headers=bearer)).status_code == 404
    assert (await ask_documents(token)) == 200
    assert (await anna.holder.ask("documents", "GET", document)).status_code == 200


async def test_staff_who_are_let_go_or_sign_out_have_no_desk_any_more(
    suite, desk, staff, at_work, settle, view_as, ask_documents
):
    """O-02, O-05: nor do they see any more what a customer sees."""
    of = await settle()
    for leave in ("removed", "signed out"):
        holder, _ = await staff()
        tokens = await at_work(holder)
        view = await view_as(holder, of.customer.number, of.holder.person_id)
        mine = (tokens["documents"], view["token"])
        assert [await ask_documents(token) for token in mine] == [200, 200], leave

        if leave == "removed":
            remove = ("--issuer", "dl5", "--email", holder.email, "--remove")
            await suite.command("identity", "add-staff", *remove)
        else:
            assert (await desk.post("/v1/sessions/end", session=holder.session)).is_success

        bearer = {"Authorization": f"Bearer {tokens['identity']}"}
        url = f"{suite.addresses.identity}/v1/desk/customers"
        assert (await desk.http.get(url, headers=bearer)).status_code == 401, leave
        for token in mine:
            assert await refused_soon(ask_documents, token) <= {200, 401}, leave
            assert await ask_documents(token) == 401, leave


async def test_a_view_that_was_closed_shows_nothing_while_its_staff_work_on(
    suite, desk, staff, at_work, settle, view_as, ask_documents
):
    """O-05"""
    of = await settle()
    holder, _ = await staff()
    tokens = await at_work(holder)
    view = await view_as(holder, of.customer.number, of.holder.person_id)
    assert await ask_documents(view["token"]) == 200

    url = f"{suite.addresses.identity}/v1/desk/views/{view['view_id']}"
    bearer = {"Authorization": f"Bearer {tokens['identity']}"}
    assert (await desk.http.delete(url, headers=bearer)).status_code == 204

    assert await refused_soon(ask_documents, view["token"]) <= {200, 401}
    assert await ask_documents(view["token"]) == 401
    assert await ask_documents(tokens["documents"]) == 200
