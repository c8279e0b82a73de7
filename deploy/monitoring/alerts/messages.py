"""Alerts about messages: parked, late, stuck, failing."""

from deploy.monitoring.alerts.alert import Alert, Fires, Group, by_queue, of

_PUBLISH = {"service": "documents", "queue": "documents.documents.publish-document.v1"}
_SWEEP = {"service": "documents", "queue": "documents.documents.sweep-uploads.v1"}

MESSAGES = Group(
    "messages",
    (
        Alert(
            "MessagesParked",
            f"{by_queue('postkamer_parked_messages')} > 0",
            minutes=1,
            severity="warning",
            summary="Messages of {{ $labels.queue }} were put aside.",
            fires=Fires(
                {of("postkamer_parked_messages", **_PUBLISH): "0 2x10"},
                _PUBLISH,
                minutes=3,
            ),
            quiet={of("postkamer_parked_messages", **_PUBLISH): "0x10"},
        ),
        Alert(
            "OutboxOld",
            "max by (service) (postkamer_outbox_oldest_seconds) > 60",
            minutes=2,
            severity="critical",
            summary="What {{ $labels.service }} says does not reach the broker.",
            fires=Fires(
                {of("postkamer_outbox_oldest_seconds", service="documents"): "0+60x10"},
                {"service": "documents"},
                minutes=5,
            ),
            quiet={of("postkamer_outbox_oldest_seconds", service="documents"): "50x10"},
        ),
        Alert(
            "OutboxRefused",
            "sum by (service) (increase(postkamer_outbox_refused_total[10m])) > 0",
            minutes=0,
            severity="warning",
            summary="The broker would not take something that {{ $labels.service }} says.",
            fires=Fires(
                {of("postkamer_outbox_refused_total", service="identity"): "0 0 1x10"},
                {"service": "identity"},
                minutes=4,
            ),
            quiet={of("postkamer_outbox_refused_total", service="identity"): "7x10"},
        ),
        Alert(
            "QueueGrowing",
            f"min_over_time(({by_queue('postkamer_queue_messages')})[15m:1m]) > 1000"
            f" and delta(({by_queue('postkamer_queue_messages')})[15m:1m]) > 0",
            minutes=15,
            severity="warning",
            summary="More comes to {{ $labels.queue }} than is handled.",
            fires=Fires(
                {of("postkamer_queue_messages", **_PUBLISH): ("2000+100x60")},
                _PUBLISH,
                minutes=45,
            ),
            quiet={of("postkamer_queue_messages", **_PUBLISH): "9000-100x60"},
        ),
        Alert(
            "QueueStuck",
            f"{by_queue('postkamer_queue_messages')} > 0 unless on (service, queue) "
            "sum by (service, queue) (rate(postkamer_message_seconds_count[10m])) > 0",
            minutes=10,
            severity="critical",
            summary="Messages wait on {{ $labels.queue }} and none is handled.",
            fires=Fires(
                {
                    of("postkamer_queue_messages", **_PUBLISH): "5x40",
                    of(
                        "postkamer_message_seconds_count",
                        **_PUBLISH,
                        outcome="done",
                    ): "80x40",
                },
                _PUBLISH,
                minutes=25,
            ),
            quiet={
                of("postkamer_queue_messages", **_PUBLISH): "5x40",
                of(
                    "postkamer_message_seconds_count",
                    **_PUBLISH,
                    outcome="done",
                ): "0+3x40",
            },
        ),
        Alert(
            "MessagesLate",
            "histogram_quantile(0.95, sum by (service, queue, le) (rate("
            'postkamer_message_lag_seconds_bucket{queue!~".*import.*"}[10m]))) > 300',
            minutes=10,
            severity="warning",
            summary="Messages of {{ $labels.queue }} are handled minutes after they were said.",
            fires=Fires(
                {
                    of(
                        "postkamer_message_lag_seconds_bucket",
                        **_PUBLISH,
                        le="300",
                    ): "0+10x40",
                    of(
                        "postkamer_message_lag_seconds_bucket",
                        **_PUBLISH,
                        le="1800",
                    ): "0+60x40",
                    of(
                        "postkamer_message_lag_seconds_bucket",
                        **_PUBLISH,
                        le="+Inf",
                    ): "0+60x40",
                },
                _PUBLISH,
                minutes=25,
            ),
            quiet={
                of(
                    "postkamer_message_lag_seconds_bucket",
                    **_PUBLISH,
                    le="300",
                ): "0+60x40",
                of(
                    "postkamer_message_lag_seconds_bucket",
                    **_PUBLISH,
                    le="+Inf",
                ): "0+60x40",
            },
        ),
        Alert(
            "TriesFailing",
            "sum by (service, queue) (rate(postkamer_message_failures_total[10m])) > 0.1",
            minutes=10,
            severity="warning",
            summary="Messages of {{ $labels.queue }} fail and are tried again and again.",
            fires=Fires(
                {
                    of(
                        "postkamer_message_failures_total",
                        **_PUBLISH,
                        fate="retried",
                        error="WorkersAway",
                    ): "0+30x30"
                },
                _PUBLISH,
                minutes=20,
            ),
            quiet={
                of(
                    "postkamer_message_failures_total",
                    **_PUBLISH,
                    fate="retried",
                    error="WorkersAway",
                ): "0+1x30"
            },
        ),
        Alert(
            "MessagesRefused",
            "sum by (service, queue) (rate(postkamer_messages_refused_total[15m])) "
            "/ sum by (service, queue) (rate(postkamer_message_seconds_count[15m])) > 0.2",
            minutes=15,
            severity="info",
            summary="More than 1 in 5 of what comes to {{ $labels.queue }} is refused.",
            fires=Fires(
                {
                    of(
                        "postkamer_messages_refused_total",
                        **_PUBLISH,
                        rule="missing",
                    ): "0+40x60",
                    of(
                        "postkamer_message_seconds_count",
                        **_PUBLISH,
                        outcome="done",
                    ): "0+60x60",
                },
                _PUBLISH,
                minutes=35,
            ),
            quiet={
                of(
                    "postkamer_messages_refused_total",
                    **_PUBLISH,
                    rule="missing",
                ): "0+4x60",
                of(
                    "postkamer_message_seconds_count",
                    **_PUBLISH,
                    outcome="done",
                ): "0+60x60",
            },
        ),
        Alert(
            "JobsNotRun",
            f"time() - {by_queue('postkamer_task_done_timestamp_seconds')} > "
            f"3 * {by_queue('postkamer_task_interval_seconds')}",
            minutes=5,
            severity="warning",
            summary="{{ $labels.queue }} was not done for three times as long as it should be.",
            fires=Fires(
                {
                    of("postkamer_task_done_timestamp_seconds", **_SWEEP): "0x60",
                    of("postkamer_task_interval_seconds", **_SWEEP): "600x60",
                },
                _SWEEP,
                minutes=40,
            ),
            quiet={
                of("postkamer_task_done_timestamp_seconds", **_SWEEP): "0x20 1200x40",
                of("postkamer_task_interval_seconds", **_SWEEP): "600x60",
            },
        ),
    ),
)
