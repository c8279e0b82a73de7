"""Says which service is under test, and builds what its tests are about."""

import pytest

from chassis.testing import said
from contracts.documents import DocumentFile, PublishDocument
from documents import publishing, receiving
from documents.app import service as the_service
from documents.files import Files
from documents.gateways import Gateways

_UBL = "urn:oasis:names:specification:ubl:schema:xsd:"


@pytest.fixture
def service():
    return the_service


@pytest.fixture
def files(tmp_path):
    """Return a store of bytes in a folder of the test's own."""
    return Files(f"file://{tmp_path}/kept")


@pytest.fixture
def gateways(files):
    return Gateways(files=files)


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

    def build(content=b"%PDF-1.7 hello", *, files=None, **told):
        known = {
            "customer_number": "DL5-104233",
            "number": "F2600017",
            "type": "invoice",
            "issue_date": "2026-06-01",
            "total_incl_vat": {"amount": "498.94", "currency": "EUR"},
        }
        file = {"role": "original_pdf", "name": "invoice.pdf", "media_type": "application/pdf"}
        return PublishDocument(
            files=files or (DocumentFile(**file, content=content),),
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
def publish(files):
    """Return a function that receives and publishes a command, as the handler does."""

    async def publish(session, command, issuer="dl5"):
        received = await receiving.receive(files, issuer, command)
        document, already = await publishing.publish(
            session, issuer, command.customer_number, received
        )
        await session.flush()
        return document, already

    return publish


@pytest.fixture
def told(session):
    """Return a function that reads what was told so far of one kind of message, oldest first."""

    async def told(kind):
        return [each.read(kind) for each in await said(session, kind)]

    return told
