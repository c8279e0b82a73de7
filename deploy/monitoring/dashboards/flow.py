"""The flow: one document's way from a billing system to its readers, over all services."""

from deploy.monitoring.dashboards.every_service import RATE
from deploy.monitoring.dashboards.panels import GREEN, RED, Ask, Board, Curve, Number, Row

_THEY = 'instance=~"$instance"'
_EVENT = 'queue="notifications.documents.document-published.v1"'
_COMMAND = 'queue="documents.documents.publish-document.v1"'


def board() -> Board:
    """Return its dashboard."""
    return Board(
        "flow",
        "Postkamer: from billing system to reader",
        "A document's way, over all services: does it flow, where does it wait, what falls out?",
        None,
        (_working(), _way(), _behind(), _failed(), _costs()),
    )


def _working() -> Row:
    ready = [
        Number(
            f"{service} ready",
            Ask(f'sum(postkamer_ready{{service="{service}",{_THEY}}})'),
            base=RED,
            steps=((1, GREEN),),
            todo=("ServiceNotReady",),
            width=3,
        )
        for service in ("identity", "documents", "notifications", "portal")
    ]
    return Row(
        "Is it working?",
        (
            *ready,
            Number(
                "Broker seen",
                Ask('sum(up{job="rabbitmq"})'),
                base=RED,
                steps=((1, GREEN),),
                todo=("BrokerNotWatched",),
                width=3,
            ),
            Number(
                "Broker alarms",
                Ask(
                    "sum(rabbitmq_alarms_free_disk_space_watermark)"
                    " + sum(rabbitmq_alarms_memory_used_watermark)"
                ),
                steps=((1, RED),),
                about="While one is on, the broker takes nothing from anybody.",
                todo=("BrokerAlarm",),
                width=3,
            ),
            Number(
                "Parked messages",
                Ask(f"sum(max by (queue) (postkamer_parked_messages{{{_THEY}}}))"),
                steps=((1, RED),),
                todo=("MessagesParked",),
                width=3,
            ),
            Number(
                "Oldest letter due",
                Ask(f"max(postkamer_letters_oldest_due_seconds{{{_THEY}}})"),
                unit="s",
                steps=((300, RED),),
                todo=("LettersOverdue",),
                width=3,
            ),
        ),
    )


def _way() -> Row:
    return Row(
        "Does it flow?",
        (
            Curve(
                "The way of documents, per second",
                (
                    Ask(_rate("postkamer_message_seconds_count", _COMMAND), "asked to publish"),
                    Ask(_rate("postkamer_documents_total", 'how="published"'), "archived"),
                    Ask(_rate("postkamer_message_seconds_count", _EVENT), "heard of"),
                    Ask(_rate("postkamer_letters_owed_total", ""), "letters owed"),
                    Ask(_rate("postkamer_mails_total", 'fate="accepted"'), "mails accepted"),
                    Ask(_rate("postkamer_looks_total", 'what="document"'), "pages opened"),
                ),
                unit="cps",
                about="Each step follows the one before; letters are as many as a document has "
                "readers.",
                width=12,
            ),
            Curve(
                "How long it takes",
                (
                    Ask(_p95("postkamer_message_lag_seconds", _COMMAND), "waits to be archived"),
                    Ask(_p95("postkamer_message_lag_seconds", _EVENT), "waits to be heard of"),
                    Ask(_p95("postkamer_letter_seconds", ""), "publication to relay"),
                ),
                unit="s",
                about="p95: 19 in 20 took no longer.",
                todo=("MessagesLate",),
                width=12,
            ),
        ),
    )


def _behind() -> Row:
    return Row(
        "Where does it wait?",
        (
            Curve(
                "On queues",
                (
                    Ask(
                        f"max by (queue) (postkamer_queue_messages{{{_THEY}}})",
                        "{{queue}}",
                    ),
                ),
                todo=("QueueGrowing", "QueueStuck"),
            ),
            Curve(
                "In outboxes, the oldest",
                (
                    Ask(
                        f"max by (service) (postkamer_outbox_oldest_seconds{{{_THEY}}})",
                        "{{service}}",
                    ),
                ),
                unit="s",
                too_much=60,
                todo=("OutboxOld",),
            ),
            Curve(
                "Letters",
                (Ask(f"max by (state) (postkamer_letters_waiting{{{_THEY}}})", "{{state}}"),),
                stacked=True,
                todo=("LettersOverdue",),
            ),
            Curve(
                "Outcomes that billing systems have not read",
                (
                    Ask(
                        "max by (queue) "
                        '(rabbitmq_detailed_queue_messages_ready{queue=~"out[.].+"})',
                        "{{queue}}",
                    ),
                ),
                too_much=10_000,
                about="Beyond 100,000 the oldest are dropped.",
                todo=("OutcomesUnread", "OutcomesDropped"),
                width=12,
            ),
            Curve(
                "Waiting to be tried again, and unheard",
                (
                    Ask(
                        "max by (queue) "
                        '(rabbitmq_detailed_queue_messages_ready{queue=~"retry[.].+|unheard"})',
                        "{{queue}}",
                    ),
                ),
                todo=("TriesFailing",),
                width=12,
            ),
        ),
    )


def _failed() -> Row:
    return Row(
        "What falls out, and why?",
        (
            Curve(
                "Parked",
                (
                    Ask(
                        f"max by (queue) (postkamer_parked_messages{{{_THEY}}})",
                        "{{queue}}",
                    ),
                ),
                too_much=1,
                todo=("MessagesParked",),
            ),
            Curve(
                "Refused, per second",
                (
                    Ask(
                        _rate("postkamer_messages_refused_total", "", "service, rule"),
                        "{{rule}}: {{service}}",
                    ),
                ),
                unit="cps",
                todo=("MessagesRefused",),
            ),
            Curve(
                "Mails that were not accepted, per second",
                (
                    Ask(
                        _rate("postkamer_mails_total", 'fate!="accepted"', "fate"),
                        "{{fate}}",
                    ),
                ),
                unit="cps",
                stacked=True,
                todo=("RelayAway",),
            ),
        ),
    )


def _costs() -> Row:
    return Row(
        "What does it cost?",
        (
            Curve(
                "Processor",
                (
                    Ask(
                        _rate("process_cpu_seconds_total", 'job="postkamer"', "service"),
                        "{{service}}",
                    ),
                ),
                unit="percentunit",
                stacked=True,
                about="1 is one core.",
            ),
            Curve(
                "Processor time per document",
                (
                    Ask(
                        _rate("process_cpu_seconds_total", 'job="postkamer"')
                        + " / "
                        + _rate("postkamer_documents_total", ""),
                        "seconds per document",
                    ),
                ),
                unit="s",
                about="Of all services, mails included; without documents it says nothing.",
            ),
            Curve(
                "Memory",
                (
                    Ask(
                        "sum by (service) "
                        f'(process_resident_memory_bytes{{job="postkamer",{_THEY}}})',
                        "{{service}}",
                    ),
                    Ask("sum(rabbitmq_process_resident_memory_bytes)", "RabbitMQ"),
                ),
                unit="bytes",
                stacked=True,
                todo=("MemoryHigh",),
            ),
            Curve(
                "Disk the broker has left",
                (
                    Ask("min(rabbitmq_disk_space_available_bytes)", "left"),
                    Ask("max(rabbitmq_disk_space_available_limit_bytes)", "alarm below"),
                ),
                unit="bytes",
                todo=("BrokerAlarm",),
                width=12,
            ),
            Curve(
                "Connections to databases",
                (
                    Ask(
                        f"sum by (service) (postkamer_database_connections_used{{{_THEY}}})",
                        "{{service}}",
                    ),
                ),
                todo=("ConnectionsAwaited",),
                width=12,
            ),
        ),
    )


def _rate(metric: str, labels: str, by: str = "") -> str:
    selected = ",".join(part for part in (labels, _THEY) if part)
    grouped = f" by ({by})" if by else ""
    return f"sum{grouped} (rate({metric}{{{selected}}}[{RATE}]))"


def _p95(histogram: str, labels: str) -> str:
    return f"histogram_quantile(0.95, {_rate(f'{histogram}_bucket', labels, 'le')})"
