"""Proves how someone registers from a mail: by its link, a fresh code, and a password."""

import asyncio

import pytest
import sqlalchemy as sa

from chassis.failures import TooOften
from chassis.identifiers import new_id
from chassis.testing import said
from contracts.identity import PersonChanged
from contracts.notifications import WriteToPerson
from identity import (
    account_queries,
    activating,
    credentials,
    queries,
    registering,
    sharing,
    signing_in,
    starting,
)
from identity import (
    passwords as gateway,
)
from identity.accounts import Account, Credential, Session
from identity.activating import Registrant
from identity.errors import (
    CodeMissing,
    CodeUnusable,
    CodeWrong,
    LinkUnknown,
    PasswordTooEasy,
    PasswordTooShort,
)
from identity.proving import Chosen
from identity.sharing import Share
from identity.trails import AuditEntry

JAN = Registrant("Jan", "Peeters", "nl")

pytestmark = pytest.mark.usefixtures("ticket")


@pytest.fixture
def ask(transactions, gateways, visitor, new_address, link_of, ticket):
    """Return a function that asks for the proof that registering takes."""

    async def ask(link=None, registrant=JAN):
        link = link_of(ticket.id) if link is None else link
        came = visitor(new_address())
        return await activating.ask(transactions, gateways.link_keys, link, registrant, came)

    return ask


@pytest.fixture
def code_of(gateways):
    """Return a function that makes the code that was mailed."""
    return lambda asked: credentials.code_of(gateways.link_keys[0], asked.id, "register")


@pytest.fixture
def proof_of(gateways):
    """Return a function that makes the link that was mailed."""
    return lambda asked: credentials.link_of(gateways.link_keys[0], asked.id, "register")


@pytest.fixture
def finish(transactions, gateways, visitor, new_address, password):
    """Return a function that finishes a registration."""

    async def finish(registration, code=None, proof=None, chosen=password):
        return await activating.finish(
            transactions,
            gateways.passwords,
            gateways.link_keys,
            registration,
            Chosen(chosen, code, proof),
            visitor(new_address()),
        )

    return finish


@pytest.fixture
def mails(transactions):
    """Return a function that reads which mails were asked for."""

    async def mails():
        async with transactions() as session:
            return [each.read(WriteToPerson) for each in await said(session, WriteToPerson)]

    return mails


@pytest.fixture
def person(transactions):
    """Return a function that reads how the person stands."""

    async def person():
        async with transactions() as session:
            return await queries.person(session, "dl5", "jan@example.com")

    return person


async def test_a_code_is_mailed_to_the_address_that_the_issuer_knows(ask, mails):
    """I-03 I-04 I-12"""
    asked = await ask()

    (mail,) = await mails()
    assert (mail.kind, mail.recipient) == ("register", "jan@example.com")
    assert mail.proof.credential_id == asked.id
    assert (mail.proof.kind, mail.proof.code_until) == ("register", asked.code_until)


async def test_by_the_code_someone_is_registered_and_signed_in(
    ask, code_of, finish, person, transactions
):
    """I-03 I-13"""
    asked = await ask()

    started = await finish(asked.id, code_of(asked))

    jan = await person()
    assert jan.registered
    assert (started.person_id, started.issuer, started.must) == (jan.id, "dl5", None)
    async with transactions() as session:
        (told,) = [each.read(PersonChanged) for each in (await said(session, PersonChanged))[-1:]]
        assert (told.registered, told.version) == (True, jan.version)
        found = await account_queries.session_of(session, starting.hash_of(started.session))
        assert found[1].id == jan.id


async def test_by_the_link_someone_is_registered_too(ask, proof_of, finish, person):
    """I-12"""
    asked = await ask()

    await finish(asked.id, proof=proof_of(asked))

    assert (await person()).registered


async def test_then_the_password_lets_in(
    ask, code_of, finish, transactions, visitor, gateways, password
):
    """I-05 I-11"""
    asked = await ask()
    await finish(asked.id, code_of(asked))

    assert await signing_in.prove(
        transactions, gateways.passwords, "dl5", "jan@example.com", password, visitor()
    )


async def test_what_someone_says_of_themselves_is_theirs_from_then_on(
    ask, code_of, finish, person, transactions, customer
):
    asked = await ask(registrant=Registrant("Johan", "Peeters", "fr"))
    await finish(asked.id, code_of(asked))

    jan = await person()
    assert (jan.first_name, jan.last_name, jan.language) == ("Johan", "Peeters", "fr")
    assert sorted(jan.own_fields) == ["first_name", "language"]
    async with transactions() as session:
        known = await registering.register(session, "dl5", customer(last_name="Peters"))
    assert sorted(known.kept) == ["first_name", "language"]
    assert (await person()).last_name == "Peters"


async def test_a_weak_password_uses_nothing_up(ask, code_of, proof_of, finish):
    asked = await ask()
    for weak, why in (
        ("kort", PasswordTooShort),
        ("jan.peeters1234!", PasswordTooEasy),
        ("DL5-104233 Delta", PasswordTooEasy),
        ("Garage Peeters 7", PasswordTooEasy),
    ):
        for _ in range(3):
            with pytest.raises(why):
                await finish(asked.id, code_of(asked), chosen=weak)
            with pytest.raises(why):
                await finish(asked.id, proof=proof_of(asked), chosen=weak)

    assert await finish(asked.id, code_of(asked))


async def test_a_wrong_code_counts_and_the_sixth_is_not_looked_at(ask, code_of, finish):
    asked = await ask()
    for left in (4, 3, 2, 1, 0):
        with pytest.raises(CodeWrong, match=f"{left} tr"):
            await finish(asked.id, "00000000")

    with pytest.raises(CodeUnusable):
        await finish(asked.id, code_of(asked))


async def test_after_four_wrong_codes_the_right_one_is_taken(ask, code_of, finish):
    asked = await ask()
    for _ in range(4):
        with pytest.raises(CodeWrong):
            await finish(asked.id, "00000000")

    assert await finish(asked.id, code_of(asked))


async def test_code_and_link_are_good_once_together(ask, code_of, proof_of, finish):
    asked = await ask()
    await finish(asked.id, code_of(asked))

    for again in ({"code": code_of(asked)}, {"proof": proof_of(asked)}):
        with pytest.raises(CodeUnusable):
            await finish(asked.id, **again)


async def test_neither_code_nor_link_is_told_as_missing(ask, finish):
    asked = await ask()

    with pytest.raises(CodeMissing):
        await finish(asked.id)


async def test_the_proof_of_one_registration_is_none_for_another(ask, code_of, proof_of, finish):
    first, second = await ask(), await ask()

    with pytest.raises(CodeWrong):
        await finish(first.id, code_of(second))
    with pytest.raises(CodeUnusable):
        await finish(first.id, proof=proof_of(second))
    with pytest.raises(CodeUnusable):
        await finish(new_id(), code_of(first))


@pytest.mark.parametrize("by", ["code", "proof"])
async def test_of_fifty_who_redeem_one_mail_at_once_one_is_registered(
    ask, code_of, proof_of, finish, by, transactions
):
    asked = await ask()
    given = {"code": code_of(asked)} if by == "code" else {"proof": proof_of(asked)}

    done = await asyncio.gather(
        *(finish(asked.id, **given) for _ in range(50)), return_exceptions=True
    )

    assert sum(isinstance(each, starting.Started) for each in done) == 1
    assert sum(isinstance(each, CodeUnusable) for each in done) == 49
    async with transactions() as session:
        assert len((await session.scalars(sa.select(Account))).all()) == 1
        assert len((await session.scalars(sa.select(Session))).all()) == 1


async def test_of_two_mails_redeemed_at_once_one_registers(ask, proof_of, finish, transactions):
    first, second = await ask(), await ask()

    done = await asyncio.gather(
        *(finish(each.id, proof=proof_of(each)) for each in (first, second)),
        return_exceptions=True,
    )

    assert sorted(type(each).__name__ for each in done) == ["CodeUnusable", "Started"]
    async with transactions() as session:
        assert len((await session.scalars(sa.select(Account))).all()) == 1


async def test_another_mail_takes_the_place_of_the_one_before(
    ask, code_of, finish, transactions, visitor, mails
):
    """I-16"""
    asked = await ask(registrant=Registrant("Johan", "Peeters", "fr"))

    again = await activating.ask_again(transactions, asked.id, visitor())

    assert again != asked.id
    assert [each.proof.credential_id for each in await mails()] == [asked.id, again]
    with pytest.raises(CodeUnusable):
        await finish(asked.id, code_of(asked))
    async with transactions() as session:
        new = await session.get(Credential, again)
    await finish(again, code_of(new))
    assert new.details == {"first_name": "Johan", "last_name": "Peeters", "language": "fr"}


async def test_asking_again_for_what_was_never_asked_answers_alike_and_mails_nobody(
    transactions, visitor, mails
):
    registration = new_id()

    answered = await activating.ask_again(transactions, registration, visitor())

    assert answered.version == registration.version
    assert await mails() == []


async def test_five_mails_an_hour_and_no_more(ask, transactions, visitor, mails):
    asked = await ask()
    for _ in range(4):
        await ask()

    with pytest.raises(TooOften):
        await ask()
    with pytest.raises(TooOften):
        await activating.ask_again(transactions, asked.id, visitor())
    assert len(await mails()) == 5


async def test_who_is_registered_already_is_told_by_mail_and_nowhere_else(
    ask, code_of, finish, mails, transactions
):
    """I-14 I-15"""
    first = await ask()
    await finish(first.id, code_of(first))

    second = await ask()

    assert second.code_until - second.made_at == first.code_until - first.made_at
    mail = (await mails())[-1]
    assert (mail.kind, mail.proof, mail.recipient) == (
        "already_registered",
        None,
        "jan@example.com",
    )
    with pytest.raises(CodeWrong, match="4 tries"):
        await finish(second.id, "00000000")
    with pytest.raises(CodeUnusable):
        await finish(second.id, code_of(second))
    async with transactions() as session:
        assert len((await session.scalars(sa.select(Account))).all()) == 1


async def test_asking_for_someone_registered_asks_the_database_the_same(
    database, ask, code_of, finish
):
    asked = []
    sa.event.listen(
        database.engine.sync_engine,
        "before_cursor_execute",
        lambda _c, _cursor, statement, *_rest: asked.append(statement),
    )
    first = await ask()
    asked.clear()
    await ask()
    of_new = list(asked)
    await finish(first.id, code_of(first))
    asked.clear()
    await ask()

    assert asked == of_new


async def test_no_password_is_hashed_before_the_code_was_right(ask, finish, monkeypatch):
    hashed = []
    monkeypatch.setattr(gateway, "_hash", hashed.append)
    asked = await ask()

    for registration in (asked.id, new_id()):
        with pytest.raises((CodeWrong, CodeUnusable)):
            await finish(registration, "00000000")

    assert hashed == []


@pytest.mark.parametrize("link", ["", "x", "a.b.c"])
async def test_a_link_that_is_none_registers_nobody(ask, link, mails):
    """I-04"""
    with pytest.raises(LinkUnknown):
        await ask(link)
    assert await mails() == []


async def test_an_old_forged_or_ended_link_registers_nobody(ask, link_of, ticket, transactions):
    """I-04"""
    with pytest.raises(LinkUnknown):
        await ask(link_of(ticket.id, age=106))
    with pytest.raises(LinkUnknown):
        await ask(link_of(ticket.id, key=b"x" * 32))
    with pytest.raises(LinkUnknown):
        await ask(link_of(new_id()))
    async with transactions() as session:
        (await queries.ticket(session, ticket.id)).end(starting.now())
    with pytest.raises(LinkUnknown):
        await ask()


async def test_a_shared_user_registers_by_their_own_link(ask, link_of, transactions, mails):
    """I-19"""
    async with transactions() as session:
        an = Share("an@accountants.example", "An", "Maes", "fr", portal=True, mail=True)
        ticket, _ = await sharing.share(session, "dl5", "DL5-104233", an, by="erp")

    await ask(link_of(ticket.id), Registrant("An", "Maes", "fr"))

    assert [each.recipient for each in await mails()] == ["an@accountants.example"]


async def test_what_fails_while_registering_leaves_nothing(
    ask, code_of, finish, person, transactions, monkeypatch
):
    asked = await ask()

    async def fails(*_given, **_how):
        raise RuntimeError("the process died here")

    for step in ("start",):
        monkeypatch.setattr(starting, step, fails)
        with pytest.raises(RuntimeError):
            await finish(asked.id, code_of(asked))
        monkeypatch.undo()

    assert not (await person()).registered
    async with transactions() as session:
        assert not (await session.scalars(sa.select(Account))).all()
        kept = await session.get(Credential, asked.id)
        assert (kept.used_at, kept.withdrawn_at, kept.tries) == (None, None, 1)
    assert await finish(asked.id, code_of(asked))


async def test_what_was_done_is_written_down(ask, code_of, finish, transactions):
    asked = await ask()
    await finish(asked.id, code_of(asked))

    async with transactions() as session:
        entries = (await session.scalars(sa.select(AuditEntry).order_by(AuditEntry.id))).all()
    acts = [(each.act, each.actor == "visitor") for each in entries]
    assert ("registration_asked", True) in acts
    assert ("registered", False) in acts
    assert "jan" not in repr([each.facts for each in entries]).lower()
