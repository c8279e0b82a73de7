"""The mint: access tokens, signed with ES256 and typed at+jwt (RFC 9068)."""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from joserfc import jwt
from joserfc.jwk import ECKey, KeySet

from chassis.identifiers import new_id
from chassis.tokens import ALGORITHM, TOKEN_TYPE


class Mint:
    """Holds the private keys; the first signs, all are published."""

    def __init__(self, issuer_url: str, keys: Sequence[str]) -> None:
        """Take the keys as JWK, in JSON text."""
        self.issuer_url = issuer_url
        self._keys = [ECKey.import_key(json.loads(key)) for key in keys]
        for key in self._keys:
            key.ensure_kid()

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
