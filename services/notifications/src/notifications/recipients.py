"""Who gets a letter for a document (decision 13): a pure rule over one snapshot and one moment.

Everyone whose claim on the customer number held when the document was published and who wants
mail; whose mails were off for a while hears of what comes after, and not late of what came
meanwhile. The rule is asked again whenever a newer snapshot arrives, so the order of arrival does
not matter.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from contracts.identity import CustomerNumberChanged

MAIN = "main"
SHARED = "shared"
AT_ONCE = "at_once"

UNKNOWN_AFTER = timedelta(hours=24)
"""How long a reader may stay unknown before people are told."""


@dataclass(frozen=True)
class Recipient:
    """A person, by which claim, and in which role."""

    person_id: UUID
    ticket: UUID
    role: str


def recipients(snapshot: CustomerNumberChanged, published_at: datetime) -> list[Recipient]:
    """Return who gets a letter, each person once, the main contact first."""
    since = snapshot.notify_since
    if snapshot.settings.notify != AT_ONCE or (since and published_at < since):
        return []
    found: list[Recipient] = []
    main = snapshot.main_contact
    if main is not None and main.since <= published_at:
        found.append(Recipient(main.person_id, main.ticket, MAIN))
    found += [
        Recipient(each.person_id, each.ticket, SHARED)
        for each in snapshot.shared_users
        if each.mail and (each.mail_since or each.since) <= published_at
    ]
    found += [
        Recipient(each.person_id, each.ticket, SHARED)
        for each in snapshot.ended
        if each.since <= published_at < each.until
    ]
    return list({each.person_id: each for each in reversed(found)}.values())[::-1]
