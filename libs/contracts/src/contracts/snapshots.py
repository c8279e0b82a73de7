"""The committed JSON Schema of each message, and how it stands to the class.

A snapshot is what others have built against. It follows its class as long as the class changes
additively, and otherwise stands in its way.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from contracts.compatibility import Speaker, breaking_changes
from contracts.message import Command, Message, Task
from contracts.schema_tree import Schema

SCHEMAS = Path(__file__).parents[2] / "schemas"
"""Where the snapshots are in the source tree. An installed package has none."""

_DIALECT = "https://json-schema.org/draft/2020-12/schema"


@dataclass(frozen=True)
class Standing:
    """How snapshots stand to classes. ``breaking`` has the forbidden changes by routing key."""

    missing: tuple[type[Message], ...]
    changed: tuple[type[Message], ...]
    orphaned: tuple[Path, ...]
    breaking: dict[str, list[str]]

    @property
    def is_current(self) -> bool:
        """Whether each class has its snapshot, and each snapshot its class."""
        return not (self.missing or self.changed or self.orphaned)


def schema_of(message: type[Message]) -> Schema:
    """Return what a message accepts, as JSON Schema."""
    return {"$schema": _DIALECT, **message.model_json_schema()}


def path_of(message: type[Message], folder: Path = SCHEMAS) -> Path:
    """Return where the snapshot of a message is."""
    return folder / f"{message.routing_key}.json"


def compare(messages: Sequence[type[Message]], folder: Path = SCHEMAS) -> Standing:
    """Hold classes against the snapshots in a folder. Raises ``ValueError`` for what is not JSON."""  # noqa: E501
    paths = {path_of(each, folder): each for each in messages}
    changed = [
        each
        for path, each in paths.items()
        if path.exists() and path.read_text(encoding="utf-8") != _text(each)
    ]
    breaking = {each.routing_key: _breaking(each, folder) for each in changed}
    return Standing(
        missing=tuple(each for path, each in paths.items() if not path.exists()),
        changed=tuple(changed),
        orphaned=tuple(sorted(set(folder.glob("*.json")) - paths.keys())),
        breaking={routing_key: lines for routing_key, lines in breaking.items() if lines},
    )


def write(message: type[Message], folder: Path = SCHEMAS) -> None:
    """Let the snapshot of a message follow its class, whatever has changed."""
    path_of(message, folder).write_text(_text(message), encoding="utf-8")


def _text(message: type[Message]) -> str:
    return json.dumps(schema_of(message), indent=2, ensure_ascii=False) + "\n"


def _breaking(message: type[Message], folder: Path) -> list[str]:
    old = json.loads(path_of(message, folder).read_text(encoding="utf-8"))
    asked = issubclass(message, Command | Task)
    speaker = Speaker.OUTSIDER if asked else Speaker.OWNER
    return breaking_changes(old, schema_of(message), spoken_by=speaker)
