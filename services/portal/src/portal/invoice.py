"""An invoice as documents has understood it, with the names that it gives things there.

Whatever is not said is None or empty; whatever a later version adds is ignored.
"""

from datetime import date
from decimal import Decimal
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import BaseModel, BeforeValidator

from portal.plain_text import Text

_PEPPOL = "urn:fdc:peppol.eu:2017:poacc:billing:3"
_ONE = Decimal(1)


def _none_as_empty(value: object) -> object:
    return () if value is None else value


class Party(BaseModel):
    """Who sells, buys, is paid or receives the goods."""

    name: Text | None = None
    trading_name: Text | None = None
    address: tuple[Text, ...] = ()
    country: Text | None = None
    vat_number: Text | None = None
    company_number: Text | None = None
    customer_number: Text | None = None
    contact: Text | None = None
    phone: Text | None = None
    email: Text | None = None

    @property
    def other_number(self) -> str | None:
        """Return the company number, unless the VAT number says it already."""
        number = self.company_number or ""
        digits = "".join(filter(str.isalnum, number))
        of_vat = "".join(filter(str.isalnum, self.vat_number or ""))
        return None if not digits or of_vat.endswith(digits) else number


class Period(BaseModel):
    """From a day to a day, both included; one of them may be open."""

    start: date | None = None
    end: date | None = None


class Adjustment(BaseModel):
    """An allowance or a charge."""

    charge: bool
    amount: Decimal
    reason: Text | None = None
    percent: Decimal | None = None

    @property
    def signed(self) -> Decimal:
        """Return what it adds."""
        return self.amount if self.charge else -self.amount


class Line(BaseModel):
    """A line of the invoice."""

    number: Text | None = None
    name: Text | None = None
    description: Text | None = None
    note: Text | None = None
    period: Period | None = None
    quantity: Decimal | None = None
    unit: Text | None = None
    unit_price: Decimal | None = None
    price_quantity: Decimal | None = None
    adjustments: tuple[Adjustment, ...] = ()
    net: Decimal | None = None
    vat_category: Text | None = None
    vat_rate: Decimal | None = None
    order_line: Text | None = None
    object_id: Text | None = None
    seller_item: Text | None = None
    buyer_item: Text | None = None
    attributes: tuple[tuple[Text, Text], ...] = ()

    @property
    def title(self) -> str:
        """Return what the line is called, whatever it is called by."""
        return self.name or self.description or self.seller_item or self.number or "–"

    @property
    def more(self) -> str | None:
        """Return its description, where that says more than its name."""
        return self.description if self.description not in {None, self.title} else None

    @property
    def per(self) -> Decimal | None:
        """Return for how many units its price is, where that is not one."""
        return self.price_quantity if self.price_quantity not in {None, _ONE} else None


class Vat(BaseModel):
    """A row of the VAT breakdown."""

    category: Text | None = None
    rate: Decimal | None = None
    base: Decimal | None = None
    amount: Decimal | None = None
    exemption: Text | None = None

    @property
    def why(self) -> str | None:
        """Return why no VAT is charged, in words; a code of the CEF list says nothing to people."""
        return None if (self.exemption or "").startswith("VATEX") else self.exemption


class Totals(BaseModel):
    """The amounts at the end."""

    lines: Decimal | None = None
    excl_vat: Decimal | None = None
    vat: Decimal | None = None
    vat_in_vat_currency: Decimal | None = None
    incl_vat: Decimal | None = None
    prepaid: Decimal | None = None
    rounding: Decimal | None = None
    due: Decimal | None = None


class PaymentMeans(BaseModel):
    """One way to pay: ``means`` is credit_transfer, direct_debit, card or other."""

    means: str
    iban: Text | None = None
    account: Text | None = None
    account_name: Text | None = None
    bic: Text | None = None
    reference: Text | None = None
    amount: Decimal | None = None
    mandate: Text | None = None
    debited_iban: Text | None = None


class Reference(BaseModel):
    """Another document that this one names."""

    kind: str
    value: Text
    issue_date: date | None = None


class Enclosure(BaseModel):
    """A document that belongs to the invoice; ``url`` where it lies somewhere else."""

    name: Text
    description: Text | None = None
    url: Text | None = None

    @property
    def host(self) -> str | None:
        """Return where it lies, when that is a place a browser can go to safely."""
        try:
            parts = urlsplit(self.url or "")
            host = parts.hostname if parts.scheme == "https" and not parts.username else None
        except ValueError:
            return None
        return host


class Invoice(BaseModel):
    """The whole of it."""

    type: str
    profile: Text | None = None
    number: Text | None = None
    issue_date: date | None = None
    due_date: date | None = None
    delivery_date: date | None = None
    vat_date: date | None = None
    period: Period | None = None
    currency: Text | None = None
    vat_currency: Text | None = None
    seller: Party = Party()
    buyer: Party = Party()
    payee: Party | None = None
    deliver_to: Party | None = None
    tax_representative: Party | None = None
    notes: tuple[Text, ...] = ()
    buyer_reference: Text | None = None
    buyer_account: Text | None = None
    references: tuple[Reference, ...] = ()
    preceding: tuple[Reference, ...] = ()
    lines: Annotated[tuple[Line, ...], BeforeValidator(_none_as_empty)] = ()
    line_count: int = 0
    adjustments: tuple[Adjustment, ...] = ()
    vat: tuple[Vat, ...] = ()
    totals: Totals = Totals()
    payments: tuple[PaymentMeans, ...] = ()
    payment_terms: Text | None = None
    enclosures: tuple[Enclosure, ...] = ()

    @property
    def is_peppol(self) -> bool:
        """Tell whether it says to be a Peppol BIS Billing 3.0."""
        return _PEPPOL in (self.profile or "")
