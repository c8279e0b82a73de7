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
from notifications.composing_to_people import PersonalPress
from notifications.kinds import KINDS as KINDS_TO_PEOPLE

STORED = Path(__file__).parent / "text_twins"
PRESS = Letterpress()
PERSONAL_PRESS = PersonalPress()
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
    return read(PRESS.compose(facts, datetime(2026, 11, 21, 9, 30, tzinfo=UTC)))


def read(raw: bytes) -> str:
    """Read a mail as a mail program does."""
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


@pytest.mark.parametrize("language", ["nl", "fr", "de", "en"])
@pytest.mark.parametrize("kind", sorted(KINDS_TO_PEOPLE))
def test_so_is_the_text_of_each_mail_about_an_account(kind, language):
    text = read(PERSONAL_PRESS.compose(make.to_person(kind, language=language), make.ASKED))

    stored = STORED / f"to_people.{kind}.{language}.txt"
    assert text == stored.read_text(encoding="utf-8")


@pytest.mark.parametrize("stored", sorted(STORED.glob("*.txt")), ids=lambda path: path.stem)
def test_no_line_is_longer_than_72_but_a_link(stored):
    _subject, _, text = stored.read_text(encoding="utf-8").partition("\n")

    assert [line for line in text.splitlines() if len(line) > 72 and "://" not in line] == []
