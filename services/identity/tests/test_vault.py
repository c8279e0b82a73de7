"""Proves that what is sealed is read by who has the key, for what it was sealed for, only."""

import secrets

import pytest

from identity.vault import SealBroken, Vault

OLD, NEW, OTHER = (secrets.token_bytes(32) for _ in range(3))


def test_what_was_sealed_is_opened_again():
    vault = Vault([NEW])

    sealed = vault.seal(b"a secret", purpose="second_factor 1")

    assert b"a secret" not in sealed
    assert vault.open(sealed, purpose="second_factor 1") == b"a secret"


def test_the_same_secret_never_looks_the_same():
    vault = Vault([NEW])

    assert vault.seal(b"a secret", purpose="x") != vault.seal(b"a secret", purpose="x")


def test_a_key_may_be_replaced_while_the_old_one_still_opens():
    sealed = Vault([OLD]).seal(b"a secret", purpose="x")

    assert Vault([NEW, OLD]).open(sealed, purpose="x") == b"a secret"
    renewed = Vault([NEW, OLD]).seal(b"a secret", purpose="x")
    assert Vault([NEW]).open(renewed, purpose="x") == b"a secret"


def test_another_key_or_another_purpose_opens_nothing():
    sealed = Vault([NEW]).seal(b"a secret", purpose="second_factor 1")

    with pytest.raises(SealBroken):
        Vault([OTHER]).open(sealed, purpose="second_factor 1")
    with pytest.raises(SealBroken):
        Vault([NEW]).open(sealed, purpose="second_factor 2")


@pytest.mark.parametrize("place", [0, 11, 12, -1])
def test_a_changed_seal_opens_nothing(place):
    sealed = bytearray(Vault([NEW]).seal(b"a secret", purpose="x"))
    sealed[place] ^= 1

    with pytest.raises(SealBroken):
        Vault([NEW]).open(bytes(sealed), purpose="x")


@pytest.mark.parametrize("sealed", [b"", b"short", b"\0" * 28])
def test_what_was_never_sealed_opens_nothing(sealed):
    with pytest.raises(SealBroken):
        Vault([NEW]).open(sealed, purpose="x")
