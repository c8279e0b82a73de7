"""The failures a service may meet, and what each means.

Failure
├── Refusal            it will never work; say why, answer or park, do not retry
│   ├── NotFound       HTTP 404
│   ├── NotAllowed     HTTP 403
│   ├── Conflict       HTTP 409
│   ├── Invalid        HTTP 422
│   └── TooOften       HTTP 429
└── TryLater           it may work; retry with growing pauses, then park

Anything else is a defect: it is treated as TryLater, and loud in the log.
"""

from contracts.refusal import Problem


class Failure(Exception):
    """The root of the tree."""


class Refusal(Failure):
    """It will never work, and ``problems`` say which field breaks which rule."""

    def __init__(self, detail: str, *, rule: str, pointer: str = "") -> None:
        """Refuse for one reason; ``pointer`` is a JSON pointer into what was asked."""
        super().__init__(detail)
        self.problems = [Problem(pointer=pointer, rule=rule, detail=detail)]

    def and_also(self, other: "Refusal") -> "Refusal":
        """Add the problems of another refusal to this one."""
        self.problems += other.problems
        return self


class NotFound(Refusal):
    """There is no such thing, or it is not yours to see."""


class NotAllowed(Refusal):
    """It is not for you to ask."""


class Conflict(Refusal):
    """It does not fit the state of things."""


class Invalid(Refusal):
    """What was asked breaks a rule."""


class TooOften(Refusal):
    """It was asked too often; it may be asked again after a while."""

    def __init__(self, detail: str, *, seconds: int) -> None:
        """Say after how many seconds."""
        super().__init__(detail, rule="too_often")
        self.seconds = seconds


class TryLater(Failure):
    """It may work at another moment."""
