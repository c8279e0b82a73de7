"""Says which service is under test, and builds what its tests are about."""

import json
import secrets
from datetime import timedelta

import pytest
import sqlalchemy as sa
from joserfc.jwk import ECKey
from services.identity.tests.residents import Residents

from chassis.identifiers import now
from chassis.signing import sign
from chassis.testing import said
from contracts.identity import MainContact, RegisterCustomer
from identity import addresses, admitting, inviting, queries, registering, starting
from identity.accounts import Account
from identity.admitting import Admission
from identity.app import service as the_service
from identity.gateways import Gateways
from identity.inviting import Grant, Invited
from identity.mint import Mint
from identity.passkeys import Passkeys
from identity.passwords import Passwords
from identity.starting import Visitor
from identity.trails import AuditEntry
from identity.vault import Vault


@pytest.fixture
def service():
    return the_service


@pytest.fixture
def signing_key():
    """Return a function that makes a private key, as JWK in JSON text."""
    return lambda: json.dumps(ECKey.generate_key("P-256").as_dict(private=True))


@pytest.fixture(scope="session")
def passwords():
    """Return the gateway to argon2."""
    passwords = Passwords()
    yield passwords
    passwords.close()


@pytest.fixture
def gateways(signing_key, passwords):
    mint = Mint("http://identity.test", [signing_key()])
    return Gateways(
        mint=mint,
        link_keys=(secrets.token_bytes(32),),
        passwords=passwords,
        vault=Vault([secrets.token_bytes(32)]),
        passkeys=Passkeys("localhost", ["http://localhost:8100"]),
    )


@pytest.fixture
def customer():
    """Return a function that builds the command by which a billing system tells of a customer."""

    def build(number="DL5-104233", *, email="jan@example.com", language="nl", **told):
        contact = MainContact(
            email=email,
            language=language,
            first_name=told.pop("first_name", "Jan"),
            last_name=told.pop("last_name", "Peeters"),
        )
        known = {"name": "Garage Peeters", "country": "BE"} | told
        return RegisterCustomer(customer_number=number, main_contact=contact, **known)

    return build


@pytest.fixture
def admit():
    """Return a function that admits an issuer."""

    async def admit(session, issuer="dl5", **told):
        known = {"name": "Delta Lease", "sender": "invoices@example.com", "language": "nl"}
        unsaid = {"group": None, "accent": None, "time_zone": None}
        return await admitting.admit_issuer(session, Admission(issuer, **unsaid | known | told))

    return admit


@pytest.fixture
def told(session):
    """Return a function that reads what was told so far of one kind of message, oldest first."""

    async def told(kind):
        return [each.read(kind) for each in await said(session, kind)]

    return told


PASSWORD = "drie vogels zingen in de regen"
"""A password that the rules take."""


@pytest.fixture
def password():
    """Return the password of whoever ``account_of`` gave an account."""
    return PASSWORD


@pytest.fixture
def transactions(database):
    """Return what opens short transactions, as a door would."""
    return database.transaction


@pytest.fixture
def visitor():
    """Return a function that makes a visitor."""

    def visitor(address="203.0.113.9", **known):
        return Visitor(address=address, browser="Firefox on Windows", **known)

    return visitor


@pytest.fixture
def send_resets(residents):
    """Return a function that has mails about forgotten passwords sent, after the answers."""
    return residents.send_resets


_addresses = (f"198.51.{n // 200}.{n % 200}" for n in range(40_000))


@pytest.fixture
def new_address():
    """Return a function that returns an address from which nobody came yet."""
    return lambda: next(_addresses)


@pytest.fixture
async def ticket(transactions, admit, customer):
    """Return the ticket of a main contact who has not registered."""
    async with transactions() as session:
        await admit(session)
        await registering.register(session, "dl5", customer())
        (ticket,) = await queries.live_tickets(session, "DL5-104233")
        return ticket


@pytest.fixture
def account_of(passwords):
    """Return a function that gives a person an account, as if they had registered."""

    async def account_of(session, email="jan@example.com", *, group="dl5", password=PASSWORD):
        key = addresses.key_of(email, pointer="")
        person = await queries.person_to_change(session, group, email, key)
        person.registered = True
        person.version += 1
        session.add(
            Account(
                person_id=person.id,
                password_hash=await passwords.hash(password) if password else None,
                password_changed_at=now(),
                registered_at=now(),
            )
        )
        await session.flush()
        return person

    return account_of


@pytest.fixture
def link_of(gateways):
    """Return a function that makes a mail's link as notifications would."""

    def link_of(ticket_id, *, age=0, key=gateways.link_keys[0], purpose="view"):
        day = (now() - timedelta(days=age)).date().isoformat()
        return f"{ticket_id}.{day}.{sign(key, str(ticket_id), day, purpose)}"

    return link_of


@pytest.fixture
def with_numbers(admit, customer):
    """Return a function that makes customer numbers known; returns their main contact's id."""

    async def register(session, *numbers, email="jan@example.com", issuer="dl5", **told):
        if await queries.issuer(session, issuer) is None:
            await admit(session, issuer)
        for number in numbers:
            await registering.register(session, issuer, customer(number, email=email, **told))
        group = (await queries.issuer(session, issuer)).issuer_group
        person = await queries.person_to_change(session, group, email, email.lower())
        person.registered = True
        await session.flush()
        return person.id

    return register


@pytest.fixture
def sharing_with():
    """Return a function by which a main contact shares numbers with an address."""

    async def invite(
        session, me, *numbers, email="an@accountants.example", portal=True, mail=True, **told
    ):
        known = {"first_name": "An", "last_name": "Maes", "language": "fr", "future": None}
        granted = dict.fromkeys(numbers, Grant(portal, mail))
        wanted = Invited(email=email, numbers=granted, **known | told)
        return (await inviting.invite(session, me, "dl5", "dl5", wanted))[0]

    return invite


@pytest.fixture
def long_moment(monkeypatch):
    """Keep the cookie of before long enough for a machine that has much else to do."""
    monkeypatch.setattr(starting, "FORMER_LASTS", timedelta(hours=1))


@pytest.fixture
def residents(database, gateways, admit, customer):
    """Return what lets people move in: registered, signed in, with second factors."""
    return Residents(database, gateways, admit, customer)


@pytest.fixture
def as_(web_door):
    """Return a function that asks something over HTTP as someone who is signed in."""

    async def ask(resident, method, path, **how):
        headers = web_door.signed_in(resident.id, sid=str(resident.session_id))
        return await web_door.http.request(method, path, headers=headers, **how)

    return ask


@pytest.fixture
def at_desk(web_door):
    """Return a function that asks something over HTTP as somebody of an issuer's staff at work."""

    async def ask(resident, method, path, **how):
        who = {"sub": str(resident.id), "sid": str(resident.session_id)}
        headers = web_door.at_work(resident.issuer, **who)
        return await web_door.http.request(method, f"/v1/desk{path}", headers=headers, **how)

    return ask


@pytest.fixture
def acts(database):
    """Return a function that reads what the desk did, oldest first, as the audit has it."""

    async def acts():
        async with database.transaction() as session:
            found = sa.select(AuditEntry).where(AuditEntry.act.startswith("desk"))
            return (await session.scalars(found.order_by(AuditEntry.id))).all()

    return acts


@pytest.fixture
def portal(web_door):
    """Return a function that asks something over HTTP as the portal does."""

    async def ask(path, **body):
        headers = web_door.bearer("accounts:act", service="portal")
        return await web_door.http.post(path, json=body, headers=headers)

    return ask
