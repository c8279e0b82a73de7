"""Proves which words a document is found by."""

from dataclasses import fields, replace
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st
from services.documents.tests import make

from documents import wording
from documents.invoice import Payment


def words_of(text):
    return text.split("\n")


def test_an_invoice_is_found_by_all_that_names_something_in_it():
    """D-18"""
    found = words_of(wording.of_invoice(make.invoice()))

    for wanted in (
        "F26000127",
        "DL2-0004411",
        "PO-2026-77",
        "090933799953",
        "B-1",
        "F25000990",
        "'t Groene Loo B.V.",
        "7311 AA Apeldoorn",
        "NL123456789B01",
        "Magazijn Zuid",
        "Inningsbureau Vlot",
        "Operationele leasing Renault Kangoo",
        "Bestelwagen, elektrisch",
        "Inclusief winterbanden",
        "KNG-22",
        "Kleur",
        "wit",
        "BE71096123456769",
        "30 dagen netto",
        "urenstaat.pdf",
        "Dank voor uw vertrouwen.",
    ):
        assert wanted in found


def test_a_number_is_found_with_and_without_its_signs():
    found = words_of(wording.joined(["1-HKR-482", "+++090/9337/55493+++", "2026/F.17", "A"]))

    assert found == [
        "1-HKR-482",
        "1HKR482",
        "+++090/9337/55493+++",
        "090933755493",
        "2026/F.17",
        "2026F17",
        "A",
    ]


def test_prose_is_no_number():
    said = ["30 dagen netto", "e-mail", "tel. 02/200.90.00 of 02/200.90.01"]

    assert words_of(wording.joined(said)) == said


def test_what_is_said_twice_stands_there_once():
    lines = (make.line(name="Onderhoud", number=str(nth)) for nth in range(5_000))
    invoice = make.bare(lines=tuple(lines), line_count=5_000)

    assert wording.of_invoice(invoice) == "Onderhoud"


def test_an_invoice_that_says_nothing_has_no_words():
    assert wording.of_invoice(make.bare()) == ""
    assert wording.joined([None, "", None]) == ""


def test_more_words_than_fit_are_left_out_and_none_is_cut():
    lines = tuple(make.line(name=f"{nth:07} {'x' * 1_000}") for nth in range(200))

    found = wording.of_invoice(make.invoice(lines=lines, line_count=200))

    assert 98_000 < len(found) <= wording.LONGEST
    assert found.endswith("x" * 1_000)


def test_no_amount_is_among_the_words():
    payment = Payment(means="card", amount=Decimal("1234.56"))
    invoice = replace(make.invoice(), payments=(payment,))

    found = wording.of_invoice(invoice)

    amounts = [getattr(invoice.totals, each.name) for each in fields(invoice.totals)]
    assert not [each for each in (*amounts, payment.amount) if str(each) in found]


@given(st.lists(st.text(st.characters(exclude_characters="\n")) | st.none(), max_size=20))
def test_whatever_is_said_is_found_once_and_in_its_order(texts):
    found = words_of(wording.joined(texts))

    told = list(dict.fromkeys(each for each in texts if each))
    assert [each for each in found if each in told] == [each for each in told if each in found]
    assert len(found) == len(set(found))
    assert not told or set(told) <= set(found)
