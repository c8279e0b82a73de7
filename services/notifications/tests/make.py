"""What a mail is made of, for tests: plain, with good defaults."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from notifications.composing import NewDocument
from notifications.composing_to_people import ToPerson

ASKED = datetime(2026, 11, 22, 13, 30, tzinfo=UTC)


def new_document(**changed: Any) -> NewDocument:
    """Return the facts of a mail about an ordinary invoice, some of them changed."""
    facts = {
        "letter_id": UUID("01930000-0000-7000-8000-000000000007"),
        "correlation_id": "6f1c2b",
        "issuer": "dl5",
        "issuer_name": "Meridiaan Lease",
        "sender": "facturen@meridiaan.example",
        "accent": "#0a6c74",
        "palette": None,
        "recipient": "els@korenaar.example",
        "language": "nl",
        "first_name": "Els",
        "last_name": "Vandenbroucke",
        "role": "main",
        "registered": True,
        "main_contact_name": None,
        "customer_number": "DL5-104233",
        "customer_name": "Bakkerij De Korenaar bv",
        "number": "2026-004817",
        "type": "invoice",
        "issue_date": date(2026, 11, 12),
        "due_date": date(2026, 12, 12),
        "total": Decimal("1284.17"),
        "amount_due": Decimal("1284.17"),
        "currency": "EUR",
        "payment_reference": "202600481758",
        "link": "https://portaal.meridiaan.example/view/0193.2026-11-12.c2lnbmF0dXJl",
    }
    return NewDocument(**facts | changed)


PROOF = {
    "link": "https://portaal.meridiaan.example/proof/register/0193.c2lnbmF0dXJl",
    "link_until": ASKED + timedelta(hours=24),
}
DOCUMENTS = {
    "link": "https://portaal.meridiaan.example/view/0193.2026-11-12.c2lnbmF0dXJl",
    "opens_documents": True,
}
OF_KIND: dict[str, dict[str, Any]] = {
    "register": PROOF | {"code": "12345678", "code_until": ASKED + timedelta(minutes=10)},
    "reset": PROOF | {"code": "02345670", "code_until": ASKED + timedelta(minutes=10)},
    "email_confirm": PROOF,
    "email_changing": PROOF
    | {
        "link_until": ASKED + timedelta(hours=72),
        "facts": {"from": "els@korenaar.example", "to": "els.v@korenaar.example"},
    },
    "email_changed": {"facts": {"from": "els@korenaar.example", "to": "els.v@korenaar.example"}},
    "second_factor_changed": {
        "facts": {"change": "added", "factor": "totp", "name": "Telefoon van Els"}
    },
    "shared": DOCUMENTS
    | {
        "facts": {
            "by": "An Peeters",
            "customer_numbers": ", ".join(f"DL5-{104233 + each}" for each in range(13)),
            "registered": "no",
        }
    },
    "invitation": DOCUMENTS,
    "main_contact_given": {
        "facts": {
            "customer_number": "DL5-104233",
            "from": "An Peeters",
            "to": "Els Vandenbroucke",
            "you": "to",
        }
    },
    "staff": PROOF | {"link_until": ASKED + timedelta(days=7)},
}
"""What distinguishes the mails of each kind, as identity asks for them."""


def to_person(kind: str, **changed: Any) -> ToPerson:
    """Return the facts of a mail about an account, some of them changed."""
    facts = {
        "letter_id": UUID("01930000-0000-7000-8000-000000000008"),
        "correlation_id": "6f1c2b",
        "kind": kind,
        "issuer": "dl5",
        "issuer_name": "Meridiaan Lease",
        "sender": "facturen@meridiaan.example",
        "accent": "#0a6c74",
        "palette": None,
        "time_zone": "Europe/Brussels",
        "recipient": "els@korenaar.example",
        "language": "nl",
        "first_name": "Els",
        "last_name": "Vandenbroucke",
        "link": "https://portaal.meridiaan.example/sign-in/dl5",
        "link_until": None,
        "code": None,
        "code_until": None,
        "opens_documents": False,
        "registered": False,
        "forgotten": "https://portaal.meridiaan.example/forgot/dl5",
        "asked_at": ASKED,
        "facts": {},
    }
    return ToPerson(**facts | OF_KIND.get(kind, {}) | changed)
