"""What journeys and failures share: one real suite, lease companies that use it, and an auditor."""

import itertools
from datetime import date
from decimal import Decimal

import httpx
import pytest

from localrun import testing
from localrun.auditing import Auditor
from localrun.collecting import collecting
from localrun.demo_customers import Customer, Person
from localrun.demo_invoice import Invoice, Item, Party
from localrun.environment import SERVICES
from localrun.lease_company import at_work

LANGUAGES = ("nl", "fr", "de", "en")

# What takes minutes elsewhere has to be over within a test's patience.
IMPATIENT = {
    "DOCUMENTS_RETRY_PAUSES": '["1s", "1s"]',
    "NOTIFICATIONS_LEASE_SECONDS": "5",
    "NOTIFICATIONS_DOMAIN_PAUSE": "10s",
    "NOTIFICATIONS_EVIDENCE_AFTER_SECONDS": "3",
    "NOTIFICATIONS_RETRY_SCHEDULE": '["1s","1s","2s","2s","5s","5s","5s","5s","5s","5s"]',
}

_counter = itertools.count(100_001)


@pytest.fixture(scope="session")
def collector():
    """What the suite tells of its traces."""
    with collecting() as collector:
        yield collector


@pytest.fixture(scope="session")
def suite(request, collector):
    telling = {"OTEL_EXPORTER_OTLP_ENDPOINT": collector.url, "OTEL_BSP_SCHEDULE_DELAY": "200"}
    with testing.running(request.config.rootpath / ".run", **IMPATIENT, **telling) as suite:
        yield suite


@pytest.fixture
async def dl5(suite):
    """A lease company that writes Dutch."""
    details = ("--name", "Meridiaan Lease", "--sender", "facturen@meridiaan.example")
    credentials = await suite.admit("dl5", *details, "--language", "nl")
    async with at_work(credentials, suite.addresses) as company:
        yield company


@pytest.fixture
async def dl2(suite):
    """Another one, which has nothing to do with the first."""
    details = ("--name", "Wolkenhof Lease", "--sender", "invoices@wolkenhof.example")
    credentials = await suite.admit("dl2", *details, "--language", "en")
    async with at_work(credentials, suite.addresses) as company:
        yield company


@pytest.fixture
async def http():
    async with httpx.AsyncClient(timeout=30, trust_env=False) as client:
        yield client


@pytest.fixture
def failures_logged(suite):
    """Return a function that says what the services have logged as failed since the test began."""

    def failed(service):
        return [line for line in suite.log(service) if line["level"] in {"error", "critical"}]

    before = {service: len(failed(service)) for service in SERVICES}
    return lambda: [line for service in SERVICES for line in failed(service)[before[service] :]]


@pytest.fixture
def auditor(suite, http):
    return Auditor(suite.addresses, http)


@pytest.fixture
def person():
    """Return a function that makes someone new."""

    def make(language="nl", email=None):
        number = next(_counter)
        return Person(email or f"reader{number}@customer.example", language, "Noor", "Peeters")

    return make


@pytest.fixture
def customer(person):
    """Return a function that makes a new customer, whose readers speak all languages in turn."""

    def make(shared=0, prefix="DL5", main_contact=None):
        number = next(_counter)
        return Customer(
            number=f"{prefix}-{number}",
            name="Bakkerij Van Damme bv",
            country="BE",
            main_contact=main_contact or person("nl", f"main{number}@customer.example"),
            shared_users=tuple(person(LANGUAGES[each % 4]) for each in range(1, shared + 1)),
        )

    return make


@pytest.fixture
def invoice():
    """Return a function that makes a new invoice for a customer."""

    def make(customer, issued=date(2026, 3, 2), net="412.35"):
        return Invoice(
            seller=Party("Meridiaan Lease"),
            customer_number=customer.number,
            buyer=customer.party(),
            number=f"F{next(_counter)}",
            issued=issued,
            items=(Item("Full operational lease", Decimal(net)),),
        )

    return make
