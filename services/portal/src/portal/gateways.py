"""What the portal holds in its hands while it runs: the services it asks, and its pages."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import httpx

from chassis.calling import Following
from portal.account_service import AccountService
from portal.articles import Articles
from portal.assets import Assets
from portal.documents_service import DocumentsService
from portal.entering_service import EnteringService
from portal.identity_calls import IdentityCalls
from portal.identity_service import IdentityService
from portal.letters_service import LettersService
from portal.pages import Pages
from portal.settings import Settings
from portal.sharing_service import SharingService


@dataclass(frozen=True)
class Gateways:
    """The services it asks, and what its pages are made of.

    ``proxies``: how many proxies of ours stand in front, each adding who spoke to it.
    """

    identity: IdentityService
    entering: EnteringService
    account: AccountService
    documents: DocumentsService
    letters: LettersService
    sharing: SharingService
    articles: Articles
    pages: Pages
    assets: Assets
    proxies: int = 0


@asynccontextmanager
async def gateways(settings: Settings) -> AsyncIterator[Gateways]:
    """Turn settings into gateways."""
    assets = Assets()
    async with httpx.AsyncClient(timeout=10, transport=Following()) as http:
        calls = IdentityCalls(
            http,
            settings.identity_url,
            settings.client_id,
            settings.client_secret.get_secret_value(),
        )
        yield Gateways(
            identity=IdentityService(calls),
            entering=EnteringService(calls),
            account=AccountService(calls),
            documents=DocumentsService(http, settings.documents_url),
            letters=LettersService(http, settings.notifications_url),
            sharing=SharingService(calls),
            articles=Articles(),
            pages=Pages(assets),
            assets=assets,
            proxies=settings.proxies,
        )
