"""Proves that real workers do real jobs: what is hostile costs its worker at most, never the next.

What a child may do wrong in general is proved in ``test_crew``.
"""

import json
import signal
import subprocess
import sys
from decimal import Decimal

import psutil
import pytest

from documents.crew import Crew, Limits
from documents.errors import PageUnknown, TooHard, XmlNotUnderstood
from documents.workshop import Workshop


@pytest.fixture
async def started():
    """Return a function that starts a workshop with children, which are ended after the test."""
    made = []

    def start(memory_mib=512, seconds=60):
        reading = Limits(children=1, seconds=seconds, memory_mib=memory_mib, jobs=1000)
        rendering = Limits(children=1, seconds=60, memory_mib=1024, jobs=1000)
        studying = Limits(children=1, seconds=60, memory_mib=1024, jobs=1000)
        made.append(
            Workshop(
                Crew("reading", reading),
                Crew("rendering", rendering),
                Crew("studying", studying, at_need=True),
            )
        )
        made[-1].start()
        return made[-1]

    yield start
    for each in made:
        await each.close()
    assert psutil.Process().children() == []


async def test_a_worker_reads_what_a_document_says_and_holds(
    started, ubl, enclosing, factur_x, pdf
):
    workshop = started()
    xml = ubl(extra=enclosing(pdf(b"annex")))

    of_xml = await workshop.read(xml)
    of_pdf = await workshop.read(factur_x(xml))

    assert of_xml.invoice == of_pdf.invoice
    assert (of_xml.invoice.number, of_xml.invoice.totals.due) == ("F2600017", Decimal("398.94"))
    (annex,) = of_xml.inside
    assert (annex.role, annex.name) == ("embedded_attachment", "annex.pdf")
    assert (annex.media_type, annex.content) == ("application/pdf", pdf(b"annex"))
    assert (of_pdf.pages, of_pdf.inside[1:]) == (1, (annex,))
    assert (of_pdf.inside[0].role, of_pdf.inside[0].content) == ("embedded_xml", xml)


async def test_what_is_not_understood_is_said_with_its_reason(started):
    workshop = started()

    for content in (b"<a/>", b"<a", b"", b"PK\x03\x04"):
        with pytest.raises(XmlNotUnderstood, match=r"\w"):
            await workshop.read(content)


async def test_a_plain_pdf_has_pages_and_no_invoice(started, pdf):
    reading = await started().read(pdf())

    assert (reading.invoice, reading.pages, reading.inside) == (None, 1, ())


async def test_a_worker_makes_renditions_and_pictures(started, ubl):
    workshop = started()

    invoice = json.loads(await workshop.invoice(ubl()))
    rendition, same = [await workshop.render(ubl(), "fr") for _ in range(2)]
    picture = await workshop.picture(rendition, 1, 300)

    assert invoice["totals"]["incl_vat"] == "498.94"
    assert rendition == same
    assert (rendition[:5], picture[:4]) == (b"%PDF-", b"\x89PNG")
    with pytest.raises(PageUnknown):
        await workshop.picture(rendition, 2, 300)
    with pytest.raises(XmlNotUnderstood):
        await workshop.render(b"<a/>", "fr")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_a_worker_leaves_it_to_its_parent_to_stop(started, ubl, number):
    workshop = started()
    await workshop.read(ubl())
    children = psutil.Process().children()

    for child in children:
        child.send_signal(number)

    assert (await workshop.read(ubl())).invoice.number == "F2600017"
    assert psutil.Process().children() == children


async def test_renditions_of_all_workers_have_one_version(started):
    one, other = started(), started()

    assert await one.rendition_version() == await other.rendition_version()


async def test_a_document_that_takes_too_much_memory_costs_its_worker_only(started, ubl):
    narrow = started(memory_mib=160)

    with pytest.raises(TooHard):
        await narrow.read(bytes(150_000_000))

    assert (await narrow.read(ubl())).invoice.number == "F2600017"


async def test_a_document_that_takes_too_long_costs_its_worker_only(started, ubl):
    hasty = started(seconds=0.1)

    with pytest.raises(TooHard):
        await hasty.read(ubl(extra="<a/>" * 900_000))

    hasty._readers._limits = Limits(children=1, seconds=60, memory_mib=512, jobs=1000)
    assert (await hasty.read(ubl())).invoice.number == "F2600017"


def test_a_worker_that_reads_needs_no_typesetter():
    """Its start is on the way of every document."""
    heavy = ("typst", "pypdfium2", "sqlalchemy", "fastapi", "structlog")
    code = (
        "import sys; from documents import worker; worker._ready('reading');"
        f"print([each for each in {heavy} if each in sys.modules])"
    )

    printed = subprocess.run(  # noqa: S603 (our own code)
        [sys.executable, "-c", code], capture_output=True, check=True
    )

    assert printed.stdout.strip() == b"[]"
