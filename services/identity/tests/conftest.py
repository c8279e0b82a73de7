"""Says which service is under test, and builds what its tests are about."""

import json
import secrets

import pytest
from joserfc.jwk import ECKey

from chassis.testing import said
from contracts.identity import MainContact, RegisterCustomer
from identity import admitting
from identity.admitting import Admission
from identity.app import service as the_service
from identity.gateways import Gateways
from identity.mint import Mint


@pytest.fixture
def service():
    return the_service


@pytest.fixture
def signing_key():
    """Return a function that makes a private key, as JWK in JSON text."""
    return lambda: json.dumps(ECKey.generate_key("P-256").as_dict(private=True))


@pytest.fixture
def gateways(signing_key):
    mint = Mint("http://identity.test", [signing_key()])
    return Gateways(mint=mint, link_keys=(secrets.token_bytes(32),))


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
