"""People who have an account, and what they do in tests: sign in, prove it, have second factors."""

from datetime import timedelta

import pyotp
from services.identity.tests.software_key import SoftwareKey

from chassis.identifiers import now
from chassis.testing import said
from contracts.identity import SendReset
from identity import (
    account_queries,
    addresses,
    credentials,
    queries,
    recovering,
    registering,
    starting,
    strengthening,
)
from identity.accounts import Account, SecondFactor, Session, Staff
from identity.second_steps import Tools
from identity.starting import Visitor
from identity.strengthening import By

PASSWORD = "seven quiet herons over the canal"
VISITOR = {"address": "203.0.113.9", "browser": "Firefox on Windows", "device": None}


class Resident:
    """Someone with an account who is signed in with one browser."""

    def __init__(self, email, issuer, started, session_id):
        self.email = email
        self.issuer = issuer
        self.id = started.person_id
        self.cookie = started.session
        self.session_id = session_id
        self.secret = None
        self.codes = []
        self.by = By(self.id, self.session_id, issuer)

    def code(self, *, steps=0):
        """Return what the app for codes shows now, or some steps later."""
        at = int(now().timestamp()) + 30 * steps
        return pyotp.TOTP(self.secret).at(at)


class Residents:
    """Lets people move in."""

    def __init__(self, database, gateways, admit, customer):
        self.database = database
        self.gateways = gateways
        self.tools = Tools(gateways.vault, gateways.passkeys)
        self._admit = admit
        self._customer = customer

    async def issuer(self, issuer="dl5", **told):
        async with self.database.transaction() as session:
            await self._admit(session, issuer, **told)

    async def customer(self, number, email, **told):
        """Have a billing system tell of a customer number and its main contact."""
        async with self.database.transaction() as session:
            told = self._customer(number, email=email, **{"name": "Garage Noord"} | told)
            await registering.register(session, number.split("-")[0].lower(), told)

    async def move_in(
        self, email="jan@example.com", *numbers, issuer="dl5", staff=False, strength=1, **said
    ):
        """Have someone registered and signed in, who is the main contact of these numbers."""
        await self.issuer(issuer, **said)
        for number in numbers:
            await self.customer(number, email)
        hashed = await self.gateways.passwords.hash(PASSWORD)
        async with self.database.transaction() as session:
            door = await queries.issuer(session, issuer)
            key = addresses.key_of(email, pointer="")
            person = await queries.person_to_change(session, door.issuer_group, email, key)
            person.registered, person.version = True, person.version + 1
            person.first_name, person.last_name = person.first_name or "Jan", "Peeters"
            at = now()
            session.add(
                Account(
                    person_id=person.id,
                    password_hash=hashed,
                    password_changed_at=at,
                    registered_at=at,
                )
            )
            if staff:
                session.add(Staff(issuer=issuer, person_id=person.id, admin=False, since=at))
        return await self.sign_in(email, issuer=issuer, staff=staff, strength=strength)

    async def sign_in(self, email, *, issuer="dl5", staff=False, strength=1, browser="Firefox"):
        """Have someone signed in with one browser more."""
        async with self.database.transaction() as session:
            door = await queries.issuer(session, issuer)
            key = addresses.key_of(email, pointer="")
            person = await queries.person(session, door.issuer_group, key)
            visitor = Visitor(**VISITOR | {"browser": browser})
            started = await starting.start(
                session, person, issuer, visitor, strength=strength, staff=staff
            )
            await session.flush()
            token = starting.hash_of(started.session)
            found = await account_queries.session_of(session, token)
        return Resident(email, issuer, started, found[0].id)

    async def with_totp(self, resident):
        """Give someone an app for codes, as though it had been confirmed one step ago."""
        async with self.database.transaction() as session:
            new = await strengthening.begin_totp(session, self.tools, resident.by, "my phone")
            resident.secret = new.secret
            got = await strengthening.confirm_totp(
                session, self.tools, resident.by, new.id, resident.code()
            )
            resident.codes = got.recovery_codes or resident.codes
            factor = await session.get(SecondFactor, new.id, populate_existing=True)
            factor.last_step -= 1
        return new.id

    async def with_passkey(self, resident, **how):
        """Give someone a passkey."""
        key = SoftwareKey(**{"origin": "http://localhost:8100", "domain": "localhost"} | how)
        async with self.database.transaction() as session:
            step = await strengthening.begin_passkey(session, self.tools, resident.by)
            got = await strengthening.add_passkey(
                session,
                self.tools,
                resident.by,
                step.challenge,
                key.make(step.passkey_options),
                "my laptop",
            )
            resident.codes = got.recovery_codes or resident.codes
        return key

    async def later(self, resident, **passed):
        """Let time pass since someone proved who they are."""
        async with self.database.transaction() as session:
            row = await session.get(Session, resident.session_id)
            row.proved_at -= timedelta(**passed)

    async def told(self, *kinds):
        """Return what was said of these messages, oldest first."""
        by_key = {each.routing_key: each for each in kinds}
        async with self.database.transaction() as session:
            return [each.read(by_key[each.name]) for each in await said(session, *kinds)]

    async def send_resets(self):
        """Do what was put off until after the answers: mails about forgotten passwords."""
        for each in await self.told(SendReset):
            async with self.database.transaction() as session:
                await recovering.send(session, each.reset)

    def link(self, mail):
        """Return the last part of the link in a mail, as notifications makes it."""
        proof = mail.proof
        return credentials.link_of(self.gateways.link_keys[0], proof.credential_id, proof.kind)
