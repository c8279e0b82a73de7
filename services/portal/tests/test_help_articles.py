"""Proves that the help is complete in four languages, short, and names what pages really show."""

import re

import pytest

from portal.articles import FOLDER, ORDER, Articles
from portal.words import LANGUAGES, WORDS

QUOTED = {"nl": "‘(.+?)’", "fr": "«\N{NO-BREAK SPACE}(.+?)\N{NO-BREAK SPACE}»", "de": "„(.+?)“"}
QUOTED["en"] = QUOTED["nl"]
MENU = ("account_menu", "shared_users", "customer_numbers")
NOT_OURS = re.compile(
    r"succesvol|helaas|oeps|klik hier|click here|cliquez ici|[*_<>!`]", re.IGNORECASE
)

every = [(language, name) for language in LANGUAGES for name in ORDER]


def text_of(language, name):
    return (FOLDER / language / f"{name}.md").read_text(encoding="utf-8")


def shape_of(language, name):
    article = Articles().find(language, name)
    return [(each.kind, len(each.lines) if each.kind != "text" else 1) for each in article.blocks]


def plain(text):
    spaced = text.replace("\N{NO-BREAK SPACE}", " ").replace("\N{NARROW NO-BREAK SPACE}", " ")
    return re.sub(r"\{.*?\}", "…", spaced.replace("\N{SOFT HYPHEN}", ""))


def test_every_article_is_there_in_every_language_and_no_other():
    """W-09"""
    found = {(path.parent.name, path.stem) for path in FOLDER.glob("*/*")}

    assert found == set(every)


@pytest.mark.parametrize(("language", "name"), every)
def test_an_article_begins_with_its_title_and_a_sentence(language, name):
    title, summary, empty, *_ = text_of(language, name).splitlines()

    assert re.fullmatch(r"# \S.*\S", title)
    assert re.fullmatch(r"[^#\-\d].*\.", summary)
    assert empty == ""


@pytest.mark.parametrize(("language", "name"), every)
def test_an_article_is_of_one_screen_and_of_plain_words(language, name):
    """W-09"""
    text = text_of(language, name)

    assert len(text.split()) <= 240
    assert not NOT_OURS.search(text)
    assert "  " not in text


@pytest.mark.parametrize("name", ORDER)
def test_an_article_says_the_same_in_every_language(name):
    shapes = {language: shape_of(language, name) for language in LANGUAGES}

    assert all(each == shapes["nl"] for each in shapes.values()), shapes


@pytest.mark.parametrize(("language", "name"), every)
def test_what_an_article_quotes_stands_on_a_page_or_over_an_article(language, name):
    titles = {each.title for each in Articles().of(language)}
    shown = titles | {plain(each) for each in WORDS[language].values()}

    for quoted in re.findall(QUOTED[language], text_of(language, name)):
        assert any(plain(quoted) == each or each.startswith(plain(quoted) + ",") for each in shown)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_menu_is_called_in_the_help_what_it_is_called_on_the_pages(language):
    everything = "".join(text_of(language, name) for name in ORDER)

    for key in MENU:
        assert plain(WORDS[language][key]) in everything
