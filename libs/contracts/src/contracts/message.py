"""The rules of the wire: a message is data and a name, and its class says who owns it.

Four kinds, told apart by who may say them and where they travel:

- ``Command``: an outsider asks; exchange ``commands``; the owner obeys.
- ``Task``: a service tells itself or another; exchange ``tasks``; out of reach for outsiders.
- ``Event``: something happened at its owner; exchange ``events``; whoever cares listens.
- ``Outcome``: what became of a command; exchange ``outcomes``; read by the one who asked.
"""

import re
from typing import Any, ClassVar, Self

from pydantic import BaseModel, ConfigDict

_WORDS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_VERSION = re.compile(r"V([2-9]|[1-9]\d+)$")


class Shape(BaseModel):
    """A part of a message: frozen, and deaf to fields it does not know."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)


class Message(Shape):
    """What travels. Its routing key is ``<owner>.<name>.v<version>``, read off the class name."""

    exchange: ClassVar[str]
    owner: ClassVar[str]
    wire_name: ClassVar[str]
    wire_version: ClassVar[int]
    routing_key: ClassVar[str]
    subject_field: ClassVar[str | None]

    def __init_subclass__(
        cls, *, owner: str | None = None, subject: str | None = None, **kwargs: Any
    ) -> None:
        """Give a concrete message its name; ``PublishDocumentV2`` is version 2."""
        super().__init_subclass__(**kwargs)
        if owner is None:
            return
        version = _VERSION.search(cls.__name__)
        words = _WORDS.split(_VERSION.sub("", cls.__name__))
        cls.owner = owner
        cls.wire_name = "-".join(words).lower()
        cls.wire_version = int(version.group(1)) if version else 1
        cls.routing_key = f"{cls.owner}.{cls.wire_name}.v{cls.wire_version}"
        cls.subject_field = subject

    @classmethod
    def read(cls, body: bytes) -> Self:
        """Parse a body. Raises ``pydantic.ValidationError`` for JSON and for meaning alike."""
        return cls.model_validate_json(body)

    def subject(self) -> str | None:
        """Return the id of what the message is about, if it is about one thing."""
        return str(getattr(self, self.subject_field)) if self.subject_field else None

    def body(self) -> bytes:
        """Return the JSON that travels; what was never given is left out."""
        return self.model_dump_json(exclude_none=True).encode()


class Command(Message):
    """An outsider asks its owner to do something."""

    exchange = "commands"


class Task(Message):
    """A service tells itself, or another service, to do something."""

    exchange = "tasks"


class Event(Message):
    """Something happened at its owner."""

    exchange = "events"


class Outcome(Message):
    """What became of a command; goes to the issuer that asked."""

    exchange = "outcomes"

    def body(self) -> bytes:
        """Return the JSON that travels; ``command_id`` is null where there was none."""
        return self.model_dump_json().encode()
