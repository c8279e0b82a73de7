"""Who takes part in the demo: two issuers of one group, their customers, and who shares what."""

from dataclasses import dataclass
from typing import Any

from localrun.demo_invoice import Party

_FIRST = ("Anke", "Bruno", "Céline", "Dirk", "Élise", "Friedrich", "Grace", "Hannelore")
_LAST = ("De Smet", "Lambert", "Müller", "Clarke", "Vermeulen", "Dubois", "Schäfer", "Wright")
_LANGUAGES = ("nl", "fr", "de", "en")


@dataclass(frozen=True)
class Person:
    """Someone who reads invoices."""

    email: str
    language: str
    first_name: str
    last_name: str

    def share(self) -> dict[str, Any]:
        """Return what sharing a number with them takes."""
        return {
            "language": self.language,
            "first_name": self.first_name,
            "last_name": self.last_name,
            "portal": True,
            "mail": True,
        }


@dataclass(frozen=True)
class Customer:
    """A customer number, who answers for it, and who shares it."""

    number: str
    name: str
    country: str
    main_contact: Person
    shared_users: tuple[Person, ...] = ()
    street: str = "Kerkstraat 12"
    postal_code: str = "9000"
    city: str = "Gent"
    vat_number: str = "BE0076543292"

    def party(self) -> Party:
        """Return the customer as its invoices name it."""
        return Party(
            self.name, self.street, self.postal_code, self.city, self.country, self.vat_number
        )

    def registration(self) -> dict[str, Any]:
        """Return the RegisterCustomer of this customer."""
        contact = self.main_contact
        return {
            "customer_number": self.number,
            "name": self.name,
            "country": self.country,
            "main_contact": {
                "email": contact.email,
                "language": contact.language,
                "first_name": contact.first_name,
                "last_name": contact.last_name,
            },
        }

    def readers(self) -> dict[str, str]:
        """Return who must be told of a document, and in which language."""
        people = (self.main_contact, *self.shared_users)
        return {person.email: person.language for person in people}


@dataclass(frozen=True)
class Issuer:
    """A lease company."""

    issuer: str
    name: str
    sender: str
    language: str
    accent: str
    seller: Party
    customers: tuple[Customer, ...]

    def arguments(self) -> list[str]:
        """Return how it is admitted at the command line."""
        return [
            "add-issuer", self.issuer,
            "--name", self.name,
            "--sender", self.sender,
            "--language", self.language,
            "--accent", self.accent,
            "--group", "meridiaan",
        ]  # fmt: skip


def _people(count: int, of: str) -> tuple[Person, ...]:
    return tuple(
        Person(
            email=f"reader{each}@{of}.example",
            language=_LANGUAGES[each % len(_LANGUAGES)],
            first_name=_FIRST[each % len(_FIRST)],
            last_name=_LAST[each * 3 % len(_LAST)],
        )
        for each in range(1, count + 1)
    )


_ACCOUNTANT = Person("boekhouding@ledger.example", "nl", "Joris", "Peeters")

ISSUERS = (
    Issuer(
        issuer="dl5",
        name="Meridiaan Lease Belgium",
        sender="facturen@meridiaan.example",
        language="nl",
        accent="#0a6c74",
        seller=Party(
            "Meridiaan Lease Belgium nv",
            "Kouterdreef 18",
            "9000",
            "Gent",
            "BE",
            "BE0040012302",
            "BE75735004128851",
        ),
        customers=(
            Customer(
                number="DL5-104233",
                name="Bakkerij Van Damme bv",
                country="BE",
                main_contact=Person("hilde@vandamme.example", "nl", "Hilde", "Van Damme"),
                shared_users=(_ACCOUNTANT,),
            ),
            Customer(
                number="DL5-104234",
                name="Garage du Midi sa",
                country="BE",
                main_contact=Person("luc@garagedumidi.example", "fr", "Luc", "Thiry"),
                street="Rue de France 41",
                postal_code="6000",
                city="Charleroi",
            ),
            Customer(
                number="DL5-104300",
                name="Rheinische Logistik GmbH",
                country="DE",
                main_contact=Person("katrin@rheinlog.example", "de", "Katrin", "Weiß"),
                shared_users=_people(25, "rheinlog"),
                street="Hafenstraße 7",
                postal_code="50667",
                city="Köln",
                vat_number="DE123456789",
            ),
        ),
    ),
    Issuer(
        issuer="dl2",
        name="Wolkenhof Lease Services",
        sender="invoices@wolkenhof.example",
        language="en",
        accent="#f5b700",
        seller=Party(
            "Wolkenhof Lease Services bv",
            "Havenlaan 86c",
            "1000",
            "Brussel",
            "BE",
            "BE0081234530",
            "BE71096123456769",
        ),
        customers=(
            Customer(
                number="DL2-200017",
                name="Northsea Catering Ltd",
                country="GB",
                main_contact=Person("imogen@northsea.example", "en", "Imogen", "Hart"),
                shared_users=(_ACCOUNTANT,),
                street="12 Harbour Road",
                postal_code="IP3 0BG",
                city="Ipswich",
                vat_number="GB928741974",
            ),
            Customer(
                number="DL2-200018",
                name="Bakkerij Van Damme bv",
                country="BE",
                # The same person again, for another number: a mail per number (I-14).
                main_contact=Person("hilde@vandamme.example", "nl", "Hilde", "Van Damme"),
            ),
        ),
    ),
)
