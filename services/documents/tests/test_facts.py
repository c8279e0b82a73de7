"""Proves what is known of a document when its message and its XML speak, agree or differ."""

from datetime import date
from decimal import Decimal

import pytest

from chassis.failures import Invalid
from contracts.money import Money
from documents import facts
from documents.errors import FactMissing
from documents.ubl import Header

HEADER = Header(
    type="invoice",
    number="F2600017",
    issue_date=date(2026, 6, 1),
    due_date=date(2026, 7, 1),
    currency="EUR",
    total_incl_vat=Decimal("498.94"),
    amount_due=Decimal("398.94"),
    payment_reference="+++090/9337/55493+++",
    references=(("order", "PO 17"),),
)


def euros(amount):
    return Money(currency="EUR", amount=amount)


@pytest.fixture
def silent(command):
    """Return a function that builds a command that leaves all it can to its XML."""
    unsaid = dict.fromkeys(("number", "type", "issue_date", "total_incl_vat"))
    return lambda **told: command(**unsaid | told)


def test_an_xml_alone_says_everything(silent):
    settled = facts.settle(silent(), HEADER, xml_given=True)

    assert (settled.number, settled.type) == ("F2600017", "invoice")
    assert (settled.issue_date, settled.due_date) == (date(2026, 6, 1), date(2026, 7, 1))
    assert (settled.currency, settled.total_incl_vat) == ("EUR", Decimal("498.94"))
    assert settled.amount_due == Decimal("398.94")
    assert settled.payment_reference == "+++090/9337/55493+++"
    assert (settled.references, settled.flags) == ((("order", "PO 17"),), ())


def test_a_message_alone_says_everything(command):
    settled = facts.settle(command(due_date="2026-07-01"), None, xml_given=False)

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

    assert facts.settle(told, HEADER, xml_given=True).flags == ()


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
    settled = facts.settle(silent(**{field: told}), HEADER, xml_given=True)

    assert settled.flags == (f"{field}_differs",)
    alone = facts.settle(silent(), HEADER, xml_given=True)
    assert getattr(settled, field) == getattr(alone, field)
    assert settled.currency == "EUR"


def test_what_the_xml_does_not_say_the_message_says(command):
    settled = facts.settle(
        command(payment_reference="RF18"), Header(type="invoice"), xml_given=True
    )

    assert (settled.number, settled.payment_reference) == ("F2600017", "RF18")
    assert (settled.total_incl_vat, settled.flags) == (Decimal("498.94"), ())


def test_references_of_both_are_kept_once(silent):
    references = [{"kind": "order", "value": "PO 17"}, {"kind": "plate", "value": "1-ABC-234"}]

    settled = facts.settle(silent(references=references), HEADER, xml_given=True)

    assert settled.references == (("order", "PO 17"), ("plate", "1-ABC-234"))


def test_an_xml_that_is_not_understood_is_flagged(command):
    settled = facts.settle(command(), None, xml_given=True)

    assert settled.flags == ("xml_not_understood",)


def test_everything_that_nobody_said_is_named_at_once(silent):
    with pytest.raises(FactMissing) as refused:
        facts.settle(silent(), None, xml_given=False)

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
    header = Header("invoice", "F1", date(2026, 6, 1), None, "EUR", Decimal(amount))
    told = silent(total_incl_vat=euros("1.00"))

    settled = facts.settle(told, header, xml_given=True)

    assert settled.total_incl_vat == (known or Decimal("1.00"))


def test_an_amount_without_a_currency_counts_as_not_said(silent):
    header = Header("invoice", "F1", date(2026, 6, 1), None, None, Decimal("9.00"))

    with pytest.raises(FactMissing) as refused:
        facts.settle(silent(), header, xml_given=True)

    assert refused.value.problems[0].pointer == "/total_incl_vat"


def test_nothing_due_is_an_amount_too(silent):
    settled = facts.settle(
        silent(total_incl_vat=euros("100.00"), amount_due=euros("0.00")),
        Header("invoice", "F1", date(2026, 6, 1)),
        xml_given=True,
    )

    assert settled.amount_due == Decimal("0.00")


@pytest.mark.parametrize("total_of_xml", [None, Decimal("498.94")])
def test_an_amount_due_in_another_currency_than_the_total_is_refused(command, total_of_xml):
    header = Header("invoice", currency="EUR", total_incl_vat=total_of_xml)
    told = command(amount_due={"amount": "5.00", "currency": "USD"})

    with pytest.raises(Invalid) as refused:
        facts.settle(told, header, xml_given=True)

    assert [(each.pointer, each.rule) for each in refused.value.problems] == [
        ("/amount_due/currency", "one_currency")
    ]
