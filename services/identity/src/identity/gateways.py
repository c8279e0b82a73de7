"""What identity holds in its hands while it runs: the mint, keys, passwords, passkeys."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from pydantic import SecretStr

from chassis.signing import key_from
from identity import words
from identity.mint import Mint
from identity.passkeys import Passkeys
from identity.passwords import Passwords
from identity.settings import Settings
from identity.vault import Vault


@dataclass(frozen=True)
class Gateways:
    """The mint, the live keys of mail links, and what passwords and second steps need."""

    mint: Mint
    link_keys: tuple[bytes, ...]
    passwords: Passwords
    vault: Vault
    passkeys: Passkeys


@asynccontextmanager
async def gateways(settings: Settings) -> AsyncIterator[Gateways]:
    """Turn settings into gateways."""
    passwords = Passwords()
    # Read now, so that nobody waits for it while choosing a password.
    words.ranks()
    words.common_passwords()
    yield Gateways(
        mint=Mint(settings.public_url, [key.get_secret_value() for key in settings.signing_keys]),
        link_keys=_keys(settings.link_keys),
        passwords=passwords,
        vault=Vault(_keys(settings.vault_keys)),
        passkeys=Passkeys(settings.passkey_domain, settings.passkey_origins),
    )
    passwords.close()


def _keys(texts: Sequence[SecretStr]) -> tuple[bytes, ...]:
    return tuple(key_from(each.get_secret_value()) for each in texts)
