"""Mails about accounts are owed once, written last of all, and handed over once across crashes."""

import asyncio
import re
from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa
import structlog
from services.notifications.tests import make
from services.notifications.tests.one_round import impatient, one_round

from chassis.identifiers import new_id, now
from chassis.testing import figure, said
from chassis.trail import Trail
from chassis.working import Workers
from contracts.notifications import ForgetLetters, LetterUndeliverable, Proof, WriteToPerson
from notifications import bounces, counting, forgetting, mailbox_queries, measures, resending
from notifications.bounces import Forbearance
from notifications.composing import Letterpress, message_id
from notifications.dsn import Failed
from notifications.evidence import Postbox
from notifications.gateways import Gateways
from notifications.in_hand import Absent, Answered, Claimed, Held, Lost
from notifications.linking import Links
from notifications.mailer import Mailer, Relay
from notifications.models import (
    SENDING,
    WRITING,
    Letter,
    LetterHistory,
    Mailbox,
    PausedDomain,
    Person,
    Report,
    State,
    Writing,
)
from notifications.replies import Fate, Reply
from notifications.resending import Wanted
from notifications.return_path import ReturnPaths
from notifications.work import work

KEY = b"k" * 32
LINKS = Links("http://portal.test", KEY)
FORBEARANCE = Forbearance((timedelta(seconds=1),), timedelta(hours=1))


def task(kind="password_changed", **changed) -> WriteToPerson:
    """Return what identity asks for."""
    facts = {
        "issuer": "dl5",
        "person_id": new_id(),
        "kind": kind,
        "recipient": "els@korenaar.example",
        "language": "nl",
        "first_name": "Els",
        "last_name": "Maes",
        "asked_at": now(),
    }
    return WriteToPerson(**(facts | changed))


def proof(kind="register", link=timedelta(hours=24), code=timedelta(minutes=10)) -> Proof:
    code_until = now() + code if code is not None else None
    return Proof(credential_id=new_id(), kind=kind, link_until=now() + link, code_until=code_until)


@pytest.fixture
async def held(relay):
    """Return the gateways, with a relay that can be asked."""
    lines = [
        Mailer(Relay(host="127.0.0.1", port=relay.port, own_name="test.example"), connections=2)
        for _ in range(2)
    ]
    witness = Postbox("http://postbox.example")
    witness._client = relay.http
    yield Gateways(press=Letterpress(), mailer=lines[0], personal_mailer=lines[1], evidence=witness)
    for mailer in lines:
        await mailer.close()


def the_work(name=WRITING, **knobs):
    """Return one kind of work, impatient; knobs may be turned."""
    return next(each for each in work(impatient(**knobs)) if each.name == name)


@pytest.fixture
def write(database, held):
    """Claim what is due, hand it over and settle it, once; return what came of each."""

    async def once(gateways=None, **knobs):
        return await one_round(database, the_work(**knobs), gateways or held)

    return once


@pytest.fixture
def rows(database):
    """Return every row of a table."""

    async def of(noun):
        async with database.transaction() as session:
            return (await session.scalars(sa.select(noun))).all()

    return of


@pytest.fixture
def letter(rows):
    """Return the only letter there is, as it stands now."""

    async def of():
        (only,) = await rows(Letter)
        return only

    return of


@pytest.fixture
def changes(database):
    """Change every letter."""

    async def to(**values):
        async with database.transaction() as session:
            await session.execute(sa.update(Letter).values(**values))

    return to


@pytest.fixture
def due_now(database):
    async def now_():
        async with database.transaction() as session:
            waiting = sa.update(Letter).where(Letter.due_at.is_not(None))
            await session.execute(waiting.values(due_at=now(), leased_until=None))

    return now_


@pytest.fixture
async def known_issuer(hear, world):
    await hear(world.issuer())


pytestmark = pytest.mark.usefixtures("known_issuer")


async def whole(relay, mail):
    return (await relay.http.get(f"/api/messages/{mail['id']}")).json()


async def test_what_was_asked_for_once_is_written_once(hear, write, relay, letter):
    message_id_ = new_id()
    asked = task()
    await hear(asked, message_id=message_id_)
    await hear(asked, message_id=message_id_)

    await write()
    await write()

    (mail,) = await relay.messages()
    assert mail["to"] == ["els@korenaar.example"]
    assert mail["message_id"].strip("<>") == f"{message_id_}@meridiaan.example"
    assert (await letter()).id == message_id_
    assert (await letter()).state is State.SENT


async def test_even_an_inbox_that_forgot_lets_it_be_written_once(hear, database, write, relay):
    message_id_, asked = new_id(), task()
    await hear(asked, message_id=message_id_)
    await write()
    async with database.transaction() as session:
        await session.execute(sa.text("delete from inbox"))

    await hear(asked, message_id=message_id_)
    await write()

    assert len(await relay.messages()) == 1


async def test_link_and_code_are_made_when_the_mail_is_and_stand_nowhere_else(
    hear, write, relay, database
):
    """Decision 15, guide 1.6 line 18: a dump and the log hold nothing that can be used."""
    of = proof()
    link, code = (
        LINKS.proving(of.credential_id, "register"),
        LINKS.code(of.credential_id, "register"),
    )
    with structlog.testing.capture_logs() as logged:
        await hear(task("register", proof=of))
        await write()

    (mail,) = await relay.messages()
    text = (await whole(relay, mail))["text"]
    assert link in text
    assert f"{code[:4]} {code[4:]}" in text
    kept = str(logged)
    async with database.transaction() as session:
        for table in sa.inspect(Letter).local_table.metadata.sorted_tables:
            kept += str((await session.execute(sa.select(table))).all())
    for secret in (link.rpartition(".")[2], code, f"{code[:4]} {code[4:]}"):
        assert secret not in kept
    assert "els@korenaar" not in str(logged)
    assert "Els" not in str(logged)


@pytest.mark.parametrize("kind", ["register", "reset", "email_confirm", "staff"])
async def test_a_proof_that_is_too_old_when_its_mail_is_made_is_withdrawn(
    hear, write, relay, letter, rows, kind
):
    before = figure("postkamer_mails_total", fate="withdrawn")
    await hear(task(kind, proof=proof(kind, link=-timedelta(seconds=1))))

    assert await write() == []

    assert await relay.messages() == []
    assert (await letter()).state is State.WITHDRAWN
    assert (await letter()).reason == "its link is good no more"
    assert [each.recipient for each in await rows(Writing)] == [None]
    assert figure("postkamer_mails_total", fate="withdrawn") == before + 1


async def test_a_mail_that_is_late_goes_without_its_dead_code(hear, write, relay):
    of = proof(code=-timedelta(seconds=1))
    await hear(task("register", proof=of))

    await write()

    text = (await whole(relay, (await relay.messages())[0]))["text"]
    assert LINKS.proving(of.credential_id, "register") in text
    assert not re.search(r"\b\d{4} \d{4}\b", text)


async def test_a_mail_goes_to_the_address_meant_whatever_the_persons_is(hear, world, write, relay):
    """I-08: the new address confirms, the old one is told."""
    who = new_id()
    await hear(world.person(who, email="old@korenaar.example"))
    of = proof("email_confirm", code=None)
    await hear(task("email_confirm", person_id=who, recipient="new@korenaar.example", proof=of))
    await hear(task("email_changed", person_id=who, recipient="old@korenaar.example"))

    await write()

    to = {mail["to"][0] for mail in await relay.messages()}
    assert to == {"new@korenaar.example", "old@korenaar.example"}


async def test_a_ticket_leads_to_the_newest_document(hear, write, relay):
    ticket, asked_at = new_id(), now()
    await hear(task("shared", ticket=ticket, asked_at=asked_at, facts={"by": "An"}))

    await write()

    text = (await whole(relay, (await relay.messages())[0]))["text"]
    assert f"\n{LINKS.to(ticket, asked_at.date())}\n" in text.replace("\r\n", "\n")


async def test_who_registered_meanwhile_is_not_invited_again(hear, world, write, relay):
    """I-11, I-16."""
    who = new_id()
    await hear(world.person(who, registered=True))
    await hear(task("invitation", person_id=who, ticket=new_id()))

    await write()

    text = (await whole(relay, (await relay.messages())[0]))["text"]
    assert "/register" not in text
    assert "meld u aan" in text


async def test_a_mail_is_in_its_readers_language_else_the_issuers(hear, world, write, relay):
    await hear(world.issuer(version=2, language="de"))
    await hear(task(language="fr", recipient="fr@korenaar.example"))
    await hear(task(language=None, recipient="de@korenaar.example"))

    await write()

    subjects = {mail["to"][0]: mail["subject"] for mail in await relay.messages()}
    assert subjects["fr@korenaar.example"].startswith("Le ")
    assert subjects["de@korenaar.example"].startswith("Das ")


@pytest.mark.parametrize(
    ("asked", "pointer"), [(task("no_such_kind"), "/kind"), (task("reset"), "/proof")]
)
async def test_what_there_are_no_words_for_is_parked_with_the_reason(hear, rows, asked, pointer):
    await hear(asked)

    (parked,) = hear.fates.parked
    assert parked.problems[0].pointer == pointer
    assert await rows(Letter) == []


async def test_those_that_somebody_waits_for_come_first(hear, database):
    for kind in ("shared", "password_changed", "shared"):
        await hear(task(kind, ticket=new_id()))
    await hear(task("reset", proof=proof("reset")))
    await hear(task("register", proof=proof()))

    async with database.transaction() as session:
        claimed = await the_work().claim(session, 3)

    assert [each.facts.kind for each in claimed] == ["reset", "register", "shared"]


async def test_a_hundred_letters_about_documents_hold_none_of_them_up(
    hear, world, write, relay, database
):
    main, shared = new_id(), [new_id() for _ in range(100)]
    await hear(world.person(main))
    since = now()
    await hear(world.snapshot(main=(main, since), shared=[(each, since, True) for each in shared]))
    for each in shared:
        await hear(world.person(each))
    await hear(world.document(now()))
    await hear(task("reset", proof=proof("reset")))

    assert len(await write()) == 1

    (mail,) = await relay.messages()
    assert mail["to"] == ["els@korenaar.example"]
    async with database.transaction() as session:
        of_documents = await the_work(SENDING).claim(session, 1_000)
    assert of_documents
    assert all(each.document_id for each in of_documents)


async def test_they_have_lines_of_their_own(held):
    used = []

    class Spy:
        def __init__(self, name):
            self.name = name

        async def submit(self, _envelope, *, before_dot):
            used.append(self.name)
            await before_dot()
            return Reply(250, None, "ok")

    settings = impatient()
    assert settings.smtp_connections_to_people >= 1
    gateways = replace(held, mailer=Spy("documents"), personal_mailer=Spy("people"))

    async def mark():
        pass

    facts = make.to_person("password_changed")
    piece = Claimed(facts.letter_id, 1, None, 0, facts, marked=False, trail=Trail("x"))
    await the_work().act(piece, gateways, mark)

    assert used == ["people"]


async def test_a_letter_waits_for_an_issuer_nobody_has_told_of_yet(hear, world, write, relay):
    await hear(task(issuer="dl9"))
    assert await write() == []

    await hear(world.issuer(issuer="dl9", name="Wolkenhof"))

    assert len(await write()) == 1
    assert (await relay.messages())[0]["subject"].count("Wolkenhof") == 1


async def test_a_relay_that_says_later_is_tried_again_and_then_given_up(
    hear, write, relay, letter, due_now
):
    await hear(task())
    await relay.set_faults(rcpt={".*": "451 4.3.0 try later"})

    for _ in range(3):
        await write()
        await due_now()

    found = await letter()
    assert (found.state, found.tries) == (State.REFUSED, 3)
    assert "451" in found.reason
    assert await write() == []


async def test_a_lost_answer_is_asked_about_and_nothing_is_sent_twice(
    hear, write, relay, letter, due_now
):
    await hear(task("register", proof=proof()))
    await relay.set_faults(drop_after_dot=1.0)
    (lost,) = await write()
    assert isinstance(lost, Lost)
    assert (await letter()).state is State.UNKNOWN

    await relay.set_faults()
    await due_now()
    (found,) = await write()

    assert isinstance(found, Answered)
    assert (await letter()).state is State.SENT
    assert len(await relay.messages()) == 1


async def test_a_letter_the_relay_never_had_is_sent_again(hear, write, relay, letter, changes):
    """A process died between its mark and the dot: marked, but not there."""
    await hear(task())
    await changes(marked_at=now())

    (asked,) = await write()
    (sent,) = await write()

    assert isinstance(asked, Absent)
    assert isinstance(sent, Answered)
    assert (await letter()).state is State.SENT
    assert len(await relay.messages()) == 1


async def test_a_letter_of_a_process_that_died_before_its_mark_is_taken_up_again(
    hear, write, relay, database, changes
):
    await hear(task())
    async with database.transaction() as session:
        assert len(await the_work(lease_seconds=600).claim(session, 10)) == 1
    assert await write() == []

    await changes(leased_until=now() - timedelta(seconds=1))

    assert len(await write()) == 1
    assert len(await relay.messages()) == 1


async def test_a_process_that_died_between_dot_and_note_sends_nothing_twice(
    hear, write, held, relay, database, due_now, letter
):
    await hear(task())
    the = the_work()
    async with database.transaction() as session:
        (claimed,) = await the.claim(session, 1)

    async def mark():
        async with database.transaction() as session:
            await the.mark(session, [claimed])

    await the.act(claimed, held, mark)
    await due_now()
    (found,) = await write()

    assert found.reason == "the relay has it, though its answer was lost"
    assert (await letter()).state is State.SENT
    assert len(await relay.messages()) == 1


async def test_without_a_witness_a_lost_answer_is_held_and_never_sent_twice(
    hear, write, held, relay, letter, due_now
):
    blind = replace(held, evidence=None)
    await hear(task())
    await relay.set_faults(drop_after_dot=1.0)
    await write(blind)

    await relay.set_faults()
    await due_now()
    (outcome,) = await write(blind)

    assert isinstance(outcome, Held)
    assert ((await letter()).state, (await letter()).due_at) == (State.UNKNOWN, None)
    assert len(await relay.messages()) == 1


async def test_only_the_last_claim_may_mark_and_settle(hear, database, due_now, letter):
    await hear(task())
    the = the_work()
    async with database.transaction() as session:
        (slow,) = await the.claim(session, 10)
    await due_now()
    async with database.transaction() as session:
        (quick,) = await the.claim(session, 10)

    async with database.transaction() as session:
        assert await the.mark(session, [slow, quick]) == [False, True]
    async with database.transaction() as session:
        accepted = Answered(Fate.ACCEPTED, "250")
        await the.settle(session, [(slow, Lost("late")), (quick, accepted)])

    assert (await letter()).state is State.SENT


async def test_every_try_carries_the_same_message_id_link_and_code(hear, world, database, due_now):
    await hear(task("register", proof=proof()))
    the = the_work()
    async with database.transaction() as session:
        (first,) = await the.claim(session, 10)
    await hear(world.issuer(version=2, sender="other@meridiaan.example"))
    await due_now()

    async with database.transaction() as session:
        (second,) = await the.claim(session, 10)

    assert (first.facts.link, first.facts.code) == (second.facts.link, second.facts.code)
    assert message_id(first.letter_id, first.facts.sender) == message_id(
        second.letter_id, second.facts.sender
    )


async def test_two_crews_send_nothing_twice(hear, database, held, relay):
    for _ in range(20):
        await hear(task())
    stopping = asyncio.Event()
    crews = [Workers(the_work(), database, held) for _ in range(2)]
    running = [asyncio.create_task(crew.run(stopping)) for crew in crews]

    async with asyncio.timeout(30):
        while len(await relay.messages(limit=100)) < 20:  # noqa: ASYNC110
            await asyncio.sleep(0.05)
    stopping.set()
    await asyncio.gather(*running)
    for crew in crews:
        await crew.drain()

    mails = await relay.messages(limit=100)
    assert len(mails) == 20
    assert max(Counter(mail["message_id"] for mail in mails).values()) == 1


async def test_a_bad_address_stops_and_later_mails_to_it_are_refused_with_the_reason(
    hear, write, relay, rows, database
):
    """N-09: no address that bounces have stopped is passed over silently."""
    await hear(task())
    await relay.set_faults(rcpt={"^els@": "550 5.1.1 no such user"})
    await write()
    await relay.set_faults()
    await hear(task("reset", recipient="Els@Korenaar.example", proof=proof("reset")))

    assert await write() == []

    first, second = sorted(await rows(Letter), key=lambda each: each.id)
    assert first.reason == "bad_address: 550 5.1.1 no such user"
    assert (second.state, second.tries, second.due_at) == (State.REFUSED, 0, None)
    assert second.reason == f"bad_address: stopped since {now():%Y-%m-%d}, 550 5.1.1 no such user"
    assert await relay.messages() == []
    async with database.transaction() as session:
        assert await said(session, LetterUndeliverable) == []
        stopped = await mailbox_queries.stopped_mailboxes(session, "dl5", None, 10)
        of_others = await mailbox_queries.stopped_mailboxes(session, "dl9", None, 10)
    assert ([each.address for each in stopped], of_others) == (["els@korenaar.example"], [])


async def test_a_mail_to_a_paused_domain_waits(hear, write, letter, database):
    """N-09."""
    await hear(task())
    async with database.transaction() as session:
        until = now() + timedelta(hours=1)
        session.add(PausedDomain(domain="korenaar.example", reason="policy: no", until=until))

    assert await write() == []

    found = await letter()
    assert (found.state, found.tries, found.due_at) == (State.DEFERRED, 0, until)
    assert found.reason == "policy: domain paused, no"


async def test_a_mail_that_comes_back_is_known_by_its_return_path_and_stops_its_address(
    hear, write, relay, held, letter, rows, database
):
    """N-09."""
    paths = ReturnPaths("bounce.test", [KEY])
    await hear(task())
    await write(replace(held, return_paths=paths))
    mail = await whole(relay, (await relay.messages())[0])

    letter_id = paths.letter_of(mail["envelope_from"])
    came_back = Failed("1", Reply.read(550, "5.1.1 no such user"), None)
    for _ in range(2):
        async with database.transaction() as session:
            await bounces.take_in(session, letter_id, came_back, forbearance=FORBEARANCE)

    assert (await letter()).id == letter_id
    assert (await letter()).state is State.BOUNCED
    assert [each.address for each in await rows(Mailbox)] == ["els@korenaar.example"]
    assert len(await rows(Report)) == 1
    async with database.transaction() as session:
        assert await said(session, LetterUndeliverable) == []


async def test_a_mail_from_a_full_mailbox_is_written_again(
    hear, write, relay, letter, database, due_now
):
    """N-09."""
    await hear(task())
    await write()
    full = Failed("1", Reply.read(552, "5.2.2 mailbox full"), None)
    async with database.transaction() as session:
        await bounces.take_in(session, (await letter()).id, full, forbearance=FORBEARANCE)
    assert (await letter()).state is State.DEFERRED

    await due_now()
    await write()

    assert len(await relay.messages()) == 2
    assert (await letter()).state is State.SENT


async def test_a_refused_mail_can_be_sent_again_once_its_address_is_freed(
    hear, write, relay, database
):
    await hear(task())
    await relay.set_faults(rcpt={"^els@": "550 5.1.1 no such user"})
    await write()
    await relay.set_faults()

    async def resend():
        async with database.transaction() as session:
            return await resending.resend_page(session, Wanted(fate="bad_address"), None)

    kept_back = await resend()
    async with database.transaction() as session:
        assert await resending.free_address(session, "els@korenaar.example")
    owed = await resend()
    await write()

    assert (kept_back.owed, kept_back.stopped, owed.owed) == (0, 1, 1)
    assert len(await relay.messages()) == 1


async def test_an_erased_persons_waiting_mails_are_cleared_but_the_last_one_goes(
    hear, world, write, relay, rows
):
    """Decision 17."""
    who = new_id()
    await hear(world.person(who))
    await hear(task("register", person_id=who, proof=proof()))
    await hear(task("shared", person_id=who, ticket=new_id(), facts={"by": "An Peeters"}))
    await hear(task("erased", person_id=who))

    await hear(world.person(who, version=2, email=None, first_name=None, state="erased"))
    states = {each.kind: each.state for each in await rows(Letter)}
    words = [each for each in await rows(Writing) if each.recipient or each.facts]
    await write()

    assert states == {"register": "withdrawn", "shared": "withdrawn", "erased": "owed"}
    assert len(words) == 1
    (mail,) = await relay.messages()
    assert "gewist" in mail["subject"]
    everything = ""
    for noun in (Letter, LetterHistory, Writing, Mailbox):
        everything += str([vars(each) for each in await rows(noun)])
    for personal in ("els@", "Els", "Maes", "Peeters"):
        assert personal not in everything


async def test_the_last_mail_goes_though_it_is_heard_of_after_the_erasure_and_others_do_not(
    hear, world, write, relay, rows
):
    """Decision 17."""
    who = new_id()
    await hear(world.person(who, email=None, state="erased"))
    await hear(task("erased", person_id=who))
    await hear(task("shared", person_id=who, ticket=new_id()))

    await write()

    assert [each.kind for each in await rows(Letter)] == ["erased"]
    assert len(await relay.messages()) == 1


async def test_a_mail_owed_at_the_moment_of_an_erasure_is_withdrawn_before_it_is_sent(
    hear, world, write, database, letter, rows
):
    """Neither transaction saw the other; whoever claims it sees both."""
    who = new_id()
    await hear(world.person(who))
    await hear(task(person_id=who))
    async with database.transaction() as session:
        await session.execute(sa.update(Person).values(state="erased", email=None))

    assert await write() == []

    assert (await letter()).state is State.WITHDRAWN
    assert [each.recipient for each in await rows(Writing)] == [None]


async def test_a_mail_in_hand_is_not_sent_to_who_is_erased_meanwhile(hear, world, database, letter):
    who = new_id()
    await hear(world.person(who))
    await hear(task(person_id=who))
    the = the_work()
    async with database.transaction() as session:
        (claimed,) = await the.claim(session, 1)

    await hear(world.person(who, version=2, email=None, state="erased"))

    async with database.transaction() as session:
        assert await the.mark(session, [claimed]) == [False]
    assert (await letter()).state is State.WITHDRAWN


async def test_the_last_mail_is_forgotten_even_when_nobody_takes_it(hear, write, relay, rows):
    """Decision 17."""
    await hear(task("erased"))
    await relay.set_faults(rcpt={".": "550 5.7.1 <els@korenaar.example> is not welcome"})

    await write()

    (found,) = await rows(Letter)
    assert (found.state, found.sent_to) == (State.REFUSED, None)
    kept = [vars(each) for noun in (Letter, LetterHistory, Writing) for each in await rows(noun)]
    assert "els@" not in str(kept)


async def test_what_a_server_repeats_of_an_address_is_in_no_log(hear, write, relay):
    await hear(task())
    await relay.set_faults(rcpt={".": "451 4.3.0 <els@korenaar.example> later"})

    with structlog.testing.capture_logs() as logged:
        await write()

    assert "later" in str(logged)
    assert "els@" not in str(logged)


async def test_old_mails_and_what_they_said_are_forgotten(hear, write, rows, database, changes):
    await hear(task())
    await write()
    waiting = task("shared", ticket=new_id())
    await hear(waiting)

    async with database.transaction() as session:
        await session.execute(sa.update(Writing).values(asked_at=now() - timedelta(days=31)))
    async with database.transaction() as session:
        await bounces.sweep(session)
    words = {each.letter_id: each.recipient for each in await rows(Writing)}
    await changes(updated_at=now() - timedelta(days=401))
    async with database.transaction() as session:
        await forgetting.forget_letters(session, timedelta(days=400))
        again = await said(session, ForgetLetters)

    assert sorted(words.values(), key=str) == [None, "els@korenaar.example"]
    assert [each.kind for each in await rows(Letter)] == ["shared"]
    assert len(await rows(Writing)) == 1
    assert await rows(LetterHistory) == []
    assert again == []


async def test_mails_are_counted_by_kind_and_timed_and_late_ones_are_seen(
    hear, write, database, changes
):
    def counted():
        return [
            figure("postkamer_letters_to_people_total", kind="password_changed"),
            figure("postkamer_letters_to_people_seconds_count"),
            figure("postkamer_mails_total", fate="accepted"),
        ]

    before = counted()
    await hear(task())
    await changes(due_at=now() - timedelta(seconds=90))
    async with database.transaction() as session:
        await counting.count_letters(session)
    late = figure("postkamer_letters_oldest_due_seconds")
    waiting = figure("postkamer_letters_waiting", state="owed")
    await write()

    assert [after - then for after, then in zip(counted(), before, strict=True)] == [1, 1, 1]
    assert 89 < late < 120
    assert waiting == 1
    assert measures.letters_to_people


async def test_a_letter_follows_the_trail_of_what_asked_for_it(hear, write, relay):
    await hear(task(), correlation_id="registration-7")

    await write()

    mail = await whole(relay, (await relay.messages())[0])
    assert dict(mail["headers"])["X-Correlation-ID"] == "registration-7"


_SETTLED = """
insert into letters (id, event_id, person_id, kind, state, linked_on, tries, claim, updated_at)
select gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), 'shared', 'sent',
       current_date, 1, 1, now()
  from generate_series(1, 2000)
"""
_CLAIM = """
explain select id from letters
 where document_id is null and due_at <= now()
   and (leased_until is null or leased_until < now())
 order by (kind = any(array['reset'])) desc, due_at limit 10 for update skip locked
"""


async def test_claiming_looks_at_no_letter_that_was_sent_nor_at_any_document(hear, database):
    await hear(task())
    async with database.transaction() as session:
        await session.execute(sa.text(_SETTLED))
        await session.execute(sa.text("analyze letters"))

        plan = str((await session.execute(sa.text(_CLAIM))).all())

    assert "letters_to_write_idx" in plan


@pytest.mark.parametrize("first_try", ["451 4.3.0 try later", None])
async def test_a_letter_owed_before_a_change_of_address_goes_to_the_new_one(
    hear, world, relay, database, held, due_now, first_try
):
    """N-08: from the change on, also for what was owed, or tried, before."""
    main = new_id()
    await hear(world.person(main, email="old@readers.example"))
    await hear(world.snapshot(main=(main, now())))
    await hear(world.document(now()))
    the = the_work(SENDING)

    async def send():
        async with database.transaction() as session:
            claimed = await the.claim(session, 10)
        for each in claimed:

            async def mark(each=each):
                async with database.transaction() as session:
                    await the.mark(session, [each])

            outcome = await the.act(each, held, mark)
            async with database.transaction() as session:
                await the.settle(session, [(each, outcome)])

    if first_try:
        await relay.set_faults(rcpt={"^old@": first_try})
        await send()
    await hear(world.person(main, version=2, email="new@readers.example"))
    await due_now()
    await send()

    assert [mail["to"] for mail in await relay.messages()] == [["new@readers.example"]]
