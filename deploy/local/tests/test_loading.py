"""A load publishes what a billing system would, only cheaper to make."""

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import httpx

from localrun.addresses import Addresses
from localrun.demo_invoice import Invoice, Item, Party
from localrun.lease_company import Credentials
from localrun.loading import Load, PreparedInvoice
from localrun.machine_token import MachineToken

CLIENT = {"client_id": "me", "client_secret": "s", "token_url": "http://identity.example/token"}
INVOICE = Invoice(
    seller=Party("Meridiaan Lease & Co"),
    customer_number="DL5-1000000",
    buyer=Party("Klant <1> bv"),
    number="",
    issued=date(2026, 3, 2),
    items=(Item("Full operational lease", Decimal("412.35")), Item("Tyres", Decimal("50.05"))),
    with_pdf=False,
)


def load(tmp_path: Path) -> Load:
    """Return a load that is logged in nowhere."""
    file = tmp_path / "addresses.json"
    words = ("amqp", "amqp_admin", "postgres", "smtp", "portal", "documents", "notifications")
    told = {"port_base": 8100, "identity": "http://identity.example"} | dict.fromkeys(words, "")
    file.write_text(json.dumps(told))
    issuer = {"issuer": "dl5", "amqp_url": "amqp://", "exchange": "in.dl5", "outcomes": "out.dl5"}
    return Load(Credentials(issuer, CLIENT), Addresses.read(file), start=3_000_000)


def test_a_prepared_invoice_is_the_same_as_one_that_was_written() -> None:
    prepared = PreparedInvoice(INVOICE)

    for number in ("L1000000", "L1234567", "L97"):
        written = replace(INVOICE, number=number)
        assert prepared.xml(number) == written.xml()
        assert json.loads(prepared.command(number)) == written.command()


def test_every_reader_is_someone_else_and_one_in_fifty_can_be_told_by_its_address(
    tmp_path: Path,
) -> None:
    customers = load(tmp_path).new_customers(40, readers=5)

    readers = [reader for customer in customers for reader in customer.readers()]
    assert len(set(readers)) == len(readers) == 200
    assert sum(reader.endswith(("00@load.example", "50@load.example")) for reader in readers) == 4
    assert len({customer.number for customer in customers}) == 40
    assert {customer.number[:4] for customer in customers} == {"DL5-"}


def test_customers_made_later_are_others(tmp_path: Path) -> None:
    one = load(tmp_path)

    first, second = one.new_customers(2), one.new_customers(2)

    assert not {each.number for each in first} & {each.number for each in second}


def test_a_token_is_fetched_once_and_again_before_it_ends() -> None:
    fetched = []

    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/token":
            assert request.headers["Authorization"].startswith("Basic ")
            fetched.append(request)
            # The second lives so short that it is not trusted for another request.
            lives = 600 if len(fetched) == 1 else 30
            return httpx.Response(
                200, json={"access_token": f"t{len(fetched)}", "expires_in": lives}
            )
        return httpx.Response(200, text=request.headers["Authorization"])

    token = MachineToken(CLIENT)
    with httpx.Client(auth=token, transport=httpx.MockTransport(answer)) as client:
        first = [client.get("http://documents.example/").text for _ in range(2)]
        token._good_until = 0
        then = [client.get("http://documents.example/").text for _ in range(2)]

    assert first == ["Bearer t1", "Bearer t1"]
    assert then == ["Bearer t2", "Bearer t3"]
