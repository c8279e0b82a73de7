"""Proves that a claim is good for the documents of its own issuer only."""

from datetime import UTC, date, datetime

import sqlalchemy as sa

from chassis.identifiers import new_id
from documents import claim_queries
from documents.models import Claim, Document


async def test_a_claim_on_a_number_is_good_for_documents_of_its_own_issuer_only(session):
    """A number is of one issuer; should two ever have one of the same name, neither is shown."""
    person = new_id()
    document = {
        "id": new_id(),
        "issuer": "dl6",
        "customer_number": "DL5-1",
        "number": "F1",
        "type": "invoice",
        "content_sha256": new_id().hex,
        "issue_date": date(2026, 6, 1),
        "currency": "EUR",
        "total_incl_vat": 100,
        "amount_due": 100,
        "published_at": datetime(2026, 6, 1, 12, tzinfo=UTC),
        "imported": False,
        "flags": [],
    }
    await session.execute(sa.insert(Document), [document])
    claim = {"person_id": person, "customer_number": "DL5-1", "issuer": "dl5"}
    await session.execute(sa.insert(Claim), [claim])
    held = await session.get_one(Document, document["id"])

    assert not await claim_queries.has_claim(session, person, held)
