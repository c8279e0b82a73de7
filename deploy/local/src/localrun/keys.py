"""The run's secrets: made once, kept in one file that only the owner reads, and used again."""

import base64
import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from joserfc.jwk import ECKey


@dataclass
class Keys:
    """Secrets by name; one that is asked for the first time is made and kept."""

    file: Path
    _kept: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Read what an earlier run has kept."""
        if self.file.exists():
            self._kept = json.loads(self.file.read_text())

    def password(self, name: str) -> str:
        """Return a password that needs no quoting in a URL or a shell."""
        return self._named(f"{name}.password", lambda: secrets.token_hex(16))

    def link_key(self) -> str:
        """Return the key of the links in mails: 32 bytes, base64url."""
        return self._named("link_key", _make_key)

    def vault_key(self) -> str:
        """Return the key that second factors are sealed with: 32 bytes, base64url."""
        return self._named("vault_key", _make_key)

    def signing_key(self) -> str:
        """Return the key that tokens are signed with: a private P-256 JWK as JSON."""
        return self._named("signing_key", _make_signing_key)

    def _named(self, name: str, make: Callable[[], str]) -> str:
        if name not in self._kept:
            self._kept[name] = make()
            write_private(self.file, json.dumps(self._kept, indent=1) + "\n")
        return self._kept[name]


def write_private(path: Path, text: str) -> None:
    """Write a file that was never readable by anyone else, not even for a moment."""
    draft = path.with_name(f"{path.name}.draft")
    draft.unlink(missing_ok=True)
    draft.touch(mode=0o600, exist_ok=False)
    draft.write_text(text)
    draft.replace(path)


def _make_key() -> str:
    return base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()


def _make_signing_key() -> str:
    key = ECKey.generate_key("P-256", {"use": "sig", "alg": "ES256"}, auto_kid=True)
    return json.dumps(key.as_dict(private=True))
