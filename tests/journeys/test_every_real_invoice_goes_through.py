"""Invoices as the world writes them, each from the queue to its reader: UBL, CII, Factur-X, PDF."""

import asyncio
import base64
import hashlib
import io
import json
import re
from decimal import Decimal
from pathlib import Path

import pypdf
import pytest

from localrun.lease_company import PUBLISH

DATA = Path(__file__).parents[3] / "shared" / "data" / "invoices"
LANGUAGES = ("nl", "fr", "de", "en")
# What a billing system has to say itself, because the file says nothing a machine can read.
UNREADABLE = {
    "number": "RE-20190610/507",
    "type": "invoice",
    "issue_date": "2019-06-10",
    "total_incl_vat": {"amount": "571.04", "currency": "EUR"},
}


def expected():
    if not DATA.exists():
        return {}
    return json.loads((DATA / "expected.json").read_text())


EXPECTED = expected()

pytestmark = pytest.mark.skipif(not EXPECTED, reason="the real invoices are not beside this clone")


def command_of(path, customer):
    content = (DATA / path).read_bytes()
    pdf = path.endswith(".pdf")
    file = {
        "role": "original_pdf" if pdf else "original_xml",
        "name": Path(path).name,
        "media_type": "application/pdf" if pdf else "application/xml",
        "content": base64.b64encode(content).decode(),
    }
    said = UNREADABLE if path == "pdf/plain-no-xml.pdf" else {}
    return {"customer_number": customer.number, "files": [file], **said}


def said_of(path):
    """Return what a careful reader found in a file; None where it holds nothing for a machine."""
    entry = EXPECTED[path]
    return entry.get("meta") or entry.get("xml", {}).get("meta")


async def publish_all(company, customer):
    """Publish every file, each under a customer number of its own."""
    customers = {path: customer() for path in EXPECTED}
    await asyncio.gather(*(company.register(each) for each in customers.values()))
    asked = {
        path: await company.billing.publish(PUBLISH, command_of(path, customers[path]))
        for path in EXPECTED
    }
    outcomes = {path: await company.billing.outcome(each) for path, each in asked.items()}
    refused = {
        path: outcome.body for path, outcome in outcomes.items() if "problems" in outcome.body
    }
    assert refused == {}
    return customers, {path: str(each.body["document_id"]) for path, each in outcomes.items()}


@pytest.mark.long
async def test_each_is_archived_as_it_is_understood_and_can_be_read_in_four_languages(
    dl5, suite, customer, auditor, http, failures_logged
):
    """D-02"""
    customers, ids = await publish_all(dl5, customer)
    documents = f"{suite.addresses.documents}/v1/documents"
    wrong = []
    for path, document_id in ids.items():
        document = (await dl5.http.get(f"{documents}/{document_id}")).raise_for_status().json()
        wrong += [f"{path}: {fault}" for fault in misunderstood(path, document)]
        original = document["files"][0]
        bytes_back = (
            await dl5.http.get(f"{suite.addresses.documents}{original['href']}")
        ).raise_for_status()
        if hashlib.sha256(bytes_back.content).hexdigest() != EXPECTED[path]["sha256"]:
            wrong.append(f"{path}: other bytes came back")
        wrong += [
            f"{path}: {fault}"
            for fault in await unreadable(path, f"{documents}/{document_id}", document, dl5.http)
        ]
    for path, document_id in ids.items():
        said = await verdicts_on(path, f"{documents}/{document_id}", dl5.http)
        wrong += [f"{path}: {fault}" for fault in misjudged(path, said)]

    assert wrong == []
    assert await auditor.quiet(seconds=60) == []
    mails = await auditor.mails()
    for path, each in customers.items():
        sent = [mail for mail in mails if each.main_contact.email in mail["to"]]
        assert len(sent) == 1, path
        (link,) = re.findall(r"http://\S+/view/\S+", (await auditor.whole(sent[0]))["text"])
        page = await http.get(link)
        assert page.status_code == 200, path
        assert f'lang="{each.main_contact.language}"' in page.text
    assert failures_logged() == []


def misunderstood(path, document):
    said = said_of(path)
    if said is None:
        return
    wanted = {
        "number": said["number"],
        "issue_date": said["issue_date"],
        "due_date": said.get("due_date"),
        "payment_reference": said.get("payment_ref"),
        "total_incl_vat": said["amount_incl_vat"],
        "amount_due": said["payable"],
        "currency": said["currency"],
    }
    got = document | {
        "total_incl_vat": document["total_incl_vat"]["amount"],
        "amount_due": document["amount_due"]["amount"],
        "currency": document["total_incl_vat"]["currency"],
    }
    for field, value in wanted.items():
        if value is None:
            continue
        amounts = field in {"total_incl_vat", "amount_due"}
        same = Decimal(got[field]) == Decimal(value) if amounts else got[field] == value
        if not same:
            yield f"{field} is {got[field]}, not {value}"
    if said["kind"] == "CreditNote" and document["type"] != "credit_note":
        yield "it is a credit note"


async def verdicts_on(path, url, http):
    """Return what judges say of a document, once they did; nobody waits for them but we."""
    if path == "pdf/plain-no-xml.pdf":
        return {}
    async with asyncio.timeout(120):
        while True:
            items = (await http.get(f"{url}/verdicts")).raise_for_status().json()["items"]
            if items:
                return {each["judge"]: each for each in items}
            await asyncio.sleep(0.5)


def misjudged(path, said):
    """Say what judges think otherwise than those who made the rules, of XML in UBL."""
    entry = EXPECTED[path]
    known = (entry.get("xml") or entry).get("validation") or {}
    if said and said["xsd"]["passed"] is not known.get("xsd_ubl_2.1", True):
        yield f"its schema says {said['xsd']}"
    if rules := known.get("CEN-UBL 1.3.16"):
        judged = said["en16931"]
        if judged["passed"] is bool(rules["fatal"]) or judged["rules_version"] != "CEN 1.3.16":
            yield f"its rules say {judged}"


async def unreadable(path, url, document, http):
    """Say what keeps a person from reading it: every language's rendition, else the PDF itself."""
    faults = []
    if path == "pdf/plain-no-xml.pdf":
        picture = await http.get(f"{url}/pages/1")
        if picture.status_code != 200 or not picture.content.startswith(b"\x89PNG"):
            faults.append(f"no picture of its page: {picture.status_code}")
        return faults
    for language in LANGUAGES:
        rendition = await http.get(f"{url}/rendition", params={"language": language})
        if rendition.status_code != 200:
            faults.append(f"no rendition in {language}: {rendition.status_code} {rendition.text}")
            continue
        pages = pypdf.PdfReader(io.BytesIO(rendition.content)).pages
        if bare(document["number"]) not in bare(pages[0].extract_text()):
            faults.append(f"its number is not on the first page in {language}")
    return faults


def bare(text):
    """Return the letters and digits of a text: a long number may be broken over two lines."""
    return "".join(filter(str.isalnum, text))
