"""An invoice or credit note as a reader of its XML understands it, whichever syntax it was in.

Names follow the business terms of EN 16931 (BT-…, BG-…). Text is on one line, without controls;
None or an empty tuple is what the XML does not say, or not clearly. Amounts are as printed: a
credit note's are positive where its XML writes them so.
"""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Literal

MOST_LINES = 10_000
"""Lines beyond this are counted and left out; the XML still has them."""

Kind = Literal["invoice", "credit_note"]
Syntax = Literal["ubl", "cii"]
Means = Literal["credit_transfer", "direct_debit", "card", "other"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """Seller (BG-4), buyer (BG-7), payee (BG-10) or receiver of goods (BG-13)."""

    name: str | None = None
    """The registered name, else the trading name."""
    trading_name: str | None = None
    """Only where it differs from the name."""
    address: tuple[str, ...] = ()
    """Street, additional lines and city with its postal code, as an envelope shows them."""
    country: str | None = None
    """ISO 3166-1 alpha-2."""
    vat_number: str | None = None
    company_number: str | None = None
    """BT-30 or BT-47: its number in a public register."""
    customer_number: str | None = None
    """BT-46 or BT-29: the number the other side knows it by."""
    contact: str | None = None
    phone: str | None = None
    email: str | None = None


@dataclass(frozen=True, slots=True)
class Period:
    """From a day to a day, both included; one of them may be open (BG-14, BG-26)."""

    start: date | None
    end: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Adjustment:
    """An allowance or charge on the whole document (BG-20, BG-21) or a line (BG-27, BG-28)."""

    charge: bool
    amount: Decimal
    reason: str | None = None
    percent: Decimal | None = None
    base: Decimal | None = None
    vat_category: str | None = None
    vat_rate: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """An invoice line (BG-25)."""

    number: str | None = None
    name: str | None = None
    description: str | None = None
    note: str | None = None
    period: Period | None = None
    quantity: Decimal | None = None
    unit: str | None = None
    """UN/ECE Recommendation 20 or 21 code, such as C62, HUR, KGM."""
    unit_price: Decimal | None = None
    """BT-146, net, per ``price_quantity`` units."""
    price_quantity: Decimal | None = None
    adjustments: tuple[Adjustment, ...] = ()
    net: Decimal | None = None
    vat_category: str | None = None
    vat_rate: Decimal | None = None
    """In percent."""
    order_line: str | None = None
    object_id: str | None = None
    """BT-128: what the line is about, such as a meter or a number plate."""
    buyer_item: str | None = None
    seller_item: str | None = None
    attributes: tuple[tuple[str, str], ...] = ()
    """BG-32: name and value, such as a colour or a number plate."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Vat:
    """One row of the VAT breakdown (BG-23)."""

    category: str | None = None
    """UNCL5305: S, Z, E, AE, K, G, O, L, M."""
    rate: Decimal | None = None
    base: Decimal | None = None
    amount: Decimal | None = None
    exemption: str | None = None
    """BT-120, or the code of BT-121 where no words are given."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """BG-22, in the document's currency."""

    lines: Decimal | None = None
    allowances: Decimal | None = None
    charges: Decimal | None = None
    excl_vat: Decimal | None = None
    vat: Decimal | None = None
    vat_in_vat_currency: Decimal | None = None
    """BT-111, in ``Invoice.vat_currency``."""
    incl_vat: Decimal | None = None
    prepaid: Decimal | None = None
    rounding: Decimal | None = None
    due: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment:
    """One way to pay (BG-16)."""

    means: Means
    code: str | None = None
    """UNCL4461, such as 30, 58 (SEPA credit transfer), 59 (SEPA direct debit)."""
    iban: str | None = None
    """BT-84 without spaces; None when it fails its own check digits."""
    account: str | None = None
    """BT-84 as written, where it is no IBAN or a wrong one."""
    account_name: str | None = None
    bic: str | None = None
    reference: str | None = None
    """BT-83, where this way to pay has one of its own."""
    amount: Decimal | None = None
    """The part to pay this way; a Dutch G-account takes a part of the total."""
    mandate: str | None = None
    """BT-89."""
    creditor: str | None = None
    """BT-90: the creditor identifier of a direct debit."""
    debited_iban: str | None = None


@dataclass(frozen=True, slots=True)
class Reference:
    """Another document this one names; ``kind`` as on the wire, such as order or contract."""

    kind: str
    value: str
    issue_date: date | None = None


@dataclass(frozen=True, slots=True)
class Enclosure:
    """A document that comes with the invoice (BG-24): inside the XML, or somewhere else.

    Without content and URL it is one that the XML names and that cannot be had from it.
    """

    name: str
    """A file name and never a path; the reference (BT-122) where the XML gives no file name."""
    media_type: str | None
    """As the XML says; its bytes may be something else."""
    content: bytes | None
    description: str | None = None
    url: str | None = None
    """http, https, or without a scheme (www.example.com/annex); anything else is left out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Invoice:
    """The whole of it."""

    syntax: Syntax
    type: Kind
    type_code: str | None = None
    """UNCL1001: 380, 381, 384, 389 …"""
    profile: str | None = None
    """BT-24."""
    number: str | None = None
    issue_date: date | None = None
    due_date: date | None = None
    vat_date: date | None = None
    """BT-7: when the VAT is due, where that is another day."""
    delivery_date: date | None = None
    period: Period | None = None
    currency: str | None = None
    vat_currency: str | None = None
    """BT-6, where it differs from the currency."""
    seller: Party = field(default_factory=Party)
    buyer: Party = field(default_factory=Party)
    payee: Party | None = None
    tax_representative: Party | None = None
    """BG-11: who pays the VAT for a seller from elsewhere."""
    deliver_to: Party | None = None
    notes: tuple[str, ...] = ()
    buyer_reference: str | None = None
    """BT-10; not among the references."""
    buyer_account: str | None = None
    """BT-19: where the buyer books it."""
    references: tuple[Reference, ...] = ()
    """order, sales_order, contract, project, tender, object, despatch, receiving_advice."""
    preceding: tuple[Reference, ...] = ()
    """BG-3: the invoices that this one corrects."""
    lines: tuple[Line, ...] = ()
    line_count: int = 0
    """All of them, those left out included."""
    adjustments: tuple[Adjustment, ...] = ()
    vat: tuple[Vat, ...] = ()
    totals: Totals = field(default_factory=Totals)
    payments: tuple[Payment, ...] = ()
    payment_reference: str | None = None
    """BT-83, as written; the first where the ways to pay have one each."""
    payment_terms: str | None = None
    enclosures: tuple[Enclosure, ...] = ()
