"""What notifications counts beside what every service counts."""

from prometheus_client import Counter

recipients_unknown = Counter(
    "postkamer_recipients_unknown_total",
    "Documents reported to their issuers for having had no known reader for a day.",
)
