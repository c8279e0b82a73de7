"""Which files each reader of a customer number wants with a mail (D-03, N-07): a pure rule."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from contracts.identity import CustomerNumberChanged
from notifications.attachments import Kind, kinds


@dataclass(frozen=True, slots=True)
class FilesWanted:
    """What the number's settings say, and who wants something else."""

    of_number: tuple[Kind, ...]
    of_people: Mapping[UUID, tuple[Kind, ...]]

    def of(self, person_id: UUID) -> tuple[Kind, ...]:
        """Return what a person wants with a mail, nothing that it is a link only."""
        return self.of_people.get(person_id, self.of_number)


def files_wanted(snapshot: CustomerNumberChanged) -> FilesWanted:
    """Return who wants which files: what a shared user chose, else what the number says.

    A main contact's choice are the number's settings. A claim that holds outweighs one that ended.
    """
    chosen = {each.person_id: each.attach for each in snapshot.ended}
    chosen |= {each.person_id: each.attach for each in snapshot.shared_users}
    if snapshot.main_contact is not None:
        chosen.pop(snapshot.main_contact.person_id, None)
    return FilesWanted(
        kinds(snapshot.settings.attach),
        {person_id: kinds(attach) for person_id, attach in chosen.items() if attach is not None},
    )
