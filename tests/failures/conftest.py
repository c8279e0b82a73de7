"""Documents in flight while something fails, and a table of what each failure did."""

import asyncio
import time
from collections import Counter

import pytest

from localrun.billing_system import Outcome
from localrun.lease_company import PUBLISH, REGISTER, Published

CUSTOMERS, DOCUMENTS_EACH, SHARED = 4, 3, 2

_table = []
_storms = []


class Flight:
    """A handful of documents on their way: 12, with 3 readers each."""

    def __init__(self, company, auditor, customer, invoice):
        self._company = company
        self._auditor = auditor
        self._customer = customer
        self._invoice = invoice
        self._registered = []
        self._asked = []
        self.row = ()
        self._started = time.monotonic()

    async def take_off(self):
        """Publish, and wait for the broker's confirms only."""
        customers = [self._customer(SHARED) for _ in range(CUSTOMERS)]
        for each in customers:
            await self._company.register(each)
        await self._publish(customers * DOCUMENTS_EACH)

    async def take_off_with_newcomers(self):
        """Register as many customers as there are documents, and publish without waiting."""
        newcomers = [self._customer() for _ in range(CUSTOMERS * DOCUMENTS_EACH)]
        for each in newcomers:
            command_id = await self._company.billing.publish(REGISTER, each.registration())
            self._registered.append(command_id)
        await self._publish(newcomers)

    async def _publish(self, customers):
        for each in customers:
            invoice = self._invoice(each)
            command_id = await self._company.billing.publish(PUBLISH, invoice.command())
            self._asked.append((command_id, invoice, each))

    async def first_mails(self):
        """Wait until some mails have arrived, and most have not."""
        numbers = {invoice.number for _, invoice, _ in self._asked}
        while True:
            subjects = [mail["subject"] for mail in await self._auditor.mails()]
            if any(number in subject for number in numbers for subject in subjects):
                return

    async def land(self, *, seconds=60):
        """Return what went wrong, a line each, once all is quiet again."""
        faults = [
            f"lost: a registration ({answer})"
            for answer in await self._answers(self._registered)
            if not isinstance(answer, Outcome) or "problems" in answer.body
        ]
        published = []
        answers = await self._answers([command_id for command_id, _, _ in self._asked])
        for answer, (_, invoice, customer) in zip(answers, self._asked, strict=True):
            if isinstance(answer, Outcome) and "document_id" in answer.body:
                document_id = answer.body["document_id"]
                published.append(Published(invoice.number, document_id, customer.readers()))
            else:
                faults.append(f"lost: {invoice.number} ({answer!r})")
        faults += await self._auditor.faults(self._company, published, seconds=seconds)
        self._note(published, faults)
        return faults

    async def _answers(self, ids):
        asked = map(self._company.billing.outcome, ids)
        return await asyncio.gather(*asked, return_exceptions=True)

    def _note(self, published, faults):
        kinds = Counter(fault.partition(":")[0] for fault in faults)
        mails = sum(len(each.readers) for each in published)
        self.row = (len(published), mails, kinds, time.monotonic() - self._started)


@pytest.fixture
async def flight(request, dl5, auditor, customer, invoice):
    """Return a flight; afterwards nothing may be parked that was not parked before."""
    before = await auditor.parked()
    flight = Flight(dl5, auditor, customer, invoice)
    yield flight
    if flight.row:
        _table.append((request.node.name, *flight.row))
    assert await auditor.parked() == before


@pytest.fixture
def postbox(suite, http):
    """Return a function that sets the postbox's faults; they are off after the test."""

    async def set_faults(**faults):
        (await http.put(f"{suite.postbox}/api/faults", json=faults)).raise_for_status()

    return set_faults


@pytest.fixture
def kept(request):
    """Return a function that keeps what a storm did: on disk, and for the end of the run."""

    def keep(report):
        name = f"{request.node.name}-{report.seed}.json".replace("/", "-")
        report.write(request.config.rootpath / ".run" / "failures" / name)
        _storms.append((request.node.name, report))
        return report

    return keep


def pytest_terminal_summary(terminalreporter):
    if _table:
        terminalreporter.section("failures")
        terminalreporter.line(
            f"{'documents':>9} {'mails':>5} {'lost':>5} {'twice':>5} {'stuck':>5}  s"
        )
    for name, documents, mails, kinds, seconds in _table:
        terminalreporter.line(
            f"{documents:>9} {mails:>5} {kinds['lost']:>5} {kinds['twice']:>5} {kinds['stuck']:>5}"
            f" {seconds:>5.1f}  {name}"
        )
    for name, report in _storms:
        terminalreporter.section(name)
        terminalreporter.line(report.table())
