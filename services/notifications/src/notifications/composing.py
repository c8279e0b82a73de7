"""Composing the mail that says a document is there: facts in, a complete message out.

The words live in `templates/document_published/<language>`; here they meet the facts, and become
headers and two parts that say the same.
"""

import re
import textwrap
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from email.header import Header
from email.headerregistry import Address, AddressHeader, UniqueAddressHeader
from email.message import EmailMessage
from email.policy import EmailPolicy
from typing import Literal
from uuid import UUID

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from notifications.addresses import domain_of, wire_form
from notifications.colours import accent_or_default, readable_on
from notifications.figures import day, money
from notifications.lines import one_line

_LANGUAGES = ("nl", "fr", "de", "en")


class _Folded(EmailPolicy):
    """Folds what people wrote, subjects and names, as one run of encoded words.

    The standard policy mixes encoded, quoted and plain words, and then loses or doubles the
    spaces between them, or folds a long name into an address that no receiver can read.
    """

    def fold(self, name: str, value: str) -> str:
        if name == "Subject":
            return f"{name}: {self._words(name, value)}{self.linesep}"
        if name in {"From", "To"} and isinstance(value, UniqueAddressHeader | AddressHeader):
            return f"{name}: {self._address(name, value.addresses[0])}{self.linesep}"
        return str(super().fold(name, value))

    def fold_binary(self, name: str, value: str) -> bytes:
        return self.fold(name, value).encode("utf-8" if self.utf8 else "ascii")

    def _address(self, name: str, address: Address) -> str:
        if not address.display_name:
            return address.addr_spec
        words = self._words(name, address.display_name)
        return f"{words}{self.linesep} <{address.addr_spec}>"

    def _words(self, name: str, text: str) -> str:
        if _PLAIN_WORDS.fullmatch(text):
            return str(text)
        return Header(str(text), "utf-8", header_name=name).encode(linesep=self.linesep)


# Seven bits survive every relay; only an address beyond ASCII forces headers beyond it.
_PLAIN = _Folded(linesep="\r\n", cte_type="7bit")
_BEYOND_ASCII = _Folded(linesep="\r\n", utf8=True)
_PLAIN_WORDS = re.compile(r"[A-Za-z0-9' -]{1,60}")
_NOT_A_TOKEN = re.compile(r"[^A-Za-z0-9._:-]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class NewDocument:
    """All a mail about a new document says. For the sign of amounts see `Letterpress`."""

    letter_id: UUID
    correlation_id: str
    issuer: str
    issuer_name: str
    sender: str
    accent: str
    recipient: str
    language: Literal["nl", "fr", "de", "en"]
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


class Letterpress:
    """The templates, loaded once, and the mails made from them."""

    def __init__(self) -> None:
        environment = Environment(
            loader=PackageLoader("notifications"),
            autoescape=select_autoescape(["html"]),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        environment.filters["paragraph"] = _paragraph
        self._templates = {
            (language, part): environment.get_template(f"document_published/{language}/{part}")
            for language in _LANGUAGES
            for part in ("subject.txt", "body.txt", "body.html")
        }

    def compose(self, facts: NewDocument, now: datetime) -> bytes:
        """Make the complete message for one letter: RFC 5322, lines ending in CRLF.

        Its Message-ID comes from the letter's id, so every try carries the same. What is to be
        paid is `amount_due`; on a credit note, or below zero, its size is in the reader's favour
        whatever sign the billing system wrote. `now` (aware) becomes the Date header.

        Raises:
            AddressUnusable: the recipient's or the sender's address cannot be written.

        """
        words = _words(facts)
        sender, recipient = wire_form(facts.sender), wire_form(facts.recipient)
        message = EmailMessage(_PLAIN if (sender + recipient).isascii() else _BEYOND_ASCII)
        message["From"] = _mailbox(facts.issuer_name, sender)
        message["To"] = _mailbox(f"{facts.first_name or ''} {facts.last_name or ''}", recipient)
        message["Subject"] = one_line(self._render("subject.txt", facts.language, words))
        message["Date"] = now
        message.set_content(self._render("body.txt", facts.language, words), cte="quoted-printable")
        message.add_alternative(
            self._render("body.html", facts.language, words),
            subtype="html",
            cte="quoted-printable",
        )
        # After the parts: setting content drops every Content- header there was.
        for name, value in _machine_headers(facts, domain_of(sender)).items():
            message[name] = value
        # "=_" cannot occur in quoted-printable text, so the boundary needs no search, and the
        # same letter gives the same bytes.
        message.set_boundary(f"=_{facts.letter_id.hex}")
        return message.as_bytes()

    def _render(self, part: str, language: str, words: Mapping[str, object]) -> str:
        return self._templates[language, part].render(words)


def message_id(letter_id: UUID, sender: str) -> str:
    """Name the Message-ID of a letter, in its angle brackets: the same on every try."""
    return f"<{letter_id}@{domain_of(wire_form(sender))}>"


def _machine_headers(facts: NewDocument, domain: str) -> dict[str, str]:
    issuer = _NOT_A_TOKEN.sub("-", facts.issuer)
    return {
        "Message-ID": f"<{facts.letter_id}@{domain}>",
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "All",
        "Content-Language": facts.language,
        "List-Id": f"<documents.{issuer}.{domain}>",
        "Feedback-ID": f"{issuer}:document-published:postkamer",
        "X-Correlation-ID": _NOT_A_TOKEN.sub("-", facts.correlation_id)[:128],
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

    return {
        "language": facts.language,
        "issuer_name": one_line(facts.issuer_name),
        "name": clean(f"{facts.first_name or ''} {facts.last_name or ''}"),
        "customer_number": one_line(facts.customer_number),
        "customer_name": clean(facts.customer_name),
        "number": one_line(facts.number),
        "credit_note": credit_note,
        "favour": due < 0,
        "amount": amount(abs(headline)),
        "total": amount(abs(total) if credit_note else total) if total != headline else None,
        "issue_date": day(facts.issue_date, facts.language),
        "due_date": day(facts.due_date, facts.language) if facts.due_date and due > 0 else None,
        "payment_reference": clean(facts.payment_reference) if due > 0 else None,
        "link": one_line(facts.link, limit=2000),
        "shared": facts.role == "shared",
        "main_contact_name": clean(facts.main_contact_name),
        "invited": facts.role == "main" and not facts.registered,
        "accent": accent_or_default(facts.accent),
        "on_accent": readable_on(accent_or_default(facts.accent)),
    }


def _mailbox(name: str, address: str) -> Address:
    local, _, domain = address.rpartition("@")
    return Address(one_line(name, limit=100), local, domain)


def _paragraph(text: str) -> str:
    """Set `text` as one paragraph of 72 columns; numbers, references and links stay whole."""
    words = re.sub(r"[ \n]+", " ", text).strip()
    return textwrap.fill(words, 72, break_long_words=False, break_on_hyphens=False) + "\n"
