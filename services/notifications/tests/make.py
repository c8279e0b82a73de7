"""What a mail is made of, for tests: plain, with good defaults."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from notifications.composing import NewDocument


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
