"""Says which service is under test, and builds what its tests are about."""

import base64
from datetime import UTC, date, datetime
from io import BytesIO
from uuid import UUID

import pytest
from pypdf import PdfWriter

from chassis.identifiers import new_id, now
from chassis.testing import said
from contracts.documents import DocumentFile, PublishDocument
from contracts.identity import CustomerNumberChanged, MainContactClaim, SharedUserClaim
from documents import publishing, receiving, worker
from documents.app import service as the_service
from documents.crew import Answer
from documents.files import Files
from documents.gateways import Gateways
from documents.models import Document
from documents.workshop import Workshop

_UBL = "urn:oasis:names:specification:ubl:schema:xsd:"


@pytest.fixture
def service():
    return the_service


@pytest.fixture
def files(tmp_path):
    """Return a store of bytes in a folder of the test's own."""
    return Files(f"file://{tmp_path}/kept")


@pytest.fixture
def archive(session):
    """Return a function that puts a document into the archive."""

    async def archive(**told):
        known = {
            "issuer": "dl5",
            "customer_number": "DL5-1",
            "number": new_id().hex,
            "type": "invoice",
            "content_sha256": "0" * 64,
            "issue_date": date(2026, 6, 1),
            "currency": "EUR",
            "total_incl_vat": 100,
            "amount_due": 100,
            "published_at": datetime(2026, 6, 1, 12, tzinfo=UTC),
            "flags": [],
        }
        document = Document(id=new_id(), **known | told)
        session.add(document)
        await session.flush()
        return document

    return archive


class OwnHands:
    """Does in this process what a worker would do in its own."""

    def start(self):
        """Need nothing."""

    async def do(self, job, *parts):
        return Answer(*worker.do(job, parts))

    async def hello(self):
        return {"version": "of-a-test"}

    async def close(self):
        """Have nothing."""


@pytest.fixture
def workshop():
    """Return a workshop without processes, for tests that are not about them."""
    return Workshop(OwnHands(), OwnHands(), OwnHands())


@pytest.fixture
def gateways(files, workshop):
    return Gateways(files, workshop, most_uploaded=2 * 1024 * 1024)


@pytest.fixture
def made_ago():
    """Return a function that makes an id as it would have been made some time ago."""

    def make(ago):
        milliseconds = int((now() - ago).timestamp() * 1000)
        return UUID(int=milliseconds << 80 | 7 << 76 | 2 << 62 | new_id().int & (1 << 62) - 1)

    return make


def a_pdf(mark=b""):
    """Return a PDF of one small page, which a mark tells from others."""
    objects = (
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 90 90]>>",
    )
    pdf, places = b"%PDF-1.7\n%" + mark.hex().encode() + b"\n", []
    for number, each in enumerate(objects, start=1):
        places.append(len(pdf))
        pdf += b"%d 0 obj%sendobj\n" % (number, each)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    trailer = b"trailer<</Size 4/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % len(pdf)
    return pdf + b"xref\n0 4\n0000000000 65535 f \n" + table + trailer


@pytest.fixture
def pdf():
    return a_pdf


@pytest.fixture
def ubl():
    """Return a function that writes a UBL; parts may be replaced, or left out by None."""

    def write(root="Invoice", extra="", **said):
        parts = {
            "number": "<cbc:ID>F2600017</cbc:ID>",
            "issue_date": "<cbc:IssueDate>2026-06-01</cbc:IssueDate>",
            "due_date": "<cbc:DueDate>2026-07-01</cbc:DueDate>",
            "currency": "<cbc:DocumentCurrencyCode>EUR</cbc:DocumentCurrencyCode>",
            "payment": "<cac:PaymentMeans><cbc:PaymentID>+++090/9337/55493+++</cbc:PaymentID>"
            "</cac:PaymentMeans>",
            "totals": "<cac:LegalMonetaryTotal>"
            '<cbc:TaxInclusiveAmount currencyID="EUR">498.94</cbc:TaxInclusiveAmount>'
            '<cbc:PayableAmount currencyID="EUR">398.94</cbc:PayableAmount>'
            "</cac:LegalMonetaryTotal>",
        }
        body = "".join(part for part in (parts | said).values() if part is not None)
        return (
            f'<{root} xmlns="{_UBL}{root}-2" xmlns:cbc="{_UBL}CommonBasicComponents-2" '
            f'xmlns:cac="{_UBL}CommonAggregateComponents-2">{extra}{body}</{root}>'
        ).encode()

    return write


@pytest.fixture
def command():
    """Return a function that builds the command by which a billing system publishes a PDF."""

    def build(mark=b"", *, files=None, **told):
        known = {
            "customer_number": "DL5-104233",
            "number": "F2600017",
            "type": "invoice",
            "issue_date": "2026-06-01",
            "total_incl_vat": {"amount": "498.94", "currency": "EUR"},
        }
        file = {"role": "original_pdf", "name": "invoice.pdf", "media_type": "application/pdf"}
        return PublishDocument(
            files=files or (DocumentFile(**file, content=a_pdf(mark)),),
            **{field: value for field, value in (known | told).items() if value is not None},
        )

    return build


@pytest.fixture
def xml_file():
    """Return a function that builds the original XML of a document."""

    def build(content, name="invoice.xml", **told):
        known = {"role": "original_xml", "media_type": "application/xml"} | told
        return DocumentFile(name=name, content=content, **known)

    return build


@pytest.fixture
def factur_x(pdf):
    """Return a function that puts an XML into a PDF."""

    def write(xml, name="factur-x.xml"):
        writer = PdfWriter(clone_from=BytesIO(pdf()))
        writer.add_attachment(name, xml)
        made = BytesIO()
        writer.write(made)
        return made.getvalue()

    return write


@pytest.fixture
def enclosing():
    """Return a function that writes what encloses a file in a UBL."""

    def write(content, name="annex.pdf", media_type="application/pdf"):
        encoded = base64.b64encode(content).decode()
        return (
            "<cac:AdditionalDocumentReference><cbc:ID>1</cbc:ID><cac:Attachment>"
            f'<cbc:EmbeddedDocumentBinaryObject mimeCode="{media_type}" filename="{name}">'
            f"{encoded}</cbc:EmbeddedDocumentBinaryObject>"
            "</cac:Attachment></cac:AdditionalDocumentReference>"
        )

    return write


@pytest.fixture
def publish(files, workshop):
    """Return a function that receives and publishes a command, as the handler does."""

    async def publish(session, command, issuer="dl5"):
        received = await receiving.receive(files, workshop, issuer, command)
        shelf = await publishing.Shelf.of(session, [(issuer, command.customer_number, received)])
        document, already = await publishing.publish(
            session, shelf, issuer, command.customer_number, received
        )
        await session.flush()
        return document, already

    return publish


@pytest.fixture
def snapshot():
    """Return a function that tells of a customer number, as identity does."""

    def snapshot(main=None, *, version=1, customer_number="DL5-104233", shared=(), hidden=()):
        at = now()
        main_contact = main and MainContactClaim(person_id=main, ticket=new_id(), since=at)
        switched = [*((each, True) for each in shared), *((each, False) for each in hidden)]
        return CustomerNumberChanged(
            customer_number=customer_number,
            issuer=customer_number.partition("-")[0].lower(),
            version=version,
            changed_at=at,
            state="active",
            name="Bakkerij De Korenaar bv",
            country="BE",
            main_contact=main_contact,
            shared_users=tuple(
                SharedUserClaim(person_id=each, ticket=new_id(), portal=portal, mail=True, since=at)
                for each, portal in switched
            ),
        )

    return snapshot


@pytest.fixture
def told(session):
    """Return a function that reads what was told so far of one kind of message, oldest first."""

    async def told(kind):
        return [each.read(kind) for each in await said(session, kind)]

    return told
