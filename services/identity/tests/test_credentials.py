"""Proves how a mailbox is proved: by a link and a code that only the keys of links can make."""

from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from identity.credentials import code_of, is_code, link_of, read

KEY, OTHER = bytes(range(32)), bytes(range(1, 33))
ID = UUID("01930000-0000-7000-8000-000000000001")

ids = st.uuids()
keys = st.binary(min_size=32, max_size=32)
kinds = st.sampled_from(["register", "reset", "email_confirm", "email_cancel", "staff"])


def test_link_and_code_are_the_ones_that_notifications_makes():
    """The twin of this test is beside ``notifications/linking.py``: both pin the same values."""
    assert link_of(KEY, ID, "register") == f"{ID}.8aqZ5Rj4glp_BdyetOoG29k2TGjeBNk_80P8gvo3z20"
    assert code_of(KEY, ID, "register") == "19929053"


@given(keys, ids, kinds)
def test_a_link_reads_back_as_its_credential(key, credential_id, kind):
    assert read(link_of(key, credential_id, kind), [OTHER, key], kind) == credential_id


@given(keys, ids, kinds)
def test_a_code_is_eight_digits_and_is_taken(key, credential_id, kind):
    code = code_of(key, credential_id, kind)

    assert len(code) == 8
    assert code.isascii()
    assert code.isdigit()
    assert is_code([OTHER, key], credential_id, kind, code)


def test_a_code_may_be_typed_in_groups():
    code = code_of(KEY, ID, "reset")

    assert is_code([KEY], ID, "reset", f" {code[:4]} {code[4:]} ")


def test_a_link_of_another_kind_or_key_proves_nothing():
    link = link_of(KEY, ID, "register")

    assert read(link, [KEY], "reset") is None
    assert read(link, [OTHER], "register") is None
    assert read(link, [], "register") is None


def test_a_code_of_another_credential_kind_or_key_is_wrong():
    """I-07"""
    code = code_of(KEY, ID, "reset")

    assert not is_code([KEY], uuid4(), "reset", code)
    assert not is_code([KEY], ID, "register", code)
    assert not is_code([OTHER], ID, "reset", code)


def test_a_code_is_not_a_part_of_its_link():
    assert code_of(KEY, ID, "reset") not in link_of(KEY, ID, "reset")


@given(st.text(max_size=120))
def test_whatever_is_typed_or_clicked_is_wrong_and_nothing_worse(text):
    assert read(text, [KEY], "register") is None
    assert is_code([KEY], ID, "register", text) == ("".join(text.split()) == "19929053")


@pytest.mark.parametrize(
    "change",
    [
        lambda link: link[:-1],
        lambda link: link + "A",
        lambda link: link.upper(),
        lambda link: link.replace(str(ID), str(UUID(int=ID.int + 1))),
        lambda link: link.replace(".", "..", 1),
        lambda link: link.replace(str(ID), ID.hex),
        lambda link: link.partition(".")[2],
        lambda link: "\ud800" + link,
    ],
)
def test_a_link_that_was_changed_proves_nothing(change):
    assert read(change(link_of(KEY, ID, "register")), [KEY], "register") is None
