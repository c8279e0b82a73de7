"""A passkey in software: what a browser and its authenticator answer, and may answer wrongly."""

import hashlib
import json
import secrets
from dataclasses import dataclass, field

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url

PRESENT, VERIFIED, WITH_A_KEY = 0x01, 0x04, 0x40


@dataclass
class SoftwareKey:
    """One passkey, on pages of ``origin``; ``verified``: it asked for a finger or a PIN."""

    origin: str = "https://portal.test"
    domain: str = "portal.test"
    verified: bool = True
    counts: bool = True
    id: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    uses: int = 0

    def __post_init__(self):
        self._private = ec.generate_private_key(ec.SECP256R1())

    def make(self, options):
        """Answer ``navigator.credentials.create``."""
        numbers = self._private.public_key().public_numbers()
        key = {
            1: 2,
            3: -7,
            -1: 1,
            -2: numbers.x.to_bytes(32, "big"),
            -3: numbers.y.to_bytes(32, "big"),
        }
        about = b"\0" * 16 + len(self.id).to_bytes(2, "big") + self.id + cbor2.dumps(key)
        attested = {"fmt": "none", "attStmt": {}, "authData": self._data(WITH_A_KEY) + about}
        client = self._client("webauthn.create", options)
        return self._answer(
            clientDataJSON=client, attestationObject=cbor2.dumps(attested), transports=["internal"]
        )

    def sign(self, options, **lies):
        """Answer ``navigator.credentials.get``."""
        if self.counts:
            self.uses += 1
        client, data = self._client("webauthn.get", options), self._data()
        signed = data + hashlib.sha256(client).digest()
        told = {
            "clientDataJSON": client,
            "authenticatorData": data,
            "signature": self._private.sign(signed, ec.ECDSA(hashes.SHA256())),
        }
        return self._answer(**(told | lies))

    def _data(self, flags=0):
        flags |= PRESENT | (VERIFIED if self.verified else 0)
        domain = hashlib.sha256(self.domain.encode()).digest()
        return domain + bytes([flags]) + self.uses.to_bytes(4, "big")

    def _client(self, kind, options):
        told = {"type": kind, "challenge": options["challenge"], "origin": self.origin}
        assert base64url_to_bytes(told["challenge"])
        return json.dumps(told).encode()

    def _answer(self, **response):
        name = bytes_to_base64url(self.id)
        told = {
            key: bytes_to_base64url(value) if isinstance(value, bytes) else value
            for key, value in response.items()
        }
        return {"id": name, "rawId": name, "type": "public-key", "response": told}
