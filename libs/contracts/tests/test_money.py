"""Money: plainly written, never a float, with no more decimals than its currency has."""

import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from contracts.money import Money


def read(amount, currency="EUR"):
    return Money.model_validate_json(json.dumps({"amount": amount, "currency": currency}))


def rules(refused):
    return [each["type"] for each in refused.value.errors()]


@pytest.mark.parametrize(
    ("amount", "currency"),
    [
        ("498.94", "EUR"),
        ("498.9", "EUR"),
        ("0", "EUR"),
        ("-12.00", "EUR"),
        ("-0.01", "EUR"),
        ("007.00", "EUR"),
        ("999999999999999.99", "EUR"),
        ("1200", "JPY"),
        ("-1200", "JPY"),
        ("1.234", "KWD"),
    ],
)
def test_an_amount_is_read_as_it_is_written(amount, currency):
    money = read(amount, currency)

    assert money == Money(amount=Decimal(amount), currency=currency)
    assert money.amount.as_tuple() == Decimal(amount).as_tuple()


@pytest.mark.parametrize(
    ("amount", "currency", "decimals"),
    [("0.001", "EUR", 2), ("1.0", "JPY", 0), ("1.0000", "KWD", 3), ("1.230", "USD", 2)],
)
def test_an_amount_has_no_more_decimals_than_its_currency(amount, currency, decimals):
    with pytest.raises(ValidationError, match=f"at most {decimals} decimals") as refused:
        read(amount, currency)

    assert rules(refused) == ["decimal_places"]


@pytest.mark.parametrize("amount", [498.94, 12, True, None, ["1"], {}])
def test_an_amount_is_text_and_never_a_number(amount):
    with pytest.raises(ValidationError) as refused:
        read(amount)

    assert rules(refused) == ["text"]


@pytest.mark.parametrize(
    "amount",
    [
        "1e3",
        "1E3",
        "",
        " 1",
        "1 ",
        "1\n",
        "+1",
        "--1",
        "1,50",
        "1.",
        ".5",
        "1_000",
        "0x10",
        "NaN",
        "Infinity",
        "-",
        "١٢",
        "1000000000000000",
        "1.00000000001",
        "498.94 EUR",
    ],
)
def test_an_amount_is_plainly_written(amount):
    with pytest.raises(ValidationError) as refused:
        read(amount)

    assert rules(refused) == ["amount"]


@pytest.mark.parametrize("currency", ["eur", "EU", "EURO", "€", "", "EUR\n", None, 978])
def test_a_currency_is_three_capitals(currency):
    with pytest.raises(ValidationError):
        read("1.00", currency)


@given(st.decimals("-999999999999999", "999999999999999", places=2))
def test_money_says_exactly_what_it_read(amount):
    written = f"{amount:f}"

    assert json.loads(read(written).model_dump_json())["amount"] == written


def test_a_great_exponent_is_written_in_full():
    money = Money(amount=Decimal("1E+3"), currency="EUR")

    assert json.loads(money.model_dump_json())["amount"] == "1000"
