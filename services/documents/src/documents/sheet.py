"""An invoice as the finished words of its rendition: what stands where, in the reader's language.

The template only sets what it is given. Nothing that the invoice says of these is left out, and
nothing is added up: a rendition shows the XML, right or wrong.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from documents import figures
from documents.invoice import (
    Adjustment,
    Enclosure,
    Invoice,
    Line,
    Party,
    Payment,
    Period,
    Reference,
    Vat,
)

Row = tuple[str, str]
"""A label and what it says."""

_LONG_TEXT = 1_500
"""What has more text than this may go over the edge of a page; a line that has less never does."""
MOST_RULED = 200
"""More lines than this stand in plain rows, not in cells, which cost time and memory."""
_WIDEST_COLUMN = 10.0
"""In em. A figure that needs more goes over two lines."""
_SMALL = 0.85
"""The size of titles and of what stands beneath, in em."""
_NO_BREAK = "\N{NO-BREAK SPACE}"
_ZERO_WIDTH_SPACE = "\N{ZERO WIDTH SPACE}"
_EMS = dict.fromkeys("0123456789", 0.5) | dict.fromkeys(" .,:;-()/'\N{NO-BREAK SPACE}", 0.3)
# Controls, surrogates, and what would turn the order of writing round; joiners stay.
_UNSEEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff]+"
)
_ORDINARY_TYPES = frozenset({"380", "381"})


@dataclass(frozen=True)
class Words:
    """What a language says on a rendition (``rendition/<language>.json``)."""

    language: str
    said: dict[str, Any]

    def label(self, name: str) -> str:
        """Return a label."""
        return str(self.said["labels"][name])

    def money(self, amount: Decimal, currency: str | None) -> str:
        """Write an amount."""
        return figures.money(amount, currency, self.language)

    def day(self, of: date, *, short: bool = False) -> str:
        """Write a date."""
        months = self.said["short_months" if short else "months"]
        return figures.day(of, self.language, months)

    def period(self, period: Period, *, short: bool = False) -> str:
        """Write a period, which may be open on one side."""
        start = period.start and self.day(period.start, short=short)
        end = period.end and self.day(period.end, short=short)
        if start and end:
            return f"{start} {self.said['to']} {end}"
        if start:
            return f"{self.said['from']} {start}"
        return f"{self.said['until']} {end}" if end else ""

    def unit(self, code: str | None, quantity: Decimal) -> str:
        """Name a unit of UN/ECE Recommendation 20 or 21; a code that has no name stays itself."""
        one, many = self.said["units"].get(code or "", (code or "", code or ""))
        least = 2 if self.language == "fr" else Decimal("1.000001")
        is_one = abs(quantity) < least if self.language == "fr" else abs(quantity) == 1
        return str(one if is_one else many)


def compose(
    invoice: Invoice, words: Words, source: str, customer_number: str | None = None
) -> dict[str, Any]:
    """Return the sheet, ready to be set. ``source`` is the SHA-256 of the original, in hex.

    ``customer_number`` is what the archive knows the customer by: it stands there always, whatever
    the invoice says.
    """
    return {
        "language": words.language,
        "title": _title(invoice, words),
        "number": _text(invoice.number),
        "seller": _seller(invoice.seller, _country(invoice.seller, invoice, words), words),
        "parties": list(_parties(invoice, words)),
        "facts": list(_facts(invoice, words, customer_number)),
        "headline": _headline(invoice, words),
        "table": _table(invoice, words),
        "totals": list(_totals(invoice, words)),
        "in_favour": words.said["in_favour"] if _is_in_favour(invoice) else "",
        "vat": _vat_table(invoice, words),
        "payments": list(_payments(invoice, words)),
        "remarks": list(_remarks(invoice, words)),
        "mark": words.said["mark"][invoice.type],
        "source": source[:12],
        "page": words.said["page"],
    }


def _title(invoice: Invoice, words: Words) -> str:
    titles = words.said["titles"]
    return str(titles.get(invoice.type_code or "", titles[invoice.type]))


def _seller(seller: Party, country: str, words: Words) -> dict[str, Any]:
    ids = [
        _labelled(words.label(label), value)
        for label, value in (
            ("trading_name", seller.trading_name),
            ("vat_number", seller.vat_number),
            ("company_number", _other_than(seller.company_number, seller.vat_number)),
            ("supplier_number", seller.customer_number),
        )
    ]
    reach = [
        _labelled(words.label("seller_contact"), seller.contact),
        _labelled(words.label("phone"), seller.phone),
        _text(seller.email),
    ]
    where = [*map(_text, seller.address), country]
    said = (", ".join(filter(None, where)), _joined(ids), _joined(reach))
    return {"name": _text(seller.name), "lines": [each for each in said if each]}


def _parties(invoice: Invoice, words: Words) -> Iterator[dict[str, Any]]:
    label = "buyer" if invoice.type == "invoice" else "credited"
    yield _party(words.label(label), invoice.buyer, invoice, words)
    if invoice.deliver_to and _differs(invoice.deliver_to, invoice.buyer):
        yield _party(words.label("deliver_to"), invoice.deliver_to, invoice, words)
    if invoice.payee and _differs(invoice.payee, invoice.seller):
        yield _party(words.label("payee"), invoice.payee, invoice, words)
    if invoice.tax_representative:
        label = words.label("tax_representative")
        yield _party(label, invoice.tax_representative, invoice, words)


def _differs(party: Party, known: Party) -> bool:
    """Tell whether a party says anything that a known one does not."""
    return any(
        (value := getattr(party, field)) and value != getattr(known, field)
        for field in Party.__dataclass_fields__
    )


def _party(label: str, party: Party, invoice: Invoice, words: Words) -> dict[str, Any]:
    lines = [
        _labelled(words.label("trading_name"), party.trading_name),
        _labelled(words.label("contact"), party.contact),
        *map(_text, party.address),
        _country(party, invoice, words),
        _labelled(words.label("vat_number"), party.vat_number),
        _labelled(
            words.label("company_number"), _other_than(party.company_number, party.vat_number)
        ),
        _joined([_labelled(words.label("phone"), party.phone), _text(party.email)]),
    ]
    return {"label": label, "name": _text(party.name), "lines": [each for each in lines if each]}


def _country(party: Party, invoice: Invoice, words: Words) -> str:
    """Name a party's country, unless all are in that one and its VAT number says so."""
    code = _text(party.country)
    abroad = {invoice.seller.country, invoice.buyer.country, code} != {code}
    if not abroad and (party.vat_number or "").startswith(code):
        return ""
    return str(words.said["countries"].get(code, code))


def _other_than(value: str | None, other: str | None) -> str | None:
    """Return a value, unless it is another one without its country's letters."""
    digits = re.sub(r"\D", "", value or "")
    return None if digits and digits == re.sub(r"\D", "", other or "") else value


def _facts(invoice: Invoice, words: Words, customer_number: str | None) -> Iterator[Row]:
    def row(label: str, value: str | None) -> Iterator[Row]:
        if text := _text(value):
            yield words.label(label), text

    def day(label: str, of: date | None) -> Iterator[Row]:
        yield from row(label, words.day(of) if of else None)

    yield from row("number", invoice.number)
    if invoice.type_code not in {*_ORDINARY_TYPES, *words.said["titles"]}:
        yield from row("type_code", invoice.type_code)
    yield from day("issue_date", invoice.issue_date)
    yield from day("due_date", invoice.due_date)
    yield from day("delivery_date", invoice.delivery_date)
    yield from day("vat_date", invoice.vat_date)
    if invoice.period:
        yield from row("period", words.period(invoice.period, short=True))
    yield from row("customer_number", customer_number or invoice.buyer.customer_number)
    if customer_number not in {None, invoice.buyer.customer_number}:
        yield from row("customer_number_in_xml", invoice.buyer.customer_number)
    yield from row("buyer_reference", invoice.buyer_reference)
    yield from row("buyer_account", invoice.buyer_account)
    for each in invoice.references:
        yield _reference_name(each.kind, words), _reference(each, words)
    for each in invoice.preceding:
        yield words.label("preceding"), _reference(each, words)


def _reference_name(kind: str, words: Words) -> str:
    return str(words.said["references"].get(kind, kind.replace("_", " ").capitalize()))


def _reference(reference: Reference, words: Words) -> str:
    value = _text(reference.value)
    if reference.issue_date is None:
        return value
    return f"{value} {words.label('of_date')} {words.day(reference.issue_date, short=True)}"


def _headline(invoice: Invoice, words: Words) -> list[Row]:
    """What a reader comes for: how much, before when, with which reference."""
    if invoice.totals.due is None:
        return []
    said = [(_due_label(invoice, words), words.money(invoice.totals.due, invoice.currency))]
    if invoice.due_date and invoice.type == "invoice":
        collected = any(each.means == "direct_debit" for each in invoice.payments)
        label = words.label("collected_on" if collected else "pay_by")
        said.append((label, words.day(invoice.due_date)))
    if reference := _payment_reference(invoice.payment_reference, words):
        said.append(reference)
    return said


def _due_label(invoice: Invoice, words: Words) -> str:
    return words.label("due" if invoice.type == "invoice" else "to_receive")


def _is_in_favour(invoice: Invoice) -> bool:
    due = invoice.totals.due
    return invoice.type == "invoice" and due is not None and due < 0


def _table(invoice: Invoice, words: Words) -> dict[str, Any]:
    short_numbers = all(len(line.number or "") <= 4 for line in invoice.lines)  # noqa: PLR2004
    rows = [_line(line, invoice, words, numbered=short_numbers) for line in invoice.lines]
    names = ("line", "item", "quantity", "", "price", "vat", "net")
    head = [words.label(name) if name else "" for name in names]
    said = ""
    if not invoice.lines:
        said = words.said["no_lines"]
    elif invoice.line_count > len(invoice.lines):
        shown, every = (
            figures.number(Decimal(count), words.language)
            for count in (len(invoice.lines), invoice.line_count)
        )
        said = words.said["lines_left_out"].format(shown=shown, all=every)
    return {
        "head": head,
        "rows": rows,
        "widths": _widths(head, rows),
        "ruled": len(rows) <= MOST_RULED,
        "said": said,
    }


def _line(line: Line, invoice: Invoice, words: Words, *, numbered: bool) -> dict[str, Any]:
    quantity = line.quantity
    details = [each for each in _details(line, invoice, words, numbered=numbered) if each]
    name = _text(line.name) or (details.pop(0) if details else "")
    return {
        "cells": [
            _text(line.number) if numbered else "",
            name,
            figures.number(quantity, words.language) if quantity is not None else "",
            _text(words.unit(line.unit, quantity)) if quantity is not None else "",
            words.money(line.unit_price, invoice.currency) if line.unit_price is not None else "",
            _short_vat(line.vat_category, line.vat_rate, words),
            words.money(line.net, invoice.currency) if line.net is not None else "",
        ],
        "per": _per(line, words),
        "details": details,
        "long": _is_long((name, *details)),
    }


def _per(line: Line, words: Words) -> str:
    """Say for how many the price is, where that is not one."""
    if line.unit_price is None or line.price_quantity in {None, Decimal(1)}:
        return ""
    each = line.price_quantity or Decimal(0)
    unit = _text(words.unit(line.unit, each))
    return f"{words.label('per')} {figures.number(each, words.language)} {unit}".rstrip()


def _details(line: Line, invoice: Invoice, words: Words, *, numbered: bool) -> Iterator[str]:
    yield _text(line.description)
    yield _text(line.note)
    yield _joined(
        [
            words.period(line.period, short=True) if line.period else "",
            "" if numbered else _labelled(words.label("line_number"), line.number),
            _labelled(words.label("object"), line.object_id),
            _labelled(words.label("seller_item"), line.seller_item),
            _labelled(words.label("buyer_item"), line.buyer_item),
            _labelled(words.label("order_line"), line.order_line),
        ]
    )
    yield _joined([f"{_text(name)}: {_text(value)}" for name, value in line.attributes])
    for each in line.adjustments:
        label, how, amount = _adjustment(each, invoice, words)
        yield f"{label} ({how}): {amount}" if how else f"{label}: {amount}"


def _adjustment(adjustment: Adjustment, invoice: Invoice, words: Words) -> tuple[str, str, str]:
    """Return what an allowance or charge is, how it was worked out, and what it does."""
    label = words.label("charge" if adjustment.charge else "allowance")
    if (reason := _text(adjustment.reason)) and reason != label:
        label = f"{label}: {reason}"
    how = []
    if adjustment.percent is not None:
        how.append(figures.percent(adjustment.percent, words.language))
    if adjustment.base is not None:
        joint = words.label("of" if how else "of_base")
        how.append(f"{joint} {words.money(adjustment.base, invoice.currency)}")
    amount = adjustment.amount if adjustment.charge else -adjustment.amount
    return label, " ".join(how), words.money(amount, invoice.currency)


def _totals(invoice: Invoice, words: Words) -> Iterator[dict[str, Any]]:
    """Yield the rows of the sum, ``weight`` being 0, 1 (a sum) or 2 (what is to be paid)."""
    totals = invoice.totals

    def row(label: str, amount: Decimal | None, weight: int = 0) -> Iterator[dict[str, Any]]:
        if amount is not None:
            yield _sum_row(label, words.money(amount, invoice.currency), weight=weight)

    if invoice.adjustments or totals.lines != totals.excl_vat:
        yield from row(words.label("lines_total"), totals.lines)
    for each in invoice.adjustments:
        label, how, amount = _adjustment(each, invoice, words)
        vat = _labelled(words.label("vat"), _short_vat(each.vat_category, each.vat_rate, words))
        yield _sum_row(label, amount, beneath=_joined((how, vat)))
    named = {each.charge for each in invoice.adjustments}
    if totals.allowances and False not in named:
        yield from row(words.label("allowances_total"), -totals.allowances)
    if totals.charges and True not in named:
        yield from row(words.label("charges_total"), totals.charges)
    yield from row(words.label("excl_vat"), totals.excl_vat, 1)
    yield from row(words.label("vat_total"), totals.vat)
    yield from row(words.label("incl_vat"), totals.incl_vat, 1)
    yield from row(words.label("prepaid"), -totals.prepaid if totals.prepaid else None)
    yield from row(words.label("rounding"), totals.rounding or None)
    yield from row(_due_label(invoice, words), totals.due, 2)
    if totals.vat_in_vat_currency is not None:
        label = _labelled(words.label("vat_in"), invoice.vat_currency) or words.label("vat_total")
        yield _sum_row(label, words.money(totals.vat_in_vat_currency, invoice.vat_currency))


def _sum_row(label: str, amount: str, *, beneath: str = "", weight: int = 0) -> dict[str, Any]:
    return {"label": label, "amount": amount, "beneath": beneath, "weight": weight}


def _vat_table(invoice: Invoice, words: Words) -> dict[str, Any]:
    head = [words.label(name) for name in ("vat_table", "base", "vat_amount")]

    def amount(value: Decimal | None) -> str:
        return "" if value is None else words.money(value, invoice.currency)

    rows = [
        {
            "cells": [_vat_name(each, words), amount(each.base), amount(each.amount)],
            "reason": _text(each.exemption),
        }
        for each in invoice.vat
    ]
    return {"head": head, "rows": rows}


def _vat_name(vat: Vat, words: Words) -> str:
    category = vat.category or ""
    unknown = f"{words.label('vat')} {_text(category)}".rstrip()
    name = words.said["vat_categories"].get(category, unknown)
    if vat.rate is None or (vat.rate == 0 and category not in {"", "S"}):
        return str(name)
    return f"{name} {figures.percent(vat.rate, words.language)}"


def _short_vat(category: str | None, rate: Decimal | None, words: Words) -> str:
    if not rate and category in words.said["vat_short"]:
        return str(words.said["vat_short"][category])
    return figures.percent(rate, words.language) if rate is not None else ""


def _payments(invoice: Invoice, words: Words) -> Iterator[dict[str, Any]]:
    reference = _payment_reference(invoice.payment_reference, words)
    own = any(each.reference for each in invoice.payments)
    for each in invoice.payments:
        rows = list(_payment(each, invoice, words))
        if reference and not own and len(invoice.payments) == 1:
            rows.append(reference)
        yield _titled_rows(_means(each, words), rows)
    said = []
    if reference and not own and len(invoice.payments) != 1:
        said.append(reference)
    if terms := _text(invoice.payment_terms):
        said.append((words.label("terms"), terms))
    if said:
        yield _titled_rows(words.label("payment"), said)


def _titled_rows(title: str, rows: list[Row]) -> dict[str, Any]:
    return {"title": title, "rows": rows, "long": _is_long(value for _, value in rows)}


def _means(payment: Payment, words: Words) -> str:
    means = words.said["means"]
    if payment.means != "other":
        return str(means[payment.means])
    if payment.code in means:
        return str(means[payment.code])
    code = f" ({_text(payment.code)})" if payment.code else ""
    return f"{means['other']}{code}"


def _payment(payment: Payment, invoice: Invoice, words: Words) -> Iterator[Row]:
    amount = payment.amount
    for label, value in (
        ("part", None if amount is None else words.money(amount, invoice.currency)),
        ("iban", _grouped(payment.iban)),
        ("card" if payment.means == "card" else "account", payment.account),
        ("bic", payment.bic),
        ("account_name", payment.account_name),
        ("mandate", payment.mandate),
        ("creditor", payment.creditor),
        ("debited", _grouped(payment.debited_iban)),
    ):
        if text := _text(value):
            yield words.label(label), text
    if reference := _payment_reference(payment.reference, words):
        yield reference


def _payment_reference(written: str | None, words: Words) -> Row | None:
    """Write a reference as banks do; the Belgian one has twelve digits, the last two a check."""
    written = _text(written)
    if not written:
        return None
    bare = re.sub(r"[+*/\s]", "", written)
    if re.fullmatch(r"[0-9]{12}", bare) and (int(bare[:10]) % 97 or 97) == int(bare[10:]):
        return words.label("structured"), f"+++{bare[:3]}/{bare[3:7]}/{bare[7:]}+++"
    if re.fullmatch(r"RF[0-9]{2}[0-9A-Z]{1,21}", bare):
        return words.label("reference"), _grouped(bare)
    return words.label("reference"), written


def _grouped(account: str | None) -> str:
    """Write an IBAN or a creditor reference in groups of four."""
    account = account or ""
    return _NO_BREAK.join(account[at : at + 4] for at in range(0, len(account), 4))


def _remarks(invoice: Invoice, words: Words) -> Iterator[dict[str, Any]]:
    if invoice.notes:
        texts = [text for text in map(_broad, invoice.notes) if text]
        yield {"title": words.label("notes"), "texts": texts}
    if invoice.enclosures:
        texts = [_enclosure(each) for each in invoice.enclosures]
        yield {"title": words.label("enclosures"), "texts": texts}


def _enclosure(enclosure: Enclosure) -> str:
    described = (enclosure.description, enclosure.url)
    said = (enclosure.name, *(each for each in described if each != enclosure.name))
    return _joined(_broad(each) for each in said)


def _widths(head: list[str], rows: list[dict[str, Any]]) -> list[float]:
    """Return how wide each column of figures must be, in em; 0 for one that says nothing.

    Measured here, for typst would set every cell twice to know.
    """
    widest = [
        max((row["cells"][at] for row in rows), key=len, default="") for at in range(len(head))
    ]
    small = [*head]
    small[4] = max([head[4], *(row["per"] for row in rows)], key=len)
    return [
        min(_WIDEST_COLUMN, max(_SMALL * _ems(beside), _ems(cell))) if cell else 0.0
        for beside, cell in zip(small, widest, strict=True)
    ]


def _ems(text: str) -> float:
    """Return the width of a text in Source Sans, a little too much rather than too little."""
    return 0.1 + sum(_EMS.get(each, 0.53) + 0.12 * each.isupper() for each in text)


def _is_long(texts: Iterable[str]) -> bool:
    return sum(map(len, texts)) > _LONG_TEXT


def _labelled(label: str, value: str | None) -> str:
    text = _text(value)
    return f"{label} {text}" if text else ""


def _joined(parts: Iterable[str]) -> str:
    return " · ".join(part for part in parts if part)


def _text(value: str | None, *, longest_word: int = 24) -> str:
    """Return a text of the invoice without what cannot be seen, its long words breakable."""
    if not value:
        return ""
    seen = _UNSEEN.sub(" ", value) if _UNSEEN.search(value) else value
    if len(seen) <= longest_word:
        return seen
    return re.sub(rf"\S{{{longest_word + 1},}}", _breakable, seen)


def _broad(value: str | None) -> str:
    """Return a text that has the width of the paper."""
    return _text(value, longest_word=90)


def _breakable(word: re.Match[str]) -> str:
    return _ZERO_WIDTH_SPACE.join(word.group())
