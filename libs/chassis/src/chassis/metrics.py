"""What a process counts and measures, for Prometheus."""

from prometheus_client import Counter, Gauge, Histogram

_BUCKETS = (0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)

handled = Histogram(
    "postkamer_message_seconds",
    "How long a message took to handle, by queue and outcome "
    "(done, duplicate, refused, retried, parked, returned).",
    ["queue", "outcome"],
    buckets=_BUCKETS,
)
in_flight = Gauge("postkamer_messages_in_flight", "Messages being handled.", ["queue"])
lag = Histogram(
    "postkamer_message_lag_seconds",
    "Time between a message being said and being handled, by queue.",
    ["queue"],
    buckets=(*_BUCKETS, 300, 1800),
)
relayed = Counter("postkamer_outbox_relayed_total", "Messages the broker confirmed.")
outbox_depth = Gauge("postkamer_outbox_messages", "Messages said and not yet confirmed.")
outbox_age = Gauge("postkamer_outbox_oldest_seconds", "Age of the oldest message not confirmed.")
queue_depth = Gauge(
    "postkamer_queue_messages", "Messages waiting on a queue of this service.", ["queue"]
)
parked = Gauge("postkamer_parked_messages", "Messages parked with their reason.", ["queue"])
worked = Histogram(
    "postkamer_work_seconds",
    "How long a piece of work that waits on the world took, by kind and outcome (done, failed).",
    ["work", "outcome"],
    buckets=_BUCKETS,
)
working = Gauge("postkamer_work_in_flight", "Pieces of work being done.", ["work"])
requests = Histogram(
    "postkamer_http_seconds",
    "How long a request took, by method, route and status.",
    ["method", "route", "status"],
    buckets=_BUCKETS,
)
ready = Gauge("postkamer_ready", "1 while the process can do its work.")
