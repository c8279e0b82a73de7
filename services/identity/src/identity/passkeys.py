"""Passkeys (WebAuthn): what a browser is asked, and whether what it answers is true."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import webauthn
from webauthn.helpers import base64url_to_bytes, options_to_json
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

_MISSHAPEN = (WebAuthnException, ValueError, TypeError, KeyError, AttributeError, IndexError)
"""What the library raises for what is no answer at all."""

_SECONDS = 300


class PasskeyRefused(Exception):
    """What the browser answered proves nothing."""


@dataclass(frozen=True)
class NewPasskey:
    """A passkey that a browser has just made."""

    id: bytes
    public_key: bytes
    sign_count: int


@dataclass(frozen=True)
class Asked:
    """What the browser is given, and what its answer must have signed."""

    options: dict[str, Any]
    nonce: bytes


class Passkeys:
    """Passkeys of one domain, used on pages of these origins."""

    def __init__(self, domain: str, origins: Sequence[str]) -> None:
        """Name the domain, and the origins of pages such as ``https://invoices.example.com``."""
        self._domain = domain
        self._origins = list(origins)

    def ask_for_new(
        self, person_id: UUID, *, account: str, name: str, known: Sequence[bytes]
    ) -> Asked:
        """Ask a browser to make a passkey, on none of the devices that have one."""
        options = webauthn.generate_registration_options(
            rp_id=self._domain,
            rp_name=self._domain,
            user_id=person_id.bytes,
            user_name=account,
            user_display_name=name,
            timeout=_SECONDS * 1000,
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.PREFERRED,
                user_verification=UserVerificationRequirement.PREFERRED,
            ),
            exclude_credentials=_named(known),
        )
        return Asked(json.loads(options_to_json(options)), options.challenge)

    def ask(self, known: Sequence[bytes] = (), *, alone: bool = False) -> Asked:
        """Ask a browser to sign with one of these passkeys, or with any it has for this domain.

        ``alone``: there is no password beside it, so it must know whose finger or PIN it is.
        """
        options = webauthn.generate_authentication_options(
            rp_id=self._domain,
            timeout=_SECONDS * 1000,
            allow_credentials=_named(known),
            user_verification=_verification(alone=alone),
        )
        return Asked(json.loads(options_to_json(options)), options.challenge)

    def made(self, answer: dict[str, Any], nonce: bytes) -> NewPasskey:
        """Return the passkey a browser has made. Raises ``PasskeyRefused``."""
        try:
            new = webauthn.verify_registration_response(
                credential=answer,
                expected_challenge=nonce,
                expected_rp_id=self._domain,
                expected_origin=self._origins,
            )
        except _MISSHAPEN as wrong:
            raise PasskeyRefused from wrong
        return NewPasskey(new.credential_id, new.credential_public_key, new.sign_count)

    def signed(
        self,
        answer: dict[str, Any],
        nonce: bytes,
        *,
        public_key: bytes,
        sign_count: int,
        alone: bool = False,
    ) -> int:
        """Return how often the passkey has signed, now that it did so. Raises ``PasskeyRefused``.

        A passkey that counts, and counts less than before, was copied: it is refused.
        """
        try:
            proof = webauthn.verify_authentication_response(
                credential=answer,
                expected_challenge=nonce,
                expected_rp_id=self._domain,
                expected_origin=self._origins,
                credential_public_key=public_key,
                credential_current_sign_count=sign_count,
                require_user_verification=alone,
            )
        except _MISSHAPEN as wrong:
            raise PasskeyRefused from wrong
        return proof.new_sign_count


def id_of(answer: dict[str, Any]) -> bytes:
    """Return which passkey a browser says it used. Raises ``PasskeyRefused``."""
    named = answer.get("id")
    if not isinstance(named, str):
        raise PasskeyRefused
    try:
        return base64url_to_bytes(named)
    except ValueError as wrong:
        raise PasskeyRefused from wrong


def _named(known: Sequence[bytes]) -> list[PublicKeyCredentialDescriptor]:
    return [PublicKeyCredentialDescriptor(id=each) for each in known]


def _verification(*, alone: bool) -> UserVerificationRequirement:
    needed = UserVerificationRequirement
    return needed.REQUIRED if alone else needed.PREFERRED
