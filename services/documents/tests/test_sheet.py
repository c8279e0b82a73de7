"""What stands on a rendition, and in which words."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from services.documents.tests import make

from documents.invoice import Adjustment, Line, Party, Payment, Period, Reference, Totals, Vat
from documents.sheet import compose

NB = "\u00a0"


@pytest.fixture
def sheet():
    """Return a function that composes the invoice that says everything, parts replaced."""

    def composed(language="nl", **said):
        return compose(make.invoice(**said), make.words(language), make.SOURCE)

    return composed


def in_one_line(texts):
    return " | ".join(texts).replace(NB, " ")


def test_every_language_has_a_word_for_the_same_things():
    said = [make.words(each).said for each in make.LANGUAGES]

    for known in said[1:]:
        assert set(known) == set(said[0])
        for part, each in known.items():
            if isinstance(each, dict):
                assert set(each) == set(said[0][part]), part
                assert all(each.values()), part


def test_at_least_forty_units_have_a_name():
    assert len({str(names) for names in make.words("nl").said["units"].values()}) >= 40


@pytest.mark.parametrize(
    ("language", "one", "two", "half"),
    [
        ("nl", "maand", "maanden", "maanden"),
        ("fr", "mois", "mois", "mois"),
        ("de", "Monat", "Monate", "Monate"),
        ("en", "month", "months", "months"),
    ],
)
def test_a_unit_is_named_for_one_and_for_many(language, one, two, half):
    words = make.words(language)
    assert [words.unit("MON", Decimal(each)) for each in ("1", "2", "0.5")] == [one, two, half]


def test_one_and_a_half_is_still_one_in_french():
    assert make.words("fr").unit("HUR", Decimal("1.5")) == "heure"
    assert make.words("fr").unit("HUR", Decimal(-2)) == "heures"


def test_a_unit_without_a_name_is_its_code():
    assert make.words("nl").unit("X7Q", Decimal(1)) == "X7Q"
    assert make.words("nl").unit(None, Decimal(1)) == ""


@pytest.mark.parametrize(
    ("code", "title"),
    [
        ("380", "Factuur"),
        ("384", "Corrigerende factuur"),
        ("389", "Factuur uitgereikt door de afnemer"),
        ("386", "Voorschotfactuur"),
        ("326", "Deelfactuur"),
        (None, "Factuur"),
        ("999", "Factuur"),
    ],
)
def test_the_type_code_makes_the_title(sheet, code, title):
    assert sheet(type_code=code)["title"] == title


def test_a_type_code_without_a_title_is_said(sheet):
    assert ("Documentsoort", "999") in sheet(type_code="999")["facts"]


def test_a_credit_note_is_to_receive_and_has_no_day_to_pay(sheet):
    credit = sheet(type="credit_note", type_code="381")

    assert credit["title"] == "Creditnota"
    assert [label for label, _ in credit["headline"]] == [
        "Te ontvangen",
        "Gestructureerde mededeling",
    ]
    assert credit["mark"] == "Weergave van de elektronische creditnota. De xml is de creditnota."


def test_an_invoice_below_zero_says_in_whose_favour(sheet):
    below = sheet(totals=Totals(due=Decimal("-96.80")))

    assert below["headline"][0] == ("Te betalen", f"€{NB}\u221296,80")
    assert below["in_favour"] == "Een negatief bedrag is in uw voordeel."
    assert sheet()["in_favour"] == ""


def test_an_invoice_that_is_collected_says_when(sheet):
    collected = Payment(
        means="direct_debit",
        code="59",
        mandate="M-1",
        creditor="BE68ZZZ0123456789",
        debited_iban="BE71096123456769",
    )
    said = sheet(payments=(collected,))

    assert said["headline"][1] == ("Wordt geïnd op", f"1{NB}maart{NB}2026")
    assert said["payments"][0]["title"] == "Domiciliëring"
    assert said["payments"][0]["rows"][:3] == [
        ("Mandaat", "M-1"),
        ("Identificatie schuldeiser", "BE68ZZZ0123456789"),
        ("Van rekening", NB.join(("BE71", "0961", "2345", "6769"))),
    ]


@pytest.mark.parametrize(
    ("written", "label", "shown"),
    [
        ("090933799953", "Gestructureerde mededeling", "+++090/9337/99953+++"),
        ("+++090/9337/99953+++", "Gestructureerde mededeling", "+++090/9337/99953+++"),
        ("***090/9337/99953***", "Gestructureerde mededeling", "+++090/9337/99953+++"),
        ("000000009797", "Gestructureerde mededeling", "+++000/0000/09797+++"),
        ("090933799954", "Mededeling", "090933799954"),
        ("090933799900", "Mededeling", "090933799900"),
        ("RF18539007547034", "Mededeling", NB.join(("RF18", "5390", "0754", "7034"))),
        ("Deb. 12345 / Fact. 9876543", "Mededeling", "Deb. 12345 / Fact. 9876543"),
    ],
)
def test_a_payment_reference_is_written_as_banks_do(sheet, written, label, shown):
    assert sheet(payment_reference=written)["headline"][2] == (label, shown)


def test_ways_to_pay_that_have_a_reference_each_keep_their_own(sheet):
    said = sheet(
        payments=(
            Payment(means="credit_transfer", account="NL11 1", reference="A", amount=Decimal(60)),
            Payment(means="credit_transfer", account="NL11 2", reference="B", amount=Decimal(40)),
        ),
        payment_reference="A",
        payment_terms=None,
    )

    assert [each["rows"] for each in said["payments"]] == [
        [("Bedrag", f"€{NB}60,00"), ("Rekening", "NL11 1"), ("Mededeling", "A")],
        [("Bedrag", f"€{NB}40,00"), ("Rekening", "NL11 2"), ("Mededeling", "B")],
    ]


@pytest.mark.parametrize(
    ("means", "code", "title"),
    [
        ("card", "48", "Betaalkaart"),
        ("other", "20", "Cheque"),
        ("other", "ZZZ", "Andere betaalwijze (ZZZ)"),
    ],
)
def test_a_way_to_pay_has_a_name_or_its_code(sheet, means, code, title):
    said = sheet(payments=(Payment(means=means, code=code),))

    assert said["payments"][0]["title"] == title


def test_a_line_says_all_that_the_xml_says_of_it(sheet):
    (row,) = sheet()["table"]["rows"]

    assert in_one_line(row["cells"]) == (
        "1 | Operationele leasing Renault Kangoo | 12 | maanden | € 340,00 | 21 % | € 4.080,00"
    )
    assert row["per"] == "per 100 maanden"
    assert in_one_line(row["details"]) == (
        "Bestelwagen, elektrisch | Inclusief winterbanden | "
        "1 jan. 2026 t.e.m. 31 dec. 2026 · Betreft 1-HKR-482 · Artikel KNG-22 · "
        "Uw artikel ONS-9 · Bestelregel 7 | "
        "Kleur: wit · Deuren: 5 | Korting: Trouw: € −40,00 | Toeslag: Levering: € 5,00"
    )


def test_a_long_line_number_stands_below_the_name(sheet):
    table = sheet(lines=(make.line(number="LINE-0001"),))["table"]

    assert table["rows"][0]["details"] == ["Regel LINE-0001"]
    assert table["widths"][0] == 0


def test_a_line_without_a_name_has_its_description_there(sheet):
    table = sheet(lines=(Line(description="Minderkilometers", net=Decimal(20)),))["table"]

    assert table["rows"][0]["cells"][1] == "Minderkilometers"
    assert table["rows"][0]["details"] == []
    assert [at for at, width in enumerate(table["widths"]) if width] == [1, 6]


@pytest.mark.parametrize(
    ("start", "end", "said"),
    [
        (date(2026, 2, 1), date(2026, 2, 28), "1 feb. 2026 t.e.m. 28 feb. 2026"),
        (date(2026, 2, 1), None, "vanaf 1 feb. 2026"),
        (None, date(2026, 2, 28), "t.e.m. 28 feb. 2026"),
        (None, None, None),
    ],
)
def test_a_period_may_be_open(sheet, start, end, said):
    facts = dict(sheet(period=Period(start, end))["facts"])

    assert facts.get("Periode", "").replace(NB, " ") == (said or "")


def test_the_facts_name_every_reference(sheet):
    facts = [(label, value.replace(NB, " ")) for label, value in sheet()["facts"]]

    assert facts == [
        ("Nummer", "F26000127"),
        ("Datum", "31 januari 2026"),
        ("Vervaldatum", "1 maart 2026"),
        ("Leverdatum", "20 januari 2026"),
        ("Periode", "1 feb. 2026 t.e.m. 28 feb. 2026"),
        ("Klantnummer", "DL2-0004411"),
        ("Uw referentie", "PO-2026-77"),
        ("Uw bestelling", "B-1 van 2 jan. 2026"),
        ("Contract", "C-22"),
        ("Number plate", "1-HKR-482"),
        ("Verwijst naar", "F25000990 van 30 dec. 2025"),
    ]


def test_the_sum_shows_each_step(sheet):
    rows = sheet()["totals"]

    assert [in_one_line((row["label"], row["amount"])) for row in rows] == [
        "Som van de regels | € 4.080,00",
        "Korting: Volumekorting | € −102,00",
        "Toeslag: Transport | € 25,00",
        "Totaal excl. btw | € 4.003,00",
        "Btw | € 815,43",
        "Totaal incl. btw | € 4.818,43",
        "Al betaald | € −500,00",
        "Afronding | € 0,02",
        "Te betalen | € 4.318,45",
        "Btw in USD | USD 951,08",
    ]
    assert in_one_line([rows[1]["beneath"]]) == "2,5 % van € 4.080,00 · Btw 21 %"
    assert [row["weight"] for row in rows] == [0, 0, 0, 1, 0, 1, 0, 0, 2, 0]


def test_sums_of_allowances_that_nobody_names_are_said(sheet):
    totals = Totals(lines=Decimal(100), allowances=Decimal(10), charges=Decimal(5))
    rows = sheet(adjustments=(), totals=totals)["totals"]

    assert [in_one_line((row["label"], row["amount"])) for row in rows] == [
        "Som van de regels | € 100,00",
        "Kortingen | € −10,00",
        "Toeslagen | € 5,00",
    ]


def test_an_allowance_without_a_reason_still_says_what_it_is(sheet):
    totals = Totals(excl_vat=Decimal(90))
    allowance = Adjustment(charge=False, amount=Decimal(10), base=Decimal(100))
    said = sheet(
        "de", adjustments=(allowance,), totals=totals, lines=(Line(adjustments=(allowance,)),)
    )

    row, (line,) = said["totals"][0], said["table"]["rows"]
    assert in_one_line((row["label"], row["beneath"], row["amount"])) == (
        "Nachlass | auf 100,00 € | −10,00 €"
    )
    assert in_one_line([line["cells"][1]]) == "Nachlass (auf 100,00 €): −10,00 €"


@pytest.mark.parametrize(
    ("category", "rate", "language", "in_full", "short"),
    [
        ("S", 21, "nl", "Btw 21 %", "21 %"),
        ("S", 0, "nl", "Btw 0 %", "0 %"),
        ("AE", 0, "nl", "Btw verlegd", "verlegd"),
        ("AE", 0, "fr", "Autoliquidation", "autoliquid."),
        ("AE", 0, "de", "Steuerschuldnerschaft des Leistungsempfängers", "Rev. Charge"),
        ("AE", None, "en", "Reverse charge", "reverse"),
        ("K", 0, "fr", "Livraison intracommunautaire, exonérée", "intracomm."),
        ("O", None, "en", "Outside the scope of VAT", "no VAT"),
        ("L", 7, "de", "IGIC (Kanarische Inseln) 7 %", "7 %"),
        ("X", 3, "nl", "Btw X 3 %", "3 %"),
        (None, 3, "nl", "Btw 3 %", "3 %"),
        (None, None, "nl", "Btw", ""),
    ],
)
def test_a_vat_category_is_said_in_words(sheet, category, rate, language, in_full, short):
    rate = None if rate is None else Decimal(rate)
    said = sheet(
        language,
        vat=(Vat(category=category, rate=rate),),
        lines=(make.line(vat_category=category, vat_rate=rate),),
    )

    assert said["vat"]["rows"][0]["cells"][0].replace(NB, " ") == in_full
    assert said["table"]["rows"][0]["cells"][5].replace(NB, " ") == short


def test_the_reason_of_an_exemption_stands_with_it(sheet):
    assert [row["reason"] for row in sheet()["vat"]["rows"]] == ["", "Art. 44 WBTW"]


def test_a_payee_and_a_place_of_delivery_are_named_only_where_they_differ(sheet):
    invoice = make.invoice()
    same = sheet(
        payee=Party(name=invoice.seller.name),
        deliver_to=replace(invoice.buyer, customer_number=None),
    )

    assert [each["label"] for each in sheet()["parties"]] == [
        "Factuur aan",
        "Geleverd aan",
        "Betaling aan",
    ]
    assert [each["label"] for each in same["parties"]] == ["Factuur aan"]


def test_what_the_tax_office_and_the_bookkeeper_look_for_is_there(sheet):
    said = sheet(
        tax_representative=Party(name="Fiscaal Loket bv", vat_number="BE0081234530"),
        vat_date=date(2026, 11, 30),
        buyer_account="KP-4471",
    )

    facts = {label: value.replace(NB, " ") for label, value in said["facts"]}
    assert facts["Btw opeisbaar op"] == "30 november 2026"
    assert facts["Uw boekingscode"] == "KP-4471"
    (party,) = [each for each in said["parties"] if each["label"] == "Fiscaal vertegenwoordiger"]
    assert (party["name"], party["lines"]) == ("Fiscaal Loket bv", ["Btw BE0081234530"])


def test_a_country_is_named_when_the_paper_crosses_a_border(sheet):
    belgian = Party(name="Buur", address=("Straat 1",), country="BE", vat_number="BE0081234530")

    assert "België" in sheet()["seller"]["lines"][0]
    assert "Pays-Bas" in sheet("fr")["parties"][0]["lines"]
    assert sheet(buyer=belgian)["parties"][0]["lines"] == ["Straat 1", "Btw BE0081234530"]
    assert "Belgien" in sheet("de", buyer=replace(belgian, vat_number=None))["parties"][0]["lines"]


def test_a_register_number_is_not_said_again_where_the_vat_number_holds_it(sheet):
    buyer = Party(vat_number="BE0081234530", company_number="0081.234.530", country="BE")

    assert not any("Ondernemingsnr." in line for line in sheet(buyer=buyer)["parties"][0]["lines"])


def test_lines_that_are_left_out_are_said(sheet):
    said = sheet("en", lines=make.lines(2), line_count=12_345)["table"]["said"]

    assert said == "These are the first 2 of 12,345 lines. The xml has them all."


def test_an_invoice_without_lines_says_so(sheet):
    assert sheet(lines=(), line_count=0)["table"]["said"] == "De xml bevat geen regels."


def test_enclosures_are_listed_with_what_is_said_of_them(sheet):
    assert sheet()["remarks"][1] == {
        "title": "Bijlagen",
        "texts": ["urenstaat.pdf · Urenstaat", "reglement · https://voorbeeld.example/reglement"],
    }


def test_what_cannot_be_seen_is_taken_out(sheet):
    notes = ("a\x00b\u202ec\ud800d",)

    assert sheet(notes=notes)["remarks"][0]["texts"] == ["a b c d"]


def test_a_long_word_may_break_and_a_short_one_may_not(sheet):
    facts = dict(sheet(buyer_reference="R" * 24, number="N" * 25)["facts"])

    assert facts["Uw referentie"] == "R" * 24
    assert facts["Nummer"] == "\u200b".join("N" * 25)


def test_the_source_is_named_by_the_first_twelve_of_its_hash(sheet):
    assert sheet()["source"] == "3f2a9c41d0b7"


def test_a_reference_without_a_day_is_only_its_value(sheet):
    facts = sheet(references=(), preceding=(Reference("invoice", "F1"),))["facts"]

    assert facts[-1] == ("Verwijst naar", "F1")
