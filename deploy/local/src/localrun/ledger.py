"""What was published beside what became of it: one row per document and recipient.

Only arithmetic; ``auditing`` brings the facts together.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

LOST, TWICE, STUCK, ASTRAY, WRONG = KINDS = ("lost", "twice", "stuck", "astray", "wrong")


class Promise(StrEnum):
    """What holds for a mail whose answer was lost."""

    ONCE = "once"
    """The relay can be asked: each letter arrives, and arrives once."""
    HOLD = "hold"
    """It cannot: no mail comes twice, and one that did not come is shown as unknown."""
    RESEND = "resend"
    """It cannot: each comes, and twice only if its letter says that it was sent again blindly."""


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter as its table shows it; ``resent`` counts the times it was sent again blindly."""

    number: str
    recipient: str
    state: str
    reason: str | None = None
    resent: int = 0


@dataclass(frozen=True, slots=True)
class Claim:
    """A document that was published, and who must be told. ``answer`` is None until it came."""

    number: str
    message_id: str
    readers: Sequence[str]
    confirmed: bool = True
    answer: str | None = "accepted"
    archived: int = 1
    contradicted: bool = False
    """Whether a second answer was unlike the first."""


@dataclass(frozen=True)
class Facts:
    """Everything that was seen; ``letters`` is None where nobody has looked."""

    claims: Sequence[Claim]
    mails: Counter[tuple[str, str]]
    letters: Iterable[Letter] | None = None
    promise: Promise = Promise.ONCE
    refuses: Callable[[str], bool] = lambda _: False
    """Whether the relay refuses an address for good."""


@dataclass(slots=True)
class Row:
    """One document and one recipient, and what is wrong between them: kind and words."""

    number: str
    recipient: str
    message_id: str = ""
    answer: str | None = None
    archived: int = 0
    letters: list[Letter] = field(default_factory=list)
    mails: int = 0
    wrong: list[tuple[str, str]] = field(default_factory=list)

    def lines(self) -> list[str]:
        """Say what is wrong, a line each."""
        about = f"{self.number} to {self.recipient}"
        return [f"{kind}: {about}{why and f' ({why})'}" for kind, why in self.wrong]


def rows(facts: Facts) -> list[Row]:
    """Return a row for each document and recipient, those that nobody expected at the end."""
    owed: dict[tuple[str, str], list[Letter]] = {}
    for letter in facts.letters or ():
        owed.setdefault((letter.number, letter.recipient), []).append(letter)
    mails = Counter(facts.mails)
    found = []
    for claim in facts.claims:
        for reader in claim.readers:
            key = (claim.number, reader)
            row = Row(claim.number, reader, claim.message_id, claim.answer, claim.archived)
            row.letters, row.mails = owed.pop(key, []), mails.pop(key, 0)
            row.wrong = [*_of_document(claim), *_of_mail(row, facts)]
            found.append(row)
    for number, recipient in mails.keys() | owed.keys():
        key = (number, recipient)
        stray = Row(number, recipient, letters=owed.get(key, []), mails=mails[key])
        stray.wrong = [(ASTRAY, "" if stray.mails else "a letter to nobody's reader")]
        found.append(stray)
    return found


def wrong(found: Iterable[Row]) -> Counter[str]:
    """Count what is wrong, by kind; rows with two faults count in both."""
    return Counter(kind for row in found for kind in {kind for kind, _ in row.wrong})


def _of_document(claim: Claim) -> Iterator[tuple[str, str]]:
    """Say what is wrong with a document itself, which is then wrong for each of its readers."""
    if not claim.confirmed:
        yield STUCK, "the broker never confirmed it"
    elif claim.answer is None and claim.archived:
        yield STUCK, "in the archive, and never answered"
    elif claim.answer is None:
        yield LOST, "never answered, and not in the archive"
    elif claim.answer != "accepted":
        yield LOST, claim.answer
    elif claim.archived == 0:
        yield LOST, "answered as accepted, and not in the archive"
    elif claim.archived > 1:
        yield TWICE, f"{claim.archived} times in the archive"
    elif claim.contradicted:
        yield TWICE, "answered again, and otherwise"


def _of_mail(row: Row, facts: Facts) -> Iterator[tuple[str, str]]:
    letter = row.letters[0] if row.letters else None
    resent = letter.resent if letter and facts.promise is Promise.RESEND else 0
    if row.mails > 1 + resent:
        yield TWICE, f"{row.mails} mails" + (f", sent again {resent} times" if resent else "")
    if facts.letters is None:
        if row.mails == 0:
            yield LOST, ""
    elif letter is None:
        yield LOST, "nobody owes it"
    elif len(row.letters) > 1:
        yield TWICE, f"{len(row.letters)} letters"
    else:
        yield from _of_letter(row, letter, facts)


def _of_letter(row: Row, letter: Letter, facts: Facts) -> Iterator[tuple[str, str]]:
    """Hold a letter's state against what the postbox has."""
    shown = f"the letter is {letter.state}: {letter.reason}"
    refused = facts.refuses(row.recipient)
    match letter.state:
        case "sent":
            if row.mails == 0:
                yield LOST, "the letter says it was sent"
        case "refused" if refused:
            if row.mails:
                yield WRONG, f"{row.mails} mails, and {shown}"
        case "unknown" if facts.promise is Promise.HOLD and not refused:
            pass
        case "owed" | "deferred" | "unknown":
            yield STUCK, shown
        case _:
            yield (LOST if row.mails == 0 else WRONG), shown


def summary(found: Sequence[Row]) -> dict[str, int]:
    """Count documents and recipients by what became of them."""
    of_known = [row for row in found if row.message_id]
    documents = {row.number: row for row in of_known}
    states = Counter(letter.state for row in found for letter in row.letters)
    kinds = wrong(found)
    return {
        "documents": len(documents),
        "answered": sum(row.answer is not None for row in documents.values()),
        "archived": sum(row.archived for row in documents.values()),
        "recipients": len(of_known),
        "owed": sum(len(row.letters) for row in found),
        **{state: states[state] for state in sorted(states)},
        "mails": sum(row.mails for row in found),
        "resent": sum(letter.resent for row in found for letter in row.letters),
        **{kind: kinds[kind] for kind in KINDS},
    }
