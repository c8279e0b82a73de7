"""Says which service is under test, and stands in for the services it asks."""

import json
from dataclasses import dataclass, field

import httpx
import pytest

from portal.app import service as the_service
from portal.documents_service import DocumentsService
from portal.gateways import Gateways
from portal.identity_service import IdentityService
from portal.pages import Pages

GOOD_LINK = "01930000-0000-7000-8000-000000000001.2026-11-21.mac"
SHA = "a" * 64


@dataclass
class Others:
    """Identity and documents, as the portal sees them; tests change what they say."""

    guest: dict = field(
        default_factory=lambda: {
            "issuer": {"issuer": "dl5", "name": "Meridiaan Lease", "accent": "#0b5c6b"},
            "customer_number": "DL5-104233",
            "language": "nl",
            "registered": False,
            "token": "guest-token",
            "expires_in": 300,
        }
    )
    document: dict = field(
        default_factory=lambda: {
            "document_id": "01930000-0000-7000-8000-00000000000d",
            "customer_number": "DL5-104233",
            "number": "F2026-0042",
            "type": "invoice",
            "issue_date": "2026-11-21",
            "due_date": "2026-12-21",
            "total_incl_vat": {"amount": "1284.17", "currency": "EUR"},
            "amount_due": {"amount": "1284.17", "currency": "EUR"},
            "payment_reference": "+++202/6004/81758+++",
            "files": [
                {
                    "role": "original_xml",
                    "name": "F2026-0042.xml",
                    "media_type": "application/xml",
                    "sha256": SHA,
                    "size": 9,
                }
            ],
        }
    )
    asked: list = field(default_factory=list)
    away: bool = False

    def answer(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        if self.away:
            raise httpx.ConnectError("refused")
        bearer = request.headers.get("Authorization", "")
        match request.url.path:
            case "/v1/oauth/token":
                return httpx.Response(200, json={"access_token": "own", "expires_in": 600})
            case "/v1/links/open" if bearer == "Bearer own":
                known = json.loads(request.content)["link"] == GOOD_LINK
                return httpx.Response(200, json=self.guest) if known else httpx.Response(404)
            case "/v1/newest" if bearer == "Bearer guest-token":
                return httpx.Response(200, json=self.document)
            case path if path.endswith(SHA) and bearer == "Bearer guest-token":
                headers = {
                    "Content-Disposition": "attachment; filename*=UTF-8''F2026-0042.xml",
                    "Set-Cookie": "not=ours",
                }
                return httpx.Response(
                    200, content=b"<Invoice>", headers={"Content-Type": "application/xml"} | headers
                )
        return httpx.Response(403)


@pytest.fixture
def service():
    return the_service


@pytest.fixture
def others():
    return Others()


@pytest.fixture
def link():
    return GOOD_LINK


@pytest.fixture
async def gateways(others):
    async with httpx.AsyncClient(transport=httpx.MockTransport(others.answer)) as http:
        yield Gateways(
            identity=IdentityService(http, "http://identity.test", "portal", "secret"),
            documents=DocumentsService(http, "http://documents.test"),
            pages=Pages(),
        )
