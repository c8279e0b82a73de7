"""Proves how someone gets back in after a forgotten password, and that it tells nobody anything."""

import asyncio

import pytest
import sqlalchemy as sa

from chassis.database import is_away
from chassis.failures import TooOften
from chassis.identifiers import new_id, now
from chassis.testing import said
from contracts.identity import SessionsEnded
from contracts.notifications import WriteToPerson
from identity import (
    account_queries,
    credentials,
    queries,
    recovering,
    signing_in,
    starting,
)
from identity import (
    passwords as gateway,
)
from identity.accounts import Credential, FactorKind, SecondFactor
from identity.errors import (
    CodeMissing,
    CodeUnusable,
    CodeWrong,
    IssuerUnknown,
    PasswordTooEasy,
    PasswordTooShort,
    SignInRefused,
)
from identity.proving import Chosen
from identity.trails import AuditEntry

NEW = "vier ganzen zwijgen onder de brug"


@pytest.fixture(autouse=True)
async def jan(transactions, admit, account_of):
    """Return someone with an account, and a guest without one beside them."""
    async with transactions() as session:
        await admit(session)
        await queries.person_to_change(session, "dl5", "guest@example.com", "guest@example.com")
        return await account_of(session)


@pytest.fixture
def ask_only(transactions, visitor, new_address):
    """Return a function that asks for a mail, and does no more than the answer waits for."""

    async def ask(username="jan@example.com", issuer="dl5"):
        return await recovering.ask(transactions, issuer, username, visitor(new_address()))

    return ask


@pytest.fixture
def ask(ask_only, send_resets):
    """Return a function that asks for a mail, which is sent then."""

    async def ask(username="jan@example.com", issuer="dl5"):
        asked = await ask_only(username, issuer)
        await send_resets()
        return asked

    return ask


@pytest.fixture
def code_of(gateways):
    """Return a function that makes the code that was mailed."""
    return lambda asked: credentials.code_of(gateways.link_keys[0], asked.id, "reset")


@pytest.fixture
def finish(transactions, gateways, visitor, new_address):
    """Return a function that sets the new password."""

    async def finish(reset, code=None, proof=None, chosen=NEW):
        await recovering.finish(
            transactions,
            gateways.passwords,
            gateways.link_keys,
            reset,
            Chosen(chosen, code, proof),
            visitor(new_address()),
        )

    return finish


@pytest.fixture
def sign_in(transactions, gateways, visitor, new_address):
    """Return a function that tries a password."""

    async def sign_in(given):
        came = visitor(new_address())
        return await signing_in.prove(
            transactions, gateways.passwords, "dl5", "jan@example.com", given, came
        )

    return sign_in


@pytest.fixture
def mails(transactions):
    """Return a function that reads which mails were asked for."""

    async def mails():
        async with transactions() as session:
            return [each.read(WriteToPerson) for each in await said(session, WriteToPerson)]

    return mails


async def test_by_the_code_of_the_mail_a_new_password_is_set(
    ask, code_of, finish, sign_in, mails, password
):
    """I-07"""
    asked = await ask()

    await finish(asked.id, code_of(asked))

    assert await sign_in(NEW)
    with pytest.raises(SignInRefused):
        await sign_in(password)
    first, second = await mails()
    assert (first.kind, first.proof.credential_id) == ("reset", asked.id)
    assert (second.kind, second.recipient, second.proof) == (
        "password_changed",
        "jan@example.com",
        None,
    )


async def test_by_the_link_too(ask, finish, sign_in, gateways):
    """I-07"""
    asked = await ask()

    await finish(asked.id, proof=credentials.link_of(gateways.link_keys[0], asked.id, "reset"))

    assert await sign_in(NEW)


async def test_everyone_who_was_signed_in_is_out(ask, code_of, finish, transactions, visitor, jan):
    async with transactions() as session:
        for _ in range(2):
            await starting.start(session, jan, "dl5", visitor(), strength=1, staff=False)
    asked = await ask()

    await finish(asked.id, code_of(asked))

    async with transactions() as session:
        (told,) = [each.read(SessionsEnded) for each in await said(session, SessionsEnded)]
    assert (told.person_id, len(told.sessions)) == (jan.id, 2)


async def test_second_factors_stay(ask, code_of, finish, transactions, jan):
    async with transactions() as session:
        session.add(
            SecondFactor(
                person_id=jan.id,
                kind=FactorKind.TOTP,
                name="phone",
                sealed_secret=b"x",
                made_at=now(),
                confirmed_at=now(),
            )
        )
    asked = await ask()

    await finish(asked.id, code_of(asked))

    async with transactions() as session:
        assert await account_queries.has_second_factor(session, jan.id)


async def test_the_proof_is_good_once_and_takes_those_before_it_along(ask, code_of, finish):
    first, second = await ask(), await ask()
    await finish(second.id, code_of(second))

    for asked in (first, second):
        with pytest.raises(CodeUnusable):
            await finish(asked.id, code_of(asked))


async def test_a_wrong_code_counts_and_the_sixth_is_not_looked_at(ask, code_of, finish):
    asked = await ask()
    for left in (4, 3, 2, 1, 0):
        with pytest.raises(CodeWrong, match=f"{left} tr"):
            await finish(asked.id, "00000000")

    with pytest.raises(CodeUnusable):
        await finish(asked.id, code_of(asked))


async def test_what_is_asked_for_one_is_no_proof_for_another(ask, code_of, finish):
    mine, others = await ask(), await ask("guest@example.com")

    with pytest.raises(CodeWrong):
        await finish(others.id, code_of(mine))
    with pytest.raises(CodeUnusable):
        await finish(new_id(), code_of(mine))
    with pytest.raises(CodeMissing):
        await finish(mine.id)


@pytest.mark.parametrize("username", ["nobody@example.com", "guest@example.com", "", "x", "\0"])
async def test_who_has_no_account_gets_no_mail_and_the_answer_is_alike(
    ask, code_of, finish, mails, username
):
    """I-07"""
    known, unknown = await ask(), await ask(username)

    assert [each.recipient for each in await mails()] == ["jan@example.com"]
    assert unknown.code_until - unknown.made_at == known.code_until - known.made_at
    for left in (4, 3, 2, 1, 0):
        for asked in (known, unknown):
            with pytest.raises(CodeWrong, match=f"{left} tr"):
                await finish(asked.id, "00000000")
    for asked in (known, unknown):
        with pytest.raises(CodeUnusable):
            await finish(asked.id, code_of(asked))


async def test_even_the_right_code_of_nobodys_proof_is_wrong(ask, code_of, finish):
    asked = await ask("nobody@example.com")

    with pytest.raises(CodeWrong):
        await finish(asked.id, code_of(asked))


async def test_a_refused_password_tells_nothing_of_whose_account_it_is(ask, finish):
    """Before the code was right, no word of the person is held against a password."""
    known, unknown = await ask(), await ask("nobody@example.com")

    for asked in (known, unknown):
        with pytest.raises(CodeWrong):
            await finish(asked.id, "00000000", chosen="jan example xK9#mQ2 example")
        with pytest.raises(PasswordTooShort):
            await finish(asked.id, "00000000", chosen="kq7vZt2m")


async def test_a_weak_password_uses_nothing_up(ask, code_of, finish):
    asked = await ask()
    for _ in range(8):
        with pytest.raises(PasswordTooEasy):
            await finish(asked.id, code_of(asked), chosen="jan@example.com Delta")
        with pytest.raises(PasswordTooShort):
            await finish(asked.id, code_of(asked), chosen="kort")

    await finish(asked.id, code_of(asked))


async def test_asking_for_nobody_asks_the_database_the_same(database, ask_only):
    asked = []
    sa.event.listen(
        database.engine.sync_engine,
        "before_cursor_execute",
        lambda _c, _cursor, statement, *_rest: asked.append(statement),
    )
    await ask_only()
    asked.clear()
    await ask_only()
    of_known = list(asked)
    asked.clear()
    await ask_only("nobody@example.com")

    assert asked == of_known
    assert any("INSERT INTO outbox" in each for each in of_known)
    assert not any("people" in each for each in of_known)


@pytest.mark.parametrize("username", ["jan@example.com", "nobody@example.com"])
async def test_a_reset_is_sent_once_though_its_task_comes_twice(
    ask, send_resets, mails, transactions, username
):
    asked = await ask(username)
    first = await mails()
    await send_resets()

    assert await mails() == first
    async with transactions() as session:
        (entry,) = await session.scalars(sa.select(AuditEntry))
        assert entry.act == "reset_asked"
        address = (await session.get(Credential, asked.id)).address
    assert address == ("jan@example.com" if first else "")


async def test_no_password_is_hashed_before_the_code_was_right(ask, finish, monkeypatch):
    hashed = []
    monkeypatch.setattr(gateway, "_hash", hashed.append)
    known, unknown = await ask(), await ask("nobody@example.com")

    for reset in (known.id, unknown.id, new_id()):
        with pytest.raises((CodeWrong, CodeUnusable)):
            await finish(reset, "00000000")

    assert hashed == []


@pytest.mark.parametrize("username", ["jan@example.com", "nobody@example.com"])
async def test_five_mails_an_hour_whoever_it_is(ask, username):
    for _ in range(5):
        await ask(username)

    with pytest.raises(TooOften):
        await ask(username)


async def test_an_issuer_nobody_admitted_is_unknown(ask):
    with pytest.raises(IssuerUnknown):
        await ask(issuer="nobody")


async def test_of_fifty_who_redeem_one_mail_at_once_one_sets_a_password(
    ask, finish, gateways, mails
):
    asked = await ask()
    proof = credentials.link_of(gateways.link_keys[0], asked.id, "reset")

    done = await asyncio.gather(
        *(finish(asked.id, proof=proof) for _ in range(50)), return_exceptions=True
    )

    assert sum(each is None for each in done) == 1
    others = [each for each in done if each is not None]
    # On a busy machine some wait for a connection for too long.
    assert [each for each in others if not (isinstance(each, CodeUnusable) or is_away(each))] == []
    assert [each.kind for each in await mails()] == ["reset", "password_changed"]


async def test_what_fails_on_the_way_leaves_the_old_password_and_the_proof(
    ask, code_of, finish, sign_in, password, monkeypatch, transactions
):
    asked = await ask()

    async def fails(*_given, **_how):
        raise RuntimeError("the process died here")

    monkeypatch.setattr(starting, "end", fails)
    with pytest.raises(RuntimeError):
        await finish(asked.id, code_of(asked))
    monkeypatch.undo()

    assert await sign_in(password)
    async with transactions() as session:
        assert (await session.get(Credential, asked.id)).used_at is None
    await finish(asked.id, code_of(asked))
    assert await sign_in(NEW)


async def test_what_was_done_is_written_down_without_an_address(ask, code_of, finish, transactions):
    asked = await ask()
    await ask("nobody@example.com")
    await finish(asked.id, code_of(asked))

    async with transactions() as session:
        entries = (await session.scalars(sa.select(AuditEntry).order_by(AuditEntry.id))).all()
    first, nobodys, last = entries
    assert (first.act, nobodys.act, last.act) == ("reset_asked", "reset_asked", "password_reset")
    assert first.subject == last.subject == last.actor
    assert nobodys.subject is None
    assert "example" not in repr([vars(each) for each in entries])
