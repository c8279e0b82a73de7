"""Who reads, as far as it decides what they see."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True)
class Reader:
    """Who reads: an issuer's machine or staff, a guest, a person, or staff who look as a person.

    Who looks as a person has both ``person_id`` and ``issuer``, and sees what that person sees of
    that issuer; it changes nothing.
    """

    issuer: str = ""
    newest_of: str | None = None
    """A guest sees the newest document of one customer number."""
    person_id: UUID | None = None
    """Someone who is signed in, is of no issuer, and reads what they have a claim on."""
    only_looks: bool = False
    is_of_ours: bool = False
    """A service of ours, which takes parts of any document to send them to who may read it."""
