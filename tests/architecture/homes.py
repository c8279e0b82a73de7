"""Who says each message and who listens: read from the services, and written to docs/messages.md.

``python tests/architecture/homes.py`` writes it anew.
"""

import ast
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from chassis.handling import Handlers
from contracts import catalogue
from contracts.message import Command, Event, Message, Outcome, Task
from contracts.refusal import Refused

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "messages.md"
KINDS = (Command, Task, Event, Outcome)
OUTSIDERS = "billing systems"


@dataclass(frozen=True)
class Ear:
    """A message that a service hears, and how it refuses a command."""

    service: str
    message: type[Message]
    refused: type[Refused] | None = None


@dataclass(frozen=True)
class Homes:
    """Every message, who hears it, and by class name which services say it."""

    messages: tuple[type[Message], ...]
    ears: tuple[Ear, ...]
    said: Mapping[str, frozenset[str]]

    def speakers(self, message: type[Message]) -> list[str]:
        """Return who says a message."""
        by_name = self.said.get(message.__name__, frozenset())
        outsiders = {OUTSIDERS} if issubclass(message, Command) else set()
        return sorted(by_name | outsiders)

    def listeners(self, message: type[Message]) -> list[str]:
        """Return who hears a message."""
        outsiders = [OUTSIDERS] if issubclass(message, Outcome) else []
        return sorted(ear.service for ear in self.ears if ear.message is message) + outsiders


def of_repository(root: Path = ROOT) -> Homes:
    """Read the homes of all messages from the contracts and the services of a source tree."""
    messages = tuple(catalogue.messages())
    names = sorted(path.parent.name for path in root.glob("services/*/pyproject.toml"))
    handlers = {name: import_module(f"{name}.app").service.handlers for name in names}
    sources = {name: root / "services" / name / "src" for name in names}
    refusals = {name: refusals_of(heard) for name, heard in handlers.items() if heard}
    constructed = {name: constructed_in(source) for name, source in sources.items()}
    return Homes(
        messages=messages,
        ears=tuple(ear for name, heard in handlers.items() if heard for ear in ears(name, heard)),
        said={
            message.__name__: frozenset(
                name
                for name in names
                if message.__name__ in constructed[name] | refusals.get(name, set())
            )
            for message in messages
        },
    )


def ears(service: str, handlers: Handlers[object]) -> Iterator[Ear]:
    """Return what a service hears."""
    for each in handlers.all:
        yield Ear(service, each.message, each.refused)


def refusals_of(handlers: Handlers[object]) -> set[str]:
    """Return the refusals that the chassis says in a service's name."""
    named = {each.refused for each in handlers.all} | {handlers.refuses_unrouted}
    return {refused.__name__ for refused in named if refused}


def constructed_in(source: Path) -> set[str]:
    """Return the names of what is called below a folder: whoever says a message makes one."""
    return {
        node.func.id if isinstance(node.func, ast.Name) else node.func.attr
        for path in source.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name | ast.Attribute)
    }


def homeless(homes: Homes) -> list[str]:
    """Return one line for each message that is said or heard where it should not be."""
    lines = [line for message in homes.messages for line in _wrong_with(message, homes)]
    for ear in homes.ears:
        if ear.message not in homes.messages:
            lines.append(f"{ear.service} hears {ear.message.__name__}, which no contract has")
        elif issubclass(ear.message, Outcome):
            lines.append(f"{ear.service} hears {ear.message.__name__}, which is for outsiders")
        elif issubclass(ear.message, Command):
            lines += _wrong_with_refusing(ear)
    return lines


def _wrong_with(message: type[Message], homes: Homes) -> Iterator[str]:
    name, owner = message.__name__, message.owner
    speakers, listeners = homes.speakers(message), homes.listeners(message)
    if issubclass(message, Command | Task) and listeners != [owner]:
        yield f"{name} is obeyed by {_names(listeners)}, not by {owner}"
    if issubclass(message, Task) and not speakers:
        yield f"{name} is said by nobody"
    if issubclass(message, Event | Outcome) and speakers != [owner]:
        yield f"{name} is said by {_names(speakers)}, not by {owner}"
    if issubclass(message, Command) and speakers != [OUTSIDERS]:
        yield f"{name} is said by {_names(speakers)}; only outsiders ask"


def _wrong_with_refusing(ear: Ear) -> Iterator[str]:
    if ear.refused is None:
        yield f"{ear.service} obeys {ear.message.__name__} and cannot refuse it"
    elif (ear.refused.owner, ear.refused.wire_name) != (
        ear.service,
        f"{ear.message.wire_name}-refused",
    ):
        yield f"{ear.service} refuses {ear.message.__name__} by {ear.refused.__name__}"


def page(homes: Homes) -> str:
    """Return the catalogue of messages, as Markdown."""
    lines = [
        "# Messages",
        "",
        "Who says what, and who listens. Written by `make contracts`; the fields are in",
        "[libs/contracts/schemas](../libs/contracts/schemas), with examples beside them. A",
        "*command* is asked by a billing system, an *outcome* is its answer, an *event* tells what",
        "happened, and a *task* is what a service tells itself or another to do.",
    ]
    for owner in sorted({message.owner for message in homes.messages}):
        lines += ["", f"## {owner}"]
        owned = [message for message in homes.messages if message.owner == owner]
        for kind in KINDS:
            rows = [_row(message, homes) for message in owned if issubclass(message, kind)]
            if rows:
                lines += [
                    "",
                    f"| {kind.__name__.lower()} | for | said by | heard by |",
                    "| --- | --- | --- | --- |",
                    *rows,
                ]
    return "\n".join(lines) + "\n"


def _row(message: type[Message], homes: Homes) -> str:
    cells = (
        f"`{message.routing_key}`",
        catalogue.entry(message).replace("``", "`"),
        _names(homes.speakers(message)),
        _names(homes.listeners(message)),
    )
    return f"| {' | '.join(cells)} |"


def _names(names: Iterable[str]) -> str:
    return ", ".join(names) or "nobody"


if __name__ == "__main__":
    PAGE.write_text(page(of_repository()), encoding="utf-8")
