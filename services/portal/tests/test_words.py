"""The words: all of them, in every language, and by the guide."""

import string

import pytest

from portal.words import LANGUAGES, WORDS, facts_that_differ, preferred, unit

BANNED = ("succesvol", "helaas", "oeps", "klik hier", "malheureusement", "cliquez ici", "leider")


def fields(text):
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_every_word_and_every_gap(language):
    assert WORDS[language].keys() == WORDS["en"].keys()
    for key, text in WORDS[language].items():
        assert text.strip() == text != "", key
        assert fields(text) == fields(WORDS["en"][key]), key


@pytest.mark.parametrize("language", LANGUAGES)
def test_nobody_is_shouted_at_or_told_how_to_feel(language):
    for key, text in WORDS[language].items():
        assert "!" not in text, key
        assert not any(word in text.lower() for word in BANNED), key


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_translation_is_not_much_longer(language):
    for key, text in WORDS[language].items():
        shortest = min(len(WORDS[each][key]) for each in LANGUAGES)
        assert len(text) <= 2 * shortest + 25, key


def test_a_french_line_never_breaks_before_a_sign_of_two_parts():
    for key, text in WORDS["fr"].items():
        assert not any(f" {sign}" in text for sign in ":;?"), key
    assert "document\xa0? " in WORDS["fr"]["questions"]


@pytest.mark.parametrize(
    ("asked", "given"),
    [("fr-BE,nl;q=0.5", "fr"), ("sv, DE-de", "de"), ("", "en"), ("xx", "en"), (" nl ", "nl")],
)
def test_a_browser_gets_the_first_of_our_languages_that_it_asks_for(asked, given):
    assert preferred(asked) == given


def test_units_have_words():
    assert unit("HUR", WORDS["fr"], several=True) == "heures"
    assert unit("HUR", WORDS["fr"], several=False) == "heure"
    assert unit("EA", WORDS["nl"], several=True) == "stuks"
    assert unit("KGM", WORDS["de"], several=True) == "kg"


@pytest.mark.parametrize("code", ["C62", None, "", "E48", "X' OR 1"])
def test_units_that_add_nothing_are_left_out(code):
    assert unit(code, WORDS["nl"], several=True) == ""


def test_what_differs_has_a_name_and_nothing_is_shown_raw():
    flags = ["due_date_differs", "xml_not_understood", "amount_due_differs", "of_a_later_version"]

    assert facts_that_differ(flags, WORDS["nl"]) == ["Vervaldatum", "Te betalen"]


def test_no_word_has_a_name_that_a_template_takes_for_something_else():
    assert not [key for key in WORDS["en"] if hasattr(dict, key)]
