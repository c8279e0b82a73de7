"""Signatures of links: made by who holds a key, and for exactly these parts."""

import base64

import pytest

from chassis.signing import is_signed, key_from, sign

OLD, NEW = b"o" * 32, b"n" * 32


def test_a_signature_is_good_for_its_own_parts_only():
    signature = sign(NEW, "ticket", "20261", "letter")

    assert is_signed([NEW], signature, "ticket", "20261", "letter")
    assert not is_signed([NEW], signature, "ticket", "20262", "letter")
    assert not is_signed([NEW], signature, "ticket", "letter", "20261")
    assert not is_signed([NEW], signature, "ticket", "20261")


def test_either_of_two_live_keys_is_good_and_a_retired_one_is_not():
    signature = sign(OLD, "ticket")

    assert is_signed([NEW, OLD], signature, "ticket")
    assert not is_signed([NEW], signature, "ticket")
    assert not is_signed([], signature, "ticket")


@pytest.mark.parametrize("signature", ["", "é", "A" * 43, "A" * 10_000, "\0"])
def test_what_is_no_signature_is_not_good(signature):
    assert not is_signed([NEW], signature, "ticket")


def test_a_signature_fits_in_a_link():
    signature = sign(NEW, "ticket")

    assert len(signature) == 43
    assert set(signature) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")


def test_a_key_is_read_with_or_without_padding():
    text = base64.urlsafe_b64encode(NEW).decode()

    assert key_from(text) == key_from(text.rstrip("=")) == NEW


@pytest.mark.parametrize("text", ["", "c2hvcnQ", "A" * 200, "not base64 at all!!"])
def test_what_is_no_key_is_not_taken(text):
    with pytest.raises(ValueError, match=r"key|base64|padded|padding"):
        key_from(text)
