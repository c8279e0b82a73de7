"""Plays the billing systems of two issuers against a running suite, and shows who got what."""

import asyncio
import json
import os
import shlex
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import httpx

from chassis import tracing
from localrun.addresses import Addresses
from localrun.billing_system import BillingSystem
from localrun.demo_customers import ISSUERS, Issuer, Person
from localrun.demo_invoice import Invoice, Item
from localrun.terminal import Terminal

_PATIENCE_SECONDS = 90
_QUIET_SECONDS = 3
_REGISTER = "identity.register-customer.v1"
_PUBLISH = "documents.publish-document.v1"
_EXTRAS = (
    Item("Winter tyres: change and storage", Decimal("50.05"), "2 vehicles", quantity=2),
    Item("Operational lease Peugeot e-Expert", Decimal("448.75"), "2-BXT-117"),
    Item("Charging card, November", Decimal("12.00"), "3 drivers", quantity=3),
)
_CREDITED = (Item("Returned early: Renault Kangoo E-Tech", Decimal("80.00"), "1-HKR-482"),)


@dataclass(frozen=True)
class Expected:
    """A document, and whom a mail about it must reach, in which language."""

    invoice: Invoice
    readers: dict[str, str]


async def play(addresses: Addresses, environment: dict[str, str], *, once: bool) -> bool:
    """Publish invoices and wait for their mails; return whether each arrived exactly once.

    ``environment`` is what the command line of identity needs.
    """
    if addresses.postbox is None:
        raise RuntimeError("the demo counts mails in the built-in postbox; unset SMTP_HOST")
    terminal = Terminal()
    expected: list[Expected] = []
    collector = os.environ.get("OTEL_EXPORTER_OTLP_ENDPOINT")
    told = tracing.told_to(collector, service="billing-system", graceful_seconds=5)
    async with told, httpx.AsyncClient(timeout=30, trust_env=False) as http:
        for issuer in ISSUERS:
            expected += await _bill(addresses, environment, http, issuer, terminal)
        total = sum(len(each.readers) for each in expected)
        terminal.step(f"{len(expected)} documents published; {total} mails are owed")
        got = await _mails(http, addresses.postbox, expected, total)
    good = _report(expected, got, terminal)
    if not once:
        terminal.write(f"\nRead the mails at {addresses.postbox} and click “View invoice” in one.")
    return good


async def _bill(
    addresses: Addresses,
    environment: dict[str, str],
    http: httpx.AsyncClient,
    issuer: Issuer,
    terminal: Terminal,
) -> list[Expected]:
    """Let one issuer register its customers, share their numbers and publish."""
    admitted = await _identity(environment, *issuer.arguments(), "--rotate", "--json")
    scopes = ("--scope", "identity:write", "--scope", "identity:read")
    client = await _identity(
        environment, "add-client", "--issuer", issuer.issuer, *scopes, "--json"
    )
    terminal.step(
        f"{issuer.name} logs in as {issuer.issuer} and publishes to {admitted['exchange']}"
    )
    async with AsyncExitStack() as stack:
        billing = await stack.enter_async_context(
            BillingSystem(admitted["amqp_url"], admitted["exchange"], admitted["outcomes"])
        )
        for customer in issuer.customers:
            await _accepted(billing, _REGISTER, customer.registration())
        token = await _token(http, client)
        for customer in issuer.customers:
            for person in customer.shared_users:
                await _share(http, addresses, token, customer.number, person)
        invoices = _invoices(issuer)
        await asyncio.gather(
            *(_accepted(billing, _PUBLISH, invoice.command()) for invoice in invoices)
        )
    by_number = {customer.number: customer for customer in issuer.customers}
    return [Expected(each, by_number[each.customer_number].readers()) for each in invoices]


def _invoices(issuer: Issuer) -> list[Invoice]:
    """Return an invoice per customer, and a credit note for the first; numbers new at each run."""
    run = datetime.now(UTC).strftime("%y%m%d%H%M%S")
    today = datetime.now(UTC).date()
    return [
        Invoice(
            seller=issuer.seller,
            customer_number=customer.number,
            buyer=customer.party(),
            number=f"{kind}{run}{position}",
            issued=today - timedelta(days=1) if kind == "C" else today,
            items=_CREDITED if kind == "C" else (_lease(position), *_EXTRAS[:position]),
            credit_note=kind == "C",
            # One with its own PDF; of the others the suite makes a readable one.
            with_pdf=position == 2,  # noqa: PLR2004
        )
        for position, customer in enumerate(issuer.customers, 1)
        for kind in (("C", "F") if position == 1 else ("F",))
    ]


def _lease(position: int) -> Item:
    return Item(
        "Operational lease Renault Kangoo E-Tech", Decimal("512.45") + position * 37, "1-HKR-482"
    )


async def _accepted(billing: BillingSystem, routing_key: str, body: dict[str, Any]) -> None:
    kind, outcome = await billing.ask(routing_key, body)
    if "problems" in outcome:
        raise RuntimeError(f"{routing_key} was refused ({kind}): {outcome['problems']}")


async def _identity(environment: dict[str, str], *arguments: str) -> dict[str, str]:
    """Run a command of identity and return what it prints."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "identity",
        *arguments,
        env=os.environ | environment,
        stdout=asyncio.subprocess.PIPE,
    )
    output, _ = await process.communicate()
    if process.returncode:
        raise RuntimeError(f"identity {shlex.join(arguments)}: {output.decode()}")
    printed: dict[str, str] = json.loads(output.splitlines()[-1])
    return printed


async def _token(http: httpx.AsyncClient, client: dict[str, str]) -> str:
    login = (client["client_id"], client["client_secret"])
    answer = await http.post(
        client["token_url"], data={"grant_type": "client_credentials"}, auth=login
    )
    return str(answer.raise_for_status().json()["access_token"])


async def _share(
    http: httpx.AsyncClient, addresses: Addresses, token: str, number: str, person: Person
) -> None:
    url = f"{addresses.identity}/v1/customer-numbers/{number}/shared-users/{person.email}"
    answer = await http.put(
        url,
        json=person.share(),
        headers={"Authorization": f"Bearer {token}"},
    )
    answer.raise_for_status()


async def _mails(
    http: httpx.AsyncClient, postbox: str, expected: Sequence[Expected], total: int
) -> Counter[tuple[str, str]]:
    """Wait until as many mails are there as are owed, and a little longer for one too many."""
    numbers = [each.invoice.number for each in expected]
    deadline = time.monotonic() + _PATIENCE_SECONDS
    got: Counter[tuple[str, str]] = Counter()
    async with _following(http, postbox) as mails:
        async for mail in mails:
            if mail is not None:
                number = next((each for each in numbers if each in mail["subject"]), None)
                if number:
                    got.update((number, address) for address in mail["to"])
            elif got.total() >= total:
                deadline = min(deadline, time.monotonic() + _QUIET_SECONDS)
            if time.monotonic() > deadline:
                return got
    return got


@asynccontextmanager
async def _following(
    http: httpx.AsyncClient, postbox: str
) -> AsyncIterator[AsyncIterator[dict[str, Any] | None]]:
    """Yield mails as they come, the oldest first, and None whenever there is no new one."""

    async def follow() -> AsyncIterator[dict[str, Any] | None]:
        after: str | None = None
        while True:
            query = {"limit": 500} | ({"after": after} if after else {})
            answer = await http.get(f"{postbox}/api/messages", params=query)
            items = answer.raise_for_status().json()["items"]
            for item in items:
                after = item["id"]
                yield item
            if not items:
                yield None
                await asyncio.sleep(0.3)

    followed = follow()
    try:
        yield followed
    finally:
        await followed.aclose()  # type: ignore[attr-defined]


def _report(
    expected: Sequence[Expected], got: Counter[tuple[str, str]], terminal: Terminal
) -> bool:
    """Print who got what; return whether that is exactly what was owed."""
    owed = Counter((each.invoice.number, address) for each in expected for address in each.readers)
    terminal.write("\n  document         customer number   readers  mails  languages")
    for each in expected:
        number = each.invoice.number
        mails = sum(count for (about, _), count in got.items() if about == number)
        languages = " ".join(
            f"{language}×{count}"
            for language, count in sorted(Counter(each.readers.values()).items())
        )
        terminal.write(
            f"  {number:<16} {each.invoice.customer_number:<17} {len(each.readers):>7}"
            f"  {mails:>5}  {languages}"
        )
    missing, extra = owed - got, got - owed
    for (number, address), count in missing.items():
        terminal.write(f"  missing: {number} to {address} ({count})")
    for (number, address), count in extra.items():
        terminal.write(f"  too many: {number} to {address} ({count})")
    good = not missing and not extra
    terminal.step(
        f"every one of {owed.total()} mails arrived exactly once"
        if good
        else f"{missing.total()} mails are missing, {extra.total()} too many"
    )
    return good
