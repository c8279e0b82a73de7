"""Proves that what a hostile sender writes stays text, and what it builds takes little.

Through the workshop as it is deployed: real children, with the limits they have by default.
"""

import asyncio
import io
import json
import re
import time
import zlib
from pathlib import Path

import psutil
import pytest
import pytest_asyncio
from lxml import etree
from pypdf import PdfReader
from services.documents.tests import hostile

from documents.cover import Known
from documents.crew import Crew, Limits
from documents.errors import PageUnknown, TooHard, XmlNotUnderstood
from documents.settings import Settings
from documents.workshop import Workshop

HERE = Path(__file__).parent
FULL = HERE / "invoices" / "invoice-with-pdf-attachment.xml"
OTHER = HERE / "invoices" / "creditnote-full.xml"

# What would run in a page, a mail, a cell or a typesetter, and what turns writing round.
PAYLOADS = {
    "HTML": "<script>alert(1)</script><img src=x onerror=alert(2)>",
    "attributes": '" onmouseover="alert(3)" \'><svg/onload=alert(4)>',
    "a link": "javascript:alert(5) http://evil.example/[x](y)",
    "a formula": '=HYPERLINK("http://evil.example","x")',
    "a command": "-1+1|cmd' /C calc'!A0",
    "markup of the typesetter": '#read("/etc/passwd") $x$ *b* #sys.inputs <l> @l',
    "another order of writing": "\u202etxt.exe\u2066 \u200fabc\u2069\u202c",
    "what is not seen": "a\u200b\u2028b\ufeffc\u00a0d\u0085e",
}
TURNS_AROUND = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069]")
NOT_TEXT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}|[-+]?[0-9]+(\.[0-9]+)?|[A-Z]{2,3}|[A-Z][0-9]{1,2}|[A-Z]|true|false"
)

pytestmark = pytest.mark.asyncio(loop_scope="module")


def limits(kind):
    """Return what a child of a kind may take where nobody says otherwise."""
    fields = Settings.model_fields
    return Limits(
        children=1,
        seconds=fields[f"{kind}_seconds"].default,
        memory_mib=fields[f"{kind}_memory_mib"].default,
        jobs=1000,
    )


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def workshop():
    kinds = ("reading", "rendering", "studying")
    workshop = Workshop(*(Crew(kind, limits(kind), at_need=True) for kind in kinds))
    workshop.start()
    yield workshop
    await workshop.close()


def most_memory_used():
    """Return the most memory in MiB that each child had so far, by its kind."""
    used = {}
    for child in psutil.Process().children():
        status = Path(f"/proc/{child.pid}/status").read_text()
        kilobytes = int(re.search(r"VmHWM:\s+(\d+) kB", status).group(1))
        used[child.cmdline()[-2]] = kilobytes / 1024
    return used


def with_text_everywhere(path, payload):
    """Return an invoice that has a payload in every place for text, and how many there are."""
    tree = etree.fromstring(path.read_bytes())
    places = 0
    for element in tree.iter(etree.Element):
        text = (element.text or "").strip()
        if len(element) or not text or len(text) > 5_000 or NOT_TEXT.fullmatch(text):
            continue
        element.text = f"{payload} {places}"
        places += 1
        for name, value in element.attrib.items():
            if not NOT_TEXT.fullmatch(value):
                element.set(name, payload)
    return etree.tostring(tree), places


def squeezed(text):
    """Return a text without spaces, nor the places where a long word may be broken."""
    return "".join(text.replace("\u200b", "").split())


def seen_of(payload):
    """Return what a reader sees of a payload, without spaces, for it may go over two lines."""
    return squeezed(
        re.sub("[\u200b\u2028\ufeff\u0085\u200e\u200f\u202a-\u202e\u2066-\u2069]", "", payload)
    )


def actions_of(pdf):
    """Return what a PDF would do beside showing pages."""
    reader = PdfReader(io.BytesIO(pdf))
    catalog = reader.root_object
    found = [name for name in ("/OpenAction", "/AA", "/AcroForm") if name in catalog]
    found += [
        name for name in ("/JavaScript", "/EmbeddedFiles") if name in catalog.get("/Names", {})
    ]
    for page in reader.pages:
        found += [name for name in ("/Annots", "/AA") if name in page]
    return found


@pytest.mark.parametrize("kind", PAYLOADS)
@pytest.mark.parametrize("path", [FULL, OTHER], ids=lambda path: path.stem)
async def test_what_stands_in_every_text_stays_text(workshop, path, kind):
    """D-02: in what is read, in the PDF, among the words, and in what judges say."""
    payload = PAYLOADS[kind]
    xml, places = with_text_everywhere(path, payload)
    assert places > 20

    reading = await workshop.read(xml)
    invoice = (await workshop.invoice(xml)).decode()
    pdf = await workshop.render(xml, "nl", "DL5-104233")
    judgements = await workshop.judge(xml)

    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)
    assert squeezed(text).count(seen_of(payload)) > 10
    assert "DL5-104233" in squeezed(text)
    assert actions_of(pdf) == []
    assert json.loads(invoice)["lines"]
    for said in (invoice, reading.words, text, str(judgements), *(x.name for x in reading.inside)):
        assert not TURNS_AROUND.search(said)
        assert "root:" not in said
    assert len(reading.words) > 10 * len(seen_of(payload))


async def test_a_cover_shows_what_a_sender_says_as_text(workshop):
    for payload in PAYLOADS.values():
        known = json.loads(
            '{"type": "invoice", "issue_date": "2026-06-01", "due_date": null, "currency": "EUR",'
            '"total_incl_vat": "1.00", "amount_due": "1.00"}'
        )
        words = {"number": payload, "customer_number": "DL5-1", "payment_reference": payload}
        of_files = {"content_sha256": "ab" * 32, "files": [[f"{payload}.pdf", 10]]}
        pdf = await workshop.cover(Known.read(json.dumps(known | words | of_files).encode()), "fr")

        text = PdfReader(io.BytesIO(pdf)).pages[0].extract_text()
        assert seen_of(payload) in squeezed(text)
        assert not TURNS_AROUND.search(text)
        assert actions_of(pdf) == []


async def test_an_invoice_of_5000_lines_is_read_and_set_within_the_limits(workshop):
    xml = OTHER.read_text()
    begin, end = "<cac:CreditNoteLine>", "</cac:CreditNoteLine>"
    line = begin + xml.partition(begin)[2].partition(end)[0] + end
    long = xml.replace(line, line * 5_000, 1).encode()
    began = time.monotonic()

    reading = await workshop.read(long)
    invoice = json.loads(await workshop.invoice(long))
    pdf = await workshop.render(long, "de", "DL5-1")
    words = await workshop.words(long)

    assert reading.invoice.line_count == invoice["line_count"] > 5_000
    assert len(PdfReader(io.BytesIO(pdf)).pages) > 90
    assert words == reading.words
    assert len(words) < 5_000
    assert time.monotonic() - began < 60
    for kind, used in most_memory_used().items():
        assert used < limits(kind).memory_mib, kind


def text_bomb():
    """Return a PDF whose one page says something ten million times, in a few kilobytes."""
    content = zlib.compress(b"BT /F1 1 Tf " + b"(aaaaaaaaaaaaaaaaaaaa) Tj " * 2_000_000 + b"ET", 9)
    return page_of(content, b"/Filter /FlateDecode")


def page_of(content, entries=b"", page=b"/MediaBox [0 0 595 842]", catalog=b""):
    return hostile.pdf(
        b"<< /Type /Catalog /Pages 2 0 R %s >>" % catalog,
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /Contents 4 0 R /Resources 5 0 R %s >>" % page,
        b"<< /Length %d %s >>\nstream\n%s\nendstream" % (len(content), entries, content),
        b"<< /Font << /F1 6 0 R >> /XObject << /X 7 0 R >> >>",
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        b"<< /Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources 5 0 R /Length 10 >>\n"
        b"stream\n/X Do /X Do\nendstream",
    )


SAYS = b"BT /F1 12 Tf 20 700 Td (Factuur) Tj ET"
TRICKS = hostile.PDF | {
    "a text of forty million characters": hostile.Hostile(text_bomb),
    "a page of a million metres": hostile.Hostile(
        lambda: page_of(SAYS, page=b"/MediaBox [0 0 9e9 9e9]")
    ),
    "a page of no size": hostile.Hostile(lambda: page_of(SAYS, page=b"/MediaBox [0 0 0 0]")),
    "a form in itself": hostile.Hostile(lambda: page_of(SAYS + b" /X Do")),
    "a script at its opening": hostile.Hostile(
        lambda: page_of(SAYS, catalog=b"/OpenAction << /S /JavaScript /JS (app.alert\\(1\\)) >>")
    ),
    "a program at its opening": hostile.Hostile(
        lambda: page_of(SAYS, catalog=b"/OpenAction << /S /Launch /F (/bin/sh) >>")
    ),
    "a page from elsewhere": hostile.Hostile(
        lambda: page_of(SAYS, catalog=b"/OpenAction << /S /URI /URI (http://127.0.0.1:9/) >>")
    ),
}

SLOW = {
    "a bomb in a bomb for an invoice",
    "a bomb of 150 MB for a table",
    "a bomb of 150 MB for an invoice",
    "a form in itself",
    "a text of forty million characters",
    "three hundred thousand objects and no table",
}
"""They are made, or end their child, in seconds; the others in an instant."""


async def outcome(job):
    try:
        return await job
    except (TooHard, PageUnknown, XmlNotUnderstood) as reason:
        return type(reason).__name__


async def words_and_picture(workshop, tricks):
    """Return what comes of PDFs: their words, and the picture of their first page."""
    return {
        name: await asyncio.gather(
            outcome(workshop.words(content)), outcome(workshop.picture(content, 1, 800))
        )
        for name, content in ((name, trick.make()) for name, trick in tricks.items())
    }


async def test_a_trick_of_a_pdf_shows_its_page_and_does_nothing(workshop):
    """D-02"""
    tricks = {name: trick for name, trick in TRICKS.items() if name not in SLOW}

    found = await words_and_picture(workshop, tricks)

    for name in ("a script at its opening", "a program at its opening", "a page from elsewhere"):
        words, picture = found[name]
        assert words == "Factuur"
        assert picture.startswith(b"\x89PNG")
    assert found["a password to open it"] == ["", "PageUnknown"]
    assert found["a page of no size"][0] in {"", "Factuur"}
    assert len(tricks) > 20


@pytest.mark.long
async def test_no_trick_of_a_pdf_costs_more_than_its_child(workshop):
    """D-02: and the next is served."""
    began = time.monotonic()

    found = await words_and_picture(workshop, {name: TRICKS[name] for name in SLOW})

    used = most_memory_used()
    for kind in ("rendering", "studying"):
        assert used.get(kind, 0) < limits(kind).memory_mib, kind
    assert time.monotonic() - began < 60 * len(SLOW)
    for name, (words, _) in found.items():
        assert len(words) <= 60_000, name
    assert await workshop.words(page_of(SAYS)) == "Factuur"
