"""Proves that a mailbox's proof is good once, for one thing, for a while, and for few tries."""

import asyncio
from datetime import timedelta

import pytest
import sqlalchemy as sa

from chassis.identifiers import new_id, now
from identity import account_queries, credentials, proving
from identity.accounts import Credential, CredentialKind
from identity.errors import CodeUnusable, CodeWrong, ProofUnknown, ProofUnusable

RESET, REGISTER = CredentialKind.RESET, CredentialKind.REGISTER


@pytest.fixture
async def jan(session, admit, account_of):
    """Return a person of an issuer that was admitted."""
    await admit(session)
    return await account_of(session)


@pytest.fixture
def sent(session, jan):
    """Return a function that makes a proof."""

    async def sent(kind=RESET, person=jan, **how):
        return await proving.send(
            session, kind, person, "dl5", "jan@example.com", details={"why": "test"}, **how
        )

    return sent


@pytest.fixture
def code_for(gateways):
    """Return a function that makes the code of a mail."""
    return lambda made: credentials.code_of(gateways.link_keys[0], made.id, made.kind.value)


async def test_a_proof_is_used_once(session, sent):
    made = await sent()

    used = await proving.use(session, made.id, RESET, now())

    assert (used.id, used.details, used.address) == (made.id, {"why": "test"}, "jan@example.com")
    with pytest.raises(ProofUnusable):
        await proving.use(session, made.id, RESET, now())


async def test_a_proof_is_good_for_what_it_was_sent_for(session, sent):
    made = await sent(RESET)

    with pytest.raises(ProofUnusable):
        await proving.use(session, made.id, REGISTER, now())
    await proving.use(session, made.id, RESET, now())


async def test_a_link_is_good_for_a_day_and_no_longer(session, sent):
    made = await sent()

    with pytest.raises(ProofUnusable):
        await proving.use(session, made.id, RESET, made.made_at + timedelta(hours=24))
    await proving.use(
        session, made.id, RESET, made.made_at + timedelta(hours=24) - timedelta(seconds=1)
    )


async def test_a_proof_that_was_taken_back_proves_nothing(session, sent, jan):
    reset, register = await sent(RESET), await sent(REGISTER)

    await proving.withdraw(session, jan.id, RESET, at=now())

    with pytest.raises(ProofUnusable):
        await proving.use(session, reset.id, RESET, now())
    assert await proving.try_code(session, reset.id, RESET, now()) is None
    await proving.use(session, register.id, REGISTER, now())


async def test_a_code_may_be_tried_five_times(session, sent, code_for, gateways):
    made = await sent()
    left = [await proving.try_code(session, made.id, RESET, now()) for _ in range(7)]

    assert left == [4, 3, 2, 1, 0, None, None]
    proving.check_code(gateways.link_keys, made, code_for(made), 0)
    with pytest.raises(CodeUnusable):
        proving.check_code(gateways.link_keys, made, code_for(made), None)


async def test_a_code_dies_after_ten_minutes_and_its_link_does_not(session, sent):
    made = await sent()
    ten = made.made_at + timedelta(minutes=10)

    assert await proving.try_code(session, made.id, RESET, ten - timedelta(seconds=1)) == 4
    assert await proving.try_code(session, made.id, RESET, ten) is None
    await proving.use(session, made.id, RESET, ten)


async def test_a_proof_without_a_code_has_none_to_try(session, sent):
    made = await sent(CredentialKind.EMAIL_CONFIRM, code_for=None)

    assert made.code_until is None
    assert await proving.try_code(session, made.id, made.kind, now()) is None


async def test_a_used_proof_has_no_code_to_try(session, sent):
    made = await sent()
    await proving.use(session, made.id, RESET, now())

    assert await proving.try_code(session, made.id, RESET, now()) is None


async def test_a_wrong_code_says_how_many_tries_are_left(sent, code_for, gateways):
    made, other = await sent(), await sent()

    for code in ("00000000", "", code_for(other)):
        with pytest.raises(CodeWrong) as wrong:
            proving.check_code(gateways.link_keys, made, code, 3)
        assert "3 tries left" in str(wrong.value)


async def test_a_proof_of_nobody_counts_tries_and_is_never_right(session, sent, code_for, gateways):
    """What nobody was sent behaves as what somebody was sent, to whoever does not have it."""
    made = await sent(person=None)

    assert made.person_id is None
    left = [await proving.try_code(session, made.id, RESET, now()) for _ in range(6)]
    assert left == [4, 3, 2, 1, 0, None]
    with pytest.raises(CodeWrong):
        proving.check_code(gateways.link_keys, made, code_for(made), 4)
    with pytest.raises(ProofUnusable):
        await proving.use(session, made.id, RESET, now())


async def test_a_try_that_was_right_and_not_used_is_given_back(session, sent):
    made = await sent()
    await proving.try_code(session, made.id, RESET, now())

    await proving.give_back_a_try(session, made.id)
    await proving.give_back_a_try(session, made.id)

    assert await proving.try_code(session, made.id, RESET, now()) == 4


async def test_of_fifty_who_use_one_proof_at_once_one_does(transactions, admit, account_of):
    async with transactions() as session:
        await admit(session)
        jan = await account_of(session)
        made = await proving.send(session, RESET, jan, "dl5", jan.email, details={})

    async def one():
        async with transactions() as session:
            await proving.use(session, made.id, RESET, now())

    done = await asyncio.gather(*(one() for _ in range(50)), return_exceptions=True)

    assert sum(each is None for each in done) == 1
    assert sum(isinstance(each, ProofUnusable) for each in done) == 49


async def test_of_fifty_codes_tried_at_once_five_are_looked_at(transactions, admit, account_of):
    async with transactions() as session:
        await admit(session)
        jan = await account_of(session)
        made = await proving.send(session, RESET, jan, "dl5", jan.email, details={})

    async def one():
        async with transactions() as session:
            return await proving.try_code(session, made.id, RESET, now())

    left = await asyncio.gather(*(one() for _ in range(50)))

    assert sorted(each for each in left if each is not None) == [0, 1, 2, 3, 4]


async def test_looking_at_a_proof_changes_nothing(session, sent, gateways):
    made = await sent()
    link = credentials.link_of(gateways.link_keys[0], made.id, "reset")

    looked = [await proving.look(session, gateways.link_keys, link, RESET) for _ in range(20)]

    assert {each.usable for each in looked} == {True}
    assert (looked[0].address, looked[0].issuer.issuer) == ("jan@example.com", "dl5")
    await proving.use(session, made.id, RESET, now())
    assert not (await proving.look(session, gateways.link_keys, link, RESET)).usable


async def test_a_forged_proof_and_one_of_another_kind_are_unknown(session, sent, gateways):
    made = await sent()
    key = gateways.link_keys[0]
    forged = credentials.link_of(b"x" * 32, made.id, "reset")
    elsewhere = credentials.link_of(key, new_id(), "reset")

    for link, kind in ((forged, RESET), (elsewhere, RESET), ("x.y", RESET)):
        with pytest.raises(ProofUnknown):
            await proving.look(session, gateways.link_keys, link, kind)
    with pytest.raises(ProofUnknown):
        await proving.look(
            session, gateways.link_keys, credentials.link_of(key, made.id, "reset"), REGISTER
        )


async def test_what_is_kept_of_a_proof_opens_nothing(session, sent, code_for, gateways):
    """A dump of the table has neither link nor code, nor a hash of one to guess eight digits of."""
    made = await sent()
    mac = credentials.link_of(gateways.link_keys[0], made.id, "reset").partition(".")[2]

    rows = await session.execute(sa.select(Credential.__table__))
    dumped = repr([dict(each) for each in rows.mappings()])

    assert str(made.id) in dumped
    assert mac not in dumped
    assert code_for(made) not in dumped
    assert await account_queries.credential(session, made.id, RESET)
