"""The door for people at a keyboard: check the archive, pack it, and check a pack."""

from argparse import ArgumentParser, Namespace
from datetime import date
from pathlib import Path
from uuid import UUID
from zipfile import BadZipFile

from chassis.command_line import StepRefused
from chassis.database import Database
from chassis.identifiers import now
from chassis.service import Command, Tool
from documents import checking, packing, unpacking
from documents.errors import NothingToPack, TooManyToPack
from documents.gateways import files_of
from documents.packing import Wanted
from documents.settings import Settings

_AT_ONCE = 100


def _configure_check(parser: ArgumentParser) -> None:
    parser.add_argument("--issuer", help="only this issuer's documents")
    parser.add_argument("--document", type=UUID, help="only this document")


async def check_archive(settings: Settings, chosen: Namespace) -> int:
    """Look at the whole archive now; 1 where something is not as it was."""
    database = Database(settings.database_url.get_secret_value(), connections=1)
    store, documents, broken = files_of(settings), 0, 0
    at, after = now(), None
    try:
        if chosen.document is None:
            broken += _tell(await checking.look_at_all_days(database.transaction))
        while True:
            async with database.transaction() as session:
                looked, found = await checking.look_on(
                    session, store, at, after, _AT_ONCE, chosen.issuer, chosen.document
                )
            broken += _tell(found)
            documents += len(looked)
            if not looked or chosen.document:
                break
            after = looked[-1]
    finally:
        await database.close()
    print(f"{documents} documents were looked at")
    if chosen.document and not documents:
        raise StepRefused("there is no such document")
    return 1 if broken else 0


def _tell(found: list[checking.Found]) -> int:
    for each in found:
        part = each.broken
        print(f"BROKEN: {each.issuer} {each.about}: {part.kind} {part.what} is not as it was")
        print(f"  should be {part.expected}, is {part.found}")
    return len(found)


def _configure_pack(parser: ArgumentParser) -> None:
    parser.add_argument("--issuer", required=True, help="whose documents")
    for name in ("--from", "--to"):
        parser.add_argument(name, required=True, type=date.fromisoformat, help="of which days")
    parser.add_argument("--folder", required=True, type=Path, help="where the pack is written")


async def pack(settings: Settings, chosen: Namespace) -> int:
    """Write an issuer's documents of some days, with all that proves them, into one ZIP."""
    wanted = Wanted(chosen.issuer, getattr(chosen, "from"), chosen.to)
    database = Database(settings.database_url.get_secret_value(), connections=1)
    path = chosen.folder / f"{wanted.issuer}-{wanted.first}-{wanted.last}.zip"
    part = path.with_suffix(".part")
    try:
        async with database.transaction() as session:
            count = await packing.check(session, wanted)
        with part.open("xb") as file:
            async for piece in packing.pack(database.transaction, files_of(settings), wanted):
                file.write(piece)
        part.rename(path)
    except (NothingToPack, TooManyToPack) as refused:
        raise StepRefused(str(refused)) from refused
    except OSError as wrong:
        raise StepRefused(f"{path} cannot be written: {wrong}") from wrong
    finally:
        await database.close()
    print(f"{path}: {count} documents")
    return 0


def _configure_verify(parser: ArgumentParser) -> None:
    parser.add_argument("file", type=Path, help="the pack")


def verify_pack(chosen: Namespace) -> int:
    """Check a pack by what is in it; 1 where something is not as it was."""
    try:
        found = unpacking.verify(chosen.file)
    except (BadZipFile, OSError) as wrong:
        print(f"{chosen.file} is no pack that can be read: {wrong}")
        return 2
    for each in found.wrong:
        print(f"BROKEN: {each}")
    print(f"{found.documents} documents and {found.files} files were looked at")
    return 1 if found.wrong else 0


COMMANDS = (
    Command(
        "check-archive",
        "look whether each byte, row and event is as it was",
        _configure_check,
        check_archive,
    ),
    Command("pack", "write documents with all that proves them", _configure_pack, pack),
)
TOOLS = (Tool("verify-pack", "check a pack, without the archive", _configure_verify, verify_pack),)
