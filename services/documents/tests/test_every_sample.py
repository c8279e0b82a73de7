"""Proves that every public sample is archived byte for byte, with the facts a careful reader finds.

Through a workshop of real processes, and into a real database.
"""

import hashlib
import json
from decimal import Decimal
from pathlib import Path

import pytest

from contracts.customer_number import issuer_of
from contracts.documents import DocumentFile, PublishDocument
from documents import queries
from documents.crew import Crew, Limits
from documents.workshop import Workshop

SAMPLES = Path(__file__).parents[4] / "shared/data/invoices"
CREDIT_NOTES = {"381"}
UNSAID = {
    "number": "507",
    "type": "invoice",
    "issue_date": "2019-06-10",
    "total_incl_vat": {"amount": "571.04", "currency": "EUR"},
}
"""What the message has to say of the only sample that says nothing to a machine."""

pytestmark = pytest.mark.skipif(not SAMPLES.is_dir(), reason="the sample invoices are not here")


@pytest.fixture
async def workshop():
    limits = Limits(children=2, seconds=60, memory_mib=512, jobs=1000)
    kinds = ("reading", "rendering", "studying")
    workshop = Workshop(*(Crew(kind, limits) for kind in kinds))
    workshop._readers.start()
    yield workshop
    await workshop.close()


def given(name, content, meta):
    # Those made for this project name the customer as an issuer of ours would.
    named = meta.get("buyer_id_bt46") or ""
    customer_number = named if named.startswith("DL") else "DL5-104233"
    pdf = name.endswith(".pdf")
    file = DocumentFile(
        role="original_pdf" if pdf else "original_xml",
        name=Path(name).name,
        media_type="application/pdf" if pdf else "application/xml",
        content=content,
    )
    said = UNSAID if name.endswith("plain-no-xml.pdf") else {}
    return PublishDocument(customer_number=customer_number, files=(file,), **said)


def differences(meta, document):
    """Give each fact that is not what was expected."""
    wanted = {
        "number": meta["number"],
        "issue_date": meta["issue_date"],
        "due_date": meta.get("due_date") or str(document.due_date),
        "currency": meta["currency"] or document.currency,
        "total_incl_vat": Decimal(meta["amount_incl_vat"] or meta["payable"]),
        "amount_due": Decimal(meta["payable"]),
        "payment_reference": meta.get("payment_ref") or document.payment_reference,
    }
    for field, value in wanted.items():
        known = getattr(document, field)
        if (str(known) if "date" in field else known) != value:
            yield f"{field} is {known}, not {value}"
    if meta["kind"] == "CreditNote" or meta["type_code"] in CREDIT_NOTES:
        if document.type != "credit_note":
            yield "it is a credit note"
    elif document.type != "invoice":
        yield "it is an invoice"


async def test_each_is_archived_as_it_is_with_what_it_says(database, publish, files):
    """D-02"""
    expected = json.loads((SAMPLES / "expected.json").read_text())
    wrong = []
    for name, known in expected.items():
        content = (SAMPLES / name).read_bytes()
        meta = known.get("meta") or known.get("xml", {}).get("meta") or {}
        meta = meta if meta.get("syntax") in {"UBL", "CII"} else {}
        command = given(name, content, meta)
        issuer = issuer_of(command.customer_number)
        async with database.transaction() as session:
            published, _ = await publish(session, command, issuer)
        async with database.transaction() as session:
            document = await queries.document(session, published.id)
        original, *inside = document.files
        if await files.read(issuer, original.sha256) != content:
            wrong.append(f"{name}: its bytes are others")
        if original.sha256 != known["sha256"] or original.pages != known.get("pages"):
            wrong.append(f"{name}: {original.sha256}, {original.pages} pages")
        if ("invoice_xml" in known) != any(each.role == "embedded_xml" for each in inside):
            wrong.append(f"{name}: what is inside is {[each.role for each in inside]}")
        inside_now = [hashlib.sha256(await files.read(issuer, each.sha256)) for each in inside]
        if [each.hexdigest() for each in inside_now] != [each.sha256 for each in inside]:
            wrong.append(f"{name}: what was inside is not as it was")
        wrong += [f"{name}: {each}" for each in differences(meta, document)] if meta else []
        strange = set(document.flags) - {"number_reused", "total_derived"}
        wrong += [f"{name}: {strange}"] if strange else []

    assert len(expected) == 73
    assert wrong == []
