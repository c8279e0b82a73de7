"""A document as a row of a table: what a list shows of it, with its sign."""

from datetime import date
from decimal import Decimal

from documents.export_words import ExportWords
from documents.models import Document

Value = str | date | Decimal | None


def titles(words: ExportWords) -> list[str]:
    """Return the titles of the columns."""
    return list(words.columns.values())


def row(document: Document, words: ExportWords) -> list[Value]:
    """Return what a document has in each column."""
    sign = -1 if document.type == "credit_note" else 1
    values: dict[str, Value] = {
        "customer_number": document.customer_number,
        "type": words.types.get(document.type, document.type),
        "number": document.number,
        "issue_date": document.issue_date,
        "due_date": document.due_date,
        "total_incl_vat": document.signed_total,
        "amount_due": sign * document.amount_due,
        "currency": document.currency,
        "payment_reference": document.payment_reference,
        "document_id": str(document.id),
    }
    return [values[field] for field in words.columns]
