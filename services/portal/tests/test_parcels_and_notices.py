"""What a browser carries from one page to the next: read back as it was, or not at all."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal import notices
from portal.notices import Notice
from portal.parcels import packed, unpacked

WORDS = {"done_saved": "Saved.", "done_sent": "Sent to {address}.", "secret": "Never."}


@given(st.dictionaries(st.text(), st.text() | st.integers() | st.none() | st.lists(st.text())))
def test_what_is_packed_is_unpacked(things):
    parcel = packed(things)

    assert parcel.isascii()
    assert not set(parcel) & set(' ",;\\=')
    assert unpacked(parcel) == things or len(parcel) > 3500


@pytest.mark.parametrize(
    "cookie", [None, "", "x", "%%%", "W10", "bnVsbA", "é", "eyJ" * 2000, "W1" + "tb" * 1200]
)
def test_what_is_none_of_ours_is_nothing(cookie):
    assert unpacked(cookie) == {}


@given(st.text())
def test_no_cookie_is_too_strange(cookie):
    assert isinstance(unpacked(cookie), dict)
    assert notices.read(cookie, WORDS) is None


def test_a_notice_is_a_sentence_we_know_with_its_gaps_filled():
    told = Notice("done_sent", {"address": "an@example.com"})

    assert notices.read(notices.written(told), WORDS) == told


@pytest.mark.parametrize(
    "told",
    [
        Notice("done_sent"),
        Notice("done_sent", {"other": "x"}),
        Notice("secret"),
        Notice("done_unknown"),
        Notice("<script>"),
    ],
)
def test_anything_else_is_not_said(told):
    assert notices.read(notices.written(told), WORDS) is None
