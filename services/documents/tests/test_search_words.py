"""Proves that what is asked for meets what is kept, however either is written."""

import pytest

from documents import search_words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Bestelwagen, ELEKTRISCH", ["bestelwagen", "elektrisch"]),
        ("électrique Électrique", ["electrique", "electrique"]),
        ("Straße", ["strasse"]),
        ("+++090/9337/55493+++", ["090", "9337", "55493"]),
        ("DL5-104233", ["dl5", "104233"]),
        ("061828591|01/10/2020|0", ["061828591", "01", "10", "2020", "0"]),
        ("l'été_1", ["l", "ete", "1"]),
        ("ΤΙΜΟΛΌΓΙΟ", ["τιμολογιο"]),
        ("' & | ! <-> :* ( ) \\ \x00", []),
        ("", []),
    ],
)
def test_a_text_has_these_words(text, words):
    """D-18"""
    assert search_words.words_in(text) == words


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("Kango", "'kango':*"),
        ("électrique kan", "'electrique' & 'kan':*"),
        ("it's", "'it' & 's':*"),
        ("a' | 'b", "'a' & 'b':*"),
        ("=DL5-1", "'dl5' & '1':*"),
        ("!?", None),
        ("  ", None),
    ],
)
def test_all_words_are_asked_for_and_the_last_may_be_begun(text, asked):
    assert search_words.asked(text) == asked


def test_a_question_of_many_words_is_cut():
    assert search_words.asked("a " * 200).count("&") < 20
    assert len(search_words.asked("a" * 5_000)) < 200


@pytest.mark.parametrize(
    ("part", "asked"),
    [
        ("0017", "'#001' & '#017'"),
        ("26/0001", "'#000' & '#001'"),
        ("ABC", "'#abc'"),
        ("6/0", None),
        ("17", None),
        ("'''", None),
    ],
)
def test_a_part_of_a_number_is_asked_for_by_its_parts(part, asked):
    """D-10"""
    assert search_words.asked_part(part) == asked


def test_no_word_is_taken_for_whose_a_document_is():
    """D-15"""
    kept = search_words.lexemes("=DL6-1 #f26 kangoo", "F26/1", ("dl5", "DL5-1")).split(" ")

    assert kept == ["=dl5", "=DL5-1", "#f26", "dl6", "1", "f26", "kangoo"]


def test_what_is_kept_has_an_end():
    text = " ".join(f"word{at}" for at in range(search_words.MOST_WORDS * 2)) + " " + "x" * 4_000

    kept = search_words.lexemes(text, "F1", ()).split(" ")

    assert len(kept) == search_words.MOST_WORDS
    assert max(map(len, search_words.words_in(text))) <= 100
