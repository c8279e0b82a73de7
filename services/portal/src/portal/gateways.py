"""What the portal holds in its hands while it runs: the services it asks, and its pages."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import httpx

from chassis.calling import Following
from portal.account_service import AccountService
from portal.articles import Articles
from portal.assets import Assets
from portal.desk_service import DeskService
from portal.documents_calls import DocumentsCalls
from portal.documents_service import DocumentsService
from portal.entering_service import EnteringService
from portal.exports_service import ExportsService
from portal.help_service import HelpService
from portal.identity_calls import IdentityCalls
from portal.identity_service import IdentityService
from portal.letters_service import LettersService
from portal.pages import Pages
from portal.readership_service import ReadershipService
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
    readership: ReadershipService
    exports: ExportsService
    letters: LettersService
    sharing: SharingService
    desk: DeskService
    help: HelpService
    articles: Articles
    pages: Pages
    assets: Assets
    proxies: int = 0


def asking(
    calls: IdentityCalls,
    archive: DocumentsCalls,
    letters: LettersService,
    pages: Pages,
    assets: Assets,
    proxies: int = 0,
) -> Gateways:
    """Return gateways that ask these three services."""
    return Gateways(
        identity=IdentityService(calls),
        entering=EnteringService(calls),
        account=AccountService(calls),
        documents=DocumentsService(archive),
        readership=ReadershipService(archive),
        exports=ExportsService(archive),
        letters=letters,
        sharing=SharingService(calls),
        desk=DeskService(calls, letters),
        help=HelpService(calls),
        articles=Articles(),
        pages=pages,
        assets=assets,
        proxies=proxies,
    )


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
        archive = DocumentsCalls(http, settings.documents_url)
        letters = LettersService(http, settings.notifications_url)
        yield asking(calls, archive, letters, Pages(assets), assets, settings.proxies)
