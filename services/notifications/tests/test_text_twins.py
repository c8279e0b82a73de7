"""The text of each kind of mail, word for word as stored beside this file, in four languages."""

import dataclasses
import email
import email.policy
from datetime import UTC, datetime
from decimal import Decimal
from email.message import EmailMessage
from pathlib import Path

import pytest
from services.notifications.tests import make

from notifications.composing import Letterpress, NewDocument

STORED = Path(__file__).parent / "text_twins"
PRESS = Letterpress()
INVOICE = make.new_document()
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
