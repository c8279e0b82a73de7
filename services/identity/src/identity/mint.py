"""The mint: access tokens, signed with ES256 and typed at+jwt (RFC 9068)."""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, KeySet

from chassis.identifiers import new_id
from chassis.tokens import ALGORITHM, TOKEN_TYPE

_CURVE = "P-256"


def new_key() -> str:
    """Make a private key, as JWK in JSON text; its id is its thumbprint (RFC 7638)."""
    key = ECKey.generate_key(_CURVE, {"use": "sig", "alg": ALGORITHM}, auto_kid=True)
    return json.dumps(key.as_dict(private=True), sort_keys=True)


def read_keys(keys: Sequence[str]) -> list[ECKey]:
    """Read private keys, from JWK in JSON text. Raises ``ValueError`` that names which is none."""
    read: list[ECKey] = []
    for place, text in enumerate(keys, 1):
        try:
            key = ECKey.import_key(json.loads(text))
        except (JoseError, ValueError, TypeError):
            raise ValueError(f"key {place} is no JWK of an elliptic curve") from None
        if key.curve_name != _CURVE or not key.is_private:
            raise ValueError(f"key {place} is not a private key of {_CURVE}")
        key.ensure_kid()
        if key.kid in {each.kid for each in read}:
            raise ValueError(f"key {place} has the id of another: {key.kid}")
        read.append(key)
    return read


class Mint:
    """Holds the private keys; the first signs, all are published."""

    def __init__(self, issuer_url: str, keys: Sequence[str]) -> None:
        """Take the keys as JWK, in JSON text. Raises ``ValueError``."""
        self.issuer_url = issuer_url
        self._keys = read_keys(keys)

    def strike(
        self,
        *,
        subject: str,
        audience: Sequence[str],
        scopes: Sequence[str],
        now: datetime,
        lifetime: timedelta,
        claims: dict[str, Any],
    ) -> str:
        """Return a signed token."""
        key = self._keys[0]
        header = {"alg": ALGORITHM, "typ": TOKEN_TYPE, "kid": key.kid}
        body = {
            "iss": self.issuer_url,
            "sub": subject,
            "aud": list(audience),
            "scope": " ".join(scopes),
            "iat": int(now.timestamp()),
            "exp": int((now + lifetime).timestamp()),
            "jti": str(new_id()),
        }
        return jwt.encode(header, body | claims, key)

    def public_keys(self) -> dict[str, Any]:
        """Return the JWK set that others check tokens with."""
        return dict(KeySet(list(self._keys)).as_dict(private=False))
