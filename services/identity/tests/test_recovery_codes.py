"""Proves what recovery codes look like, and that they may be typed as people type."""

import re

import pytest

from identity import recovery_codes


def test_there_are_ten_that_nobody_guesses():
    codes = recovery_codes.new_codes()

    assert len(set(codes)) == 10
    assert all(re.fullmatch(r"([A-Z2-7]{6}-){3}[A-Z2-7]{6}", each) for each in codes)


@pytest.mark.parametrize(
    "typed",
    ["abcdef-ghijkl-mnopqr-stuvwx", "ABCDEFGHIJKLMNOPQRSTUVWX", " ABCDEF GHIJKL–mnopqr stuvwx"],
)
def test_small_letters_spaces_and_dashes_do_not_matter(typed):
    assert recovery_codes.hash_of(typed) == recovery_codes.hash_of("ABCDEF-GHIJKL-MNOPQR-STUVWX")


def test_what_is_kept_is_not_the_code():
    (code, other, *_) = recovery_codes.new_codes()

    assert code.encode() not in recovery_codes.hash_of(code)
    assert recovery_codes.hash_of(code) != recovery_codes.hash_of(other)
