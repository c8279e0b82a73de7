"""Keys are changed while people and machines go on: no token is turned away, no link goes dead."""

import asyncio
import json
import re
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from datetime import timedelta

import httpx
import pytest
from joserfc import jws

from chassis.identifiers import now
from identity.mint import Mint
from localrun.account_holder import FrontDesk, Mailbox
from localrun.replicas import Replica

SIGNING_KEYS, LINK_KEYS = "IDENTITY_SIGNING_KEYS", "IDENTITY_LINK_KEYS"
_PAUSE_SECONDS = 0.02
_FRESH_SECONDS = 1


@pytest.fixture
async def replica(suite):
    """Return a function that makes a replica; all are stopped after the test."""
    async with AsyncExitStack() as stack:

        def make(service):
            made = Replica(suite, service)
            stack.push_async_callback(made.stop)
            return made

        yield make


class Load:
    """Machines and a person who get tokens whenever identity answers, and use them at documents."""

    def __init__(self, client, identity, documents, reader):
        self._login = (client["client_id"], client["client_secret"])
        self._identity, self._documents, self._reader = identity, documents, reader
        self._tokens = {}
        self._stopping = False
        self.answers = []

    def signed_by(self, kid):
        """Return the newest tokens of a key: of a machine and of the person."""
        return [tokens[-1] for tokens in self._tokens[kid].values()]

    @property
    def kids(self):
        return list(self._tokens)

    async def ask(self, http, token):
        """Use a token; return the status of the answer."""
        bearer = {"Authorization": f"Bearer {token}"}
        answer = await http.get(f"{self._documents.url}/v1/documents?limit=1", headers=bearer)
        return answer.status_code

    @asynccontextmanager
    async def going_on(self):
        """Keep asking for tokens and with them, with the newest and the oldest there are."""
        async with httpx.AsyncClient(timeout=30, trust_env=False) as http:
            works = (self._get, self._use, self._sign, self._use)
            at_work = [asyncio.create_task(work(http)) for work in works]
            try:
                yield
            finally:
                self._stopping = True
                await asyncio.gather(*at_work)

    async def _get(self, http):
        while not self._stopping:
            try:
                answer = await http.post(
                    f"{self._identity.url}/v1/oauth/token",
                    data={"grant_type": "client_credentials", "scope": "documents:read"},
                    auth=self._login,
                )
            except httpx.TransportError:
                answer = None
            if answer is not None and answer.is_success:
                self._keep("machine", answer.json()["access_token"])
            await asyncio.sleep(_PAUSE_SECONDS)

    async def _sign(self, _http):
        """Ask for what a portal asks for at each request of someone who is signed in."""
        while not self._stopping:
            try:
                answer = await self._reader.desk.resolve(self._reader.session, "documents")
            except httpx.TransportError:
                answer = None
            if answer is not None:
                assert answer.is_success, answer.text
                self._keep("person", answer.json()["tokens"]["documents"])
            await asyncio.sleep(_PAUSE_SECONDS)

    def _keep(self, whose, token):
        kid = jws.extract_compact(token.encode()).headers()["kid"]
        self._tokens.setdefault(kid, {}).setdefault(whose, []).append(token)

    async def _use(self, http):
        while not self._stopping:
            for by_whom in list(self._tokens.values()):
                for tokens in list(by_whom.values()):
                    for token in (tokens[0], tokens[-1]):
                        self.answers.append(await self.ask(http, token))
            await asyncio.sleep(_PAUSE_SECONDS)


async def new_key(suite, kind):
    return (await suite.command("identity", f"new-{kind}-key")).strip()


def signed_ahead(suite, client, key):
    """Return a token as identity will sign it, once the key signs."""
    return Mint(suite.environment["IDENTITY_PUBLIC_URL"], [key]).strike(
        subject=client["client_id"],
        audience=["documents"],
        scopes=["documents:read"],
        now=now(),
        lifetime=timedelta(minutes=10),
        claims={"issuer": "dl5"},
    )


def kid_of(key):
    return json.loads(key)["kid"]


@pytest.fixture
async def reader(suite, dl5, customer, invoice, http):
    """Someone who has registered, and reads."""
    bakery = customer()
    mailbox = Mailbox(http, suite.addresses, bakery.main_contact.email)
    await dl5.register(bakery)
    await dl5.publish(invoice(bakery), bakery)
    link = next(each for each in (await mailbox.following("/view/")).links if "/view/" in each)
    return await FrontDesk(http, suite.addresses, suite.environment).register(link, mailbox)


@pytest.mark.long
@pytest.mark.usefixtures("dl5")
async def test_a_signing_key_is_rotated_under_load_and_no_token_is_turned_away(
    suite, replica, reader
):
    (old,) = json.loads(suite.environment[SIGNING_KEYS])
    new = await new_key(suite, "signing")
    identity, documents = replica("identity"), replica("documents")
    await identity.start()
    await documents.start(
        DOCUMENTS_IDENTITY_URL=identity.url,
        DOCUMENTS_TOKEN_ISSUER=suite.environment["IDENTITY_PUBLIC_URL"],
        DOCUMENTS_KEYS_FRESH_SECONDS=str(_FRESH_SECONDS),
    )
    client = (await suite.admit("dl5")).client
    reader.desk.addresses = replace(suite.addresses, identity=identity.url)
    load = Load(client, identity, documents, reader)

    async with load.going_on(), httpx.AsyncClient(timeout=30, trust_env=False) as http:
        await asyncio.sleep(1)
        await identity.restart(**{SIGNING_KEYS: json.dumps([old, new])})
        # Longer than keys are used before they are fetched again: everybody has the new one.
        await asyncio.sleep(_FRESH_SECONDS + 2)
        assert load.kids == [kid_of(old)]
        await identity.stop()
        assert await load.ask(http, signed_ahead(suite, client, new)) == 200
        await identity.start(**{SIGNING_KEYS: json.dumps([new, old])})
        await asyncio.sleep(_FRESH_SECONDS)
    assert load.kids == [kid_of(old), kid_of(new)]
    assert set(load.answers) == {200}
    assert len(load.answers) > 100

    await identity.restart(**{SIGNING_KEYS: json.dumps([new])})
    async with httpx.AsyncClient(timeout=30, trust_env=False) as http:
        # The first request that finds the keys stale is the one that fetches them.
        await asyncio.sleep(_FRESH_SECONDS + 1)
        assert [await load.ask(http, each) for each in load.signed_by(kid_of(new))] == [200, 200]
        assert [await load.ask(http, each) for each in load.signed_by(kid_of(old))] == [401, 401]


async def test_what_is_published_says_how_long_it_may_be_used_and_nothing_private(suite, http):
    answer = await http.get(f"{suite.addresses.identity}/.well-known/jwks.json")

    assert answer.headers["Cache-Control"] == "public, max-age=300"
    assert [set(key) & {"d", "k", "p", "q"} for key in answer.json()["keys"]] == [set()]


@pytest.mark.long
async def test_an_old_link_opens_after_one_rotation_and_not_after_two(
    suite, dl5, customer, invoice, auditor, http, replica
):
    bakery = customer()
    await dl5.register(bakery)
    published = await dl5.publish(invoice(bakery), bakery)
    assert await auditor.faults(dl5, [published]) == []
    (mail,) = await auditor.mails(published.number)
    (link,) = set(re.findall(r"/view/[\w.-]+", (await auditor.whole(mail))["text"]))
    (first,) = json.loads(suite.environment[LINK_KEYS])
    second, third = [await new_key(suite, "link") for _ in range(2)]
    identity, portal = replica("identity"), replica("portal")
    await portal.start(PORTAL_IDENTITY_URL=identity.url)

    async def opened(*keys):
        await identity.restart(**{LINK_KEYS: json.dumps(keys)})
        return (await http.get(f"{portal.url}{link}")).status_code

    assert await opened(first, second) == 200
    assert await opened(second, first) == 200
    assert await opened(third, second) == 404
