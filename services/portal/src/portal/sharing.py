"""Look at the sharing matrix, change it, and take a change back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from portal import matrix
from portal.customer_numbers import (
    SharedNumber,
    SharedUser,
    SharingPage,
    Switches,
    UnseenNumber,
)
from portal.errors import NothingHere, Refused
from portal.matrix import MOST_CHANGES, Change, Matrix
from portal.sharing_service import SharingService, Wanted


@dataclass(frozen=True)
class Gap:
    """A number that nobody but the main contact has anything of; and one to share it like."""

    number: UnseenNumber
    model: UnseenNumber | None


@dataclass(frozen=True)
class Seen:
    """A page of the matrix, what lies beyond it, and the newest gap."""

    matrix: Matrix
    page: SharingPage
    gap: Gap | None


class Stale(Exception):
    """Somebody changed something meanwhile, so that nothing of this was done."""


async def see(
    sharing: SharingService, token: str, wanted: Wanted, pending: Sequence[Change] = ()
) -> Seen:
    """Return a page of the matrix, with what is not saved yet laid over it."""
    page = await sharing.sharing(token, wanted)
    gap = None
    if wanted.person is None and page.people:
        gap = await _gap(sharing, token, page)
    return Seen(matrix.draw(page, pending), page, gap)


async def like(
    sharing: SharingService, token: str, customer_number: str, model: str
) -> list[Change]:
    """Return the changes that would share a number as another is shared."""
    number, other = [await _row(sharing, token, each) for each in (customer_number, model)]
    if number is None or other is None:
        raise Stale
    page = await sharing.sharing(token, Wanted(search=customer_number))
    return matrix.alike(number, other, page.people)


async def tick(
    sharing: SharingService,
    token: str,
    wanted: Wanted,
    person_id: UUID,
    switches: Switches,
) -> list[Change]:
    """Return the changes that tick, or clear, all boxes of somebody on a page."""
    page = await sharing.sharing(token, wanted)
    return matrix.ticked(page.rows, person_id, switches)


async def add(
    sharing: SharingService,
    token: str,
    person: Mapping[str, str | None],
    grants: Mapping[str, Switches],
    future: Switches | None,
) -> SharedUser:
    """Share with somebody new; as much at once as identity takes, and the rest after it."""
    numbers = list(grants)
    first = {number: grants[number] for number in numbers[:MOST_CHANGES]}
    added = await sharing.add(token, person, first, future)
    for start in range(MOST_CHANGES, len(numbers), MOST_CHANGES):
        rest = numbers[start : start + MOST_CHANGES]
        changes = [Change(each, added.person_id, grants[each], Switches()) for each in rest]
        await sharing.share(token, changes)
    return added


async def save(sharing: SharingService, token: str, changes: Sequence[Change]) -> None:
    """Do all of it, or nothing. Raises ``Stale`` where it cannot be done any more."""
    try:
        await sharing.share(token, changes)
    except (NothingHere, Refused) as refused:
        raise Stale from refused


async def _gap(sharing: SharingService, token: str, page: SharingPage) -> Gap | None:
    rows = list(page.rows)
    newest = page.newest_gap
    if newest and newest.customer_number not in {each.customer_number for each in rows}:
        row = await _row(sharing, token, newest.customer_number)
        rows += [row] if row else []
    alone = matrix.newest_gap(rows)
    return Gap(alone, matrix.example(rows)) if alone else None


async def _row(sharing: SharingService, token: str, customer_number: str) -> SharedNumber | None:
    page = await sharing.sharing(token, Wanted(search=customer_number))
    return next((each for each in page.rows if each.customer_number == customer_number), None)
