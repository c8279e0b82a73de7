"""Codes of six digits that an app makes of a secret and the time (RFC 6238)."""

import hmac
from datetime import datetime

import pyotp

STEP_SECONDS = 30
_SECRET_LENGTH = 32
"""Characters of base32: 160 bits."""

_AROUND = (0, -1, 1)
"""A clock may be a step off, and typing takes a while."""


def new_secret() -> str:
    """Make a secret, as apps take it: base32."""
    return pyotp.random_base32(_SECRET_LENGTH)


def uri(secret: str, *, account: str, issuer: str) -> str:
    """Return what the picture that an app scans says."""
    return pyotp.TOTP(secret).provisioning_uri(name=account, issuer_name=issuer)


def step_of(secret: str, code: str, at: datetime) -> int | None:
    """Return the time step a code belongs to, among those around a moment; None for a wrong one.

    The same code is right again for a while: whoever takes one remembers its step.
    """
    typed = "".join(code.split())
    now = int(at.timestamp()) // STEP_SECONDS
    otp = pyotp.TOTP(secret)
    made = {now + off: otp.generate_otp(now + off) for off in _AROUND}
    right = [
        step
        for step, each in made.items()
        if hmac.compare_digest(each.encode(), typed.encode(errors="surrogatepass"))
    ]
    return max(right, default=None)
