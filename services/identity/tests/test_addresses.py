"""Proves when two e-mail addresses are the same mailbox, and which can be written to."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from identity import addresses
from identity.errors import AddressUnusable


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Jan.Peeters@Example.com", "jan.peeters@example.com"),
        ("jan@BÜCHER.example", "jan@xn--bcher-kva.example"),
        ("andré@example.com", "andre\N{COMBINING ACUTE ACCENT}@example.com"),
    ],
)
def test_the_same_mailbox_written_otherwise_is_the_same(one, other):
    assert addresses.key_of(one, pointer="/email") == addresses.key_of(other, pointer="/email")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("jan@example.com", "jan@example.org"),
        ("jan.peeters@example.com", "janpeeters@example.com"),
        ("straße@example.com", "strasse@example.com"),
        ("jan@straße.example", "jan@strasse.example"),
    ],
)
def test_two_mailboxes_are_never_taken_for_one(one, other):
    assert addresses.key_of(one, pointer="/email") != addresses.key_of(other, pointer="/email")


@pytest.mark.parametrize(
    "unusable",
    [
        "",
        "jan",
        "jan@",
        "@example.com",
        "jan@exa mple.com",
        "jan@-x.example",
        "jan@[192.0.2.1]",
        "jan@localhost",
        "jan@example.com\nBcc: all@example.com",
        "Jan <jan@example.com>",
    ],
)
def test_an_address_that_takes_no_mail_is_refused_with_its_place(unusable):
    with pytest.raises(AddressUnusable) as refused:
        addresses.key_of(unusable, pointer="/main_contact/email")

    assert [(each.pointer, each.rule) for each in refused.value.problems] == [
        ("/main_contact/email", "email")
    ]


@given(st.text(max_size=60))
def test_any_text_has_a_settled_key_or_is_refused(text):
    try:
        key = addresses.key_of(text, pointer="/email")
    except AddressUnusable:
        return

    assert addresses.key_of(key, pointer="/email") == key


@given(st.emails())
def test_capitals_never_make_another_person(email):
    try:
        key = addresses.key_of(email, pointer="/email")
    except AddressUnusable:
        return

    assert addresses.key_of(email.upper(), pointer="/email") == key
