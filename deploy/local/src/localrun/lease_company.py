"""A lease company as the suite knows it from outside: its billing system, and its machine client.

The tests play the outsider with it; nothing here knows more than an issuer is told.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx

from localrun.addresses import Addresses
from localrun.billing_system import BillingSystem
from localrun.demo_customers import Customer, Person
from localrun.demo_invoice import Invoice

REGISTER = "identity.register-customer.v1"
PUBLISH = "documents.publish-document.v1"
IMPORT = "documents.import-document.v1"


class CommandRefused(Exception):
    """The suite refused a command that should have been done."""


@dataclass(frozen=True)
class Credentials:
    """What ``add-issuer`` and ``add-client`` printed."""

    issuer: dict[str, str]
    client: dict[str, str]


@dataclass(frozen=True)
class Published:
    """A document that was accepted, and whom a mail about it must reach, in which language."""

    number: str
    document_id: str
    readers: dict[str, str]


class LeaseCompany:
    """One issuer: it asks over the broker, and over HTTP with a token of its own."""

    def __init__(
        self, billing: BillingSystem, http: httpx.AsyncClient, addresses: Addresses
    ) -> None:
        """Speak through ``billing`` and through ``http``, which carries the token."""
        self.billing = billing
        self.http = http
        self._addresses = addresses

    async def register(self, customer: Customer) -> dict[str, Any]:
        """Register a customer and share its number with those it is shared with."""
        outcome = await self._done(REGISTER, customer.registration())
        for person in customer.shared_users:
            (await self.share(customer.number, person)).raise_for_status()
        return outcome

    async def publish(self, invoice: Invoice, customer: Customer) -> Published:
        """Publish an invoice; everyone who reads the customer's number is owed a mail."""
        outcome = await self._done(PUBLISH, invoice.command())
        return Published(invoice.number, str(outcome["document_id"]), customer.readers())

    async def give(self, command: dict[str, Any]) -> httpx.Response:
        """Publish a document over HTTP."""
        return await self.http.post(f"{self._addresses.documents}/v1/documents", json=command)

    async def upload(self, content: bytes) -> httpx.Response:
        """Upload a file that is too large for a message."""
        return await self.http.post(f"{self._addresses.documents}/v1/uploads", content=content)

    async def share(self, number: str, person: Person, **switches: bool) -> httpx.Response:
        """Share a customer number with someone."""
        return await self.http.put(
            self._shared_user(number, person), json=person.share() | switches
        )

    async def unshare(self, number: str, person: Person) -> httpx.Response:
        """Stop sharing a customer number with someone."""
        return await self.http.delete(self._shared_user(number, person))

    async def customer(self, number: str) -> httpx.Response:
        """Look a customer number up."""
        return await self.http.get(f"{self._addresses.identity}/v1/customer-numbers/{number}")

    async def letters(self, document_id: str) -> list[dict[str, Any]]:
        """Return what became of each mail about a document."""
        answer = await self.http.get(
            f"{self._addresses.notifications}/v1/letters", params={"document_id": document_id}
        )
        letters: list[dict[str, Any]] = answer.raise_for_status().json()
        return letters

    async def documents(self, **wanted: str) -> list[dict[str, Any]]:
        """Return the documents in the archive, newest first."""
        answer = await self.http.get(f"{self._addresses.documents}/v1/documents", params=wanted)
        documents: list[dict[str, Any]] = answer.raise_for_status().json()["items"]
        return documents

    def _shared_user(self, number: str, person: Person) -> str:
        url = f"{self._addresses.identity}/v1/customer-numbers/{number}/shared-users"
        return f"{url}/{person.email}"

    async def _done(self, routing_key: str, body: dict[str, Any]) -> dict[str, Any]:
        kind, outcome = await self.billing.ask(routing_key, body)
        if "problems" in outcome:
            raise CommandRefused(f"{kind}: {outcome['problems']}")
        return outcome


@asynccontextmanager
async def at_work(credentials: Credentials, addresses: Addresses) -> AsyncIterator[LeaseCompany]:
    """Log an issuer in on both sides."""
    issuer, client = credentials.issuer, credentials.client
    billing = BillingSystem(issuer["amqp_url"], issuer["exchange"], issuer["outcomes"])
    async with billing, httpx.AsyncClient(timeout=30, trust_env=False) as http:
        answer = await http.post(
            client["token_url"],
            data={"grant_type": "client_credentials"},
            auth=(client["client_id"], client["client_secret"]),
        )
        token = answer.raise_for_status().json()["access_token"]
        http.headers["Authorization"] = f"Bearer {token}"
        yield LeaseCompany(billing, http, addresses)
