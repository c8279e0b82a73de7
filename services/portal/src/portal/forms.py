"""A form as it was sent and what is wrong with it, field by field."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from portal.errors import Refused
from portal.words import WORDS

SECRETS = frozenset({"password", "current", "new", "code"})
"""Fields that are never filled in again: passwords and codes."""

_KNOWN = WORDS["en"].keys()


@dataclass(frozen=True)
class Trouble:
    """What is wrong with a field ("" is the whole form), by the name of the sentence for it."""

    field: str
    word: str


class Form:
    """What someone filled in; without troubles it was not sent yet."""

    def __init__(
        self, values: Mapping[str, str] | None = None, troubles: Iterable[Trouble] = ()
    ) -> None:
        """Keep everything but secrets."""
        given = values or {}
        self._values = {name: value for name, value in given.items() if name not in SECRETS}
        self.troubles = tuple(troubles)

    def value(self, name: str, default: str | None = None) -> str:
        """Return what a field holds: what was filled in, else this."""
        return self._values.get(name, default or "")

    def trouble(self, name: str) -> Trouble | None:
        """Return what is wrong with a field."""
        return next((each for each in self.troubles if each.field == name), None)

    @property
    def refused(self) -> bool:
        """Tell whether it was sent, and something is wrong."""
        return bool(self.troubles)


def empty(values: Mapping[str, str], *names: str) -> list[Trouble]:
    """Return a trouble for each of these fields that holds nothing: ``empty_<name>``."""
    return [Trouble(name, f"empty_{name}") for name in names if not values.get(name, "").strip()]


def refused(
    values: Mapping[str, str], refusal: Refused, fields: Mapping[str, str] | None = None
) -> Form:
    """Return a form with what a service found wrong: ``rule_<rule>`` at the field it points at.

    ``fields`` says which field a pointer means, where it is not of the same name.
    """
    troubles = []
    for problem in refusal.problems:
        pointer = problem.pointer
        name = (fields or {}).get(pointer, pointer.lstrip("/").replace("/", "_"))
        word = f"rule_{problem.rule}"
        troubles.append(
            Trouble(name if name in values else "", word if word in _KNOWN else "rule_other")
        )
    return Form(values, troubles or [Trouble("", "rule_other")])
