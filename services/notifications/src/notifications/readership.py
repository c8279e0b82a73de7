"""Who may be written to about a customer number: the rule's answer, kept for each snapshot.

The rule is asked for every letter once more before it is sent. A number may be shared with
thousands, so a snapshot is read once per version, and the rule asked once per document.
"""

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from contracts.identity import CustomerNumberChanged
from notifications import queries
from notifications.attachments import Kind
from notifications.files_wanted import FilesWanted, files_wanted
from notifications.recipients import recipients

_MOST_NUMBERS = 1_000
_MOST_DOCUMENTS = 100


@dataclass
class Readers:
    """What a snapshot says to a letter."""

    snapshot: CustomerNumberChanged
    _of_documents: dict[datetime, frozenset[UUID]] = field(default_factory=dict)
    _files: FilesWanted | None = None
    _tickets: dict[UUID, UUID] | None = None

    @property
    def main_contact(self) -> UUID | None:
        """Who answers for the customer number."""
        main = self.snapshot.main_contact
        return main.person_id if main else None

    def may_read(self, person_id: UUID, published_at: datetime) -> bool:
        """Say whether a person is to be told of what was published at a time."""
        if (readers := self._of_documents.get(published_at)) is None:
            if len(self._of_documents) == _MOST_DOCUMENTS:
                self._of_documents.clear()
            found = recipients(self.snapshot, published_at)
            readers = self._of_documents[published_at] = frozenset(each.person_id for each in found)
        return person_id in readers

    def ticket_of(self, person_id: UUID) -> UUID | None:
        """Return what a person's links open the number by now; the one before may be revoked."""
        if self._tickets is None:
            self._tickets = {each.person_id: each.ticket for each in self.snapshot.shared_users}
            if (main := self.snapshot.main_contact) is not None:
                self._tickets[main.person_id] = main.ticket
        return self._tickets.get(person_id)

    def files_for(self, person_id: UUID) -> tuple[Kind, ...]:
        """Say which files a person wants with a mail."""
        if self._files is None:
            self._files = files_wanted(self.snapshot)
        return self._files.of(person_id)


class Readership:
    """The readers of the customer numbers that were asked for last."""

    def __init__(self) -> None:
        """Know of none."""
        self._kept: OrderedDict[str, Readers] = OrderedDict()

    async def of(self, session: AsyncSession, versions: Mapping[str, int]) -> dict[str, Readers]:
        """Return the readers of customer numbers, each as of this version of its snapshot."""
        missing = [
            number
            for number, version in versions.items()
            if number not in self._kept or self._kept[number].snapshot.version != version
        ]
        for snapshot in await queries.snapshots(session, missing):
            self._kept[snapshot.customer_number] = Readers(snapshot)
        found = {number: self._kept[number] for number in versions}
        for number in versions:
            self._kept.move_to_end(number)
        while len(self._kept) > _MOST_NUMBERS:
            self._kept.popitem(last=False)
        return found
