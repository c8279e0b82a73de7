"""Let the snapshots follow the classes where that breaks nobody, or only check that they do."""

from argparse import ArgumentParser
from collections.abc import Sequence
from pathlib import Path

from contracts import catalogue, snapshots
from contracts.message import Command, Event, Message, Task
from contracts.snapshots import SCHEMAS, Standing


def main(
    arguments: Sequence[str] | None = None,
    *,
    messages: Sequence[type[Message]] | None = None,
    folder: Path = SCHEMAS,
) -> int:
    """Write or check the snapshots of all messages; return 1 if something stands in the way."""
    parser = ArgumentParser(prog="python -m contracts", description=__doc__)
    parser.add_argument("what", nargs="?", choices=["write", "check"], default="write")
    chosen = parser.parse_args(arguments)
    if not folder.is_dir():
        print(f"there are no snapshots at {folder}: they are in the source tree only")
        return 1
    standing = snapshots.compare(catalogue.messages() if messages is None else messages, folder)
    return _check(standing) if chosen.what == "check" else _write(standing, folder)


def _check(standing: Standing) -> int:
    for message in standing.missing:
        print(f"{message.routing_key}: has no snapshot")
    for message in standing.changed:
        print(f"{message.routing_key}: is not what its snapshot says")
    _tell_what_stands_in_the_way(standing)
    if not standing.is_current:
        print("`make contracts` lets the snapshots follow where that breaks nobody.")
    return 0 if standing.is_current else 1


def _write(standing: Standing, folder: Path) -> int:
    if standing.breaking or standing.orphaned:
        _tell_what_stands_in_the_way(standing)
        print("Nothing was written.")
        return 1
    moved = (*standing.missing, *standing.changed)
    for message in moved:
        snapshots.write(message, folder)
        print(f"{message.routing_key}: written")
    if moved:
        print("Deploy listeners first, speakers second (docs/messages.md names them):")
    for message in moved:
        print(f"  {_deploy_order(message)}")
    return 0


def _tell_what_stands_in_the_way(standing: Standing) -> None:
    for routing_key, lines in standing.breaking.items():
        print(f"{routing_key}: this would break somebody; make it a V2")
        for line in lines:
            print(f"  {line}")
    for path in standing.orphaned:
        print(
            f"{path.stem}: has no class any more; "
            "once nobody says or hears it, delete its snapshot and its examples by hand"
        )


def _deploy_order(message: type[Message]) -> str:
    if issubclass(message, Command):
        return f"{message.routing_key}: {message.owner}, then those who ask"
    if issubclass(message, Task):
        return f"{message.routing_key}: {message.owner}, then whoever says it"
    hearers = "its listeners" if issubclass(message, Event) else "those who read the answers"
    return f"{message.routing_key}: {hearers}, then {message.owner}"


if __name__ == "__main__":
    raise SystemExit(main())
