"""What a report does to its letter, to its address and to its domain, and what it does not."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from chassis.identifiers import new_id, now
from chassis.testing import said
from contracts.notifications import LetterUndeliverable, SweepBounces
from notifications import bounces, measures
from notifications.bounces import Forbearance
from notifications.dsn import Complained, Delayed, Failed
from notifications.models import Letter, LetterHistory, Mailbox, PausedDomain, State
from notifications.models import Report as Heard
from notifications.replies import Reply

BAD_ADDRESS = (550, "5.1.1 no such user")
INACTIVE = (550, "5.2.1 mailbox disabled")
FULL = (552, "5.2.2 mailbox full")
POLICY = (550, "5.7.1 blocked for spam")
TOO_LARGE = (552, "5.3.4 too large")
OUR_BUG = (554, "5.6.0 malformed")
GAVE_UP = (451, "4.4.1 no answer from host")

FORBEARANCE = Forbearance(
    schedule=(timedelta(seconds=1), timedelta(minutes=1)), domain_pause=timedelta(hours=1)
)


def failed(answer, key=None):
    return Failed(key or str(new_id()), Reply.read(*answer), None)


@pytest.fixture
def sent(hear, world, database):
    """Owe a letter and let it have been sent, with other facts if need be; return its id."""

    async def send(email="els@korenaar.example", **facts):
        main = new_id()
        await hear(world.issuer())
        await hear(world.person(main, email=email))
        await hear(world.snapshot(version=send.version, main=(main, now())))
        document = world.document(now())
        await hear(document, headers={"causation_id": str(send.command)})
        send.version += 1
        stands = {
            "state": State.SENT,
            "due_at": None,
            "tries": 1,
            "claim": 1,
            "sent_to": email,
        } | facts
        async with database.transaction() as session:
            changed = sa.update(Letter).where(Letter.document_id == document.document_id)
            await session.execute(changed.values(**stands))
            of_document = sa.select(Letter.id).where(Letter.document_id == document.document_id)
            return await session.scalar(of_document.where(Letter.person_id == main))

    send.version = 1
    send.command = new_id()
    return send


@pytest.fixture
def come_back(database):
    """Let reports come in, each in a transaction of its own."""

    async def come(letter_id, *reports):
        for report in reports:
            async with database.transaction() as session:
                await bounces.take_in(session, letter_id, report, forbearance=FORBEARANCE)

    return come


@pytest.fixture
def letter(database):
    async def of(letter_id):
        async with database.transaction() as session:
            return await session.get(Letter, letter_id)

    return of


@pytest.fixture
def history(database):
    async def of(letter_id):
        async with database.transaction() as session:
            lines = sa.select(LetterHistory).filter_by(letter_id=letter_id)
            found = await session.scalars(lines.order_by(LetterHistory.id))
            return [(each.state, each.detail) for each in found]

    return of


@pytest.fixture
def known(database):
    """Return every row of a table."""

    async def of(noun):
        async with database.transaction() as session:
            return (await session.scalars(sa.select(noun))).all()

    return of


@pytest.fixture
def told(database):
    """Return what issuers were told."""

    async def all_of():
        async with database.transaction() as session:
            found = await said(session, LetterUndeliverable)
        return [
            (each.routing_key, each.message_id, each.read(LetterUndeliverable)) for each in found
        ]

    return all_of


async def test_a_letter_to_a_bad_address_bounces_and_the_address_is_stopped(
    sent, come_back, letter, history, known, told
):
    """N-09"""
    id_ = await sent()

    await come_back(id_, failed(BAD_ADDRESS))

    stands = await letter(id_)
    assert stands.state is State.BOUNCED
    assert stands.reason == "bad_address: 550 5.1.1 no such user"
    assert stands.due_at is None
    assert await history(id_) == [
        (State.BOUNCED, "it came back: bad_address: 550 5.1.1 no such user")
    ]
    (stopped,) = await known(Mailbox)
    assert (stopped.address, stopped.fate) == ("els@korenaar.example", "bad_address")
    assert stopped.stopped_at is not None
    ((issuer, _, undeliverable),) = await told()
    assert issuer == "dl5"
    assert (undeliverable.letter_id, undeliverable.reason) == (id_, "bad_address")
    assert undeliverable.detail == "550 5.1.1 no such user"
    assert undeliverable.command_id == sent.command
    assert undeliverable.person_id == stands.person_id


async def test_the_address_that_is_stopped_is_the_one_it_was_sent_to(sent, come_back, known):
    """N-08: from a change on, another address is in use."""
    id_ = await sent(email="new@korenaar.example", sent_to="Old@Korenaar.example")

    await come_back(id_, failed(BAD_ADDRESS))

    assert [each.address for each in await known(Mailbox)] == ["old@korenaar.example"]


async def test_a_closed_mailbox_is_stopped_once_it_has_happened_twice(sent, come_back, known):
    """N-09"""
    first, second = await sent(), await sent()

    await come_back(first, failed(INACTIVE))
    (after_one,) = await known(Mailbox)
    await come_back(second, failed(INACTIVE))
    (after_two,) = await known(Mailbox)

    assert after_one.stopped_at is None
    assert after_two.stopped_at is not None
    assert after_two.events == 2


async def test_what_was_long_ago_counts_no_more(sent, come_back, known, database):
    first, second = await sent(), await sent()
    await come_back(first, failed(INACTIVE))
    async with database.transaction() as session:
        await session.execute(sa.update(Mailbox).values(last_at=now() - timedelta(days=91)))

    await come_back(second, failed(INACTIVE))

    (mailbox,) = await known(Mailbox)
    assert (mailbox.events, mailbox.stopped_at) == (1, None)


async def test_a_full_mailbox_is_tried_again_five_times_and_never_stopped(
    sent, come_back, letter, known, told, database
):
    """N-09"""
    id_ = await sent()

    stood = []
    for tries in range(1, 7):
        async with database.transaction() as session:
            again = sa.update(Letter).where(Letter.id == id_)
            await session.execute(again.values(state=State.SENT, tries=tries, due_at=None))
        await come_back(id_, failed(FULL))
        stands = await letter(id_)
        stood.append((stands.state, stands.due_at is not None))

    assert stood == [(State.DEFERRED, True)] * 5 + [(State.BOUNCED, False)]
    assert (await letter(id_)).reason == "mailbox_full: 552 5.2.2 mailbox full"
    assert await known(Mailbox) == []
    ((_, _, undeliverable),) = await told()
    assert undeliverable.reason == "mailbox_full"


async def test_a_policy_refusal_is_our_fault_and_the_domain_waits(
    sent, come_back, letter, known, told
):
    """N-09"""
    id_ = await sent(email="els@Korenaar.EXAMPLE")
    before = measures.domains_paused._value.get()

    await come_back(id_, failed(POLICY))

    assert (await letter(id_)).state is State.BOUNCED
    assert await known(Mailbox) == []
    (paused,) = await known(PausedDomain)
    assert paused.domain == "korenaar.example"
    assert timedelta(minutes=59) < paused.until - now() <= timedelta(hours=1)
    assert measures.domains_paused._value.get() == before + 1
    ((_, _, undeliverable),) = await told()
    assert undeliverable.reason == "policy"


@pytest.mark.parametrize(
    ("answer", "fate"), [(TOO_LARGE, "too_large"), (OUR_BUG, "our_bug"), (GAVE_UP, "deferred")]
)
async def test_whatever_else_comes_back_is_told_and_leaves_address_and_domain_alone(
    sent, come_back, letter, known, told, answer, fate
):
    id_ = await sent()

    await come_back(id_, failed(answer))

    assert (await letter(id_)).state is State.BOUNCED
    assert await known(Mailbox) == []
    assert await known(PausedDomain) == []
    ((_, _, undeliverable),) = await told()
    assert undeliverable.reason == fate


async def test_a_delay_only_writes_history(sent, come_back, letter, history, told):
    id_ = await sent()

    await come_back(id_, Delayed("1", Reply.read(*GAVE_UP), None))

    assert (await letter(id_)).state is State.SENT
    assert await history(id_) == [(State.SENT, "delayed: 451 4.4.1 no answer from host")]
    assert await told() == []


async def test_a_complaint_writes_history_and_stops_nothing(
    sent, come_back, letter, history, known
):
    id_ = await sent()
    before = measures.bounces.labels("complaint")._value.get()

    await come_back(id_, Complained("1", "abuse"))

    assert (await letter(id_)).state is State.SENT
    assert await history(id_) == [(State.SENT, "a complaint came back: abuse")]
    assert await known(Mailbox) == []
    assert measures.bounces.labels("complaint")._value.get() == before + 1


async def test_the_same_report_again_changes_nothing(sent, come_back, letter, history, known, told):
    full, closed = await sent(), await sent(email="jan@korenaar.example")
    unwanted = await sent(email="an@korenaar.example")

    await come_back(full, *[failed(FULL, "a")] * 3)
    await come_back(closed, *[failed(INACTIVE, "b")] * 3)
    await come_back(unwanted, *[Complained("c", "abuse")] * 3)

    assert (await letter(full)).tries == 1
    assert [len(await history(each)) for each in (full, closed, unwanted)] == [1, 1, 1]
    assert [each.events for each in await known(Mailbox)] == [1]
    assert len(await told()) == 1


@pytest.mark.parametrize(
    "state", [State.BOUNCED, State.REFUSED, State.WITHDRAWN, State.OWED, State.DEFERRED]
)
async def test_a_letter_that_is_not_out_there_cannot_come_back(
    sent, come_back, letter, known, told, state
):
    id_ = await sent(state=state, reason="as it was")

    await come_back(id_, failed(BAD_ADDRESS), failed(BAD_ADDRESS))

    stands = await letter(id_)
    assert (stands.state, stands.reason) == (state, "as it was")
    assert await known(Mailbox) == []
    assert await told() == []


async def test_a_report_that_overtakes_the_answer_settles_the_letter(sent, come_back, letter):
    """The relay was asked and has not answered yet: it is whoever came first."""
    id_ = await sent(
        state=State.OWED,
        tries=0,
        claim=7,
        marked_at=now(),
        due_at=now(),
        leased_until=now() + timedelta(minutes=1),
    )

    await come_back(id_, failed(BAD_ADDRESS))

    stands = await letter(id_)
    assert stands.state is State.BOUNCED
    assert (stands.tries, stands.claim) == (1, 8)
    assert stands.marked_at is None
    assert stands.leased_until is None


async def test_a_report_answers_what_nobody_knew(sent, come_back, letter):
    id_ = await sent(state=State.UNKNOWN, marked_at=now(), reason="its answer was lost")

    await come_back(id_, failed(BAD_ADDRESS))

    assert (await letter(id_)).state is State.BOUNCED


async def test_an_issuer_is_told_of_a_letter_under_one_id(sent, come_back, told, database):
    id_ = await sent()
    await come_back(id_, failed(BAD_ADDRESS))
    async with database.transaction() as session:
        await session.execute(sa.update(Letter).values(state=State.SENT))

    await come_back(id_, failed(BAD_ADDRESS))

    first, second = await told()
    assert first[1] == second[1]


async def test_what_is_told_belongs_to_the_conversation_of_the_letter(
    hear, world, database, come_back
):
    main = new_id()
    await hear(world.issuer())
    await hear(world.person(main))
    await hear(world.snapshot(main=(main, now())))
    await hear(world.document(now()), correlation_id="order-7")
    async with database.transaction() as session:
        await session.execute(sa.update(Letter).values(state=State.SENT))
        id_ = await session.scalar(sa.select(Letter.id))

    await come_back(id_, failed(TOO_LARGE))

    async with database.transaction() as session:
        (undeliverable,) = await said(session, LetterUndeliverable)
    assert undeliverable.correlation_id == "order-7"


async def test_nobody_fills_a_letters_history_with_reports(sent, come_back, history, known):
    id_ = await sent()

    await come_back(id_, *[Complained(str(each), "abuse") for each in range(30)])

    assert len(await history(id_)) == 20
    assert len(await known(Heard)) == 20


async def test_a_report_for_a_letter_that_is_not_ours_changes_nothing(come_back, known):
    await come_back(new_id(), failed(BAD_ADDRESS))

    assert await known(Mailbox) == []
    assert await known(Heard) == []


async def test_an_erased_persons_address_is_forgotten(sent, come_back, letter, known, hear, world):
    """Decision 17."""
    id_ = await sent()
    await come_back(id_, failed(BAD_ADDRESS))
    person_id = (await letter(id_)).person_id

    await hear(world.person(person_id, version=9, email=None, state="erased"))

    assert await known(Mailbox) == []
    assert (await letter(id_)).sent_to is None


async def test_an_address_that_another_person_has_too_is_not_forgotten_with_one(
    sent, come_back, letter, known, hear, world
):
    id_ = await sent()
    await come_back(id_, failed(BAD_ADDRESS))
    await hear(world.person(new_id(), email="ELS@korenaar.example"))

    person_id = (await letter(id_)).person_id
    await hear(world.person(person_id, version=9, email=None, state="erased"))

    assert len(await known(Mailbox)) == 1


async def test_what_nobody_needs_any_more_is_swept_away(
    sent, come_back, hear, world, known, database, letter
):
    """Old reports and pauses go, and addresses that are forgiven or that nobody has any more."""
    stopped = await sent()
    closed = await sent(email="jan@korenaar.example")
    left = await sent(email="left@korenaar.example")
    refused = await sent(email="an@other.example")
    await come_back(stopped, failed(BAD_ADDRESS))
    await come_back(closed, failed(INACTIVE))
    await come_back(left, failed(BAD_ADDRESS))
    await come_back(refused, failed(POLICY))
    leaver = (await letter(left)).person_id
    await hear(world.person(leaver, version=2, email="new@korenaar.example"))
    await hear(SweepBounces())
    before = [len(await known(each)) for each in (Mailbox, PausedDomain, Heard)]
    long_ago = now() - timedelta(days=100)
    async with database.transaction() as session:
        await session.execute(sa.update(Mailbox).values(last_at=long_ago))
        await session.execute(sa.update(PausedDomain).values(until=long_ago))
        await session.execute(sa.update(Heard).values(at=long_ago))

    await hear(SweepBounces())

    assert before == [3, 1, 4]
    assert [each.address for each in await known(Mailbox)] == ["els@korenaar.example"]
    assert await known(PausedDomain) == []
    assert await known(Heard) == []
