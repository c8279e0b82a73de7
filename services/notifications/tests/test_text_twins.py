"""The text of each kind of mail, word for word as stored beside this file, in four languages."""

import dataclasses
import email
import email.policy
from datetime import UTC, date, datetime
from decimal import Decimal
from email.message import EmailMessage
from pathlib import Path
from uuid import UUID

import pytest

from notifications.composing import Letterpress, NewDocument

STORED = Path(__file__).parent / "text_twins"
PRESS = Letterpress()
INVOICE = NewDocument(
    letter_id=UUID("01930000-0000-7000-8000-000000000007"),
    correlation_id="6f1c2b",
    issuer="dl5",
    issuer_name="Meridiaan Lease",
    sender="facturen@meridiaan.example",
    accent="#0a6c74",
    palette=None,
    recipient="els@korenaar.example",
    language="nl",
    first_name="Els",
    last_name="Vandenbroucke",
    role="main",
    registered=True,
    main_contact_name=None,
    customer_number="DL5-104233",
    customer_name="Bakkerij De Korenaar bv",
    number="2026-004817",
    type="invoice",
    issue_date=date(2026, 11, 12),
    due_date=date(2026, 12, 12),
    total=Decimal("1284.17"),
    amount_due=Decimal("1284.17"),
    currency="EUR",
    payment_reference="202600481758",
    link="https://portaal.meridiaan.example/view/0193.2026-11-12.c2lnbmF0dXJl",
)
KINDS = {
    "invoice": INVOICE,
    "invitation": dataclasses.replace(INVOICE, registered=False, amount_due=Decimal(1000)),
    "credit_note": dataclasses.replace(
        INVOICE, type="credit_note", total=Decimal("96.80"), amount_due=Decimal("-96.80")
    ),
    "shared": dataclasses.replace(
        INVOICE, role="shared", registered=False, main_contact_name="An Peeters"
    ),
}


def text_of(facts: NewDocument) -> str:
    """Take the text of a mail, and its subject above it, as its reader sees them."""
    raw = PRESS.compose(facts, datetime(2026, 11, 21, 9, 30, tzinfo=UTC))
    message = email.message_from_bytes(raw, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    body = message.get_body(("plain",))
    assert body is not None
    text = body.get_content().replace("\r\n", "\n")
    return f"{message['Subject']}\n\n{text}"


@pytest.mark.parametrize("language", ["nl", "fr", "de", "en"])
@pytest.mark.parametrize("kind", KINDS)
def test_the_text_is_what_was_last_read_and_found_good(kind, language):
    text = text_of(dataclasses.replace(KINDS[kind], language=language))

    assert text == (STORED / f"{kind}.{language}.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("stored", sorted(STORED.glob("*.txt")), ids=lambda path: path.stem)
def test_no_line_is_longer_than_72_but_a_link(stored):
    _subject, _, text = stored.read_text(encoding="utf-8").partition("\n")

    assert [line for line in text.splitlines() if len(line) > 72 and "://" not in line] == []
