"""What identity holds in its hands while it runs: the mint, and the keys of links."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from chassis.signing import key_from
from identity.mint import Mint
from identity.settings import Settings


@dataclass(frozen=True)
class Gateways:
    """The mint, and the live keys of mail links."""

    mint: Mint
    link_keys: tuple[bytes, ...]


@asynccontextmanager
async def gateways(settings: Settings) -> AsyncIterator[Gateways]:
    """Turn settings into gateways."""
    yield Gateways(
        mint=Mint(settings.public_url, [key.get_secret_value() for key in settings.signing_keys]),
        link_keys=tuple(key_from(key.get_secret_value()) for key in settings.link_keys),
    )
