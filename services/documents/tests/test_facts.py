"""Proves what is known of a document when its message and its XML speak, agree or differ."""

from datetime import date
from decimal import Decimal

import pytest

from chassis.failures import Invalid
from contracts.money import Money
from documents import facts
from documents.errors import FactMissing
from documents.invoice import Invoice, Party, Reference, Totals


def said(total="498.94", due=None, **more):
    """Return an invoice whose XML says little, and more."""
    known = {"syntax": "ubl", "type": "invoice", "number": "F1", "issue_date": date(2026, 6, 1)}
    totals = Totals(incl_vat=total and Decimal(total), due=due and Decimal(due))
    return Invoice(**known | {"currency": "EUR", "totals": totals} | more)


INVOICE = said(
    due="398.94",
    number="F2600017",
    due_date=date(2026, 7, 1),
    payment_reference="+++090/9337/55493+++",
    references=(Reference("order", "PO 17"),),
)
NOTHING = Invoice(syntax="ubl", type="invoice")


def euros(amount):
    return Money(currency="EUR", amount=amount)


@pytest.fixture
def silent(command):
    """Return a function that builds a command that leaves all it can to its XML."""
    unsaid = dict.fromkeys(("number", "type", "issue_date", "total_incl_vat"))
    return lambda **told: command(**unsaid | told)


def test_an_xml_alone_says_everything(silent):
    settled = facts.settle(silent(), INVOICE)

    assert (settled.number, settled.type) == ("F2600017", "invoice")
    assert (settled.issue_date, settled.due_date) == (date(2026, 6, 1), date(2026, 7, 1))
    assert (settled.currency, settled.total_incl_vat) == ("EUR", Decimal("498.94"))
    assert settled.amount_due == Decimal("398.94")
    assert settled.payment_reference == "+++090/9337/55493+++"
    assert (settled.references, settled.flags) == ((("order", "PO 17"),), ())


def test_a_message_alone_says_everything(command):
    settled = facts.settle(command(due_date="2026-07-01"), None)

    assert (settled.number, settled.type) == ("F2600017", "invoice")
    assert (settled.issue_date, settled.due_date) == (date(2026, 6, 1), date(2026, 7, 1))
    assert (settled.total_incl_vat, settled.amount_due) == (Decimal("498.94"), Decimal("498.94"))
    assert settled.flags == ()


def test_what_both_say_alike_is_not_flagged(command):
    told = command(
        due_date="2026-07-01",
        total_incl_vat=euros("498.94"),
        amount_due=euros("398.94"),
        payment_reference="+++090/9337/55493+++",
    )

    assert facts.settle(told, INVOICE).flags == ()


@pytest.mark.parametrize(
    ("field", "told"),
    [
        ("number", "F9"),
        ("type", "credit_note"),
        ("issue_date", "2026-06-02"),
        ("due_date", "2026-07-02"),
        ("total_incl_vat", {"amount": "498.95", "currency": "EUR"}),
        ("total_incl_vat", {"amount": "498.94", "currency": "USD"}),
        ("amount_due", {"amount": "0.00", "currency": "EUR"}),
        ("payment_reference", "RF18"),
    ],
)
def test_where_they_differ_the_xml_counts_and_a_flag_says_so(silent, field, told):
    settled = facts.settle(silent(**{field: told}), INVOICE)

    assert settled.flags == (f"{field}_differs",)
    alone = facts.settle(silent(), INVOICE)
    assert getattr(settled, field) == getattr(alone, field)
    assert settled.currency == "EUR"


def test_what_the_xml_does_not_say_the_message_says(command):
    settled = facts.settle(command(payment_reference="RF18"), NOTHING)

    assert (settled.number, settled.payment_reference) == ("F2600017", "RF18")
    assert (settled.total_incl_vat, settled.flags) == (Decimal("498.94"), ())


def test_references_of_both_are_kept_once(silent):
    references = [{"kind": "order", "value": "PO 17"}, {"kind": "plate", "value": "1-ABC-234"}]

    settled = facts.settle(silent(references=references), INVOICE)

    assert settled.references == (("order", "PO 17"), ("plate", "1-ABC-234"))


def test_everything_that_nobody_said_is_named_at_once(silent):
    with pytest.raises(FactMissing) as refused:
        facts.settle(silent(), None)

    assert [(each.pointer, each.rule) for each in refused.value.problems] == [
        ("/number", "missing"),
        ("/type", "missing"),
        ("/issue_date", "missing"),
        ("/total_incl_vat", "missing"),
    ]


@pytest.mark.parametrize(
    ("amount", "known"),
    [("498.9400", Decimal("498.94")), ("498", Decimal(498)), ("498.945", None)],
)
def test_an_amount_with_more_decimals_than_its_currency_has_counts_only_if_they_are_zeros(
    silent, amount, known
):
    told = silent(total_incl_vat=euros("1.00"))

    settled = facts.settle(told, said(amount))

    assert settled.total_incl_vat == (known or Decimal("1.00"))


def test_an_amount_without_a_currency_counts_as_not_said(silent):
    with pytest.raises(FactMissing) as refused:
        facts.settle(silent(), said("9.00", currency=None))

    assert refused.value.problems[0].pointer == "/total_incl_vat"


def test_nothing_due_is_an_amount_too(silent):
    settled = facts.settle(
        silent(total_incl_vat=euros("100.00"), amount_due=euros("0.00")),
        said(None),
    )

    assert settled.amount_due == Decimal("0.00")


@pytest.mark.parametrize("total_of_xml", [None, "498.94"])
def test_an_amount_due_in_another_currency_than_the_total_is_refused(command, total_of_xml):
    told = command(amount_due={"amount": "5.00", "currency": "USD"})

    with pytest.raises(Invalid) as refused:
        facts.settle(told, said(total_of_xml))

    assert [(each.pointer, each.rule) for each in refused.value.problems] == [
        ("/amount_due/currency", "one_currency")
    ]


@pytest.mark.parametrize(
    ("totals", "total"),
    [
        ({"excl_vat": "412.35", "vat": "86.59", "due": "1.00"}, "498.94"),
        ({"due": "398.94"}, "398.94"),
        ({"due": "398.94", "prepaid": "100.00"}, "498.94"),
        ({"due": "399.00", "prepaid": "100.00", "rounding": "0.06"}, "498.94"),
        ({"excl_vat": "412.35", "due": "498.94"}, "498.94"),
    ],
)
def test_a_total_that_is_only_implied_is_derived_and_flagged(silent, totals, total):
    invoice = said(totals=Totals(**{name: Decimal(value) for name, value in totals.items()}))

    settled = facts.settle(silent(), invoice)

    assert (str(settled.total_incl_vat), settled.flags) == (total, ("total_derived",))


def test_a_total_that_the_message_says_is_not_derived(silent):
    invoice = said(totals=Totals(excl_vat=Decimal(100), vat=Decimal(21), due=Decimal(121)))

    settled = facts.settle(silent(total_incl_vat=euros("120.00")), invoice)

    assert (settled.total_incl_vat, settled.flags) == (Decimal("120.00"), ())


def test_nothing_is_derived_from_nothing(silent):
    with pytest.raises(FactMissing):
        facts.settle(silent(), said(totals=Totals(excl_vat=Decimal(100))))


@pytest.mark.parametrize("field", ["total_incl_vat", "amount_due"])
def test_an_xml_that_names_no_currency_is_in_that_of_its_message(silent, field):
    told = silent(**{field: {"amount": "498.94", "currency": "SEK"}})

    settled = facts.settle(told, said(currency=None))

    assert (settled.currency, settled.total_incl_vat) == ("SEK", Decimal("498.94"))


@pytest.mark.parametrize(
    ("named", "flags"),
    [
        ("DL5-104233", ()),
        ("DL5-104234", ("customer_number_differs",)),
        ("DL6-104233", ("customer_number_differs",)),
        ("104234", ()),
        ("0208:0123456789", ()),
        ("DL5-104234 ", ()),
        (None, ()),
    ],
)
def test_another_customer_number_in_the_xml_is_flagged_when_it_looks_like_one(silent, named, flags):
    buyer = Party(customer_number=named)

    assert facts.settle(silent(), said(buyer=buyer)).flags == flags


def test_the_reference_of_the_buyer_is_one_of_the_references(silent):
    invoice = said(buyer_reference="Ms Peeters", references=(Reference("contract", "C 1"),))

    settled = facts.settle(silent(references=[{"kind": "plate", "value": "1-ABC-234"}]), invoice)

    assert settled.references == (
        ("contract", "C 1"),
        ("buyer_reference", "Ms Peeters"),
        ("plate", "1-ABC-234"),
    )


def test_no_more_references_are_kept_than_are_reasonable(silent):
    references = tuple(Reference("order", str(turn)) for turn in range(1000))

    assert len(facts.settle(silent(), said(references=references)).references) == 100
