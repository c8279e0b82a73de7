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
