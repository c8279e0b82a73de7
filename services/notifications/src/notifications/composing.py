"""Composing the mail that says a document is there: facts in, a complete message out.

The words live in `templates/document_published/<language>`; here they meet the facts, and become
headers and two parts that say the same, with the files that go with them.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from email.utils import format_datetime
from typing import Any, Literal
from urllib.parse import quote
from uuid import UUID

from contracts.people import Language
from notifications import mime, typesetting
from notifications.addresses import domain_of, wire_form
from notifications.attachments import MEDIA_TYPES, NOTHING, WithIt
from notifications.colours import finished
from notifications.figures import day, money, reference
from notifications.languages import LANGUAGES
from notifications.lines import initials, one_line


@dataclass(frozen=True, slots=True, kw_only=True)
class NewDocument:
    """All a mail about a new document says. For the sign of amounts see `Letterpress`."""

    letter_id: UUID
    correlation_id: str
    issuer: str
    issuer_name: str
    sender: str
    accent: str
    palette: Mapping[str, Any] | None
    recipient: str
    language: Language
    first_name: str | None
    last_name: str | None
    role: Literal["main", "shared"]
    registered: bool
    main_contact_name: str | None
    customer_number: str
    customer_name: str | None = None
    number: str
    type: Literal["invoice", "credit_note"]
    issue_date: date
    due_date: date | None
    total: Decimal
    amount_due: Decimal
    currency: str
    payment_reference: str | None
    link: str
    resent: int = 0


class Letterpress:
    """The templates, loaded once, and the mails made from them."""

    def __init__(self) -> None:
        environment = typesetting.environment()
        self._templates = {
            (language, part): environment.get_template(f"document_published/{language}/{part}")
            for language in LANGUAGES
            for part in ("subject.txt", "body.txt", "body.html")
        }

    def compose(self, facts: NewDocument, now: datetime, with_it: WithIt = NOTHING) -> bytes:
        """Make the complete message for one letter, as `pieces` does, in one piece."""
        return b"".join(self.pieces(facts, now, with_it))

    def pieces(
        self, facts: NewDocument, now: datetime, with_it: WithIt = NOTHING
    ) -> tuple[bytes, ...]:
        """Make the complete message for one letter: RFC 5322, lines ending in CRLF.

        It comes in one piece, or with files in several: their content is not copied. The text says
        what goes with it, and what does not though the reader wants it.

        Its Message-ID comes from the letter's id, so every try carries the same. What is to be
        paid is `amount_due`; on a credit note, or below zero, its size is in the reader's favour
        whatever sign the billing system wrote. `now` (aware) becomes the Date header.

        Raises:
            AddressUnusable: the recipient's or the sender's address cannot be written.

        """
        sender, recipient = wire_form(facts.sender), wire_form(facts.recipient)
        words = _words(facts) | _with_it(with_it)
        subject, text, html = (
            self._templates[facts.language, part].render(words)
            for part in ("subject.txt", "body.txt", "body.html")
        )
        name = f"{facts.first_name or ''} {facts.last_name or ''}"
        headers = (
            mime.mailbox("From", one_line(facts.issuer_name, limit=100), sender),
            mime.mailbox("To", one_line(name, limit=100), recipient),
            mime.words("Subject", one_line(subject)),
            mime.exact("Date", format_datetime(now)),
            *_machine_headers(facts, sender),
        )
        # The boundary is the letter's too: the same letter gives the same bytes.
        boundary = f"=_{facts.letter_id.hex}"
        if not with_it.files:
            return (mime.two_parts(headers, boundary, text=text, html=html),)
        files = [
            mime.File(each.name, MEDIA_TYPES[each.kind], each.content) for each in with_it.files
        ]
        return mime.with_files(headers, boundary, text=text, html=html, files=files)


def message_id(letter_id: UUID, sender: str, resent: int = 0) -> str:
    """Name the Message-ID of a letter, in its angle brackets: the same on every try.

    One that is sent anew after a relay had had it gets another.
    """
    return _message_id(letter_id, domain_of(wire_form(sender)), resent)


def _message_id(letter_id: UUID, domain: str, resent: int) -> str:
    return f"<{letter_id}.{resent}@{domain}>" if resent else f"<{letter_id}@{domain}>"


def _machine_headers(facts: NewDocument, sender: str) -> Iterator[str]:
    """Say what relays, mail programs and robots want to know.

    A notice of a document one is owed needs no way out in one click (RFC 8058), and without
    accounts there is no page that could offer it: who wants no more mails writes to the issuer.
    """
    issuer, domain = mime.token(facts.issuer), domain_of(sender)
    desk = f"{quote(sender, safe='@+')}?subject={quote(one_line(facts.customer_number, limit=60))}"
    yield mime.exact("Message-ID", _message_id(facts.letter_id, domain, facts.resent))
    yield mime.exact("Auto-Submitted", "auto-generated")
    yield mime.exact("X-Auto-Response-Suppress", "All")
    yield mime.exact("Content-Language", facts.language)
    yield mime.exact("List-Id", f"<documents.{issuer}.{domain}>")
    yield mime.exact("List-Unsubscribe", f"<mailto:{desk}>")
    yield mime.exact("Feedback-ID", f"{issuer}:document-published:postkamer")
    yield mime.exact("X-Correlation-ID", mime.token(facts.correlation_id))


def _with_it(with_it: WithIt) -> dict[str, object]:
    """Say what templates may tell of files."""
    there = {each.kind for each in with_it.files}
    return {
        "enclosed": with_it != NOTHING,
        "too_large": with_it.too_large,
        "with_pdf": "pdf" in there,
        "with_xml": "xml" in there,
        "no_pdf": "pdf" in with_it.missing,
        "no_xml": "xml" in with_it.missing,
    }


def _words(facts: NewDocument) -> dict[str, object]:
    """Say what templates may use: text on one line, figures ready to print, None for "no row"."""
    credit_note = facts.type == "credit_note"
    due, total = facts.amount_due, facts.total
    if credit_note:
        due, total = -abs(due), -abs(total)
    # A credit note settled already leaves nothing to show but what it was about.
    headline = total if credit_note and due == 0 else due

    def amount(of: Decimal) -> str:
        return money(of, facts.currency, facts.language)

    def clean(text: str | None) -> str | None:
        return one_line(text) or None if text else None

    asked = clean(facts.payment_reference)
    issuer_name = one_line(facts.issuer_name)
    invited = facts.role == "main" and not facts.registered
    return {
        "language": facts.language,
        "issuer_name": issuer_name,
        "initials": initials(issuer_name),
        "sender": one_line(facts.sender),
        "name": clean(f"{facts.first_name or ''} {facts.last_name or ''}"),
        "customer_number": one_line(facts.customer_number),
        "customer_name": clean(facts.customer_name),
        "number": one_line(facts.number),
        "credit_note": credit_note,
        "favour": due < 0,
        "settled": due <= 0,
        "amount": amount(abs(headline)),
        "total": amount(abs(total) if credit_note else total) if total != headline else None,
        "issue_date": day(facts.issue_date, facts.language),
        "due_date": day(facts.due_date, facts.language) if facts.due_date and due > 0 else None,
        "payment_reference": asked and reference(asked) if due > 0 else None,
        "link": one_line(facts.link, limit=2000),
        "shared": facts.role == "shared",
        "main_contact_name": clean(facts.main_contact_name),
        "invited": invited,
        "beneath": invited,
        "colours": finished(facts.accent, facts.palette),
    }
