"""The door to help: the articles, in every language, for everybody."""

import re

import pytest

from portal.articles import ORDER
from portal.sharing_testing import BOOKKEEPER, NUMBER

LANGUAGES = ("nl", "fr", "de", "en")

pytestmark = pytest.mark.usefixtures("shares", "archive")


@pytest.mark.parametrize("language", LANGUAGES)
async def test_everybody_reads_every_article(an, stranger, language):
    """W-09"""
    for browser in (an, stranger):
        page = (await browser.get(f"/help?language={language}")).text
        assert re.findall(r'href="/help/([a-z-]+)"><b>', page) == list(ORDER)
        for name in ORDER:
            answer = await browser.get(f"/help/{name}?language={language}")
            assert answer.status_code == 200
            assert f'<html lang="{language}">' in answer.text
            assert answer.text.count("<h1>") == 1


async def test_who_is_signed_in_keeps_the_menu_and_who_is_not_sees_none(an, stranger):
    assert "/sign-out" in (await an.get("/help/sharing")).text
    assert "/sign-out" not in (await stranger.get("/help/sharing")).text


async def test_help_is_searched_in_the_readers_language(stranger, shown):
    found = await stranger.get("/help?question=wachtwoord&language=nl")
    assert "Antwoorden op ‘wachtwoord’" in shown(found)
    assert 'href="/help/forgotten-password"' in found.text
    assert 'href="/help/new-number"' not in found.text

    none = await stranger.get("/help?question=wachtwoord&language=fr")
    assert "Aucune réponse à «\xa0wachtwoord\xa0»".replace("\xa0", " ") in shown(none)
    assert 'href="/help"' in none.text


async def test_a_question_is_never_markup(stranger):
    page = (await stranger.get("/help?question=%3Cscript%3Ealert(1)")).text
    assert "&lt;script&gt;alert(1)" in page
    answered = (await stranger.get("/help?question=%3Cdelen%3E&language=nl")).text
    assert "Antwoorden op ‘&lt;delen&gt;’" in answered
    assert "<delen>" not in answered
    assert "<script>alert" not in page


async def test_an_article_that_is_not_there_is_not_found(stranger):
    for name in ("nothing", "..%2Fnl%2Fsharing", "sharing.md"):
        assert (await stranger.get(f"/help/{name}")).status_code == 404


async def test_every_page_leads_to_its_own_article(an):
    """W-09"""
    pages = {
        "/documents": "filters",
        "/documents/take": "download",
        "/customer-numbers": "notification-settings",
        f"/customer-numbers/{NUMBER}": "notification-settings",
        f"/customer-numbers/{NUMBER}/main-contact": "hand-over",
        "/shared-users": "sharing",
        "/shared-users/add": "sharing",
        f"/shared-users/{BOOKKEEPER}": "sharing",
    }
    for path, article in pages.items():
        assert article in ORDER
        assert f'href="/help/{article}"' in (await an.get(path)).text
