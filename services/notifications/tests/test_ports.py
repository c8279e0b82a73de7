"""A report that comes back over the port is in the database before it is answered for."""

import asyncio
import smtplib
from types import SimpleNamespace

import pytest
import sqlalchemy as sa

from chassis.database import Database
from chassis.identifiers import new_id, now
from notifications.models import Letter, Mailbox, State
from notifications.ports import ports
from notifications.return_path import ReturnPaths
from notifications.settings import Settings

KNOBS = {
    "http_port": 1,
    "identity_url": "http://identity.test",
    "database_url": "unused",
    "amqp_url": "unused",
    "portal_url": "http://portal.test",
    "link_key": "a2tra2tra2tra2tra2tra2tra2tra2tra2tra2tra2s",
    "documents_url": "http://documents.test",
    "client_id": "notifications",
    "client_secret": "unused",
    "smtp_host": "127.0.0.1",
    "smtp_port": 1,
    "bounce_domain": "bounce.test",
    "bounce_port": 0,
}
PATHS = ReturnPaths("bounce.test", [b"k" * 32])
GATEWAYS = SimpleNamespace(return_paths=PATHS)
REPORT = (
    b"From: MAILER-DAEMON@relay.test\r\nMessage-ID: <1@relay.test>\r\n"
    b"Content-Type: multipart/report; report-type=delivery-status; boundary=x\r\n\r\n--x\r\n"
    b"Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; relay.test\r\n\r\n"
    b"Action: failed\r\nStatus: 5.1.1\r\nDiagnostic-Code: smtp; 550 5.1.1 no such user\r\n\r\n"
    b"--x--\r\n"
)


@pytest.fixture
async def opened(database):
    """Open the port; with another database than the real one, if need be."""
    doors = []

    async def open_(database=database):
        (door,) = ports(Settings(**KNOBS), database.transaction, GATEWAYS)
        await door.open()
        doors.append(door)
        return door

    yield open_
    for door in doors:
        await door.close()


@pytest.fixture
async def sent(hear, world, database):
    """Return a letter that was sent."""
    main = new_id()
    await hear(world.issuer())
    await hear(world.person(main, email="els@korenaar.example"))
    await hear(world.snapshot(main=(main, now())))
    await hear(world.document(now()))
    async with database.transaction() as session:
        letter = (await session.scalars(sa.select(Letter))).one()
        letter.become(State.SENT, now())
        letter.sent_to = "els@korenaar.example"
    return letter


@pytest.fixture
def stands(database):
    async def now_():
        async with database.transaction() as session:
            letter = (await session.scalars(sa.select(Letter))).one()
            stopped = (await session.scalars(sa.select(Mailbox))).all()
        return letter.state, len(stopped)

    return now_


async def bring(door, letter, content=REPORT):
    def deliver():
        with smtplib.SMTP("127.0.0.1", door.port, local_hostname="relay.test", timeout=10) as line:
            line.ehlo()
            line.mail("")
            return line.rcpt(PATHS.of(letter.id))[0], line.data(content)[0]

    return await asyncio.to_thread(deliver)


async def test_a_report_on_the_port_bounces_its_letter(opened, sent, stands):
    """N-09"""
    assert await bring(await opened(), sent) == (250, 250)

    assert await stands() == (State.BOUNCED, 1)


async def test_while_the_database_is_away_the_report_is_asked_to_come_again(opened, sent, stands):
    away = Database("postgresql+asyncpg://nobody@127.0.0.1:1/nothing", connections=1)

    assert await bring(await opened(away), sent) == (250, 451)
    assert await stands() == (State.SENT, 0)
    assert await bring(await opened(), sent) == (250, 250)
    assert await stands() == (State.BOUNCED, 1)
    await away.close()


async def test_what_is_no_report_is_taken_and_changes_nothing(opened, sent, stands):
    holiday = b"Subject: Afwezig\r\nAuto-Submitted: auto-replied\r\n\r\nTot maandag.\r\n"

    assert await bring(await opened(), sent, holiday) == (250, 250)

    assert await stands() == (State.SENT, 0)


async def test_many_reports_at_once_for_one_letter_count_once(opened, sent, stands, database):
    door = await opened()

    answers = await asyncio.gather(*(bring(door, sent) for _ in range(8)))

    assert set(answers) == {(250, 250)}
    assert await stands() == (State.BOUNCED, 1)
    async with database.transaction() as session:
        assert (await session.scalars(sa.select(Mailbox.events))).all() == [1]


def test_without_a_port_there_is_none_and_a_port_needs_its_domain():
    assert ports(Settings(**KNOBS | {"bounce_port": None}), None, GATEWAYS) == ()
    with pytest.raises(ValueError, match="bounce_port"):
        Settings(**KNOBS | {"bounce_domain": None})
