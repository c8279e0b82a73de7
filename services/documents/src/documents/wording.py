"""The words that a document is found by: what it says, without repeating itself, within bounds."""

import re
from collections.abc import Iterable, Iterator

from documents.invoice import Invoice, Line, Party, Reference

LONGEST = 100_000
"""Characters of all words of a document together; an index takes no more than a megabyte."""

_JOINED_UP = re.compile(r"\W*\w+(?:[^\w\s]+\w+)+\W*")
_LONGEST_NUMBER = 50


def joined(texts: Iterable[str | None]) -> str:
    """Return texts one a line, each once, as many as fit.

    A number that is written with signs in it, 1-HKR-482 or +++090/9337/55493+++, stands there
    without them as well: people type it as they please.
    """
    said: dict[str, None] = {}
    size = 0
    for text in _with_plain_numbers(texts):
        if text in said:
            continue
        size += len(text) + 1
        if size > LONGEST:
            break
        said[text] = None
    return "\n".join(said)


def _with_plain_numbers(texts: Iterable[str | None]) -> Iterator[str]:
    for text in texts:
        if not text:
            continue
        yield text
        is_number = len(text) <= _LONGEST_NUMBER and any(map(str.isdigit, text))
        if is_number and _JOINED_UP.fullmatch(text):
            yield re.sub(r"[\W_]", "", text)


def of_invoice(invoice: Invoice) -> str:
    """Return what an invoice says in words; no amounts and no dates, which have filters."""
    return joined(_said(invoice))


def _said(invoice: Invoice) -> Iterator[str | None]:
    yield invoice.number
    yield invoice.buyer_reference
    yield invoice.payment_reference
    yield from _references(invoice.references)
    yield from _references(invoice.preceding)
    for party in (invoice.buyer, invoice.seller, invoice.deliver_to, invoice.payee):
        if party is not None:
            yield from _party(party)
    yield invoice.buyer_account
    yield from invoice.notes
    for line in invoice.lines:
        yield from _line(line)
    for payment in invoice.payments:
        yield from (payment.iban, payment.account, payment.reference, payment.mandate)
    yield invoice.payment_terms
    for enclosure in invoice.enclosures:
        yield from (enclosure.name, enclosure.description)


def _references(references: Iterable[Reference]) -> Iterator[str]:
    for each in references:
        yield each.value


def _party(party: Party) -> Iterator[str | None]:
    yield from (party.customer_number, party.name, party.trading_name, *party.address)
    yield from (party.vat_number, party.company_number, party.contact, party.phone, party.email)


def _line(line: Line) -> Iterator[str | None]:
    yield from (line.name, line.description, line.note, line.object_id)
    yield from (line.seller_item, line.buyer_item, line.order_line)
    for name, value in line.attributes:
        yield from (name, value)
