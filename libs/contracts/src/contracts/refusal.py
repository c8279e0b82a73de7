"""How a command is told that it cannot be done: which field, which rule, in plain words."""

from uuid import UUID

from contracts.message import Outcome, Shape


class Problem(Shape):
    """One thing that is wrong.

    ``pointer`` is a JSON pointer (RFC 6901) into the command's body, empty for the whole of it.
    """

    pointer: str
    rule: str
    detail: str


class Refused(Outcome):
    """A command was not done. Nothing of it was kept but a parked copy."""

    command_id: UUID | None
    problems: tuple[Problem, ...]

    def body(self) -> bytes:
        """Return the JSON that travels; ``command_id`` is null where the command had none."""
        return self.model_dump_json().encode()
