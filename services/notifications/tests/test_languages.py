"""Which language a reader gets."""

import pytest

from notifications.languages import LANGUAGES, first_of


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_reader_gets_their_own_language(language: str) -> None:
    """N-03."""
    assert first_of(language, "nl", "fr") == language


@pytest.mark.parametrize("unknown", [None, "", "it", "NL", "nl_BE"])
def test_a_language_without_words_gives_way_to_the_next_wish(unknown: str | None) -> None:
    """N-03."""
    assert first_of(unknown, "de", "nl") == "de"


def test_without_a_wish_that_can_be_met_it_is_english() -> None:
    assert first_of() == first_of(None, "it") == "en"
