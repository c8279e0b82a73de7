"""Proves which passwords keep an account, and which are refused for what."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from identity import strength, words
from identity.errors import (
    PasswordRefused,
    PasswordTooCommon,
    PasswordTooEasy,
    PasswordTooLong,
    PasswordTooShort,
)

KNOWN = (
    "jan.peeters@example.com",
    "Jan",
    "Peeters",
    "DL5-104233",
    "Garage Peeters",
    "Delta Lease",
    "dl5",
)


def check(password, *, second_factor=False, words=KNOWN):
    strength.check(password, second_factor=second_factor, words=words)


@pytest.mark.parametrize(
    "password",
    [
        "drie vogels zingen in de regen",
        "violette Regenwolken singen leise",
        "les nuages violets chantent encore",
        "correct horse battery staple",
        "xK9#mQ2$vL5@nR8",
        "🐎🔋📎✅🌷🚲🧀🌊🏡🛶🎻🪁🧭🎈🧵",
        "ик плащам сметките си навреме",
        "ik betaal mijn Delta Lease factuur graag",
        "a" * 20 + " maar dan met drie vogels erbij",
    ],
)
def test_a_password_that_nobody_guesses_is_taken(password):
    check(password)


def test_fourteen_characters_are_too_few_and_fifteen_are_not():
    check("xK9#mQ2$vL5@nR8")
    with pytest.raises(PasswordTooShort):
        check("xK9#mQ2$vL5@nR")


def test_with_a_second_factor_eight_characters_will_do():
    check("kq7vZt2m", second_factor=True)
    with pytest.raises(PasswordTooShort):
        check("kq7vZt2", second_factor=True)


def test_two_hundred_and_fifty_six_characters_are_taken_and_one_more_is_not():
    long = "drie vogels zingen in de regen " * 9

    check(long[:256])
    with pytest.raises(PasswordTooLong):
        check(long[:257])


def test_characters_are_counted_and_not_bytes():
    with pytest.raises(PasswordTooShort):
        check("é🚲ü" * 4)


@pytest.mark.parametrize(
    "password",
    [
        "Factuur2026!!!!",
        "F4ctuur!F4ctuur!",
        "Willkommen12345!",
        "Bienvenue2026!!",
        "Wachtwoord12345",
        "wachtwoordwachtwoord",
        "verantwoordelijk",
        "jklijedroowtnarev",
        "aaaaaaaaaaaaaaaaaaaaaaa",
        "abcdefghijklmnopqrstuvwxyz",
        "azertyuiopqsdfghjklm",
        "1234567890123456789",
        "zonnebloemzonnebloem",
        "Zomer2026Zomer2026",
        "Straßenbahn2026!",
    ],
)
def test_words_years_and_marks_are_too_easy(password):
    with pytest.raises(PasswordTooEasy):
        check(password, words=())


@pytest.mark.parametrize(
    "password",
    [
        "jan.peeters-2026!",
        "JAN.PEETERS@example.com",
        "Peeters Delta Lease!",
        "DeltaLease-xK9#mQ2$",
        "DL5-104233 xK9#mQ2",
        "xK9#104233mQ2$104233",
        "Garage Peeters Jan 1",
    ],
)
def test_what_is_known_of_someone_counts_for_nothing(password):
    """Issuer, customer number, name and address: what is left without them is too little."""
    check(password.translate(str.maketrans("aeio", "zqxj")) + "#vL5@w", words=())
    with pytest.raises(PasswordTooEasy):
        check(password)


def test_a_name_too_short_to_tell_anything_is_not_taken_out():
    check("jan en drie vogels zingen", words=["Jan"])


def test_nothing_is_asked_of_kinds_of_characters():
    check("drievogelszingenindestromenderegen")


@pytest.mark.parametrize("second_factor", [False, True])
def test_every_common_password_long_enough_is_refused(second_factor):
    at_least = 8 if second_factor else 15
    long_enough = [each for each in words.common_passwords() if len(each) >= at_least]

    assert len(long_enough) >= (3000 if second_factor else 30)
    for each in long_enough:
        for typed in (each, each.upper(), each.capitalize()):
            with pytest.raises(PasswordTooCommon):
                check(typed, second_factor=second_factor)


def test_every_single_word_of_the_lists_is_refused():
    long_enough = [each for each in words.ranks() if len(each) >= 15]

    assert len(long_enough) > 500
    for each in long_enough:
        with pytest.raises(PasswordTooEasy):
            check(each.capitalize())


def test_words_are_known_without_their_accents_too():
    assert {"société", "societe", "müller", "muller"} <= words.ranks().keys()


def test_no_word_is_longer_than_is_looked_for():
    assert max(map(len, words.ranks())) <= words.LONGEST
    assert min(map(len, words.ranks())) >= words.SHORTEST


@settings(max_examples=200, deadline=None)
@given(st.text(min_size=1, max_size=300), st.booleans(), st.lists(st.text(max_size=20), max_size=5))
def test_whatever_is_typed_is_taken_or_refused_by_a_rule_for_passwords(typed, factor, known):
    try:
        check(typed, second_factor=factor, words=known)
    except PasswordRefused as refused:
        (problem,) = refused.problems
        assert problem.pointer == "/password"
        assert problem.rule in {"too_short", "too_long", "too_easy", "too_common"}
        assert typed not in problem.detail or len(typed) < 4
    else:
        assert (8 if factor else 15) <= len(typed) <= 256


@settings(max_examples=100, deadline=None)
@given(
    st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF), min_size=15, max_size=256)
)
def test_a_long_text_of_any_script_is_not_refused_for_its_characters(typed):
    if len(set(typed)) >= 12:
        check(typed)
