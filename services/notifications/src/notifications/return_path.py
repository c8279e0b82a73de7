"""The address a mail comes back to: ``b+<letter>-<mac>@<bounce domain>``, one a letter (VERP).

The domain of a bounce is all that a relay must know of us; whose letter it was, the address itself
says, and only who holds the key can write one.
"""

import base64
import hmac
import re
from collections.abc import Sequence
from uuid import UUID

from chassis.signing import sign

_BOUNCE = "bounce"
# Fifty bits: a guess is one RCPT of a line that is hung up on after a few.
_MAC_LENGTH = 10
_LOCAL_PART = re.compile(rf"b\+([0-9a-f]{{32}})-([a-z2-7]{{{_MAC_LENGTH}}})")


class ReturnPaths:
    """Writes return paths with the first key, and reads those of every live one."""

    def __init__(self, domain: str, keys: Sequence[bytes]) -> None:
        """Have mails come back to this domain."""
        self._domain = domain.lower()
        self._keys = tuple(keys)

    def of(self, letter_id: UUID) -> str:
        """Return the address that a letter comes back to."""
        return f"b+{letter_id.hex}-{_mac(self._keys[0], letter_id)}@{self._domain}"

    def letter_of(self, address: str) -> UUID | None:
        """Return the letter whose return path this is, or None: then it is not one of ours.

        In any case, since relays may change that, and in constant time for each key.
        """
        local, _, domain = address.lower().rpartition("@")
        found = _LOCAL_PART.fullmatch(local)
        if found is None or domain != self._domain:
            return None
        letter_id = UUID(found[1])
        good = [hmac.compare_digest(_mac(key, letter_id), found[2]) for key in self._keys]
        return letter_id if any(good) else None


def _mac(key: bytes, letter_id: UUID) -> str:
    """Shorten the signature, in letters and digits that survive a change of case."""
    signature = base64.urlsafe_b64decode(sign(key, letter_id.hex, _BOUNCE) + "=")
    return base64.b32encode(signature).decode().lower()[:_MAC_LENGTH]
