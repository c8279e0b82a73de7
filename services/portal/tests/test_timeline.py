"""The rule of what a reader is told about a document's way."""

from datetime import UTC, date, datetime

from portal import timeline
from portal.custody import Event
from portal.document import GuestDocument

AT = datetime(2026, 11, 20, 8, 11, tzinfo=UTC)
TODAY = date(2026, 11, 22)


def a_document(**more):
    amount = {"amount": "12.00", "currency": "EUR"}
    facts = {
        "document_id": "01930000-0000-7000-8000-00000000000d",
        "customer_number": "DL5-1",
        "number": "F1",
        "type": "invoice",
        "issue_date": "2026-11-19",
        "due_date": "2026-12-19",
        "total_incl_vat": amount,
        "amount_due": amount,
        "payment_reference": None,
        "published_at": AT,
        "files": [],
    }
    return GuestDocument.model_validate(facts | more)


def words(document, *acts):
    events = [Event(sequence=at, at=AT, act=act) for at, act in enumerate(acts)]
    return [(each.word, each.kind) for each in timeline.steps(document, events, TODAY)]


def test_a_document_is_issued_received_published_and_due():
    assert words(a_document(), "received", "published") == [
        ("step_issued_invoice", "done"),
        ("step_received", "done"),
        ("step_published", "done"),
        ("step_due", "to_come"),
    ]


def test_what_says_nothing_to_a_customer_is_left_out():
    said = words(a_document(), "received", "retention_set", "held", "of_a_later_version")

    assert [word for word, _ in said] == ["step_issued_invoice", "step_received", "step_due"]


def test_without_events_it_is_told_when_it_was_published():
    assert words(a_document())[1] == ("step_published", "done")


def test_what_is_past_is_no_more_to_come():
    assert words(a_document(due_date="2026-11-21"))[-1] == ("step_due", "done")
    assert words(a_document(due_date="2026-11-22"))[-1] == ("step_due", "to_come")


def test_a_credit_note_and_what_is_paid_are_never_due():
    paid = {"amount": "0.00", "currency": "EUR"}

    assert words(a_document(type="credit_note"))[0] == ("step_issued_credit_note", "done")
    assert "step_due" not in dict(words(a_document(type="credit_note")))
    assert "step_due" not in dict(words(a_document(amount_due=paid)))
    assert "step_due" not in dict(words(a_document(due_date=None)))
