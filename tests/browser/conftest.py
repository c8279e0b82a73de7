"""A real browser, and the portal over services that are stand-ins: no broker, no database."""

import json
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Self

import httpx
import pytest
import uvicorn
from playwright.sync_api import Browser, sync_playwright
from tests import chromium as browsers

from chassis import web
from portal.accounts_testing import SESSION
from portal.app import service
from portal.testing import GOOD_LINK, WOLKENHOF, Others, a_file

ROOT = Path(__file__).parents[2]
INVOICES = ROOT / "services" / "portal" / "tests" / "invoices"
WITHIN_SECONDS = 20


_A_PHONE_AT_NIGHT = ((390, "dark"),)
_THE_OTHERS = ((1280, "light"), (1280, "dark"), (390, "light"))


@pytest.fixture(params=[_A_PHONE_AT_NIGHT, pytest.param(_THE_OTHERS, marks=pytest.mark.long)])
def looks(request):
    """The widths and schemes a page is audited at; by day, journeys audit what they come by."""
    return request.param


class Portal:
    """The portal on a port of its own; ``show`` says what the services behind it say."""

    def __init__(self) -> None:
        self._app = web.make_app(
            title="portal", description="", version="1", routers=[*service.api]
        )
        self._app.state.database = None
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        config = uvicorn.Config(
            self._app, host="127.0.0.1", port=port, log_level="error", lifespan="off"
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        deadline = time.monotonic() + WITHIN_SECONDS
        while not self._server.started:
            assert time.monotonic() < deadline, "the portal did not start"
            time.sleep(0.01)
        return self

    def __exit__(self, *_: object) -> None:
        self._server.should_exit = True
        self._thread.join(WITHIN_SECONDS)

    def show(self, others: Others) -> None:
        """Let these services stand behind the portal from now on."""
        self._app.state.gateways = others.gateways()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Return a browser, or skip where there is none to start.

    It is closed with its module: while it is open no test can have an event loop of its own.
    """
    found = browsers.path_or_skip()
    with sync_playwright() as driven:
        browser = driven.chromium.launch(executable_path=found, args=browsers.QUIETLY)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def portal() -> Iterator[Portal]:
    with Portal() as portal:
        yield portal


@pytest.fixture
def open_page(chromium, portal):
    """Return a function that opens one of the pages below; nothing may complain while it loads."""
    contexts, complaints = [], []

    def go(name, *, width=1280, scheme="light", language="nl", script=True):
        others, address = PAGES[name]()
        portal.show(others)
        context = chromium.new_context(
            viewport={"width": width, "height": 900},
            color_scheme=scheme,
            reduced_motion="reduce",  # no colour is caught half-way
            java_script_enabled=script,
        )
        contexts.append(context)
        page = context.new_page()
        # A page that helps after a 404 is a 404 too, and Chromium says so.
        page.on(
            "console",
            lambda said: "404" in said.text or complaints.append(f"{name}: {said.text}"),
        )
        answer = page.goto(f"{portal.url}{address}?language={language}")
        assert answer is not None
        assert answer.status == (404 if name == "nothing" else 200)
        return page

    yield go
    for context in contexts:
        context.close()
    assert not complaints


def of_invoice(name: str, **document: object) -> Others:
    """Return services that show an invoice, as documents understood it from real XML."""
    others = Others()
    said = json.loads((INVOICES / f"{name}.json").read_text())
    others.invoice = said
    others.document |= {key: said[key] for key in ("number", "type", "issue_date", "due_date")}
    for key, total in (("total_incl_vat", "incl_vat"), ("amount_due", "due")):
        others.document[key] = {"amount": said["totals"][total], "currency": said["currency"]}
    others.document |= document
    return others


def an_invoice():
    flags = ["amount_due_differs", "number_reused"]
    others = of_invoice("invoice-3-vat-rates", flags=flags)
    others.document["files"].append(
        a_file("embedded_attachment", "Werkbon.pdf", "application/pdf", "d" * 64, size=84_000)
    )
    return others, f"/view/{GOOD_LINK}"


def a_light_accent():
    others = of_invoice("invoice-allowance-charge-prepaid-rounding")
    others.guest["issuer"] = {"issuer": "dl2", "name": "Wolkenhof", "palette": WOLKENHOF}
    return others, f"/view/{GOOD_LINK}"


def a_credit_note():
    return of_invoice("creditnote-full"), f"/view/{GOOD_LINK}"


def a_collection():
    others = of_invoice("invoice-3-vat-rates")
    others.invoice["payments"] = [{"means": "direct_debit", "mandate": "M-77"}]
    return others, f"/view/{GOOD_LINK}"


def a_plain_pdf():
    others = Others()
    others.document["files"] = [
        a_file("original_pdf", "F.pdf", "application/pdf", "c" * 64, pages=2)
    ]
    others.contents = {f"/pages/{page}": httpx.Response(200, content=PIXEL) for page in (1, 2)}
    return others, f"/view/{GOOD_LINK}"


def an_endless_word():
    others = of_invoice("invoice-3-vat-rates", number="N" * 200)
    others.guest["issuer"]["name"] = "I" * 120
    said = others.invoice
    said["seller"]["name"] = said["buyer"]["name"] = "W" * 200
    said["lines"][0]["name"] = said["lines"][0]["description"] = "W" * 200
    said["notes"] = said["seller"]["address"] = ["W" * 200]
    said["buyer_reference"] = said["payment_terms"] = "W" * 200
    said["lines"][1]["net"] = "123456789012.99"
    said["vat"][0]["exemption"] = "W" * 200
    said["payments"][0]["account_name"] = said["payments"][0]["reference"] = "W" * 140
    others.document["files"].append(
        a_file("attachment", "W" * 200, "application/pdf", "d" * 64, size=84_000)
    )
    return others, f"/view/{GOOD_LINK}"


def registering():
    return an_invoice()[0], f"/view/{GOOD_LINK}/register"


def nothing():
    return Others(), "/view/forged"


PAGES = {
    "invoice": an_invoice,
    "light accent": a_light_accent,
    "credit note": a_credit_note,
    "collection": a_collection,
    "plain pdf": a_plain_pdf,
    "endless word": an_endless_word,
    "register": registering,
    "nothing": nothing,
}

PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489"
    "0000000d4944415478da63fcffff3f030005fe02fea72d9d0b0000000049454e44ae426082"
)


@pytest.fixture
def an(chromium, portal):
    """Return a function that opens a page in An's browser."""
    contexts, complaints = [], []

    def go(path, *, width=1280, script=True, language="nl"):
        context = chromium.new_context(
            viewport={"width": width, "height": 900},
            reduced_motion="reduce",
            java_script_enabled=script,
        )
        contexts.append(context)
        cookie = {"name": "__Host-sid", "value": SESSION, "domain": "127.0.0.1", "path": "/"}
        context.add_cookies([cookie | {"secure": True, "httpOnly": True}])
        page = context.new_page()
        # A list that cannot be looked for is a 422, and Chromium says so.
        page.on(
            "console", lambda said: "422" in said.text or complaints.append(f"{path}: {said.text}")
        )
        page.on("pageerror", lambda error: complaints.append(f"{path}: {error}"))
        mark = "&" if "?" in path else "?"
        answer = page.goto(f"{portal.url}{path}{mark}language={language}")
        assert answer.status in (200, 422)
        return page

    yield go
    for context in contexts:
        context.close()
    assert not complaints
