"""The rule of the sharing matrix: what its boxes say, where its gaps are, what was changed.

The form says how things stood when it was drawn, so only differences are asked of identity, and
two people who change other boxes do not undo each other. What was changed on another page of the
matrix travels along, until it is saved.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from portal.customer_numbers import SharedNumber, SharedUser, SharingPage, Switches

MOST_CHANGES = 500
"""Identity takes no more at once."""

_PORTAL, _MAIL = 1, 2
_STATES = "0123"


class Garbled(Exception):
    """A form says something that no form of ours says."""


@dataclass(frozen=True)
class Change:
    """What somebody is to get of a customer number, and what they got before."""

    customer_number: str
    person_id: UUID
    now: Switches
    before: Switches

    @property
    def undone(self) -> "Change":
        """Return the change that takes this one back."""
        return Change(self.customer_number, self.person_id, self.before, self.now)

    @property
    def boxes(self) -> int:
        """Return how many boxes differ: one or both."""
        return (self.now.portal != self.before.portal) + (self.now.mail != self.before.mail)

    @property
    def written(self) -> str:
        """Return it as a field of a form holds it."""
        states = f"{state(self.now)}{state(self.before)}"
        return f"{self.person_id}:{states}:{self.customer_number}"


@dataclass(frozen=True)
class Cell:
    """Two boxes; ``before`` is how identity has them."""

    person: SharedUser
    now: Switches
    before: Switches

    @property
    def is_gap(self) -> bool:
        """Tell whether somebody does not see this number."""
        return not self.before.portal


@dataclass(frozen=True)
class Row:
    """A customer number, and a cell for everyone."""

    number: SharedNumber
    cells: list[Cell]

    @property
    def is_alone(self) -> bool:
        """Tell whether nobody but the main contact has anything of it."""
        return not any(state(cell.before) for cell in self.cells)

    @property
    def states(self) -> str:
        """Return how its cells stand, one digit each."""
        return "".join(str(state(cell.before)) for cell in self.cells)


@dataclass(frozen=True)
class Matrix:
    """A page of it as it is drawn; ``carried`` was changed on other pages and is not saved."""

    people: list[SharedUser]
    rows: list[Row]
    carried: list[Change]

    @property
    def changed(self) -> list[Change]:
        """Return what is not saved on this page."""
        return [
            Change(row.number.customer_number, cell.person.person_id, cell.now, cell.before)
            for row in self.rows
            for cell in row.cells
            if cell.now != cell.before
        ]

    @property
    def unsaved(self) -> int:
        """Return how many people's rights differ from what is saved."""
        return len(self.changed) + len(self.carried)

    @property
    def carried_boxes(self) -> int:
        """Return how many boxes differ on other pages."""
        return sum(each.boxes for each in self.carried)


def draw(page: SharingPage, pending: Iterable[Change] = ()) -> Matrix:
    """Lay unsaved changes over what identity says."""
    asked = {(each.customer_number, each.person_id): each for each in pending}
    rows = []
    for number in page.rows:
        cells = []
        for person in page.people:
            before = number.cells.get(person.person_id, Switches())
            change = asked.pop((number.customer_number, person.person_id), None)
            cells.append(Cell(person, change.now if change else before, before))
        rows.append(Row(number, cells))
    return Matrix(page.people, rows, list(asked.values()))


def newest_gap(rows: Iterable[SharedNumber]) -> SharedNumber | None:
    """Return the newest number that nobody but the main contact has anything of."""
    alone = [row for row in rows if not any(map(state, row.cells.values()))]
    return max(alone, key=lambda row: (row.since, row.customer_number), default=None)


def example(rows: Sequence[SharedNumber]) -> SharedNumber | None:
    """Return a number that is shared as most are, for a new one to be shared like it."""
    patterns = Counter(pattern for row in rows if (pattern := _pattern(row)))
    if not patterns:
        return None
    usual, _ = patterns.most_common(1)[0]
    return next(row for row in rows if _pattern(row) == usual)


def ticked(rows: Iterable[SharedNumber], person_id: UUID, now: Switches) -> list[Change]:
    """Return the changes that tick, or clear, all boxes of somebody in these rows."""
    earlier = ((row, row.cells.get(person_id, Switches())) for row in rows)
    return [
        Change(row.customer_number, person_id, now, before)
        for row, before in earlier
        if before != now
    ]


def alike(number: SharedNumber, model: SharedNumber, people: Iterable[SharedUser]) -> list[Change]:
    """Return the changes that share a number as another one is."""
    changes = []
    for person in people:
        before = number.cells.get(person.person_id, Switches())
        now = model.cells.get(person.person_id, Switches())
        if now != before:
            changes.append(Change(number.customer_number, person.person_id, now, before))
    return changes


def merged(changes: Iterable[Change], later: Iterable[Change]) -> list[Change]:
    """Return changes with later ones over them; what ends as it began is no change."""
    found = {(each.customer_number, each.person_id): each for each in changes}
    for each in later:
        found[each.customer_number, each.person_id] = each
    return [each for each in found.values() if each.now != each.before]


def written_in(fields: Iterable[str]) -> list[Change]:
    """Return the changes that fields of a form hold. Raises ``Garbled``."""
    return [_change(each) for each in fields]


def read(fields: Iterable[tuple[str, str]]) -> list[Change]:
    """Return what a posted form changes, on its page and on those before. Raises ``Garbled``."""
    said: dict[str, list[str]] = {}
    for name, value in fields:
        said.setdefault(name, []).append(value)
    people = [_person(each) for each in said.get("person", [])]
    ticked = {name: set(said.get(name, [])) for name in ("portal", "mail")}
    changes = {}
    for change in written_in(said.get("carried", [])):
        changes[change.customer_number, change.person_id] = change
    for row in said.get("row", []):
        states, colon, number = row.partition(":")
        if not colon or len(states) != len(people) or not set(states) <= set(_STATES):
            raise Garbled
        for index, (person, was) in enumerate(zip(people, states, strict=True)):
            box = f"{index}:{number}"
            now = Switches(portal=box in ticked["portal"], mail=box in ticked["mail"])
            changes.pop((number, person), None)
            if state(now) != int(was):
                changes[number, person] = Change(number, person, now, switches(was))
    return list(changes.values())


def _change(written: str) -> Change:
    person, _, rest = written.partition(":")
    states, colon, number = rest.partition(":")
    if not colon or len(states) != len("10") or not set(states) <= set(_STATES):
        raise Garbled
    return Change(number, _person(person), switches(states[0]), switches(states[1]))


def _person(written: str) -> UUID:
    try:
        return UUID(written)
    except ValueError as error:
        raise Garbled from error


def state(of: Switches) -> int:
    """Return a digit that means the same."""
    return (_PORTAL if of.portal else 0) | (_MAIL if of.mail else 0)


def switches(state: str) -> Switches:
    """Return what a digit means. Raises ``Garbled`` where it means nothing."""
    if len(state) != 1 or state not in _STATES:
        raise Garbled
    return Switches(portal=bool(int(state) & _PORTAL), mail=bool(int(state) & _MAIL))


def _pattern(row: SharedNumber) -> frozenset[tuple[UUID, int]]:
    return frozenset((person, state(each)) for person, each in row.cells.items() if state(each))
