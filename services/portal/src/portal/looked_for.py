"""What is looked for in the archive and where in the list one is: read from an address or a form.

A form of the list says where it was sent from, so what is done to a list leads back to it.
"""

from collections.abc import Sequence
from urllib.parse import parse_qsl, urlsplit
from uuid import UUID

from portal import filters, turning
from portal.filters import Filters
from portal.posted import Posted
from portal.turning import Place

PATH = "/documents"
_MOST_FIELDS = 200
_MOST_PICKED = 200


class Looked:
    """A page of the list, as an address says it, and the form that it fills."""

    def __init__(self, fields: Sequence[tuple[str, str]] = ()) -> None:
        """Read it."""
        self.filters, self.form = filters.read(fields)
        self.place = Place.read([value for name, value in fields if name == "cursor"])
        self.picked = next((value for name, value in fields if name == "pick"), "")
        self.given = {name: value for name, value in fields if name not in {"cursor", "pick"}}

    @property
    def address(self) -> str:
        """Return the address of just this page of the list."""
        return turning.address(PATH, self.filters.said, self.place)

    @property
    def asking(self) -> str:
        """Return what stands behind a document's address, to say from which list one came."""
        return self.address.removeprefix(PATH)

    def document(self, document_id: UUID, place: Place | None = None) -> str:
        """Return the address of a document of this list."""
        at = self.place if place is None else place
        return turning.address(f"{PATH}/{document_id}", self.filters.said, at)

    def beginning(self) -> "Looked":
        """Return the first page of the same list."""
        return Looked(list(self.given.items()))


def looked(query: str) -> Looked:
    """Read an address's query; of what cannot be one, nothing is kept."""
    try:
        return Looked(parse_qsl(query, keep_blank_values=True, max_num_fields=_MOST_FIELDS))
    except ValueError:
        return Looked()


def came_from(sent: Posted) -> Looked:
    """Return the list that a form was sent from."""
    try:
        return looked(urlsplit(sent["back"]).query)
    except ValueError:
        return Looked()


def picked(sent: Posted, of: Looked) -> list[UUID] | Filters:
    """Return what was picked: all that was looked for, or some documents."""
    if sent["all"]:
        return of.filters
    found = []
    for each in sent.all("id")[:_MOST_PICKED]:
        try:
            found.append(UUID(each))
        except ValueError:
            continue
    return found
