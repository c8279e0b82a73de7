"""Letters are claimed, handed to a real relay once, and settled."""

import asyncio
from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa
from services.notifications.tests.one_round import impatient, one_round

from chassis import traceparent, trail
from chassis.identifiers import new_id, now
from chassis.testing import figure, said
from chassis.working import Workers
from contracts.identity import Palette, Shades
from contracts.notifications import LetterUndeliverable
from notifications import bounces, queries
from notifications.composing import Letterpress, message_id
from notifications.dsn import Failed
from notifications.evidence import Postbox
from notifications.gateways import Gateways
from notifications.in_hand import Absent, Answered, Held, Lost
from notifications.mailer import Mailer, Relay
from notifications.models import SENDING, Letter, LetterHistory, Mailbox, PausedDomain, State
from notifications.replies import Fate, Reply
from notifications.return_path import ReturnPaths
from notifications.work import work


@pytest.fixture
async def held(relay):
    """Return the gateways, with a relay that can be asked."""
    mailer = Mailer(
        Relay(host="127.0.0.1", port=relay.port, own_name="test.example"), connections=4
    )
    witness = Postbox("http://postbox.example")
    witness._client = relay.http
    yield Gateways(press=Letterpress(), mailer=mailer, evidence=witness)
    await mailer.close()


@pytest.fixture
def the_work():
    """Return the work of sending, impatient; knobs may be turned."""

    def of(**knobs):
        return work(impatient(**knobs))[0]

    return of


@pytest.fixture
def owed(hear, world):
    """Owe letters for one document to so many readers; return the document and the readers."""

    async def owe(readers=1, **person):
        main, shared = new_id(), [new_id() for _ in range(readers - 1)]
        await hear(world.issuer())
        for each in (main, *shared):
            await hear(world.person(each, **person))
        await hear(
            world.snapshot(main=(main, now()), shared=[(each, now(), True) for each in shared])
        )
        document = world.document(now())
        await hear(document)
        return document, [main, *shared]

    return owe


@pytest.fixture
def send(database, held, the_work):
    """Claim what is due, act on it and settle it, once; return what came of each."""

    async def once(gateways=None, **knobs):
        return await one_round(database, the_work(**knobs), gateways or held)

    return once


@pytest.fixture
def letter(database):
    """Return the only letter there is, as it stands now."""

    async def of():
        async with database.transaction() as session:
            return (await session.scalars(sa.select(Letter))).one()

    return of


async def test_every_reader_gets_exactly_one_mail(owed, send, relay):
    """N-01, N-02"""
    await owed(readers=4)

    await send()
    await send()

    mails = await relay.messages()
    assert len(mails) == 4
    assert len({mail["to"][0] for mail in mails}) == 4


async def test_what_came_of_each_try_is_counted(owed, send, relay, database):
    def counted():
        fates = ("accepted", "deferred", "bad_address", "absent")
        mails = [figure("postkamer_mails_total", fate=fate) for fate in fates]
        return [*mails, figure("postkamer_letter_seconds_count")]

    before = counted()
    await owed(readers=2)
    await relay.set_faults(rcpt={".*": "451 4.3.0 try later"})
    await send()
    await relay.set_faults()
    await _due_now(database)
    await send()

    assert [now - then for now, then in zip(counted(), before, strict=True)] == [2, 2, 0, 0, 2]


async def test_a_letter_goes_on_in_the_trace_in_which_its_document_was_heard_of(
    hear, world, database, the_work
):
    main, sent_by = new_id(), traceparent.begin()
    await hear(world.issuer())
    await hear(world.person(main))
    await hear(world.document(now()), headers={"traceparent": sent_by})
    await hear(world.snapshot(main=(main, now() - timedelta(days=1))))

    async with database.transaction() as session:
        [claimed] = await the_work().claim(session, 100)

    assert claimed.trail.traceparent == sent_by


async def test_a_letter_is_in_the_readers_language_else_the_main_contacts(hear, world, send, relay):
    """N-03"""
    main, own, without = new_id(), new_id(), new_id()
    await hear(world.issuer(language="en"))
    await hear(world.person(main, language="fr", email="main@readers.example"))
    await hear(world.person(own, language="de", email="own@readers.example"))
    await hear(world.person(without, language=None, email="without@readers.example"))
    shared = [(own, now(), True), (without, now(), True)]
    await hear(world.snapshot(main=(main, now()), shared=shared))
    await hear(world.document(now()))

    await send()

    subjects = {mail["to"][0]: mail["subject"] for mail in await relay.messages()}
    assert subjects["main@readers.example"].startswith("Nouvelle facture")
    assert subjects["own@readers.example"].startswith("Neue Rechnung")
    assert subjects["without@readers.example"].startswith("Nouvelle facture")


async def test_an_unregistered_main_contact_is_invited_and_told_why_several_mails_come(
    owed, send, relay
):
    """N-05, I-14, I-16"""
    await owed(readers=1, registered=False)

    await send()

    (mail,) = await relay.messages()
    text = (await relay.http.get(f"/api/messages/{mail['id']}")).json()["text"]
    assert "U hebt nog geen account" in text
    assert "meer klantnummers" in " ".join(text.split())


async def test_a_mail_wears_the_colours_identity_told_of_last(hear, world, owed, send, relay):
    shades = dict.fromkeys(Shades.model_fields, "#a00001")
    await owed()
    await hear(world.issuer(palette=Palette(**shades, dark=Shades(**shades))))

    await send()

    (mail,) = await relay.messages()
    html = (await relay.http.get(f"/api/messages/{mail['id']}")).json()["html"]
    assert html.count("#a00001") > 3
    assert "#0b5c6b" not in html


async def test_from_a_change_of_address_on_mails_go_to_the_new_one(hear, world, send, relay):
    """N-08"""
    main = new_id()
    await hear(world.issuer())
    await hear(world.person(main, email="old@readers.example"))
    await hear(world.snapshot(main=(main, now())))
    await hear(world.document(now()))

    await hear(world.person(main, version=2, email="new@readers.example"))
    await send()

    assert [mail["to"] for mail in await relay.messages()] == [["new@readers.example"]]


async def test_a_letter_waits_for_a_person_nobody_has_told_of_yet(hear, world, send, relay):
    main = new_id()
    await hear(world.issuer())
    await hear(world.snapshot(main=(main, now())))
    await hear(world.document(now()))
    assert await send() == []

    await hear(world.person(main))

    assert len(await send()) == 1
    assert len(await relay.messages()) == 1


async def test_a_letter_to_nobody_known_is_looked_at_ever_less_often(
    hear, world, send, letter, database
):
    await hear(world.issuer())
    await hear(world.snapshot(main=(new_id(), now())))
    await hear(world.document(now()))

    waits = []
    for age in (timedelta(), timedelta(minutes=2), timedelta(days=1)):
        async with database.transaction() as session:
            old = {"due_at": now(), "updated_at": now() - age}
            await session.execute(sa.update(Letter).values(**old))
        assert await send() == []
        waits.append((await letter()).due_at - now())

    assert [round(each.total_seconds()) for each in waits] == [1, 120, 600]


async def test_who_was_removed_before_the_publication_is_not_written_to(
    hear, world, send, relay, letter
):
    main, gone = new_id(), new_id()
    began = now() - timedelta(hours=1)
    await hear(world.issuer())
    await hear(world.person(gone))
    await hear(world.snapshot(shared=[(gone, began, True)]))
    await hear(world.document(now()))

    removed = [(gone, began, now() - timedelta(minutes=30))]
    await hear(world.snapshot(version=2, ended=removed))
    await send()

    assert (await letter()).state is State.WITHDRAWN
    assert await relay.messages() == []
    del main


async def test_who_was_erased_is_not_written_to(hear, world, owed, send, relay, letter):
    """Decision 17."""
    _, (main,) = await owed()

    await hear(world.person(main, version=2, email=None, state="erased"))
    await send()

    assert (await letter()).state is State.WITHDRAWN
    assert await relay.messages() == []


async def test_a_relay_that_says_later_is_tried_again_and_then_given_up(
    owed, send, relay, letter, database
):
    await owed()
    await relay.set_faults(rcpt={".*": "451 4.3.0 try later"})

    for _ in range(3):
        await send()
        await _due_now(database)

    found = await letter()
    assert found.state is State.REFUSED
    assert found.tries == 3
    assert "451" in found.reason
    assert await send() == []


async def test_a_deferred_letter_arrives_once_the_relay_is_well(
    owed, send, relay, letter, database
):
    await owed()
    await relay.set_faults(rcpt={".*": "451 4.3.0 try later"})
    await send()
    assert (await letter()).state is State.DEFERRED

    await relay.set_faults()
    await _due_now(database)
    await send()

    assert (await letter()).state is State.SENT
    assert len(await relay.messages()) == 1


async def test_a_bad_address_is_refused_at_once_with_the_servers_words(owed, send, relay, letter):
    """N-09"""
    await owed()
    await relay.set_faults(rcpt={".*": "550 5.1.1 no such user"})

    await send()

    found = await letter()
    assert found.state is State.REFUSED
    assert found.reason.startswith("bad_address: 550")
    assert "no such user" in found.reason


async def test_a_lost_answer_is_asked_about_and_nothing_is_sent_twice(
    owed, send, relay, letter, database
):
    await owed()
    await relay.set_faults(drop_after_dot=1.0)
    (lost,) = await send()
    assert isinstance(lost, Lost)
    assert (await letter()).state is State.UNKNOWN

    await relay.set_faults()
    await _due_now(database)
    (found,) = await send()

    assert isinstance(found, Answered)
    assert (await letter()).state is State.SENT
    assert len(await relay.messages()) == 1


async def test_a_letter_the_relay_never_had_is_sent_again(owed, send, relay, letter, database):
    """A process died between its mark and the dot: marked, but not there."""
    await owed()
    async with database.transaction() as session:
        await session.execute(sa.update(Letter).values(marked_at=now()))

    (asked,) = await send()
    (sent,) = await send()

    assert isinstance(asked, Absent)
    assert isinstance(sent, Answered)
    assert (await letter()).state is State.SENT
    assert len(await relay.messages()) == 1


async def test_without_a_witness_a_lost_answer_is_held_and_never_sent_twice(
    owed, send, held, relay, letter, database
):
    blind = Gateways(held.press, held.mailer, evidence=None)
    await owed()
    await relay.set_faults(drop_after_dot=1.0)
    await send(blind)

    await relay.set_faults()
    await _due_now(database)
    (outcome,) = await send(blind)

    assert isinstance(outcome, Held)
    assert (await letter()).state is State.UNKNOWN
    assert (await letter()).due_at is None
    assert len(await relay.messages()) == 1


async def test_without_a_witness_resend_loses_nothing(owed, send, held, relay, letter, database):
    blind = Gateways(held.press, held.mailer, evidence=None)
    await owed()
    await relay.set_faults(drop_after_dot=1.0)
    await send(blind, on_unknown="resend")

    await relay.set_faults()
    for _ in range(2):
        await _due_now(database)
        await send(blind, on_unknown="resend")

    assert (await letter()).state is State.SENT
    ids = Counter(mail["message_id"] for mail in await relay.messages())
    assert list(ids.values()) == [2], "two copies under one Message-ID"


async def test_every_try_carries_the_same_message_id_and_the_same_link(
    owed, database, the_work, hear, world
):
    await owed()
    the = the_work()
    async with database.transaction() as session:
        (first,) = await the.claim(session, 10)
    await hear(world.issuer(version=2, sender="other@meridiaan.example"))
    await _due_now(database)

    async with database.transaction() as session:
        (second,) = await the.claim(session, 10)

    assert first.facts.link == second.facts.link
    assert message_id(first.letter_id, first.facts.sender) == message_id(
        second.letter_id, second.facts.sender
    )


async def test_only_the_last_claim_may_mark_and_settle(owed, database, the_work, letter):
    await owed()
    the = the_work()
    async with database.transaction() as session:
        (slow,) = await the.claim(session, 10)
    await _due_now(database)
    async with database.transaction() as session:
        (quick,) = await the.claim(session, 10)

    async with database.transaction() as session:
        assert await the.mark(session, [slow, quick]) == [False, True]
    async with database.transaction() as session:
        accepted = Answered(Fate.ACCEPTED, "250")
        await the.settle(session, [(slow, Lost("late")), (quick, accepted)])

    assert (await letter()).state is State.SENT


async def test_a_renewed_lease_is_not_claimed_by_another(owed, database, the_work):
    await owed()
    the = the_work(lease_seconds=0.3)
    async with database.transaction() as session:
        held = await the.claim(session, 10)

    await asyncio.sleep(0.2)
    async with database.transaction() as session:
        await the.renew(session, held, timedelta(seconds=0.3))
    await asyncio.sleep(0.2)

    async with database.transaction() as session:
        assert await the.claim(session, 10) == []


async def test_two_crews_send_nothing_twice(owed, database, held, the_work, relay):
    await owed(readers=20)
    stopping = asyncio.Event()
    crews = [Workers(the_work(), database, held) for _ in range(2)]
    running = [asyncio.create_task(crew.run(stopping)) for crew in crews]

    async with asyncio.timeout(20):
        while len(await relay.messages(limit=100)) < 20:  # noqa: ASYNC110
            await asyncio.sleep(0.05)
    stopping.set()
    await asyncio.gather(*running)
    for crew in crews:
        await crew.drain()

    mails = await relay.messages(limit=100)
    assert len(mails) == 20
    assert max(Counter(mail["message_id"] for mail in mails).values()) == 1


async def test_what_happened_to_a_letter_is_written_down(owed, send, relay, database):
    await owed()
    await relay.set_faults(rcpt={".*": "451 4.3.0 try later"})
    await send()
    await relay.set_faults()
    await _due_now(database)
    await send()

    async with database.transaction() as session:
        history = (await session.scalars(sa.select(LetterHistory).order_by(LetterHistory.id))).all()
    assert [each.state for each in history] == [State.DEFERRED, State.SENT]
    assert "451" in history[0].detail


async def test_a_letter_follows_the_trail_of_its_document(hear, world, send, relay):
    main = new_id()
    await hear(world.issuer())
    await hear(world.person(main))
    await hear(world.snapshot(main=(main, now())))
    await hear(world.document(now()), correlation_id="run-2026-11")

    await send()

    (mail,) = await relay.messages()
    headers = dict((await relay.http.get(f"/api/messages/{mail['id']}")).json()["headers"])
    assert headers["X-Correlation-ID"] == "run-2026-11"
    assert trail.current().correlation_id != "run-2026-11"


async def _due_now(database):
    async with database.transaction() as session:
        await session.execute(
            sa.update(Letter)
            .where(Letter.due_at.is_not(None))
            .values(due_at=now(), leased_until=None)
        )


def test_the_work_is_called_what_wakes_it(the_work):
    assert the_work().name == SENDING
    assert timedelta(days=30) == queries.LATE


@pytest.fixture
def undeliverable(database):
    """Return what issuers were told of letters that nobody got."""

    async def of():
        async with database.transaction() as session:
            found = await said(session, LetterUndeliverable)
        return [each.read(LetterUndeliverable) for each in found]

    return of


@pytest.fixture
def rows(database):
    """Return every row of a table."""

    async def of(noun):
        async with database.transaction() as session:
            return (await session.scalars(sa.select(noun))).all()

    return of


async def test_a_letter_leaves_from_a_return_path_of_its_own(owed, send, relay, held, letter):
    """N-09"""
    paths = ReturnPaths("bounce.test", [b"k" * 32])
    await owed()

    await send(replace(held, return_paths=paths))

    (mail,) = await relay.messages()
    whole = (await relay.http.get(f"/api/messages/{mail['id']}")).json()
    assert paths.letter_of(whole["envelope_from"]) == (await letter()).id
    assert mail["from"] == "facturen@meridiaan.example"


async def test_a_letter_remembers_where_it_went(owed, send, hear, world, letter, relay):
    _, (reader,) = await owed(email="Els@Korenaar.example")
    await send()

    await hear(world.person(reader, version=2, email="new@korenaar.example"))

    assert (await letter()).sent_to == "Els@Korenaar.example"
    assert len(await relay.messages()) == 1


async def test_after_a_bad_address_later_letters_to_it_are_refused_unseen_by_the_relay(
    owed, send, relay, hear, world, undeliverable, rows
):
    """N-09"""
    _, (reader,) = await owed(email="gone@korenaar.example")
    await relay.set_faults(rcpt={"^gone@": "550 5.1.1 no such user"})
    await send()
    await relay.set_faults()
    await hear(world.document(now()))

    assert await send() == []

    first, second = sorted(await rows(Letter), key=lambda each: each.id)
    assert first.reason == "bad_address: 550 5.1.1 no such user"
    assert (second.state, second.tries) == (State.REFUSED, 0)
    assert second.reason == (f"bad_address: stopped since {now():%Y-%m-%d}, 550 5.1.1 no such user")
    assert second.due_at is None
    assert await relay.messages() == []
    assert [(each.letter_id, each.reason) for each in await undeliverable()] == [
        (first.id, "bad_address"),
        (second.id, "bad_address"),
    ]
    await hear(world.person(reader, version=2, email="new@korenaar.example"))
    await hear(world.document(now()))
    assert len(await send()) == 1


async def test_a_mailbox_is_inactive_once_it_has_happened_twice(
    owed, send, relay, hear, world, rows
):
    """N-09"""
    await owed(email="left@korenaar.example")
    await relay.set_faults(rcpt={"^left@": "550 5.2.1 disabled"})
    await send()
    await hear(world.document(now()))
    tried_again = await send()
    await hear(world.document(now()))

    tried_a_third_time = await send()

    assert len(tried_again) == 1
    assert tried_a_third_time == []
    assert [each.events for each in await rows(Mailbox)] == [2]


async def test_after_a_policy_refusal_the_letters_to_that_domain_wait_and_others_go(
    owed, send, relay, hear, new_world, rows, undeliverable, database
):
    """N-09"""
    await owed(email="a@strict.example")
    await relay.set_faults(rcpt={"^a@strict": "554 5.7.1 blocked"})
    await send()
    for address in ("b@STRICT.example", "c@other.example", "d@sub.strict.example"):
        other, reader = new_world(), new_id()
        await hear(other.person(reader, email=address))
        await hear(other.snapshot(main=(reader, now())))
        await hear(other.document(now()))

    await send()
    waiting = [each for each in await rows(Letter) if each.state is State.DEFERRED]
    async with database.transaction() as session:
        await session.execute(sa.update(PausedDomain).values(until=now()))
        ended = sa.update(Letter).where(Letter.state == State.DEFERRED)
        await session.execute(ended.values(due_at=now()))
    await send()

    assert [each.reason for each in waiting] == ["policy: domain paused, 554 5.7.1 blocked"]
    assert waiting[0].tries == 0
    assert waiting[0].due_at > now() + timedelta(minutes=50)
    got = [mail["to"][0] for mail in await relay.messages()]
    assert set(got[:2]) == {"c@other.example", "d@sub.strict.example"}
    assert got[2:] == ["b@strict.example"]
    assert await rows(Mailbox) == []
    assert [each.reason for each in await undeliverable()] == ["policy"]


async def test_a_letter_the_relay_may_have_is_asked_about_though_its_address_was_stopped(
    owed, send, relay, letter, database, the_work
):
    await owed(email="els@korenaar.example")
    the = the_work()
    async with database.transaction() as session:
        (claimed,) = await the.claim(session, 1)
    async with database.transaction() as session:
        assert await the.mark(session, [claimed]) == [True]
        stopped = {"fate": "bad_address", "reason": "bad_address: x", "events": 1}
        address = {"address": "els@korenaar.example", "last_at": now(), "stopped_at": now()}
        session.add(Mailbox(**stopped, **address))
        await session.execute(sa.update(Letter).values(leased_until=now() - timedelta(seconds=1)))

    (outcome,) = await send()

    assert isinstance(outcome, Absent)
    assert await relay.messages() == []
    assert (await letter()).state is State.DEFERRED


async def test_a_letter_that_was_given_up_is_told_to_its_issuer_and_a_waiting_one_is_not(
    owed, send, relay, undeliverable
):
    await owed()
    await relay.set_faults(rcpt={".": "451 4.3.0 try later"})

    told = []
    for _ in range(3):
        await send(retry_schedule=["0s", "0s"])
        told.append(await undeliverable())

    assert told[:2] == [[], []]
    assert [each.reason for each in told[2]] == ["deferred"]


async def test_a_report_that_overtakes_the_answer_is_not_overruled_by_it(
    owed, database, the_work, letter
):
    """N-09"""
    await owed()
    the = the_work()
    async with database.transaction() as session:
        (claimed,) = await the.claim(session, 1)
    async with database.transaction() as session:
        await the.mark(session, [claimed])
    came_back = Failed("1", Reply.read(550, "5.1.1 no such user"), None)
    forbearance = bounces.Forbearance((timedelta(seconds=1),), timedelta(hours=1))

    async with database.transaction() as session:
        await bounces.take_in(session, claimed.letter_id, came_back, forbearance=forbearance)
    async with database.transaction() as session:
        await the.settle(session, [(claimed, Answered(Fate.ACCEPTED, "250 taken"))])

    assert (await letter()).state is State.BOUNCED
