"""Mails in a real browser: wide and narrow, by day and by night, audited.

Rules about landmarks are left out: a mail is shown inside the page of a mail program, which has
them.
"""

import email
import email.policy
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from email.message import EmailMessage
from uuid import UUID

import pytest
from axe_playwright_python.sync_playwright import Axe
from services.notifications.tests import make

from identity.accents import palette_of
from notifications.composing import Letterpress
from notifications.composing_to_people import PersonalPress
from notifications.kinds import KINDS

LANGUAGES = ("nl", "fr", "de", "en")
ACCENTS = ("#0a6c74", "#f5b700", "#101010")


@pytest.fixture
def open_mail(chromium):
    """Return a function that shows a mail with nothing short in it."""
    pages = []

    def open_mail(*, language="de", accent="#0a6c74", scheme="light", width=700, **changed):
        page = chromium.new_page(viewport={"width": width, "height": 800}, color_scheme=scheme)
        pages.append(page)
        page.set_content(html_of(language, accent, changed))
        return page

    yield open_mail
    for page in pages:
        page.close()


def html_of(language, accent, changed):
    facts = make.new_document(
        accent=accent,
        palette=palette_of(accent).model_dump(),
        language=language,
        registered=False,
        customer_name="Zimmerei und Dachdeckerei Oberhauser & Söhne GmbH & Co. KG",
        number="RE-2026/11-000123",
        total=Decimal("1284567.17"),
        amount_due=Decimal("1000000.10"),
        link=f"https://portaal.example/view/{UUID(int=7)}.2026-11-12.{'x' * 43}",
    )
    raw = Letterpress().compose(replace(facts, **changed), datetime(2026, 11, 21, tzinfo=UTC))
    message = email.message_from_bytes(raw, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    return message.get_body(("html",)).get_content()


@pytest.fixture
def open_mail_to_person(chromium):
    """Return a function that shows a mail about an account."""
    pages = []
    press = PersonalPress()

    def open_mail(kind, *, accent="#0a6c74", scheme="light", width=700, **changed):
        page = chromium.new_page(viewport={"width": width, "height": 800}, color_scheme=scheme)
        pages.append(page)
        palette = palette_of(accent).model_dump()
        facts = make.to_person(kind, accent=accent, palette=palette, **changed)
        message = email.message_from_bytes(
            press.compose(facts, make.ASKED), policy=email.policy.default
        )
        assert isinstance(message, EmailMessage)
        page.set_content(message.get_body(("html",)).get_content())
        return page

    yield open_mail
    for page in pages:
        page.close()


_NO_LANDMARKS = {"region": {"enabled": False}, "landmark-one-main": {"enabled": False}}


@pytest.mark.parametrize("scheme", ["light", pytest.param("dark", marks=pytest.mark.long)])
@pytest.mark.parametrize("kind", sorted(KINDS))
def test_no_mail_about_an_account_sticks_out_on_a_phone_or_fails_the_audit(
    open_mail_to_person, kind, scheme
):
    page = open_mail_to_person(kind, language="de", scheme=scheme, width=320)

    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    found = Axe().run(page, options={"rules": _NO_LANDMARKS})
    assert [each["id"] for each in found.response["violations"]] == []


def test_not_even_endless_names_and_addresses_stick_out(open_mail_to_person):
    word = "W" * 200

    for kind in ("shared", "email_changing", "main_contact_given", "second_factor_changed"):
        facts = dict.fromkeys(("by", "from", "to", "name", "customer_number"), word)
        page = open_mail_to_person(
            kind, width=320, first_name=word, issuer_name=word, facts=facts | {"you": "to"}
        )
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


@pytest.mark.parametrize("accent", ACCENTS)
def test_a_code_is_large_and_in_letters_of_one_width_by_day_and_by_night(
    open_mail_to_person, accent
):
    for scheme in ("light", "dark"):
        code = open_mail_to_person("register", accent=accent, scheme=scheme, width=360).get_by_text(
            "1234 5678"
        )

        size, family = code.evaluate(
            "each => { const s = getComputedStyle(each); return [s.fontSize, s.fontFamily] }"
        )
        assert float(size.removesuffix("px")) >= 32
        assert "monospace" in family
        assert code.bounding_box()["height"] < 60, "it is on one line"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("width", [320, 390, 700])
def test_nothing_sticks_out_sideways(open_mail, language, width):
    page = open_mail(language=language, width=width)

    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


@pytest.mark.parametrize("width", [320, 700])
def test_not_even_an_endless_word_does(open_mail, width):
    word = "W" * 200
    people = {"first_name": word, "last_name": word, "customer_name": word}
    figures = {"number": word, "customer_number": word, "payment_reference": word}

    page = open_mail(width=width, issuer_name=word, **people, **figures)

    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


def test_the_button_spans_a_phone_and_is_large_enough_for_a_thumb(open_mail):
    box = open_mail(width=390).get_by_role("link", name="Rechnung ansehen").bounding_box()

    assert box["height"] >= 44
    assert box["width"] > 300


def test_a_wide_mail_is_one_column_of_600(open_mail):
    page = open_mail(width=1280)

    assert page.locator(".card").bounding_box()["width"] <= 600


@pytest.mark.parametrize("accent", ACCENTS)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_audit_finds_nothing(open_mail, accent, scheme):
    page = open_mail(accent=accent, scheme=scheme)

    found = Axe().run(
        page,
        options={"rules": {"region": {"enabled": False}, "landmark-one-main": {"enabled": False}}},
    )

    assert [each["id"] for each in found.response["violations"]] == []
    assert "color-contrast" in {each["id"] for each in found.response["passes"]}


def test_by_night_the_grounds_are_dark_and_the_button_stays_as_it_is(open_mail):
    def colours(scheme):
        page = open_mail(scheme=scheme)
        return [
            page.locator(where).first.evaluate("each => getComputedStyle(each).backgroundColor")
            for where in ("body", ".card", "a.press")
        ]

    assert colours("light") == ["rgb(244, 245, 247)", "rgb(255, 255, 255)", "rgb(10, 108, 116)"]
    assert colours("dark") == ["rgb(20, 23, 27)", "rgb(29, 33, 38)", "rgb(10, 108, 116)"]


def test_a_button_too_dark_for_the_night_is_lit(open_mail):
    page = open_mail(accent="#101010", scheme="dark")

    button = page.locator("a.press").evaluate("each => getComputedStyle(each).backgroundColor")
    assert button == "rgb(88, 88, 88)"


def test_the_summary_is_a_table_to_a_screen_reader_on_a_phone_too(open_mail):
    page = open_mail(width=390)

    table = page.get_by_role("table", name="Rechnung im Überblick")
    assert table.get_by_role("row").count() == 5
    assert table.get_by_role("rowheader").first.inner_text() == "Zu zahlen"
