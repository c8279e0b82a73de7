"""Help articles: the tiny markup, what is found by asking, and the articles there are."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal import article
from portal.article import Block
from portal.articles import ORDER, Articles
from portal.words import LANGUAGES

WRITTEN = """# Delen
Wie ziet wat.

Een alinea
over twee regels.
## Zo doet u het
1. Kies een nummer.
2. Bewaar.
- een streepje
- en nog een
10. Opnieuw.
Slot.
"""


def test_an_article_has_a_title_a_summary_and_blocks():
    read = article.read("sharing", WRITTEN)

    assert (read.name, read.title, read.summary) == ("sharing", "Delen", "Wie ziet wat.")
    assert read.blocks == (
        Block("text", ("Een alinea over twee regels.",)),
        Block("heading", ("Zo doet u het",)),
        Block("steps", ("Kies een nummer.", "Bewaar.")),
        Block("list", ("een streepje", "en nog een")),
        Block("steps", ("Opnieuw.",)),
        Block("text", ("Slot.",)),
    )


def test_nothing_else_means_anything():
    read = article.read("x", "# T\nS.\n\n<b>vet</b> **vet** [a](http://b) `c` #d\n### e\n")

    assert read.blocks == (Block("text", ("<b>vet</b> **vet** [a](http://b) `c` #d ### e",)),)


@given(st.text())
def test_any_text_is_an_article_and_nothing_of_it_is_lost(text):
    written = f"# T\nS.\n{text}"

    read = article.read("any", written)

    said = " ".join(block.text for block in read.blocks).split()
    bare = re.sub(r"(?m)^\s*(?:## |- +|\d+\. +)", "", "\n".join(written.strip().splitlines()[2:]))
    assert sorted("".join(said)) == sorted("".join(bare.split()))


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ("delen", ["sharing", "other"]),
        ("DÉLEN", ["sharing", "other"]),
        ("del", ["sharing", "other"]),
        ("delen nummer", ["sharing"]),
        ("de", []),
        ("elen", []),
        ("nergens", []),
        ("", ["other", "sharing"]),
        ("?!", ["other", "sharing"]),
    ],
)
def test_every_word_of_a_question_is_in_its_answers_best_first(question, found):
    other = article.read("other", "# Aanmelden\nZo meldt u aan.\n\nOok om te delen.")

    answers = article.answering([other, article.read("sharing", WRITTEN)], question)

    assert [each.name for each in answers] == found


def test_every_article_is_there_in_every_language():
    """W-09"""
    articles = Articles()

    for language in LANGUAGES:
        assert tuple(each.name for each in articles.of(language)) == ORDER
        for each in articles.of(language):
            assert each.title
            assert each.summary
            assert each.blocks, (language, each.name)


def test_an_article_has_the_same_parts_in_every_language():
    articles = Articles()

    for name in ORDER:
        parts = {
            tuple(block.kind for block in articles.find(language, name).blocks)
            for language in LANGUAGES
        }
        assert len(parts) == 1, name
