"""What others wrote is shown as it is read, and reads as it is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.plain_text import plain


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("Bakkerij Van Damme & Zonen", "Bakkerij Van Damme & Zonen"),
        ("annex\u202efdp.exe", "annexfdp.exe"),
        ("a\u2066b\u2069c\u200fd\u061ce", "abcde"),
        ("first\nsecond\r\n\x00third", "first second third"),
        ("a\u2028b\u2029c\x85d", "a b c d"),
        ("  \ufeffround  ", "round"),
        ("שלום", "שלום"),
        ("👩‍🔧 zero-width joiners are letters' own", "👩‍🔧 zero-width joiners are letters' own"),
    ],
)
def test_what_is_seen_is_what_is_there(written, shown):
    assert plain(written) == shown


@given(st.text())
def test_nothing_is_left_that_breaks_a_line_or_turns_it_round(written):
    shown = plain(written)

    assert len(shown.splitlines()) <= 1
    assert not set(shown) & set(
        "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f"
    )
    assert plain(shown) == shown
