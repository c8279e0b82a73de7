"""The rule of voters: each has one name, which tells nobody who it is without a key of ours."""

import hashlib
import hmac
from collections.abc import Sequence
from uuid import UUID


def names_of(keys: Sequence[bytes], who: UUID | str) -> list[bytes]:
    """Return a voter's name under each live key, the one in use first.

    ``who`` is a person; or what a browser keeps of having voted before, which is no secret.
    """
    kind = "person" if isinstance(who, UUID) else "browser"
    said = f"help-vote\n{kind}\n{who}".encode(errors="surrogatepass")
    return [hmac.digest(key, said, hashlib.sha256) for key in keys]
