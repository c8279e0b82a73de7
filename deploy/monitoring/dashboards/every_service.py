"""The rows that every service has: what it is like, whatever it does."""

from deploy.monitoring.dashboards.panels import GREEN, ORANGE, RED, Ask, Curve, Number, Panel, Row

RATE = "$__rate_interval"


def of(service: str) -> str:
    """Return what selects the replicas of a service that are looked at."""
    return f'service="{service}",instance=~"$instance"'


def rate(metric: str, by: str, labels: str) -> str:
    """Return how often per second something was counted, by one of its labels."""
    return f"sum by ({by}) (rate({metric}{{{labels}}}[{RATE}]))"


def p95(histogram: str, by: str, labels: str) -> str:
    """Return what 19 in 20 took at most, in seconds."""
    grouped = f"{by}, le" if by else "le"
    buckets = f"rate({histogram}_bucket{{{labels}}}[{RATE}])"
    return f"histogram_quantile(0.95, sum by ({grouped}) ({buckets}))"


def working(service: str) -> Row:
    """Return the row that says whether it works at all."""
    its = of(service)
    return Row(
        "Is it working?",
        (
            Number(
                "Replicas ready",
                Ask(f"sum(postkamer_ready{{{its}}})"),
                base=RED,
                steps=((1, GREEN),),
                about="Processes that can do their work at this moment.",
                todo=("ServiceDown", "ServiceMissing", "ServiceNotReady"),
            ),
            Number(
                "Replicas not ready",
                Ask(f"count(postkamer_ready{{{its}}}) - sum(postkamer_ready{{{its}}})"),
                steps=((1, RED),),
                todo=("ServiceNotReady",),
            ),
            Number(
                "Starts in the last hour",
                Ask(f"sum(changes(process_start_time_seconds{{{its}}}[1h]))"),
                steps=((1, ORANGE), (4, RED)),
                about="0 unless something was deployed or died.",
                todo=("ServiceRestarts",),
            ),
            Curve(
                "What is away?",
                (Ask(f"max by (check) (postkamer_trouble{{{its}}})", "{{check}}"),),
                at_most=1,
                about="1 where a check of the process finds something wrong; `/health/ready` says "
                "what, in words.",
                todo=("DatabaseAway", "BrokerAway", "ServiceNotReady"),
                width=12,
            ),
        ),
    )


def behind(service: str, *more: Panel) -> Row:
    """Return the row that says how far behind a service with messages is."""
    its = of(service)
    return Row(
        "How far behind is it?",
        (
            Curve(
                "Messages waiting",
                (Ask(f"max by (queue) (postkamer_queue_messages{{{its}}})", "{{queue}}"),),
                about="On its queues. Growing for long: more replicas.",
                todo=("QueueGrowing", "QueueStuck"),
            ),
            Curve(
                "From said to handled, p95",
                (Ask(p95("postkamer_message_lag_seconds", "queue", its), "{{queue}}"),),
                unit="s",
                too_much=300,
                todo=("MessagesLate",),
            ),
            Curve(
                "Oldest message not confirmed by the broker",
                (Ask(f"max(postkamer_outbox_oldest_seconds{{{its}}})", "outbox"),),
                unit="s",
                too_much=60,
                todo=("OutboxOld",),
            ),
            Curve(
                "Messages not confirmed by the broker",
                (Ask(f"max(postkamer_outbox_messages{{{its}}})", "outbox"),),
                todo=("OutboxOld",),
            ),
            Curve(
                "Confirmed by the broker, per second",
                (Ask(f"sum(rate(postkamer_outbox_relayed_total{{{its}}}[{RATE}]))", "messages"),),
                unit="cps",
            ),
            Curve(
                "In hand",
                (Ask(f"sum by (queue) (postkamer_messages_in_flight{{{its}}})", "{{queue}}"),),
                about="Messages being handled at this moment.",
            ),
            Curve(
                "Last measured",
                (
                    Ask(
                        f"time() - min by (what) (postkamer_measured_timestamp_seconds{{{its}}})",
                        "{{what}}",
                    ),
                ),
                unit="s",
                too_much=120,
                about="How old what stands here is; it is measured every 10 s.",
                todo=("NotMeasured",),
            ),
            *more,
        ),
    )


def failed(service: str, *more: Panel) -> Row:
    """Return the row that says what failed in a service with messages, and why."""
    its = of(service)
    return Row(
        "What failed, and why?",
        (
            Curve(
                "Parked messages",
                (Ask(f"max by (queue) (postkamer_parked_messages{{{its}}})", "{{queue}}"),),
                too_much=1,
                about="Put aside with their reason, until somebody looks.",
                todo=("MessagesParked",),
            ),
            Curve(
                "What became of messages, per second",
                (Ask(rate("postkamer_message_seconds_count", "outcome", its), "{{outcome}}"),),
                unit="cps",
                stacked=True,
                about="done, duplicate (known already), refused (answered and parked), retried, "
                "parked, returned (the process stopped).",
            ),
            Curve(
                "Tries that failed, per second",
                (
                    Ask(
                        rate("postkamer_message_failures_total", "queue, error", its),
                        "{{error}}: {{queue}}",
                    ),
                ),
                unit="cps",
                about="By the kind of error; the log has its words.",
                todo=("TriesFailing",),
            ),
            Curve(
                "Refused messages, per second",
                (Ask(rate("postkamer_messages_refused_total", "rule", its), "{{rule}}"),),
                unit="cps",
                about="By the rule they break. The billing system was told.",
                todo=("MessagesRefused",),
            ),
            Curve(
                "Refused by the broker, per second",
                (Ask(f"sum(rate(postkamer_outbox_refused_total{{{its}}}[{RATE}]))", "outbox"),),
                unit="cps",
                todo=("OutboxRefused",),
            ),
            _tokens_refused(its),
            *more,
        ),
    )


def asked(service: str) -> Row:
    """Return the row about HTTP."""
    its = of(service)
    known = f'{its},route!~"/health/.*|/metrics|unknown"'
    return Row(
        "How is it asked?",
        (
            Curve(
                "Requests per second",
                (
                    Ask(
                        rate("postkamer_http_seconds_count", "method, route", known),
                        "{{method}} {{route}}",
                    ),
                ),
                unit="reqps",
            ),
            Curve(
                "How long a request takes, p95",
                (Ask(p95("postkamer_http_seconds", "route", known), "{{route}}"),),
                unit="s",
                too_much=1,
            ),
            Curve(
                "Requests that failed by our fault, per second",
                (
                    Ask(
                        f"{rate('postkamer_http_seconds_count', 'status', _five(known))}"
                        ' or label_replace(vector(0), "status", "5xx", "", "")',
                        "{{status}}",
                    ),
                ),
                unit="reqps",
                about="500 is a defect, and in the log; 503 is something that is away.",
                todo=("RequestsFailing",),
            ),
        ),
    )


def costs(service: str, *more: Panel, database: bool = True) -> Row:
    """Return the row that says what it takes."""
    its = of(service)
    one = "{{instance}}"
    connections = (
        Curve(
            "Connections to the database",
            (
                Ask(f"sum(postkamer_database_connections_used{{{its}}})", "used"),
                Ask(f"sum(postkamer_database_connections_awaited{{{its}}})", "awaited"),
                Ask(f"sum(postkamer_database_connections_most{{{its}}})", "most"),
            ),
            about="Of the work; the relay of the outbox has two of its own in each process.",
            todo=("ConnectionsAwaited",),
        ),
    )
    return Row(
        "What does it cost?",
        (
            Curve(
                "Processor",
                (Ask(f"rate(process_cpu_seconds_total{{{its}}}[{RATE}])", one),),
                unit="percentunit",
                about="1 is one core.",
            ),
            Curve(
                "Memory",
                (Ask(f"process_resident_memory_bytes{{{its}}}", one),),
                unit="bytes",
                too_much=600e6,
                todo=("MemoryHigh",),
            ),
            Curve(
                "Open files and sockets",
                (Ask(f"process_open_fds{{{its}}} / process_max_fds{{{its}}}", one),),
                unit="percentunit",
                too_much=0.8,
                todo=("FilesNearlyUsedUp",),
            ),
            Curve(
                "How late the event loop is, p99",
                (
                    Ask(
                        "histogram_quantile(0.99, sum by (instance, le) "
                        f"(rate(postkamer_event_loop_late_seconds_bucket{{{its}}}[{RATE}])))",
                        one,
                    ),
                ),
                unit="s",
                too_much=0.5,
                about="How long one thing kept all others waiting.",
                todo=("EventLoopLate",),
            ),
            *(connections if database else ()),
            *more,
        ),
    )


def tasks(service: str) -> Curve:
    """Return how long ago each task was done, beside how often it should be."""
    its = of(service)
    return Curve(
        "Tasks: how long ago",
        (
            Ask(
                f"time() - max by (queue) (postkamer_task_done_timestamp_seconds{{{its}}})",
                "{{queue}}",
            ),
            Ask(f"max by (queue) (postkamer_task_interval_seconds{{{its}}})", "wanted: {{queue}}"),
        ),
        unit="s",
        todo=("JobsNotRun",),
    )


def handling(service: str) -> Curve:
    """Return how long it takes to handle a message."""
    return Curve(
        "How long a message takes, p95",
        (Ask(p95("postkamer_message_seconds", "queue", of(service)), "{{queue}}"),),
        unit="s",
    )


def _tokens_refused(its: str) -> Curve:
    return Curve(
        "Refused tokens, per second",
        (Ask(rate("postkamer_tokens_refused_total", "why", its), "{{why}}"),),
        unit="reqps",
        about="missing, invalid, scope (good, but not for this), keys_away (identity could not "
        "be asked for its keys).",
        todo=("KeysAway",),
    )


def _five(labels: str) -> str:
    return f'{labels},status=~"5.."'
