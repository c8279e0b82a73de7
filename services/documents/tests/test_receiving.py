"""Proves that the bytes of a document are safe, and its facts settled, before it is published."""

import hashlib
from datetime import timedelta

import pytest

from chassis.identifiers import new_id
from contracts.documents import DocumentFile
from documents import receiving
from documents.errors import CustomerOfAnotherIssuer, FactMissing, TooHard, UploadUnknown
from documents.workshop import Workshop


def sha256(content):
    return hashlib.sha256(content).hexdigest()


def file(content, role="original_pdf", name="a.pdf", media_type="application/pdf"):
    return DocumentFile(role=role, name=name, media_type=media_type, content=content)


@pytest.fixture
def receive(files, workshop, command):
    """Return a function that receives files for an issuer."""

    async def receive(*given, workshop=workshop, issuer="dl5", **told):
        return await receiving.receive(files, workshop, issuer, command(files=given, **told))

    return receive


@pytest.fixture
def kept_files(tmp_path):
    """Return a function that lists what lies in the store."""
    return lambda: [each for each in (tmp_path / "kept").rglob("*") if each.is_file()]


async def test_every_file_is_kept_in_the_order_given(receive, files, xml_file, ubl, pdf):
    xml = ubl()

    received = await receive(file(pdf()), xml_file(xml))

    assert [(each.role, each.size, each.sha256, each.pages) for each in received.files] == [
        ("original_pdf", len(pdf()), sha256(pdf()), 1),
        ("original_xml", len(xml), sha256(xml), None),
    ]
    assert await files.read("dl5", sha256(xml)) == xml
    assert await files.read("dl5", sha256(pdf())) == pdf()
    assert received.facts.due_date.isoformat() == "2026-07-01"
    assert received.flags == ()


async def test_two_documents_are_the_same_when_their_xml_is(receive, xml_file, ubl, pdf):
    xml = ubl()

    one, other = [
        await receive(file(pdf(mark)), xml_file(xml, name=name))
        for mark, name in ((b"rendered", "one.xml"), (b"rendered again", "two.xml"))
    ]

    assert one.content_sha256 == other.content_sha256 == sha256(xml)


async def test_without_an_xml_all_files_count_in_whatever_order_and_by_whatever_name(receive):
    def pdf(content, name="a.pdf", role="attachment"):
        return file(content, role, name)

    async def same(*given):
        return (await receive(*given)).content_sha256

    both = await same(pdf(b"1"), pdf(b"2"))
    assert both == await same(pdf(b"2", "b.pdf"), pdf(b"1", "c.pdf"))
    assert both != await same(pdf(b"1"))
    assert both != await same(pdf(b"1"), pdf(b"3"))
    assert both != await same(pdf(b"1", role="original_pdf"), pdf(b"2"))


async def test_what_is_inside_does_not_make_another_document(receive, factur_x, ubl):
    content = factur_x(ubl())

    received = await receive(file(content))

    assert received.content_sha256 == sha256(f"original_pdf:{sha256(content)}".encode())


async def test_an_xml_that_is_not_understood_is_kept_all_the_same(receive, files, xml_file):
    received = await receive(xml_file(b"<not-ubl/>"))

    assert received.flags == ("xml_not_understood",)
    assert await files.read("dl5", received.content_sha256) == b"<not-ubl/>"


async def test_nothing_is_kept_of_a_document_that_says_too_little(receive, kept_files, pdf):
    with pytest.raises(FactMissing):
        await receive(file(pdf()), number=None)

    assert kept_files() == []


async def test_nothing_is_kept_of_a_document_for_a_customer_of_another_issuer(
    receive, kept_files, pdf
):
    with pytest.raises(CustomerOfAnotherIssuer):
        await receive(file(pdf()), customer_number="DL6-1")

    assert kept_files() == []


async def test_the_invoice_in_a_pdf_says_what_the_message_does_not(receive, files, factur_x, ubl):
    xml, unsaid = ubl(), dict.fromkeys(("number", "type", "issue_date", "total_incl_vat"))

    received = await receive(file(factur_x(xml)), **unsaid)

    assert (received.facts.number, str(received.facts.total_incl_vat)) == ("F2600017", "498.94")
    original, inside = received.files
    assert (original.role, original.pages) == ("original_pdf", 1)
    assert (inside.role, inside.name) == ("embedded_xml", "factur-x.xml")
    assert (inside.media_type, inside.size) == ("application/xml", len(xml))
    assert await files.read("dl5", inside.sha256) == xml
    assert received.flags == ()


@pytest.mark.parametrize(
    ("said", "flags"),
    [
        ({}, ()),
        ({"number": "<cbc:ID>F9</cbc:ID>"}, ("xml_and_pdf_differ",)),
        ({"number": None}, ()),
        ({"totals": None}, ()),
        (
            {
                "totals": "<cac:LegalMonetaryTotal><cbc:TaxInclusiveAmount>1.00"
                "</cbc:TaxInclusiveAmount></cac:LegalMonetaryTotal>"
            },
            ("xml_and_pdf_differ",),
        ),
    ],
)
async def test_an_xml_and_a_pdf_that_tell_different_things_are_flagged(
    receive, factur_x, ubl, xml_file, said, flags
):
    received = await receive(file(factur_x(ubl(**said))), xml_file(ubl()))

    assert received.flags == flags
    assert received.facts.number == "F2600017"
    assert str(received.facts.total_incl_vat) == "498.94"


async def test_where_the_xml_is_not_understood_the_one_in_the_pdf_speaks(
    receive, factur_x, ubl, xml_file
):
    received = await receive(file(factur_x(ubl())), xml_file(b"<a/>"), number=None)

    assert received.facts.number == "F2600017"
    assert received.flags == ("xml_not_understood",)


async def test_an_xml_in_a_pdf_that_is_not_understood_is_flagged_and_kept(receive, factur_x):
    received = await receive(file(factur_x(b"<not-an-invoice/>")))

    assert received.flags == ("xml_not_understood",)


async def test_a_pdf_that_cannot_be_read_is_kept_and_flagged(receive, files):
    received = await receive(file(b"%PDF-1.7 and then nothing"))

    assert received.flags == ("pdf_not_understood",)
    assert await files.read("dl5", received.files[0].sha256) == b"%PDF-1.7 and then nothing"


async def test_what_an_xml_encloses_is_kept_beside_it(
    receive, files, xml_file, ubl, enclosing, pdf
):
    xml = ubl(extra=enclosing(pdf(b"annex")) + enclosing(b"a;b\n1;2\n", "trips.csv", "text/csv"))

    received = await receive(xml_file(xml))

    assert [(each.role, each.name, each.media_type) for each in received.files[1:]] == [
        ("embedded_attachment", "annex.pdf", "application/pdf"),
        ("embedded_attachment", "trips.csv", "text/csv"),
    ]
    assert await files.read("dl5", received.files[1].sha256) == pdf(b"annex")
    assert received.content_sha256 == sha256(xml)


async def test_what_comes_twice_is_kept_once(receive, xml_file, ubl, enclosing, pdf, factur_x):
    xml = ubl(extra=enclosing(pdf()) + enclosing(pdf()))

    received = await receive(xml_file(xml), file(pdf(), "attachment"), file(factur_x(xml)))

    assert [each.role for each in received.files] == [
        "original_xml",
        "attachment",
        "original_pdf",
    ]


async def test_no_more_files_are_taken_out_than_are_reasonable(receive, xml_file, ubl, enclosing):
    many = "".join(enclosing(b"%d" % turn, f"{turn}.txt", "text/plain") for turn in range(50))

    received = await receive(xml_file(ubl(extra=many)))

    assert len(received.files) == 21
    assert received.flags == ("files_left_out",)


async def test_a_file_is_kept_as_what_it_is_whatever_it_is_called(receive, pdf):
    received = await receive(
        file(b"PK\x03\x04", name="../../etc/invoice.pdf"),
        file(pdf(), "attachment", media_type="text/csv"),
    )

    assert [(each.name, each.media_type) for each in received.files] == [
        ("invoice.pdf", "application/zip"),
        ("a.pdf", "application/pdf"),
    ]
    assert received.flags == ("file_name_changed", "media_type_differs")


class Exhausted:
    """Hands that give up on everything."""

    def start(self):
        """Need nothing."""

    async def do(self, _job, *_parts):
        raise TooHard("it took more than 10 s")


@pytest.mark.parametrize(
    ("role", "flag"),
    [("original_xml", "xml_not_understood"), ("original_pdf", "pdf_not_understood")],
)
async def test_a_file_that_is_too_hard_to_read_is_kept_and_flagged(
    receive, files, ubl, pdf, role, flag
):
    content = ubl() if role == "original_xml" else pdf()
    media_type = "application/xml" if role == "original_xml" else "application/pdf"
    given = file(content, role, media_type=media_type)

    received = await receive(given, workshop=Workshop(Exhausted(), Exhausted(), Exhausted()))

    assert received.flags == (flag, "too_hard_to_read")
    assert await files.read("dl5", sha256(content)) == content


async def test_a_file_too_hard_to_read_that_should_have_said_all_is_refused(
    receive, xml_file, ubl, kept_files
):
    with pytest.raises(FactMissing) as refused:
        await receive(
            xml_file(ubl()), number=None, workshop=Workshop(Exhausted(), Exhausted(), Exhausted())
        )

    assert refused.value.problems[0].pointer == "/number"
    assert kept_files() == []


def named(upload_id, **told):
    known = {"role": "original_pdf", "name": "a.pdf", "media_type": "application/pdf"}
    return DocumentFile(**known | told, upload_id=upload_id)


async def test_an_upload_is_kept_like_any_other_file(receive, files, pdf):
    upload_id = new_id()
    await files.keep_upload("dl5", upload_id, pdf())

    one = await receive(named(upload_id))
    other = await receive(file(pdf()))

    assert one == other
    assert await files.read("dl5", sha256(pdf())) == pdf()


async def test_an_upload_that_does_not_exist_is_refused_with_its_place(
    receive, xml_file, kept_files
):
    with pytest.raises(UploadUnknown) as refused:
        await receive(xml_file(b"<a/>"), named(new_id()))

    assert refused.value.problems[0].pointer == "/files/1/upload_id"
    assert kept_files() == []


async def test_an_upload_of_another_issuer_does_not_exist(receive, files, pdf):
    upload_id = new_id()
    await files.keep_upload("dl6", upload_id, pdf())

    with pytest.raises(UploadUnknown):
        await receive(named(upload_id))


@pytest.mark.parametrize(("hours", "good"), [(0, True), (23.9, True), (24.1, False)])
async def test_an_upload_is_good_for_a_day(receive, files, pdf, made_ago, hours, good):
    upload_id = made_ago(timedelta(hours=hours))
    await files.keep_upload("dl5", upload_id, pdf())

    if good:
        assert (await receive(named(upload_id))).files[0].sha256 == sha256(pdf())
    else:
        with pytest.raises(UploadUnknown):
            await receive(named(upload_id))
