"""What stands on the page of a document, and what never can."""

import re
from html.parser import HTMLParser

import pytest

from portal.testing import a_file
from portal.words import LANGUAGES, WORDS

OWN_SCRIPT = re.compile(r'<script src="/static/[a-z]+\.js\?v=[0-9a-f]+" defer></script>')


@pytest.fixture
def page_of(web_door, link):
    """Return a function that gets the page, as it is and as it is read."""

    async def get(language="nl"):
        answer = await web_door.http.get(f"/view/{link}", params={"language": language})
        assert answer.status_code == 200
        return answer.text, read_as_text(answer.text)

    return get


def read_as_text(html):
    words = re.sub(r"<[^>]+>", " ", html)
    for entity, sign in (("&amp;", "&"), ("&#39;", "'"), ("&lt;", "<"), ("\xa0", " ")):
        words = words.replace(entity, sign)
    return " ".join(words.replace("\u202f", " ").replace("\xad", "").split())


@pytest.fixture
def shows(others, an_invoice):
    """Return a function that lets documents show an invoice, changed as asked."""

    def show(name="invoice-3-vat-rates", document=None, **changes):
        others.invoice = an_invoice(name) | changes
        said = others.invoice
        money = {"currency": said["currency"]}
        others.document |= {
            "number": said["number"],
            "type": said["type"],
            "issue_date": said["issue_date"],
            "due_date": said["due_date"],
            "total_incl_vat": money | {"amount": said["totals"]["incl_vat"]},
            "amount_due": money | {"amount": said["totals"]["due"]},
            "payment_reference": said["payment_reference"],
        } | (document or {})

    return show


async def test_an_invoice_is_readable_at_once(page_of, shows):
    shows()

    html, shown = await page_of()

    for fact in (
        "Factuur F26000123",
        "Voor Bakkerij Van Damme & Zonen BV · klantnummer DL5-104233",
        "Te betalen € 583,32 uiterlijk 14 februari 2026",
        "Voorbeeld Lease België NV Stationsplein 1 1000 Brussel BE 0040.012.302",
        "Factuur aan Bakkerij Van Damme & Zonen BV Kerkstraat 12 9000 Gent BE 0076.543.292",
        "Factuurnummer F26000123 Datum 15 januari 2026 Vervaldatum 14 februari 2026",
        "Periode januari 2026",
        "Uw referentie PO-2026-77 Contract L-2024-0099",
        "Financiële leasing voertuig Periode 01/2026, 1-ABC-123",
        "3 stuks € 12,50 12 % € 37,50",
        "Totaal excl. btw € 489,83",
        "Btw 12 % op € 37,50 € 4,50",
        "Te betalen € 583,32",
        "Betalingsvoorwaarden 30 dagen netto",
        "Opmerkingen Factuur leasing januari 2026",
    ):
        assert fact in shown
    assert html.count('scope="row"') == 3
    assert html.count("<caption") == 1


@pytest.mark.parametrize("language", LANGUAGES)
async def test_every_kind_of_invoice_is_shown_in_every_language(page_of, shows, language):
    for name in (
        "invoice-3-vat-rates",
        "creditnote-full",
        "invoice-allowance-charge-prepaid-rounding",
        "invoice-usd-eur-vat",
        "invoice-reverse-charge",
        "invoice-with-pdf-attachment",
    ):
        shows(name)
        html, _ = await page_of(language)
        assert f'<html lang="{language}">' in html


async def test_first_comes_what_is_due_then_how_to_pay_then_the_sheet(page_of, shows):
    shows()

    html, _ = await page_of()

    marks = ['class="big-amount', 'class="button primary', 'class="qr"', "<article"]
    assert sorted(marks, key=html.index) == marks


async def test_how_to_pay_is_written_as_people_type_it(page_of, shows):
    shows()

    _, shown = await page_of()

    assert "Rekening BE71 0961 2345 6769" in shown
    assert "Op naam van Voorbeeld Lease" in shown
    assert "Gestructureerde mededeling +++090/9337/55594+++" in shown


async def test_without_a_reference_the_number_is_what_to_say(page_of, shows):
    shows(document={"payment_reference": None})
    _, shown = await page_of()
    assert "+++090/9337/55594+++" in shown  # the account has one of its own

    ways = [{"means": "credit_transfer", "iban": "BE71096123456769"}]
    shows(document={"payment_reference": None}, payments=ways)
    _, shown = await page_of()
    assert "Mededeling F26000123" in shown


async def test_a_credit_note_is_in_the_readers_favour(page_of, shows):
    """D-09"""
    shows("creditnote-full", document={"due_date": "2026-03-05"})

    html, shown = await page_of()

    assert "Creditnota" in shown
    assert "In uw voordeel" in shown
    assert "U hoeft niets te betalen." in shown
    assert "Te ontvangen" in shown
    assert "Verwijst naar" in shown
    assert "Te betalen" not in shown
    assert "Vervaldatum" not in shown
    assert 'class="qr"' not in html


async def test_what_is_collected_says_when_and_by_which_mandate(page_of, shows):
    debit = {"means": "direct_debit", "mandate": "M-77", "debited_iban": "BE75735004128851"}
    shows(payments=[debit])

    html, shown = await page_of()

    assert "Wordt geïnd € 583,32 op 14 februari 2026" in shown
    assert "U hoeft niets te doen" in shown
    assert "Mandaat M-77 Van rekening eindigt op 8851" in shown
    assert "BE75735004128851" not in html
    assert 'class="qr"' not in html


async def test_where_nothing_is_due_the_page_says_so(page_of, shows, others):
    shows()
    others.document["amount_due"]["amount"] = "0.00"

    html, shown = await page_of()

    assert "€ 0,00 U hoeft niets te betalen." in shown
    assert 'class="payment' not in html


async def test_another_currency_goes_by_its_code_and_has_no_qr(page_of, shows):
    shows("invoice-usd-eur-vat")

    html, shown = await page_of()

    assert "Te betalen USD" in shown
    assert "Btw in EUR €" in shown
    assert 'class="qr"' not in html


async def test_allowances_charges_prepayment_and_rounding_add_up_in_sight(page_of, shows):
    shows("invoice-allowance-charge-prepaid-rounding")

    _, shown = await page_of()

    for fact in (
        "Som van de regels € 4.080,00",
        "Totaal incl. btw € 4.820,85",
        "Al betaald € −500,00",
        "Afronding € 0,03",
        "Te betalen € 4.320,88",
    ):
        assert fact in shown


async def test_why_no_vat_is_charged_is_said(page_of, shows, others):
    shows("invoice-reverse-charge")

    _, shown = await page_of()

    assert "Btw verlegd" in shown
    assert others.invoice["vat"][0]["exemption"] in shown


@pytest.mark.parametrize(
    ("count", "said"),
    [
        (200, None),
        (201, "Nog 1 regel staat in de pdf."),
        (1734, "Nog 1.534 regels staan in de pdf."),
    ],
)
async def test_of_many_lines_the_first_are_shown_and_the_others_counted(
    page_of, shows, an_invoice, count, said
):
    line = an_invoice()["lines"][0]
    shows(lines=[line] * min(count, 300), line_count=count)

    html, shown = await page_of()

    assert html.count('scope="row"') == 200
    assert (said in shown) if said else ("Nog " not in shown)


async def test_without_a_pdf_in_its_language_the_original_is_offered(page_of, shows, others):
    """D-02"""
    shows()
    others.document["files"].append(
        a_file("original_pdf", "F.pdf", "application/pdf", "c" * 64, pages=2)
    )

    html, _ = await page_of()

    assert f'/files/{"c" * 64}"' in html
    assert "/rendition" not in html
    assert "/pages/" not in html


async def test_an_xml_comes_with_a_pdf_in_the_readers_language(page_of, shows):
    """D-02"""
    shows()

    for language in LANGUAGES:
        html, _ = await page_of(language)
        assert f'/rendition?language={language}"' in html


async def test_the_xml_is_said_to_be_the_invoice_only_where_it_is(page_of, shows, others):
    """Q10"""
    shows()
    _, shown = await page_of()
    assert "De xml is de officiële factuur (Peppol BIS 3.0)." in shown

    shows(profile="urn:cen.eu:en16931:2017")
    _, shown = await page_of()
    assert "De xml is de officiële factuur. De pdf" in shown

    others.document["files"] = [
        a_file("original_pdf", "F.pdf", "application/pdf", "c" * 64),
        a_file("embedded_xml", "factur-x.xml", "application/xml"),
    ]
    _, shown = await page_of()
    assert "officiële" not in shown
    assert "Downloaden als xml" in shown


async def test_what_was_attached_can_be_taken_along(page_of, shows, others):
    shows(
        enclosures=[
            {"name": "hours", "description": "Urenstaat", "url": "https://annexes.example/1"},
            {"name": "trap", "url": "javascript:alert(1)"},
        ]
    )
    others.document["files"].append(
        a_file("embedded_attachment", "annex.pdf", "application/pdf", "d" * 64, size=84_400)
    )

    html, shown = await page_of()

    assert f'/files/{"d" * 64}"' in html
    assert "annex.pdf 84 kB" in shown
    assert "Urenstaat op annexes.example" in shown
    assert 'href="https://annexes.example/1" rel="noopener noreferrer nofollow"' in html
    assert 'href="javascript' not in html
    assert "trap javascript:alert(1)" in shown


async def test_a_document_without_xml_shows_its_facts_and_its_pages(page_of, others):
    others.document["files"] = [
        a_file("original_pdf", "F.pdf", "application/pdf", "c" * 64, pages=25)
    ]

    html, shown = await page_of()

    assert "Factuurnummer F2026-0042" in shown
    assert "Totaal incl. btw € 1.284,17" in shown
    assert html.count("<img") == 20
    assert html.count('loading="lazy"') == 19
    assert 'alt="Pagina 2 van Factuur F2026-0042"' in html
    assert "Hier staan de eerste 20 van 25 pagina’s." in shown
    assert 'class="qr"' not in html


async def test_a_document_that_cannot_be_shown_can_be_downloaded(page_of):
    html, shown = await page_of()

    assert WORDS["nl"]["not_shown"] in shown
    assert "<img" not in html
    assert "Downloaden als xml" in shown


async def test_a_hybrid_without_lines_shows_its_totals_and_its_pages(page_of, shows, others):
    shows(lines=[], line_count=0)
    others.document["files"] = [a_file("original_pdf", "F.pdf", "application/pdf", "c" * 64)]

    html, shown = await page_of()

    assert "Totaal excl. btw € 489,83" in shown
    assert html.count("<img") == 1
    assert "<table" not in html


async def test_a_guest_reads_that_only_the_newest_is_shown(page_of):
    """I-01, I-02"""
    html, shown = await page_of()

    assert "Als gast ziet u alleen het nieuwste document" in shown
    assert "Registreer gratis om alle documenten van de voorbije 7 jaar te zien." in shown
    assert re.search(
        r'<a href="/view/[^"]+/register\?language=nl" data-dialog="registering">', html
    )


async def test_what_differs_is_told_in_words_and_flags_never_shown_raw(page_of, shows):
    flags = ["amount_due_differs", "number_reused", "xml_not_understood", "of_a_later_version"]
    shows(document={"flags": flags})

    html, shown = await page_of()

    assert "wat de afzender er apart bij meldde (Te betalen)" in shown
    assert WORDS["nl"]["number_reused"] in shown
    for flag in flags:
        assert flag not in html


async def test_who_to_ask_stands_at_the_foot(page_of, shows, an_invoice):
    seller = an_invoice()["seller"] | {"phone": "09 200 90 00", "email": "x@y.example"}
    shows(seller=seller)

    html, shown = await page_of()

    assert "Vragen over dit document? Vraag het aan Voorbeeld Lease België NV." in shown
    assert 'href="tel:092009000"' in html
    assert 'href="mailto:x@y.example"' in html


class _Tags(HTMLParser):
    def __init__(self):
        super().__init__()
        self.found = []

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, attrs))


def tags_of(html):
    """Return every tag of a page with its attributes, as a browser reads them."""
    parser = _Tags()
    parser.feed(html)
    return parser.found


HOSTILE = '<script>alert(1)</script>" onload="x" \' {{ 7*7 }} a\u202eb\nc'


def poisoned(said):
    """Put a hostile text wherever a text is, but where a rule says what it may be."""
    if isinstance(said, dict):
        fixed = {"means", "type", "syntax", "currency", "kind", "url"}
        return {key: value if key in fixed else poisoned(value) for key, value in said.items()}
    if isinstance(said, list):
        return [poisoned(each) for each in said]
    if isinstance(said, str) and not re.fullmatch(r"-?[\d.]+|\d{4}-\d\d-\d\d", said):
        return HOSTILE
    return said


@pytest.mark.parametrize("name", ["invoice-3-vat-rates", "creditnote-full"])
async def test_nothing_that_others_wrote_is_ever_markup(page_of, others, shows, name):
    shows(name)
    others.invoice = poisoned(others.invoice)
    others.invoice["enclosures"] = [{"name": HOSTILE, "url": f"https://x.example/{HOSTILE}"}]
    others.guest["issuer"]["name"] = HOSTILE
    others.document |= {"number": HOSTILE, "customer_number": HOSTILE, "payment_reference": HOSTILE}
    others.document["files"].append(a_file("attachment", HOSTILE, "application/pdf", "d" * 64))

    others.guest |= {"email": HOSTILE, "first_name": HOSTILE, "last_name": HOSTILE}

    html, _ = await page_of()

    tags = tags_of(OWN_SCRIPT.sub("", html))
    assert not {"script", "style", "iframe", "object"} & {tag for tag, _ in tags}
    attributes = [(name, value) for _, each in tags for name, value in each]
    assert not [name for name, _ in attributes if name.startswith("on")]
    links = [value for name, value in attributes if name in {"href", "src"}]
    assert all(
        re.match(r"/(view|static|theme|sign-in)/|/help\?|[#?]|https://x\.example/", link)
        for link in links
    )
    assert "&lt;script&gt;" in html
    assert "49" not in html
    assert "\u202e" not in html


async def test_no_style_and_no_script_stands_in_any_page(web_door, link, shows):
    shows()
    for address in (f"/view/{link}", f"/view/{link}/register", "/view/forged"):
        html = OWN_SCRIPT.sub("", (await web_door.http.get(address)).text)

        assert "<script" not in html
        assert "<style" not in html
        assert " style=" not in html
        assert "javascript:" not in html


async def test_what_the_tax_office_and_the_bookkeeper_look_for_is_there(page_of, shows):
    shows(
        tax_representative={"name": "Fiscaal Loket bv", "vat_number": "BE0081234530"},
        vat_date="2026-11-30",
        buyer_account="KP-4471",
    )

    _, shown = await page_of()

    assert "Fiscaal vertegenwoordiger Fiscaal Loket bv BE 0081.234.530" in shown
    assert "Btw opeisbaar op 30 november 2026" in shown
    assert "Uw boekingscode KP-4471" in shown
