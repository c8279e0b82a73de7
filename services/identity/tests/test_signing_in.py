"""Proves who gets in with a password, who does not, and that a refusal tells nothing."""

import asyncio
import json
from contextlib import asynccontextmanager

import pytest
import sqlalchemy as sa
from argon2 import PasswordHasher

from chassis.failures import TooOften
from chassis.testing import figure
from identity import account_queries, queries, signing_in, starting
from identity import passwords as gateway
from identity.accounts import Account, Session, Staff, Throttle
from identity.errors import IssuerUnknown, SignInRefused
from identity.trails import AuditEntry


@pytest.fixture(autouse=True)
async def known(transactions, admit, account_of):
    """Have an issuer of a group, one of another, and someone with an account at the first."""
    async with transactions() as session:
        await admit(session)
        await admit(session, "dl6", group="dl5")
        await admit(session, "zz9")
        return await account_of(session)


@pytest.fixture
def prove(transactions, passwords, visitor, password):
    """Return a function that checks a password."""

    async def prove(username="jan@example.com", given=password, issuer="dl5", **known):
        return await signing_in.prove(
            transactions, passwords, issuer, username, given, visitor(**known)
        )

    return prove


@pytest.fixture
def sign_in(transactions, prove, visitor):
    """Return a function that signs in where no second step is needed."""

    async def sign_in(*given, **how):
        proved = await prove(*given, **how)
        async with transactions() as session:
            person = await signing_in.let_by(session, proved)
            return await signing_in.enter(session, person, proved, visitor())

    return sign_in


@pytest.fixture
def entries(transactions):
    """Return a function that reads the audit."""

    async def entries():
        async with transactions() as session:
            return (await session.scalars(sa.select(AuditEntry).order_by(AuditEntry.id))).all()

    return entries


async def test_the_right_password_lets_in_at_every_issuer_of_the_group(sign_in, known):
    """I-11 I-15"""
    for issuer in ("dl5", "dl6"):
        started = await sign_in(issuer=issuer)
        assert (started.person_id, started.issuer) == (known.id, issuer)
        assert (started.must, started.staff) == (None, False)


async def test_an_issuer_of_another_group_knows_nobody_here(sign_in):
    with pytest.raises(SignInRefused):
        await sign_in(issuer="zz9")


async def test_an_issuer_nobody_admitted_is_unknown(sign_in):
    with pytest.raises(IssuerUnknown):
        await sign_in(issuer="nobody")


@pytest.mark.parametrize("username", ["jan@example.com", " Jan@EXAMPLE.com ", "JAN@example.COM"])
async def test_an_address_is_the_same_in_any_letters(sign_in, username):
    """I-05"""
    assert await sign_in(username)


@pytest.mark.parametrize(
    "change",
    [
        str.upper,
        str.strip,
        lambda text: text + " ",
        lambda text: " " + text,
        lambda text: text[:-1],
    ],
)
async def test_a_password_is_the_same_in_no_other_letters(sign_in, password, change):
    if change(password) == password:
        change = str.title
    with pytest.raises(SignInRefused):
        await sign_in(given=change(password))


async def test_refused_are_the_unknown_the_unregistered_the_erased_and_who_has_no_password(
    transactions, sign_in, account_of
):
    async with transactions() as session:
        erased = await account_of(session, "erased@example.com")
        erased.state = "erased"
        await account_of(session, "passkey@example.com", password=None)
        await queries.person_to_change(session, "dl5", "guest@example.com", "guest@example.com")

    said = set()
    for name in ("nobody", "guest", "erased", "passkey"):
        with pytest.raises(SignInRefused) as refused:
            await sign_in(f"{name}@example.com")
        said.add(json.dumps([each.model_dump() for each in refused.value.problems]))
    with pytest.raises(SignInRefused) as refused:
        await sign_in(given="drie vogels zongen in de regen")
    said.add(json.dumps([each.model_dump() for each in refused.value.problems]))

    assert len(said) == 1


@pytest.mark.parametrize("username", ["jan@example.com", "nobody@example.com", "", "a" * 199, "\0"])
async def test_a_refusal_takes_one_comparison_whoever_it_is(prove, username, monkeypatch):
    compared = []
    real = gateway._matches
    monkeypatch.setattr(gateway, "_matches", lambda *given: compared.append(given) or real(*given))

    with pytest.raises(SignInRefused):
        await prove(username, "drie vogels zongen in de regen")

    assert len(compared) == 1
    assert compared[0][1].startswith("$argon2id$v=19$m=19456,t=2,p=1$")


async def test_a_refusal_asks_the_database_the_same_whoever_it_is(database, prove):
    asked = []
    sa.event.listen(
        database.engine.sync_engine,
        "before_cursor_execute",
        lambda _c, _cursor, statement, *_rest: asked.append(statement),
    )

    def taken():
        statements = list(asked)
        asked.clear()
        return statements

    with pytest.raises(SignInRefused):
        await prove(given="drie vogels zongen in de regen")
    taken()
    with pytest.raises(SignInRefused):
        await prove(given="drie vogels zongen in de regen")
    of_known = taken()
    with pytest.raises(SignInRefused):
        await prove("nobody@example.com")

    assert taken() == of_known
    assert len(of_known) > 5


async def test_ten_wrong_passwords_and_then_one_a_minute(prove):
    for each in range(10):
        with pytest.raises(SignInRefused):
            await prove(given=f"wrong {each}", address=f"203.0.113.{each}")

    with pytest.raises(TooOften):
        await prove(address="203.0.113.200")


async def test_an_address_nobody_has_is_throttled_alike(prove):
    for each in range(10):
        with pytest.raises(SignInRefused):
            await prove("nobody@example.com", address=f"203.0.113.{each}")

    with pytest.raises(TooOften):
        await prove("nobody@example.com", address="203.0.113.200")


async def test_a_wave_of_wrong_passwords_keeps_the_owner_out_of_no_browser_they_used(
    sign_in, prove
):
    """I-11: strangers' tries are counted apart from a known browser's."""
    device = (await sign_in()).device
    tries = await asyncio.gather(
        *(prove(given=f"wrong {n}", address=f"198.51.{n}.7") for n in range(200)),
        return_exceptions=True,
    )

    looked_at = sum(isinstance(each, SignInRefused) for each in tries)
    assert 9 <= looked_at <= 12
    others = [each for each in tries if not isinstance(each, SignInRefused | TooOften)]
    assert others == []
    assert await prove(device=device)


async def test_one_visitor_who_tries_many_accounts_is_stopped(prove):
    tries = await asyncio.gather(
        *(prove(f"nobody{n}@example.com") for n in range(80)), return_exceptions=True
    )

    assert sum(isinstance(each, TooOften) for each in tries) >= 20
    assert sum(isinstance(each, SignInRefused) for each in tries) >= 30


async def test_a_browser_known_for_another_is_a_strangers(sign_in, prove, transactions, account_of):
    async with transactions() as session:
        await account_of(session, "an@example.com")
    jans = (await sign_in()).device
    for each in range(10):
        with pytest.raises(SignInRefused):
            await prove("an@example.com", "wrong", device=jans, address=f"203.0.113.{each}")

    with pytest.raises(TooOften):
        await prove("an@example.com", device=jans, address="203.0.113.99")


async def test_a_known_browser_is_throttled_too(sign_in, prove):
    device = (await sign_in()).device
    for each in range(10):
        with pytest.raises(SignInRefused):
            await prove(given=f"wrong {each}", device=device)

    with pytest.raises(TooOften):
        await prove(device=device)


async def test_a_password_by_former_rules_is_kept_anew_when_it_is_given(
    transactions, sign_in, known, password
):
    former = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(password)
    async with transactions() as session:
        await session.execute(sa.update(Account).values(password_hash=former))

    await sign_in()

    async with transactions() as session:
        account = await account_queries.account(session, known.id)
        assert account.password_hash.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert await sign_in()


async def test_a_password_changed_meanwhile_lets_nobody_in(transactions, prove, passwords):
    proved = await prove()
    async with transactions() as session:
        new = await passwords.hash("vier vogels zwijgen in de zon")
        await session.execute(sa.update(Account).values(password_hash=new))

    async with transactions() as session:
        with pytest.raises(SignInRefused):
            await signing_in.let_by(session, proved)


async def test_whoever_works_for_the_issuer_comes_in_as_staff_and_must_enrol(
    transactions, sign_in, known
):
    async with transactions() as session:
        session.add(
            Staff(issuer="dl5", person_id=known.id, admin=False, since=known_since(), until=None)
        )

    assert (await sign_in()).must == "second_factor"
    elsewhere = await sign_in(issuer="dl6")
    assert (elsewhere.staff, elsewhere.must) == (False, None)


async def test_who_worked_for_the_issuer_once_is_no_staff(transactions, sign_in, known):
    async with transactions() as session:
        at = known_since()
        session.add(Staff(issuer="dl5", person_id=known.id, admin=True, since=at, until=at))

    assert not (await sign_in()).staff


def known_since():
    return starting.now()


async def test_every_try_is_written_down_and_no_address(sign_in, prove, entries, known):
    await sign_in()
    for username in ("jan@example.com", "nobody@example.com"):
        with pytest.raises(SignInRefused):
            await prove(username, "drie vogels zongen")

    done, wrong, nobody = await entries()
    assert (done.act, wrong.act, nobody.act) == ("signed_in", "sign_in_refused", "sign_in_refused")
    assert done.actor == done.subject == wrong.subject
    assert (wrong.actor, nobody.subject) == ("visitor", None)
    written = repr([vars(each) for each in (done, wrong, nobody)])
    assert "example.com" not in written
    assert str(known.id) not in written


async def test_tries_are_counted_by_what_came_of_them(sign_in, prove):
    def counted():
        outcomes = ("done", "refused")
        return [figure("postkamer_sign_ins_total", outcome=each) for each in outcomes]

    before = counted()
    await sign_in()
    with pytest.raises(SignInRefused):
        await prove(given="wrong")

    assert [later - then for later, then in zip(counted(), before, strict=True)] == [1, 1]


async def test_what_fails_on_the_way_in_leaves_nothing(transactions, sign_in, monkeypatch):
    async def fails(*_given):
        raise RuntimeError("the process died here")

    monkeypatch.setattr(starting, "_device", fails)
    with pytest.raises(RuntimeError):
        await sign_in()

    async with transactions() as session:
        assert not (await session.scalars(sa.select(Session))).all()
        assert not (await session.scalars(sa.select(AuditEntry))).all()
        assert (await session.scalars(sa.select(Throttle))).all()


async def test_no_connection_is_held_while_a_password_is_compared(
    database, passwords, visitor, password, monkeypatch
):
    held = []
    opened = 0

    @asynccontextmanager
    async def transactions():
        nonlocal opened
        opened += 1
        try:
            async with database.transaction() as session:
                yield session
        finally:
            opened -= 1

    real = passwords.matches

    async def watched(*given):
        held.append(opened)
        return await real(*given)

    monkeypatch.setattr(passwords, "matches", watched)
    await signing_in.prove(transactions, passwords, "dl5", "jan@example.com", password, visitor())

    assert held == [0]
