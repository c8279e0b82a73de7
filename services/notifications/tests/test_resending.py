"""Letters that were refused or came back go out again when staff say so."""

import argparse
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from chassis.command_line import StepRefused, obey
from chassis.identifiers import new_id, now
from notifications import resending
from notifications.app import service as the_service
from notifications.models import Letter, LetterHistory, Mailbox, State
from notifications.resending import Wanted

REASONS = {
    "gone": "bad_address: 550 5.1.1 no such user",
    "blocked": "policy: 550 5.7.1 blocked",
    "full": "mailbox_full: 552 5.2.2 full",
}


@pytest.fixture
async def letters(hear, world, database):
    """Refuse or bounce three letters of one document for three reasons; return them by name."""
    people = {name: new_id() for name in REASONS}
    await hear(world.issuer())
    for name, person_id in people.items():
        await hear(world.person(person_id, email=f"{name}@korenaar.example"))
    shared = [(person_id, now(), True) for person_id in people.values()]
    await hear(world.snapshot(shared=shared))
    await hear(world.document(now()))
    async with database.transaction() as session:
        found = {each.person_id: each for each in await session.scalars(sa.select(Letter))}
        for name, person_id in people.items():
            state = State.REFUSED if name == "gone" else State.BOUNCED
            found[person_id].become(state, now() - timedelta(hours=1), REASONS[name])
            found[person_id].tries = 4
            found[person_id].sender = "facturen@meridiaan.example"
    return {name: found[person_id] for name, person_id in people.items()}


@pytest.fixture
def resend(database, monkeypatch):
    monkeypatch.setattr(resending, "PAGE", 2)

    async def all_of(**wanted):
        after, owed, stopped = None, 0, 0
        while True:
            async with database.transaction() as session:
                page = await resending.resend_page(session, Wanted(**wanted), after)
            owed, stopped, after = owed + page.owed, stopped + page.stopped, page.after
            if after is None:
                return owed, stopped

    return all_of


@pytest.fixture
def states(database, letters):
    async def now_():
        async with database.transaction() as session:
            found = {each.id: each for each in await session.scalars(sa.select(Letter))}
        return {name: found[letter.id].state for name, letter in letters.items()}

    return now_


def stop(database, address):
    async def stopping():
        async with database.transaction() as session:
            session.add(
                Mailbox(
                    address=address,
                    fate="bad_address",
                    reason=REASONS["gone"],
                    events=1,
                    last_at=now(),
                    stopped_at=now(),
                )
            )

    return stopping()


async def test_letters_refused_for_one_reason_are_owed_again(letters, resend, states, database):
    assert await resend(fate="policy") == (1, 0)

    assert await states() == {
        "gone": State.REFUSED, "blocked": State.OWED, "full": State.BOUNCED
    }  # fmt: skip
    async with database.transaction() as session:
        again = await session.get(Letter, letters["blocked"].id)
        history = (await session.scalars(sa.select(LetterHistory))).all()
    assert (again.tries, again.reason, again.sender) == (0, None, "facturen@meridiaan.example")
    assert again.due_at <= now()
    assert [(each.state, each.detail) for each in history] == [(State.OWED, "to be sent again")]


async def test_all_letters_of_a_document_go_page_by_page(letters, resend, states):
    document_id = letters["gone"].document_id

    assert await resend(document_id=document_id) == (3, 0)

    assert set((await states()).values()) == {State.OWED}
    assert await resend(document_id=document_id) == (0, 0)


async def test_one_letter_alone_is_owed_again(letters, resend, states):
    assert await resend(letter_id=letters["full"].id) == (1, 0)

    assert [name for name, state in (await states()).items() if state is State.OWED] == ["full"]


@pytest.mark.usefixtures("letters")
async def test_only_what_failed_since_a_moment_is_owed_again(resend):
    assert await resend(since=now()) == (0, 0)
    assert await resend(since=now() - timedelta(hours=2)) == (3, 0)


async def test_a_letter_that_was_sent_is_never_sent_again(letters, resend, database):
    async with database.transaction() as session:
        await session.execute(sa.update(Letter).values(state=State.SENT))

    assert await resend(document_id=letters["gone"].document_id) == (0, 0)


async def test_a_stopped_address_has_to_be_freed_first(letters, resend, states, database):
    """N-09"""
    document_id = letters["gone"].document_id
    await stop(database, "gone@korenaar.example")

    held = await resend(document_id=document_id)
    async with database.transaction() as session:
        freed = await resending.free_address(session, "Gone@Korenaar.example")
        again = await resending.free_address(session, "gone@korenaar.example")

    assert held == (2, 1)
    assert (freed, again) == (True, False)
    assert await resend(document_id=document_id) == (1, 0)
    assert set((await states()).values()) == {State.OWED}


@pytest.fixture
def at_the_keyboard(monkeypatch, database_url):
    """Run a command as ops would; return its exit code."""
    for name, value in {
        "HTTP_PORT": "1",
        "IDENTITY_URL": "http://identity.test",
        "DATABASE_URL": database_url,
        "AMQP_URL": "amqp://unused/",
        "PORTAL_URL": "http://portal.test",
        "LINK_KEY": "a2tra2tra2tra2tra2tra2tra2tra2tra2tra2tra2s",
        "DOCUMENTS_URL": "http://documents.test",
        "CLIENT_ID": "notifications",
        "CLIENT_SECRET": "unused",
        "SMTP_HOST": "127.0.0.1",
        "SMTP_PORT": "1",
    }.items():
        monkeypatch.setenv(f"NOTIFICATIONS_{name}", value)

    async def run(*words):
        commands = {each.name: each for each in the_service.commands}
        parser = argparse.ArgumentParser()
        commands[words[0]].configure(parser)
        return await commands[words[0]].run(the_service.settings(), parser.parse_args(words[1:]))

    return run


async def test_ops_send_again_and_free_by_command(
    letters, at_the_keyboard, states, database, capsys
):
    await stop(database, "gone@korenaar.example")

    assert await at_the_keyboard("resend", "--since", f"{datetime.now(UTC):%Y-%m-%d}") == 0
    told = capsys.readouterr().out
    assert await at_the_keyboard("free-address", "GONE@korenaar.example ") == 0
    assert await at_the_keyboard("resend", "--letter", str(letters["gone"].id)) == 0

    assert "2 to be sent again" in told
    assert "1 not: their address is stopped" in told
    assert set((await states()).values()) == {State.OWED}


async def test_a_command_that_would_send_everything_again_is_refused(at_the_keyboard):
    with pytest.raises(StepRefused):
        await at_the_keyboard("resend")


async def test_an_address_that_is_not_stopped_cannot_be_freed(at_the_keyboard):
    with pytest.raises(StepRefused):
        await at_the_keyboard("free-address", "els@korenaar.example")


def test_the_commands_are_offered(capsys):
    with pytest.raises(SystemExit):
        obey(the_service, ["--help"])

    assert "resend" in (told := capsys.readouterr().out)
    assert "free-address" in told
