"""What the portal holds in its hands while it runs: the services it asks, and its pages."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import httpx

from chassis.calling import Following
from portal.assets import Assets
from portal.documents_service import DocumentsService
from portal.identity_service import IdentityService
from portal.pages import Pages
from portal.settings import Settings


@dataclass(frozen=True)
class Gateways:
    """The services it asks, and what its pages are made of."""

    identity: IdentityService
    documents: DocumentsService
    pages: Pages
    assets: Assets


@asynccontextmanager
async def gateways(settings: Settings) -> AsyncIterator[Gateways]:
    """Turn settings into gateways."""
    assets = Assets()
    async with httpx.AsyncClient(timeout=10, transport=Following()) as http:
        yield Gateways(
            identity=IdentityService(
                http,
                settings.identity_url,
                settings.client_id,
                settings.client_secret.get_secret_value(),
            ),
            documents=DocumentsService(http, settings.documents_url),
            pages=Pages(assets),
            assets=assets,
        )
