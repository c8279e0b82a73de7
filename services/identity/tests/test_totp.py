"""Proves when a code of an app is right, and that it tells which moment it was made for."""

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pyotp
import pytest

from identity import totp

AT = datetime(2026, 11, 22, 9, 0, 10, tzinfo=UTC)
SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"


def code_at(moment):
    return pyotp.TOTP(SECRET).at(moment)


def test_the_examples_of_the_standard_hold():
    """RFC 6238, appendix B: SHA-1, of which an app shows the last six digits."""
    moment = datetime.fromtimestamp(1111111109, UTC)

    assert totp.step_of(SECRET, "081804", moment) == 0x23523EC


@pytest.mark.parametrize(("seconds", "steps"), [(0, 0), (-30, -1), (30, 1)])
def test_a_clock_may_be_a_step_off(seconds, steps):
    now = int(AT.timestamp()) // 30

    assert totp.step_of(SECRET, code_at(AT + timedelta(seconds=seconds)), AT) == now + steps


@pytest.mark.parametrize("seconds", [-60, 60, 3600])
def test_a_code_of_another_time_is_wrong(seconds):
    assert totp.step_of(SECRET, code_at(AT + timedelta(seconds=seconds)), AT) is None


def test_a_code_may_be_typed_with_spaces():
    code = code_at(AT)

    assert totp.step_of(SECRET, f" {code[:3]} {code[3:]} ", AT) is not None


@pytest.mark.parametrize("code", ["", "12345", "1234567", "abcdef", "٠٨١٨٠٤", "\ud800"])
def test_what_is_no_code_is_wrong(code):
    assert totp.step_of(SECRET, code, datetime.fromtimestamp(1111111109, UTC)) is None


def test_secrets_are_long_and_never_the_same():
    secrets = {totp.new_secret() for _ in range(50)}

    assert len(secrets) == 50
    assert {len(pyotp.TOTP(each).byte_secret()) for each in secrets} == {20}


def test_the_picture_that_an_app_scans_names_account_and_issuer():
    uri = totp.uri(SECRET, account="jan@example.com", issuer="Delta Lease")

    parts = urlsplit(uri)
    assert (parts.scheme, parts.netloc) == ("otpauth", "totp")
    assert parts.path == "/Delta%20Lease:jan%40example.com"
    assert parse_qs(parts.query) == {"secret": [SECRET], "issuer": ["Delta Lease"]}
