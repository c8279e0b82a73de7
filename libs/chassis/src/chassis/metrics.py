"""What a process counts and measures, for Prometheus.

No label holds a customer, an address or an id: each comes from the code and has few values. What
is counted by label starts at 0 for the values known beforehand, so that a rate sees the first.
"""

from collections.abc import Iterable, Iterator

from prometheus_client import Counter, Gauge, Histogram

from chassis.failures import TryLater

_BUCKETS = (0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)

_OUTCOMES = ("done", "duplicate", "refused", "retried", "parked", "returned")
_FATES = ("retried", "parked")
_ANY_COMMAND_MAY_BREAK = ("json_invalid", "message_id", "missing")

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
refused = Counter(
    "postkamer_messages_refused_total",
    "Messages refused, by queue and the rule they break; one that breaks two counts under both.",
    ["queue", "rule"],
)
failures = Counter(
    "postkamer_message_failures_total",
    "Tries of a message that failed, by queue, what became of it (retried, parked) and the error.",
    ["queue", "fate", "error"],
)
relayed = Counter("postkamer_outbox_relayed_total", "Messages the broker confirmed.")
relay_refused = Counter(
    "postkamer_outbox_refused_total", "Times the broker would not take a message from the outbox."
)
outbox_depth = Gauge("postkamer_outbox_messages", "Messages said and not yet confirmed.")
outbox_age = Gauge("postkamer_outbox_oldest_seconds", "Age of the oldest message not confirmed.")
queue_depth = Gauge(
    "postkamer_queue_messages", "Messages waiting on a queue of this service.", ["queue"]
)
parked = Gauge("postkamer_parked_messages", "Messages parked with their reason.", ["queue"])
measured = Gauge(
    "postkamer_measured_timestamp_seconds",
    "When what waits was last measured: the outbox, the queues, or what the service has of its own "
    "(outbox, queues, own).",
    ["what"],
)
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
tokens_refused = Counter(
    "postkamer_tokens_refused_total",
    "Requests whose token was not good enough, by why "
    "(missing, invalid, scope, keys_away, ended: the session it came from was ended).",
    ["why"],
)
ready = Gauge("postkamer_ready", "1 while the process can do its work.")
trouble = Gauge(
    "postkamer_trouble", "1 while a check of the process finds something wrong.", ["check"]
)
task_interval = Gauge(
    "postkamer_task_interval_seconds", "How often a task is to be done, by its queue.", ["queue"]
)
task_done = Gauge(
    "postkamer_task_done_timestamp_seconds",
    "When a task was last done by this process, or when the process began to wait for it.",
    ["queue"],
)
connections_used = Gauge(
    "postkamer_database_connections_used", "Connections to the database that are in use."
)
connections_most = Gauge(
    "postkamer_database_connections_most", "Connections to the database there may be."
)
connections_awaited = Gauge(
    "postkamer_database_connections_awaited", "Who waits for a connection to the database."
)
loop_late = Histogram(
    "postkamer_event_loop_late_seconds",
    "How much later than asked the event loop came round: how long one thing held up the others.",
    buckets=(0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)

for _why in ("missing", "invalid", "scope", "keys_away", "ended"):
    tokens_refused.labels(_why)


def expect_messages(queues: Iterable[str]) -> None:
    """Count from 0 what may become of the messages of these queues."""
    for queue in queues:
        for outcome in _OUTCOMES:
            handled.labels(queue, outcome)
        in_flight.labels(queue)
        lag.labels(queue)
        for rule in _ANY_COMMAND_MAY_BREAK:
            refused.labels(queue, rule)
        for fate in _FATES:
            for kind in _kinds_of(TryLater):
                failures.labels(queue, fate, kind.__name__)


def expect_work(name: str) -> None:
    """Count from 0 what may become of this kind of work."""
    for outcome in ("done", "failed"):
        worked.labels(name, outcome)
    working.labels(name)


def expect_task(queue: str, interval_seconds: float) -> None:
    """Watch whether a task is done at its time; until it is, the time counts from now."""
    if queue not in _tasks:
        _tasks.add(queue)
        task_done.labels(queue).set_to_current_time()
    task_interval.labels(queue).set(interval_seconds)


def done(queue: str) -> None:
    """Note that a message was handled; of a task, also when."""
    if queue in _tasks:
        task_done.labels(queue).set_to_current_time()


_tasks: set[str] = set()


def _kinds_of(error: type[Exception]) -> Iterator[type[Exception]]:
    yield error
    for kind in error.__subclasses__():
        yield from _kinds_of(kind)
