"""The door for people at a keyboard: send letters again, and let them go to an address again."""

from argparse import ArgumentParser, Namespace
from datetime import UTC, datetime
from uuid import UUID

from chassis.command_line import StepRefused
from chassis.database import Database
from chassis.service import Command
from notifications import resending
from notifications.replies import Fate
from notifications.resending import Wanted
from notifications.settings import Settings


def _configure_resend(parser: ArgumentParser) -> None:
    parser.add_argument("--letter", type=UUID, help="only this letter")
    parser.add_argument("--document", type=UUID, help="only those about this document")
    parser.add_argument("--fate", choices=[str(each) for each in Fate], help="only those of it")
    parser.add_argument(
        "--since", type=datetime.fromisoformat, help="only those of this day or moment on (UTC)"
    )


async def resend(settings: Settings, chosen: Namespace) -> int:
    """Owe letters again that were refused or bounced."""
    since: datetime | None = chosen.since
    if since is not None and since.tzinfo is None:
        since = since.replace(tzinfo=UTC)
    wanted = Wanted(chosen.letter, chosen.document, chosen.fate, since)
    if wanted == Wanted():
        raise StepRefused("say which: --letter, --document, --fate or --since")
    owed = stopped = 0
    after: UUID | None = None
    database = Database(settings.database_url.get_secret_value(), connections=1)
    try:
        while True:
            async with database.transaction() as session:
                page = await resending.resend_page(session, wanted, after)
            owed, stopped, after = owed + page.owed, stopped + page.stopped, page.after
            if after is None:
                break
    finally:
        await database.close()
    print(f"{owed} to be sent again")
    if stopped:
        print(f"{stopped} not: their address is stopped; see GET /v1/addresses and free-address")
    return 0


def _configure_free_address(parser: ArgumentParser) -> None:
    parser.add_argument("address", help="as GET /v1/addresses shows it")


async def free_address(settings: Settings, chosen: Namespace) -> int:
    """Let letters go to an address again that was stopped."""
    database = Database(settings.database_url.get_secret_value(), connections=1)
    try:
        async with database.transaction() as session:
            freed = await resending.free_address(session, chosen.address.strip())
    finally:
        await database.close()
    if not freed:
        raise StepRefused("that address is not stopped")
    print("freed; what was refused meanwhile is sent by resend")
    return 0


COMMANDS = (
    Command("resend", "send letters again that were refused or bounced", _configure_resend, resend),
    Command(
        "free-address",
        "let letters go to a stopped address again",
        _configure_free_address,
        free_address,
    ),
)
