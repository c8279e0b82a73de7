"""What notifications counts beside what every service counts."""

from prometheus_client import Counter, Gauge, Histogram

from notifications.kinds import KINDS
from notifications.replies import Fate

LOST = "lost"
"""The relay's answer was lost; it will be asked."""
HELD = "held"
"""The relay's answer was lost and it cannot be asked: nobody will know."""
ABSENT = "absent"
"""The relay was asked and does not have it: it is sent again."""
AWAITING = "awaiting"
"""What goes with it cannot be had from the archive yet: it is tried again."""
WITHDRAWN = "withdrawn"
"""Its reader had no right to it any more, or its link was good no more."""

DELAYED = "delayed"
COMPLAINT = "complaint"
KNOWN = "known"
UNREADABLE = "unreadable"

WAITING = ("owed", "deferred", "unknown")

recipients_unknown = Counter(
    "postkamer_recipients_unknown_total",
    "Documents reported to their issuers for having had no known reader for a day.",
)
letters_owed = Counter("postkamer_letters_owed_total", "Letters that became owed.")
letters_to_people = Counter(
    "postkamer_letters_to_people_total",
    "Letters about accounts that became owed, by what they are.",
    ["kind"],
)
mails = Counter(
    "postkamer_mails_total",
    "What came of each try to send a letter: what the relay's answer means (accepted, deferred, "
    "deferred_slow, mailbox_full, bad_address, inactive, too_large, policy, our_bug); lost, held "
    "or absent where its answer was not heard; awaiting while the archive does not give what goes "
    "with it; or withdrawn before it was tried.",
    ["fate"],
)
bounces = Counter(
    "postkamer_bounces_total",
    "Reports that came back for a letter the relay had taken, by what they mean: as the relay's "
    "answers, or delayed, complaint (a reader called it spam), known (it was told before) or "
    "unreadable (it is no report).",
    ["fate"],
)
letter_seconds = Histogram(
    "postkamer_letter_seconds",
    "Time from the publication of a document until the relay had accepted a letter for it.",
    buckets=(0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3600, 14400, 86400),
)
letters_to_people_seconds = Histogram(
    "postkamer_letters_to_people_seconds",
    "Time from the moment a letter about an account was asked for until the relay had accepted it.",
    buckets=(0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3600),
)
letters_waiting = Gauge(
    "postkamer_letters_waiting",
    "Letters that are not settled, by state (owed, deferred, unknown); of many, the first 100,000.",
    ["state"],
)
letters_late = Gauge(
    "postkamer_letters_oldest_due_seconds",
    "For how long the oldest letter has been due that nobody is sending, whatever it is about.",
)
addresses_stopped = Counter(
    "postkamer_addresses_stopped_total", "Addresses that no letter goes to any more."
)
domains_paused = Counter(
    "postkamer_domains_paused_total",
    "Times that a domain's servers would not have us, so that its letters wait.",
)

for _kind in KINDS:
    letters_to_people.labels(_kind)
for _fate in (*Fate, LOST, HELD, ABSENT, AWAITING, WITHDRAWN):
    mails.labels(str(_fate))
for _fate in (*Fate, DELAYED, COMPLAINT, KNOWN, UNREADABLE):
    bounces.labels(str(_fate))
for _state in WAITING:
    letters_waiting.labels(_state)
