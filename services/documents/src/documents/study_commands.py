"""The door for people at a keyboard to studies: have older documents studied too."""

from argparse import ArgumentParser, Namespace
from uuid import UUID

from chassis.database import Database
from chassis.service import Command
from documents import indexing
from documents.settings import Settings


def _configure_index_texts(parser: ArgumentParser) -> None:
    parser.add_argument("--anew", action="store_true", help="those too that can be found already")


async def index_texts(settings: Settings, chosen: Namespace) -> int:
    """Have documents studied that cannot be found by their words yet; doing it again is harmless.

    Whoever is interrupted begins again: what was asked for is not asked for twice.
    """
    asked = 0
    after: UUID | None = None
    database = Database(settings.database_url.get_secret_value(), connections=1)
    try:
        while True:
            async with database.transaction() as session:
                more, after = await indexing.index_page(session, after, anew=chosen.anew)
            asked += more
            if after is None:
                break
    finally:
        await database.close()
    print(f"{asked} to be studied, behind what comes in")
    return 0


STUDY_COMMANDS = (
    Command(
        "index-texts",
        "have documents found by their words that were archived before",
        _configure_index_texts,
        index_texts,
    ),
)
