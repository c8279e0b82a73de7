"""Says which service is under test, and makes the events it hears."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import UUID

import pytest

from chassis.identifiers import new_id
from contracts.documents import DocumentPublished
from contracts.identity import (
    CustomerNumberChanged,
    DeliverySettings,
    EndedClaim,
    IssuerChanged,
    MainContactClaim,
    PersonChanged,
    SharedUserClaim,
)
from contracts.money import Money
from notifications.app import service as the_service
from postbox import testing as postbox

START = datetime(2026, 11, 2, 8, 0, tzinfo=UTC)


@pytest.fixture
def service():
    return the_service


def at(minutes: float) -> datetime:
    """Return a moment, in minutes after the start."""
    return START + timedelta(minutes=minutes)


@dataclass
class World:
    """What identity and documents would say, for one customer number of its own."""

    number: str = field(default_factory=lambda: f"DL5-{new_id().int % 10**12}")

    def issuer(self, **changed) -> IssuerChanged:
        facts = {
            "issuer": "dl5",
            "version": 1,
            "group": "dl5",
            "prefix": "DL5",
            "name": "Meridiaan Lease",
            "accent": "#0b5c6b",
            "sender": "facturen@meridiaan.example",
            "language": "nl",
            "time_zone": "Europe/Brussels",
            "state": "active",
        }
        return IssuerChanged(**(facts | changed))

    def person(self, person_id: UUID, **changed) -> PersonChanged:
        facts = {
            "person_id": person_id,
            "version": 1,
            "email": f"{person_id.hex[-8:]}@readers.example",
            "language": "nl",
            "first_name": "Els",
            "last_name": "Maes",
            "registered": False,
            "state": "active",
        }
        return PersonChanged(**(facts | changed))

    def snapshot(
        self,
        version: int = 1,
        main=None,
        shared=(),
        ended=(),
        notify: str = "at_once",
        attach=(),
        own=None,
    ) -> CustomerNumberChanged:
        """Return a snapshot; ``main`` is (person, since), ``shared`` (person, since, mail).

        ``own`` are the files that people chose for their own mails, by person.
        """
        own = own or {}
        return CustomerNumberChanged(
            customer_number=self.number,
            issuer="dl5",
            version=version,
            changed_at=START,
            state="active",
            name="Bakkerij De Korenaar bv",
            country="BE",
            main_contact=MainContactClaim(person_id=main[0], ticket=main[0], since=main[1])
            if main
            else None,
            shared_users=tuple(
                SharedUserClaim(
                    person_id=who,
                    ticket=who,
                    portal=True,
                    mail=mail,
                    since=since,
                    attach=own.get(who),
                )
                for who, since, mail in shared
            ),
            ended=tuple(
                EndedClaim(person_id=who, ticket=who, since=since, until=until, attach=own.get(who))
                for who, since, until in ended
            ),
            settings=DeliverySettings(notify=notify, attach=attach),
        )

    def document(self, published_at: datetime = START, **changed) -> DocumentPublished:
        facts = {
            "document_id": new_id(),
            "issuer": "dl5",
            "customer_number": self.number,
            "number": f"F{new_id().int % 10**9}",
            "type": "invoice",
            "issue_date": START.date(),
            "due_date": START.date() + timedelta(days=30),
            "total_incl_vat": Money(currency="EUR", amount=Decimal("1284.17")),
            "amount_due": Money(currency="EUR", amount=Decimal("1284.17")),
            "payment_reference": "+++202/6004/81758+++",
            "media_types": ("application/xml",),
            "published_at": published_at,
        }
        return DocumentPublished(**(facts | changed))


@pytest.fixture
def world():
    return World()


@pytest.fixture
def new_world():
    return World


@pytest.fixture
def moment():
    return at


@pytest.fixture
async def relay(tmp_path):
    """Return a mail server that keeps what it gets."""
    async with postbox.running(tmp_path) as running:
        yield running
