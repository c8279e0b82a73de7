"""Letters carry the files their readers want, from the archive, through a real relay."""

import asyncio
from datetime import UTC, datetime

import httpx
import pytest
import sqlalchemy as sa
from services.notifications.tests.archive import PDF, XML, FakeArchive
from services.notifications.tests.one_round import impatient, one_round

from chassis.identifiers import new_id, now
from chassis.testing import figure
from notifications import bounces
from notifications.bounces import Forbearance
from notifications.composing import Letterpress, message_id
from notifications.dsn import Failed
from notifications.enclosing import Enclosures
from notifications.evidence import Postbox
from notifications.gateways import Gateways
from notifications.in_hand import Answered, Awaiting, Lost
from notifications.mailer import Mailer, Relay
from notifications.models import Letter, LetterHistory, State
from notifications.replies import Reply
from notifications.work import work

BEFORE = datetime(2026, 1, 1, tzinfo=UTC)
TOO_LARGE = "552 5.3.4 message too big"


@pytest.fixture
def there():
    return FakeArchive()


@pytest.fixture
async def held(relay, there):
    """Return the gateways, with an archive and a relay that can be asked."""
    mailer = Mailer(Relay(host="127.0.0.1", port=relay.port, own_name="t.example"), connections=4)
    witness = Postbox("http://postbox.example")
    witness._client = relay.http
    enclosures = Enclosures(there.archive(), most_mib=1, kept_mib=8, in_hand=4)
    yield Gateways(press=Letterpress(), mailer=mailer, evidence=witness, enclosures=enclosures)
    await mailer.close()
    await enclosures.close()


@pytest.fixture
def send(database, held):
    """Claim what is due, act on it and settle it, once; return what came of each."""

    async def once():
        return await one_round(database, work(impatient())[0], held)

    return once


@pytest.fixture
def publish(hear, world, there):
    """Publish a document with files to its readers; return it and the readers by name."""

    async def published(files=None, attach=("pdf", "xml"), own=None, language="nl", **changed):
        people = {name: new_id() for name in ("main", "follows", *(own or {}))}
        await hear(world.issuer())
        for name, each in people.items():
            await hear(world.person(each, email=f"{name}@readers.example", language=language))
        shared = [(each, BEFORE, True) for name, each in people.items() if name != "main"]
        chosen = {people[name]: kinds for name, kinds in (own or {}).items()}
        main = (people["main"], BEFORE)
        await hear(world.snapshot(main=main, shared=shared, attach=attach, own=chosen))
        document = world.document(now(), **changed)
        there.keep(document.document_id, **files or {"original_pdf": PDF, "original_xml": XML})
        await hear(document)
        return document, people

    return published


@pytest.fixture
def mails(relay):
    """Return each mail that came, by who got it: its text and the files that came with it."""

    async def by_reader():
        found = {}
        for each in await relay.messages():
            said = (await relay.http.get(f"/api/messages/{each['id']}")).json()
            files = {
                file["name"]: (file["media_type"], file["sha256"]) for file in said["attachments"]
            }
            name = each["to"][0].partition("@")[0]
            assert name not in found, f"{name} got two"
            found[name] = (" ".join(said["text"].split()), files)
        return found

    return by_reader


@pytest.fixture
def letters(database):
    """Return the letters there are, by their reader."""

    async def by_reader(people):
        names = {each: name for name, each in people.items()}
        async with database.transaction() as session:
            found = (await session.scalars(sa.select(Letter))).all()
        return {names[each.person_id]: each for each in found}

    return by_reader


async def due_now(database):
    async with database.transaction() as session:
        waiting = sa.update(Letter).where(Letter.due_at.is_not(None))
        await session.execute(waiting.values(due_at=now(), leased_until=None))


async def test_each_reader_gets_the_files_they_want(publish, send, mails, letters, there):
    """D-03 N-07: PDF and XML, one of them, or a link only; per recipient and number."""
    document, people = await publish(own={"xml": ("xml",), "link": ()})
    pdf, xml = (each["sha256"] for each in there.files[str(document.document_id)])

    await send()

    found = await mails()
    both = {
        "original_pdf.pdf": ("application/pdf", pdf),
        "original_xml.xml": ("application/xml", xml),
    }
    assert found["main"][1] == found["follows"][1] == both
    assert found["xml"][1] == {"original_xml.xml": ("application/xml", xml)}
    assert found["link"][1] == {}
    assert "De pdf en de xml zitten bij deze mail." in found["main"][0]
    assert "De xml zit bij deze mail" in found["xml"][0]
    assert "pdf" not in found["link"][0]
    noted = {name: each.attached for name, each in (await letters(people)).items()}
    assert noted == {"main": "pdf xml", "follows": "pdf xml", "xml": "xml", "link": None}
    assert set(there.asked.values()) == {1}


async def test_without_a_pdf_each_reader_gets_a_rendition_in_their_language(
    publish, send, mails, there
):
    """N-07 N-03"""
    document, _ = await publish(
        files={"original_xml": XML}, attach=("pdf",), language="fr", number="2026/0042"
    )
    there.rendered(document.document_id, "fr", b"%PDF fr")

    await send()

    text, files = (await mails())["main"]
    assert list(files) == ["2026_0042.pdf"]
    assert "Le PDF est joint à cet e-mail." in text


async def test_files_too_large_are_left_out_and_the_mail_says_so(publish, send, mails, letters):
    """N-07: falls back to the link."""
    _, people = await publish(files={"original_pdf": b"x" * (1024 * 1024 + 1)}, attach=("pdf",))

    await send()

    text, files = (await mails())["main"]
    assert files == {}
    assert "De bestanden zijn te groot voor een mail." in text
    assert (await letters(people))["main"].attached == "too_large"


async def test_what_the_document_has_not_is_said(publish, send, mails):
    await publish(files={"original_pdf": PDF})

    await send()

    text, files = (await mails())["main"]
    assert list(files) == ["original_pdf.pdf"]
    assert "De pdf zit bij deze mail. Van dit document is er geen xml." in text


async def test_while_the_archive_is_away_a_letter_waits_and_never_goes_without(
    publish, send, mails, letters, there, database
):
    """N-07"""
    _, people = await publish(own={"link": ()})
    before = figure("postkamer_mails_total", fate="awaiting")
    there.says["/v1/documents"] = httpx.Response(503)

    for _ in range(5):
        assert {type(each) for each in await send()} <= {Awaiting, Answered}
        await due_now(database)

    assert list(await mails()) == ["link"]
    waiting = (await letters(people))["main"]
    assert (waiting.state, waiting.tries, waiting.marked_at) == (State.DEFERRED, 0, None)
    assert waiting.reason.startswith("archive_away: ")
    assert figure("postkamer_mails_total", fate="awaiting") - before == 10

    there.says.clear()
    await send()

    assert (await mails())["main"][1].keys() == {"original_pdf.pdf", "original_xml.xml"}
    assert (await letters(people))["main"].state is State.SENT


async def test_a_letter_that_waits_is_looked_at_again_and_its_history_says_why(
    publish, send, letters, there, database
):
    _, people = await publish()
    there.away()

    await send()

    waits = (await letters(people))["main"].due_at - now()
    assert 0 < waits.total_seconds() <= 30
    async with database.transaction() as session:
        history = (await session.scalars(sa.select(LetterHistory))).all()
    assert {each.detail.partition(":")[0] for each in history} == {"archive_away"}


async def test_a_marked_letter_is_settled_without_the_archive(
    publish, send, mails, letters, there, relay, database
):
    """A process died after the dot: the relay is asked, and nothing is fetched again."""
    _, people = await publish(attach=("pdf",))
    await relay.set_faults(drop_after_dot=1.0)
    assert {type(each) for each in await send()} == {Lost}
    asked = there.asked.total()
    there.away()
    await relay.set_faults()
    await due_now(database)

    await send()

    assert there.asked.total() == asked
    assert {each.state for each in (await letters(people)).values()} == {State.SENT}
    assert (await mails())["main"][1].keys() == {"original_pdf.pdf"}


async def test_what_a_relay_finds_too_large_goes_once_more_as_a_link(
    publish, send, mails, letters, relay, there
):
    """N-07"""
    _, people = await publish(own={"link": ()})
    await relay.set_faults(rcpt={"main@.*": TOO_LARGE, "follows@.*": TOO_LARGE})
    await send()
    first = (await letters(people))["main"]
    assert (first.state, first.attached) == (State.DEFERRED, "too_large")
    assert first.reason == f"too_large: {TOO_LARGE}"
    await relay.set_faults()
    there.away()

    await send()

    found = await mails()
    assert found["main"][1] == {}
    assert "te groot voor een mail" in found["main"][0]
    assert (await letters(people))["main"].state is State.SENT


async def test_a_mail_with_a_link_only_that_is_too_large_is_refused(publish, send, letters, relay):
    _, people = await publish(attach=())
    await relay.set_faults(rcpt={".*": TOO_LARGE})

    await send()

    assert {each.state for each in (await letters(people)).values()} == {State.REFUSED}


async def test_what_comes_back_as_too_large_goes_once_more_as_a_link(
    publish, send, letters, database, relay
):
    """N-07: under another Message-ID, for a relay has had the first."""
    _, people = await publish(attach=("pdf",))
    await send()
    letter = (await letters(people))["main"]
    patience = Forbearance((), impatient().domain_pause)

    async def comes_back(key):
        report = Failed(key, Reply(552, "5.3.4", "5.3.4 too big"), None)
        async with database.transaction() as session:
            await bounces.take_in(session, letter.id, report, forbearance=patience)
        return (await letters(people))["main"]

    assert (await comes_back("1")).state is State.DEFERRED
    await send()

    again = (await letters(people))["main"]
    assert (again.state, again.attached, again.resent) == (State.SENT, "too_large", 1)
    ids = {each["message_id"].strip("<>") for each in await relay.messages()}
    assert message_id(letter.id, again.sender, 1).strip("<>") in ids
    # There is nothing left to leave out.
    assert (await comes_back("2")).state is State.BOUNCED


async def test_a_change_of_mind_holds_for_what_is_sent_from_then_on(
    hear, world, publish, send, mails
):
    """D-03 N-08"""
    _, people = await publish(attach=("pdf", "xml"))

    main = (people["main"], BEFORE)
    await hear(world.snapshot(version=2, main=main, attach=("xml",)))
    await send()

    assert (await mails())["main"][1].keys() == {"original_xml.xml"}


async def test_without_files_nothing_is_asked_of_the_archive(publish, send, mails, there):
    await publish(attach=())
    there.away()

    await send()

    assert {name: files for name, (_, files) in (await mails()).items()} == {
        "main": {},
        "follows": {},
    }
    assert (there.asked.total(), there.tokens) == (0, 0)


async def test_a_hostile_file_name_reaches_nobody(publish, send, mails, there):
    """N-07"""
    document, _ = await publish(attach=("pdf",))
    name = "../in\r\nBcc: x@evil.example\u202efdp.exe"
    there.files[str(document.document_id)][0]["name"] = name

    await send()

    ((name, (media_type, _)),) = (await mails())["main"][1].items()
    assert (name, media_type) == ("inBcc_ x@evil_examplefdp_exe.pdf", "application/pdf")


async def test_many_readers_with_files_are_served_from_one_fetch(publish, send, mails, there):
    await publish(own={f"r{turn}": ("pdf", "xml") for turn in range(20)})

    for _ in range(4):
        await send()
        await asyncio.sleep(0.26)

    assert len(await mails()) == 22
    assert set(there.asked.values()) == {1}
