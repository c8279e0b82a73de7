"""Return paths: written for a letter, read back by whoever holds the key, and by nobody guessed."""

import base64
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.signing import sign
from notifications.addresses import wire_form
from notifications.return_path import ReturnPaths

KEY, FORMER = b"k" * 32, b"f" * 32
LETTER = UUID("01930000-0000-7000-8000-000000000007")


@pytest.fixture
def paths():
    return ReturnPaths("bounce.lease.example", [KEY])


def test_a_return_path_says_whose_it_is(paths):
    """N-09"""
    address = paths.of(LETTER)

    assert address.startswith(f"b+{LETTER.hex}-")
    assert address.endswith("@bounce.lease.example")
    assert paths.letter_of(address) == LETTER


def test_it_survives_a_relay_that_changes_case(paths):
    address = paths.of(LETTER)

    assert paths.letter_of(address.upper()) == LETTER
    assert paths.letter_of(address.title()) == LETTER


def test_a_domain_in_capitals_is_the_same_domain():
    assert ReturnPaths("Bounce.Lease.EXAMPLE", [KEY]).letter_of(
        ReturnPaths("bounce.lease.example", [KEY]).of(LETTER)
    )


def test_it_fits_into_a_mail_command(paths):
    address = paths.of(LETTER)

    assert wire_form(address) == address
    assert len(address.partition("@")[0]) <= 64


def test_another_letter_domain_or_key_is_not_signed(paths):
    address = paths.of(LETTER)
    other = UUID(int=LETTER.int + 1)

    assert paths.letter_of(address.replace(LETTER.hex, other.hex)) is None
    assert paths.letter_of(address.replace("bounce.lease", "bounce.other")) is None
    assert ReturnPaths("bounce.lease.example", [FORMER]).letter_of(address) is None


@pytest.mark.parametrize("at", range(10))
def test_every_character_of_the_signature_counts(paths, at):
    local, _, domain = paths.of(LETTER).partition("@")
    place = len(local) - 1 - at
    changed = "a" if local[place] != "a" else "b"

    assert paths.letter_of(f"{local[:place]}{changed}{local[place + 1 :]}@{domain}") is None


def test_a_former_key_is_still_read_and_never_written():
    both = ReturnPaths("bounce.lease.example", [KEY, FORMER])
    written_before = ReturnPaths("bounce.lease.example", [FORMER]).of(LETTER)

    assert both.letter_of(written_before) == LETTER
    assert both.of(LETTER) == ReturnPaths("bounce.lease.example", [KEY]).of(LETTER)


def test_a_signature_for_another_purpose_opens_no_return_path(paths):
    """One key signs links too."""
    of_a_link = base64.urlsafe_b64decode(sign(KEY, LETTER.hex, "view") + "=")
    mac = base64.b32encode(of_a_link).decode().lower()[:10]

    assert paths.letter_of(f"b+{LETTER.hex}-{mac}@bounce.lease.example") is None


@given(st.text() | st.from_regex(r"b\+[0-9a-fA-F]{30,34}-[A-Za-z2-7]{8,12}@bounce\.lease\.example"))
def test_nothing_that_anybody_writes_is_read(text):
    assert ReturnPaths("bounce.lease.example", [KEY]).letter_of(text) is None
