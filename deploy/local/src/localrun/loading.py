"""A known load for a suite: customers, their readers, and documents as fast as they are asked for.

    async with Load(credentials, addresses) as load:
        await load.register(400, readers=5)
        await load.publish(20_000, rate=250)
        await load.answered()

Everything goes in as an outsider's would: over the issuer's own broker user, and over HTTP with
its own client. It outlives the broker: what was not confirmed is published again under the same
id. ``load.documents`` is what was published, ``load.outcomes`` what became of each by its id.
"""

import asyncio
import base64
import json
import time
from collections.abc import Iterable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from types import TracebackType
from typing import Any, Self

import httpx
from uuid_utils.compat import uuid7

from localrun.addresses import Addresses
from localrun.billing_system import Outcome
from localrun.demo_customers import Customer, Person
from localrun.demo_invoice import Invoice, Item, Party
from localrun.lease_company import PUBLISH, REGISTER, CommandRefused, Credentials
from localrun.machine_token import MachineToken
from localrun.steady_line import SteadyLine

_LANGUAGES = ("nl", "fr", "de", "en")
_AT_ONCE = 16
_WINDOW = 200
_LOOK_SECONDS = 0.1
_HTTP_SECONDS = 60
_NUMBER, _CONTENT = "@number@", "@content@"


@dataclass(slots=True)
class Document:
    """A document of the load, and who must be told of it.

    ``began`` is when it was handed to the line, or was due when the load is paced; ``confirmed``
    when the broker had it, None until then. Both are monotonic seconds; ``published_at`` is the
    time of day that belongs to ``began``.
    """

    number: str
    message_id: str
    customer_number: str
    readers: tuple[str, ...]
    began: float
    published_at: datetime
    confirmed: float | None = None


class Load:
    """One issuer's load. Give loads of one suite a ``start`` of their own, a million apart."""

    def __init__(
        self, credentials: Credentials, addresses: Addresses, *, start: int = 1_000_000
    ) -> None:
        """Number customers, readers and documents from ``start`` on."""
        self.customers: list[Customer] = []
        self.documents: list[Document] = []
        self.line = SteadyLine(credentials.issuer)
        """For whatever else the issuer asks meanwhile; outcomes of that are read here too."""
        self._http = httpx.AsyncClient(
            auth=MachineToken(credentials.client), timeout=_HTTP_SECONDS, trust_env=False
        )
        self.issuer = credentials.issuer["issuer"]
        self._identity = addresses.identity
        self._start = start
        self._people = start
        self._prepared: list[PreparedInvoice] = []
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Self:
        """Log in on both sides."""
        await self._stack.enter_async_context(self.line)
        await self._stack.enter_async_context(self._http)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Log out."""
        await self._stack.aclose()

    @property
    def outcomes(self) -> dict[str, Outcome]:
        """What became of each command so far, by its message id; registrations are among them."""
        return self.line.outcomes

    @property
    def contradicted(self) -> set[str]:
        """The ids of commands that had a second outcome unlike the first."""
        return self.line.contradicted

    @property
    def repeated(self) -> int:
        """How often something was published again, since the broker had not confirmed it."""
        return self.line.repeated

    def new_customers(self, count: int, *, readers: int = 3) -> list[Customer]:
        """Return customers that do not exist yet: each a main contact and ``readers - 1`` others.

        Every reader is someone else; the last digits of the addresses run from 00 to 99, so that
        a rule such as ``(00|50)@`` finds one in fifty.
        """
        return [self._new_customer(readers) for _ in range(count)]

    async def register(self, count: int, *, readers: int = 3) -> list[Customer]:
        """Register so many new customers; documents are published for them from then on."""
        return await self.register_all(self.new_customers(count, readers=readers))

    async def register_all(
        self, customers: Iterable[Customer], *, at_once: int = _AT_ONCE
    ) -> list[Customer]:
        """Register these customers and share their numbers. Raises ``CommandRefused``."""
        registered = list(customers)
        free = asyncio.Semaphore(at_once)
        async with asyncio.TaskGroup() as registering:
            for customer in registered:
                registering.create_task(self._register(customer, free))
        async with asyncio.TaskGroup() as sharing:
            for customer in registered:
                for person in customer.shared_users:
                    sharing.create_task(self._share(customer, person, free))
        self.customers += registered
        self._prepared += [PreparedInvoice(_invoice(customer)) for customer in registered]
        return registered

    async def publish(
        self,
        count: int,
        *,
        rate: float | None = None,
        window: int = _WINDOW,
        among: Sequence[Customer] | None = None,
        twice_every: int = 0,
    ) -> list[Document]:
        """Publish so many documents, to every customer (or those ``among``) in turn.

        As fast as ``window`` unconfirmed messages allow, or evenly at ``rate`` a second; what an
        outage held up then follows as fast as it can. One in ``twice_every`` is published again
        under the same id, as a billing system may that is not sure.
        """
        readers = [(each, tuple(each.readers())) for each in self.customers]
        turns = list(zip(readers, self._prepared, strict=True))
        if among is not None:
            chosen = {each.number for each in among}
            turns = [turn for turn in turns if turn[0][0].number in chosen]
        free = asyncio.Semaphore(window)
        started, started_at = time.monotonic(), datetime.now(UTC)
        published = []
        async with asyncio.TaskGroup() as publishing:
            for position in range(count):
                (customer, whom), prepared = turns[position % len(turns)]
                due = started + position / rate if rate else None
                if due is not None:
                    await asyncio.sleep(max(0, due - time.monotonic()))
                await free.acquire()
                began = due or time.monotonic()
                document = Document(
                    number=f"L{self._start + len(self.documents)}",
                    message_id=str(uuid7()),
                    customer_number=customer.number,
                    readers=whom,
                    began=began,
                    published_at=datetime.fromtimestamp(
                        started_at.timestamp() + began - started, UTC
                    ),
                )
                self.documents.append(document)
                published.append(document)
                times = 2 if twice_every and position % twice_every == 0 else 1
                publishing.create_task(self._publish(document, prepared, free, times))
        return published

    async def answered(self, *, seconds: float = 300) -> list[Document]:
        """Wait until every document has its outcome; return those that had none in time."""
        deadline = time.monotonic() + seconds
        while True:
            missing = [each for each in self.documents if each.message_id not in self.outcomes]
            if not missing or time.monotonic() > deadline:
                return missing
            await asyncio.sleep(_LOOK_SECONDS)

    async def _publish(
        self, document: Document, prepared: "PreparedInvoice", free: asyncio.Semaphore, times: int
    ) -> None:
        try:
            body = prepared.command(document.number)
            for _ in range(times):
                await self.line.publish(PUBLISH, body, document.message_id)
                document.confirmed = document.confirmed or time.monotonic()
        finally:
            free.release()

    async def _register(self, customer: Customer, free: asyncio.Semaphore) -> None:
        async with free:
            body = json.dumps(customer.registration()).encode()
            outcome = await self.line.ask(REGISTER, body, str(uuid7()))
        if "problems" in outcome.body:
            raise CommandRefused(f"{outcome.kind}: {outcome.body['problems']}")

    async def _share(self, customer: Customer, person: Person, free: asyncio.Semaphore) -> None:
        url = f"{self._identity}/v1/customer-numbers/{customer.number}/shared-users/{person.email}"
        async with free:
            (await self._http.put(url, json=person.share())).raise_for_status()

    def _new_customer(self, readers: int) -> Customer:
        main, *others = (self._new_person() for _ in range(readers))
        number = main.email.partition("@")[0].removeprefix("reader")
        return Customer(
            number=f"{self.issuer.upper()}-{number}",
            name=f"Klant {number} bv",
            country="BE",
            main_contact=main,
            shared_users=tuple(others),
        )

    def _new_person(self) -> Person:
        number = self._people
        self._people += 1
        language = _LANGUAGES[number % len(_LANGUAGES)]
        return Person(f"reader{number}@load.example", language, "Noor", "Peeters")


class PreparedInvoice:
    """An invoice of one customer, written once: each document of it costs a few replacements."""

    def __init__(self, invoice: Invoice) -> None:
        """Write it with marks where a document differs from the next."""
        marked = replace(invoice, number=_NUMBER, with_pdf=False)
        self._invoice = invoice
        self._no_reference = marked.reference
        self._xml = marked.xml().decode()
        command: dict[str, Any] = marked.command()
        command["files"][0]["content"] = _CONTENT
        self._command = json.dumps(command)

    def xml(self, number: str) -> bytes:
        """Return the UBL of the document with this number."""
        reference = replace(self._invoice, number=number).reference
        xml = self._xml.replace(_NUMBER, number).replace(self._no_reference, reference)
        return xml.encode()

    def command(self, number: str) -> bytes:
        """Return the body of its PublishDocument."""
        content = base64.b64encode(self.xml(number)).decode()
        return self._command.replace(_NUMBER, number).replace(_CONTENT, content).encode()


def _invoice(customer: Customer) -> Invoice:
    return Invoice(
        seller=Party("Meridiaan Lease"),
        customer_number=customer.number,
        buyer=customer.party(),
        number="",
        issued=date(2026, 3, 2),
        items=(Item("Full operational lease", Decimal("412.35")),),
    )
