"""A letter in hand: what is to be sent, with how much patience, and what came of it."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from chassis.trail import Trail
from notifications.claim_queries import Claim
from notifications.composing import NewDocument
from notifications.composing_to_people import ToPerson
from notifications.enclosing import Wanted
from notifications.replies import Fate


@dataclass(frozen=True)
class Patience:
    """How often a letter is tried, how long a dead process keeps it and a domain waits."""

    schedule: tuple[timedelta, ...]
    lease: timedelta
    evidence_after: timedelta
    resend_unknown: bool
    domain_pause: timedelta = timedelta(hours=1)


@dataclass(frozen=True)
class Claimed:
    """A letter in hand: what to write, and whether the relay may have it already."""

    letter_id: UUID
    claim: int
    document_id: UUID | None
    """None that it is about an account."""
    tries: int
    facts: NewDocument | ToPerson
    marked: bool
    trail: Trail
    enclose: Wanted | None = None
    """The files that are to go with it; None that it carries none, and nothing is asked for any."""
    too_large: bool = False
    """Whether its files were left out, since a relay found them too large."""

    @property
    def key(self) -> Claim:
        """The letter, and the claim on it."""
        return self.letter_id, self.claim


@dataclass(frozen=True)
class Answered:
    """The relay answered, and this is what its answer means; ``attached`` went with the letter."""

    fate: Fate
    reason: str
    attached: str | None = None


@dataclass(frozen=True)
class Awaiting:
    """It was not tried: what goes with it cannot be had yet."""

    reason: str


@dataclass(frozen=True)
class Lost:
    """The relay may have it; it will be asked."""

    reason: str


@dataclass(frozen=True)
class Held:
    """The relay may have it, and it cannot be asked: nobody will know."""

    reason: str


@dataclass(frozen=True)
class Absent:
    """The relay may have had it, but it has not: it can be sent again."""

    reason: str


Outcome = Answered | Awaiting | Lost | Held | Absent
