"""Who has a mail can read its document; who has everything else of ours, and no key, cannot."""

import asyncio
import json
import re
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from urllib.parse import quote, urlsplit

import asyncpg
import httpx
import pytest
from tests.overhearing import in_queues, overheard

from chassis.signing import key_from, sign
from chassis.tokens import Tokens, Unauthenticated
from identity.links import ticket_of
from localrun.environment import SERVICES, WITH_MESSAGES

SCANNERS = [
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) SafeLinks",
    "Barracuda Sentinel (EE)",
    "Mozilla/5.0 (compatible; MSIE 9.0) Mimecast",
    "Proofpoint URL Defense",
    "curl/8.5.0",
    "Googlebot/2.1",
    "facebookexternalhit/1.1",
    "Slackbot-LinkExpanding 1.0",
    "WhatsApp/2.23",
    "python-requests/2.31",
]
# What time itself does, whoever looks: a task is said and handled now and then.
BEATS = (
    "report-unknown-recipients", "sweep-uploads", "sweep-renditions", "sweep-bounces",
    "forget-letters", "seal-audit", "forget-access",
)  # fmt: skip
OF_TIME = {"audit_seals"}
WORD = re.compile(r"[A-Za-z0-9_\-.~+/=]{16,}")
JWT = re.compile(r"eyJ[\w-]+\.[\w-]+\.[\w-]*")
SHORTEST, LONGEST = 16, 3000
AT_ONCE = 16


@pytest.fixture
async def published(dl5, customer, invoice, auditor):
    """Return a document that was mailed to a main contact and a shared user."""
    bakery = customer(shared=1)
    await dl5.register(bakery)
    published = await dl5.publish(invoice(bakery), bakery)
    assert await auditor.faults(dl5, [published]) == []
    return bakery, published


@pytest.fixture
def links_in(auditor):
    """Return a function that finds the link of each reader of a document."""

    async def find(published):
        wholes = [await auditor.whole(mail) for mail in await auditor.mails(published.number)]
        return {
            whole["to"][0]: re.findall(r"http://\S+/view/\S+", whole["text"])[0] for whole in wholes
        }

    return find


@pytest.fixture
def forge(suite):
    """Return a function that makes a link as its key's holder could."""
    key = key_from(suite.environment["NOTIFICATIONS_LINK_KEY"])

    def forge(link, *, days_ago=0, purpose="view", key=key):
        base, _, parts = link.rpartition("/")
        ticket = parts.split(".")[0]
        day = (datetime.now(UTC).date() - timedelta(days=days_ago)).isoformat()
        return f"{base}/{ticket}.{day}.{sign(key, ticket, day, purpose)}"

    return forge


async def tables(addresses):
    """Return every row of every table of every service, as text, but what each beat leaves."""
    found = {}
    for service in WITH_MESSAGES:
        server = urlsplit(addresses.postgres)
        connection = await asyncpg.connect(server._replace(path=f"/{service}").geturl())
        try:
            names = await connection.fetch(
                "select tablename from pg_tables where schemaname = 'public' order by 1"
            )
            for (name,) in names:
                if name in OF_TIME:
                    continue
                rows = await connection.fetch(f'select * from "{name}"')  # noqa: S608
                lines = sorted("\t".join(map(_text, row.values())) for row in rows)
                kept = [line for line in lines if not any(beat in line for beat in BEATS)]
                found[f"{service}.{name}"] = kept
        finally:
            await connection.close()
    return found


def _text(value):
    return value.decode(errors="replace") if isinstance(value, bytes) else str(value)


class Burglar:
    """Tries whatever was found, at every door that takes something secret."""

    def __init__(self, suite, client, http):
        self._suite, self._client, self._http = suite, client, http
        self._at_once = asyncio.Semaphore(AT_ONCE)

    async def is_link(self, word):
        """Say whether a word opens a page as the last part of a mail's link."""
        portal = self._suite.addresses.portal
        answer = await self._try(f"{portal}/view/{quote(word, safe='')}")
        return answer.status_code != httpx.codes.NOT_FOUND

    async def is_token(self, word):
        """Say whether a word is a token that documents believes."""
        headers = {"Authorization": f"Bearer {word}"}
        url = self._suite.addresses.documents
        answers = [
            await self._try(f"{url}/v1/{path}", headers=headers) for path in ("newest", "documents")
        ]
        return any(each.status_code != httpx.codes.UNAUTHORIZED for each in answers)

    async def is_secret(self, word):
        """Say whether a word is the secret of a machine."""
        url = f"{self._suite.addresses.identity}/v1/oauth/token"
        asked = {"data": {"grant_type": "client_credentials"}, "auth": (self._client, word)}
        async with self._at_once:
            answer = await self._http.post(url, **asked)
        return answer.status_code != httpx.codes.UNAUTHORIZED

    async def _try(self, url, **how):
        async with self._at_once:
            return await self._http.get(url, **how)


class Locks:
    """What the doors themselves ask of a word, without knocking at each."""

    def __init__(self, suite, http):
        given = suite.environment
        self._keys = [key_from(key) for key in json.loads(given["IDENTITY_LINK_KEYS"])]
        self._tokens = [
            Tokens(
                suite.addresses.identity,
                issuer=given["IDENTITY_PUBLIC_URL"],
                audience=service,
                http=http,
            )
            for service in SERVICES
        ]

    def is_link(self, word):
        """Say whether a word is the last part of a mail's link."""
        return ticket_of(word, self._keys, datetime.now(UTC)) is not None

    async def is_token(self, word):
        """Say whether any service believes a word to be a token."""
        for tokens in self._tokens:
            with suppress(Unauthenticated):
                await tokens.caller(word)
                return True
        return False


async def those_that(open_it, words):
    """Return the words that open something."""
    words = sorted(words)
    opened = await asyncio.gather(*map(open_it, words))
    return [word for word, did in zip(words, opened, strict=True) if did]


def words_in(texts):
    """Return all that looks like a token, a link or a secret, and the parts of what has dots."""
    found = {word for text in texts for word in WORD.findall(text) if len(word) <= LONGEST}
    return found | {part for word in found for part in word.split(".") if len(part) >= SHORTEST}


async def test_twenty_scanners_change_nothing_and_the_reader_still_gets_in(
    suite, published, links_in, http, auditor
):
    _, document = published
    links = list((await links_in(document)).values())
    before = await tables(suite.addresses)

    async def scan(agent, method, link):
        return await http.request(
            method, link, headers={"User-Agent": agent, "Purpose": "prefetch"}
        )

    looks = await asyncio.gather(
        *(
            scan(agent, method, link)
            for agent in SCANNERS
            for method in ("HEAD", "GET")
            for link in links
        )
    )

    assert len(looks) == 40
    assert {look.status_code for look in looks} == {200}
    assert await auditor.quiet() == []
    assert {name for name, rows in before.items() if rows} >= {
        "identity.tickets", "documents.documents", "notifications.letters",
    }  # fmt: skip
    assert await tables(suite.addresses) == before
    for link in links:
        page = await http.get(link)
        assert document.number in page.text
    assert await tables(suite.addresses) == before


async def test_a_link_lives_fifteen_weeks_and_is_good_for_one_purpose(
    published, links_in, http, forge
):
    """Q6"""
    _, document = published
    link, *_ = (await links_in(document)).values()

    async def status(forged):
        return (await http.get(forged)).status_code

    assert await status(forge(link)) == 200
    assert await status(forge(link, days_ago=105)) == 200
    assert await status(forge(link, days_ago=106)) == 404
    assert await status(forge(link, purpose="register")) == 404
    assert await status(forge(link, purpose="unsubscribe")) == 404
    assert await status(forge(link, key=b"another key, of 32 bytes exactly")) == 404


async def test_the_link_of_whom_a_number_is_not_shared_with_any_more_is_dead(
    dl5, published, links_in, http
):
    bakery, document = published
    (reader,) = bakery.shared_users
    link = (await links_in(document))[reader.email]
    assert (await http.get(link)).status_code == 200

    (await dl5.unshare(bakery.number, reader)).raise_for_status()
    ended = await http.get(link)
    (await dl5.share(bakery.number, reader)).raise_for_status()
    shared_again = await http.get(link)

    assert (ended.status_code, shared_again.status_code) == (404, 404)
    assert document.number not in ended.text


async def test_what_is_stored_sent_and_logged_opens_nothing(
    suite, dl5, customer, invoice, auditor, http, links_in
):
    credentials = await suite.admit("dl5")
    bakery = customer(shared=1)
    async with overheard(suite.addresses, "dl5") as said:
        await dl5.register(bakery)
        document = await dl5.publish(invoice(bakery), bakery)
        assert await auditor.faults(dl5, [document]) == []
        links = await links_in(document)
        pages = [await http.get(link) for link in links.values()]
        assert {page.status_code for page in pages} == {200}
    stored = [row for rows in (await tables(suite.addresses)).values() for row in rows]
    lying = await in_queues(suite.addresses, http)
    logs = [path.read_text(errors="replace") for path in (suite.folder / "logs").glob("*.log")]
    assert stored
    assert any(document.document_id in each for each in said)
    assert any("document_published" in each for each in logs)

    last_parts = [link.rpartition("/")[2] for link in links.values()]
    everything = [*stored, *lying, *said, *(line for log in logs for line in log.splitlines())]
    for ticket, _, mac in (part.split(".") for part in last_parts):
        assert not [text for text in everything if mac in text]
        assert any(ticket in text for text in stored)
    assert not [found for text in everything for found in JWT.findall(text)]

    # By the rules themselves: all there is.
    locks = Locks(suite, http)
    claims = {part.rpartition(".")[0] for part in last_parts}
    words = words_in(everything)
    macs = {word for word in words if len(word) == len(sign(b"", ""))}
    assert len(words) > 50
    assert [word for word in words if locks.is_link(word)] == []
    assert [f"{a}.{b}" for a in claims for b in macs if locks.is_link(f"{a}.{b}")] == []
    assert [word for word in words if await locks.is_token(word)] == []

    # At the doors: what has to do with this document.
    facts = [document.document_id, document.number, bakery.number, *document.readers]
    facts += [part.split(".")[0] for part in last_parts]
    near = words_in([text for text in everything if any(fact in text for fact in facts)])
    burglar = Burglar(suite, credentials.client["client_id"], http)
    assert len(near) > 10
    assert await those_that(burglar.is_link, near) == []
    assert await those_that(burglar.is_token, near) == []
    assert await those_that(burglar.is_secret, near) == []

    # And he would have got in, had there been anything to find.
    token = dl5.http.headers["Authorization"].removeprefix("Bearer ")
    secret = credentials.client["client_secret"]
    assert all(locks.is_link(part) for part in last_parts)
    assert await locks.is_token(token)
    assert await those_that(burglar.is_link, [*last_parts, "x"]) == sorted(last_parts)
    assert await those_that(burglar.is_token, [token, "x"]) == [token]
    assert await those_that(burglar.is_secret, [secret, "x"]) == [secret]
