"""Alerts about processes: down, not ready, short of something."""

from deploy.monitoring.alerts.alert import Alert, Fires, Group, of

SERVICES = ("identity", "documents", "notifications", "portal")

_UP = tuple(of("up", service=service) for service in SERVICES)

PROCESSES = Group(
    "processes",
    (
        Alert(
            "ServiceDown",
            'up{job="postkamer"} == 0',
            minutes=2,
            severity="critical",
            summary="{{ $labels.service }} at {{ $labels.instance }} does not answer.",
            fires=Fires(
                {of("up", service="documents"): "0x10"},
                {"job": "postkamer", "service": "documents", "instance": "a"},
                minutes=3,
            ),
            quiet={of("up", service="documents"): "0 1x10"},
        ),
        Alert(
            "ServiceMissing",
            " or ".join(f'absent(up{{job="postkamer",service="{each}"}})' for each in SERVICES),
            minutes=5,
            severity="critical",
            summary="There is no {{ $labels.service }} at all.",
            fires=Fires(
                dict.fromkeys(_UP[1:], "1x10"),
                {"job": "postkamer", "service": "identity"},
                minutes=6,
            ),
            quiet=dict.fromkeys(_UP, "1x10"),
        ),
        Alert(
            "ServiceNotReady",
            "postkamer_ready == 0",
            minutes=2,
            severity="critical",
            summary="{{ $labels.service }} at {{ $labels.instance }} runs and cannot do its work.",
            fires=Fires(
                {of("postkamer_ready", service="portal"): "0x10"},
                {"job": "postkamer", "service": "portal", "instance": "a"},
                minutes=3,
            ),
            quiet={of("postkamer_ready", service="portal"): "1 0 1x10"},
        ),
        Alert(
            "ServiceRestarts",
            'changes(process_start_time_seconds{job="postkamer"}[30m]) > 3',
            minutes=0,
            severity="warning",
            summary="{{ $labels.service }} at {{ $labels.instance }} started again and again.",
            fires=Fires(
                {of("process_start_time_seconds", service="documents"): "1 2 3 4 5x30"},
                {"job": "postkamer", "service": "documents", "instance": "a"},
                minutes=6,
            ),
            quiet={of("process_start_time_seconds", service="documents"): "1 1 1 2x30"},
        ),
        Alert(
            "DatabaseAway",
            'postkamer_trouble{check="database"} == 1',
            minutes=1,
            severity="critical",
            summary="{{ $labels.service }} at {{ $labels.instance }} does not reach its database.",
            fires=Fires(
                {of("postkamer_trouble", service="identity", check="database"): "1x10"},
                {
                    "job": "postkamer",
                    "service": "identity",
                    "instance": "a",
                    "check": "database",
                },
                minutes=2,
            ),
            quiet={
                of("postkamer_trouble", service="identity", check="database"): "0x10",
                of("postkamer_trouble", service="identity", check="stopping"): "1x10",
            },
        ),
        Alert(
            "BrokerAway",
            'max by (service, instance) (postkamer_trouble{check=~"listening|speaking"}) == 1',
            minutes=1,
            severity="critical",
            summary="{{ $labels.service }} at {{ $labels.instance }} does not reach the broker.",
            fires=Fires(
                {
                    of("postkamer_trouble", service="documents", check="listening"): "0x10",
                    of("postkamer_trouble", service="documents", check="speaking"): "1x10",
                },
                {"service": "documents", "instance": "a"},
                minutes=2,
            ),
            quiet={
                of("postkamer_trouble", service="documents", check="listening"): "0x10",
                of("postkamer_trouble", service="documents", check="database"): "1x10",
            },
        ),
        Alert(
            "MemoryHigh",
            'process_resident_memory_bytes{job="postkamer"} > 600e6',
            minutes=15,
            severity="warning",
            summary="{{ $labels.service }} at {{ $labels.instance }} holds more than 600 MB.",
            fires=Fires(
                {of("process_resident_memory_bytes", service="documents"): "700000000x30"},
                {"job": "postkamer", "service": "documents", "instance": "a"},
                minutes=20,
            ),
            quiet={of("process_resident_memory_bytes", service="documents"): "200000000x30"},
        ),
        Alert(
            "FilesNearlyUsedUp",
            'process_open_fds{job="postkamer"} / process_max_fds > 0.8',
            minutes=5,
            severity="warning",
            summary="{{ $labels.service }} at {{ $labels.instance }} has nearly every file open "
            "that it may.",
            fires=Fires(
                {
                    of("process_open_fds", service="portal"): "900x20",
                    of("process_max_fds", service="portal"): "1024x20",
                },
                {"job": "postkamer", "service": "portal", "instance": "a"},
                minutes=6,
            ),
            quiet={
                of("process_open_fds", service="portal"): "900x20",
                of("process_max_fds", service="portal"): "4096x20",
            },
        ),
        Alert(
            "EventLoopLate",
            "histogram_quantile(0.99, sum by (service, instance, le) "
            "(rate(postkamer_event_loop_late_seconds_bucket[5m]))) > 0.5",
            minutes=10,
            severity="warning",
            summary="In {{ $labels.service }} at {{ $labels.instance }} one thing keeps the "
            "others waiting.",
            fires=Fires(
                {
                    of("postkamer_event_loop_late_seconds_bucket", service="portal", le="0.5"): (
                        "0+50x20"
                    ),
                    of("postkamer_event_loop_late_seconds_bucket", service="portal", le="1"): (
                        "0+60x20"
                    ),
                    of("postkamer_event_loop_late_seconds_bucket", service="portal", le="+Inf"): (
                        "0+60x20"
                    ),
                },
                {"service": "portal", "instance": "a"},
                minutes=16,
            ),
            quiet={
                of("postkamer_event_loop_late_seconds_bucket", service="portal", le="0.5"): (
                    "0+60x20"
                ),
                of("postkamer_event_loop_late_seconds_bucket", service="portal", le="1"): (
                    "0+60x20"
                ),
                of("postkamer_event_loop_late_seconds_bucket", service="portal", le="+Inf"): (
                    "0+60x20"
                ),
            },
        ),
        Alert(
            "ConnectionsAwaited",
            "min_over_time(postkamer_database_connections_awaited[5m]) > 0",
            minutes=5,
            severity="warning",
            summary="In {{ $labels.service }} at {{ $labels.instance }} work waits for a "
            "connection to the database all the time.",
            fires=Fires(
                {of("postkamer_database_connections_awaited", service="documents"): "3x20"},
                {"job": "postkamer", "service": "documents", "instance": "a"},
                minutes=10,
            ),
            quiet={
                of("postkamer_database_connections_awaited", service="documents"): "3 3 0 3 3 0x20"
            },
        ),
        Alert(
            "RequestsFailing",
            'sum by (service) (rate(postkamer_http_seconds_count{status=~"5.."}[5m])) '
            "/ sum by (service) (rate(postkamer_http_seconds_count"
            '{route!~"/health/.*|/metrics"}[5m])) > 0.05',
            minutes=10,
            severity="warning",
            summary="{{ $labels.service }} answers more than 1 request in 20 with an error of "
            "its own.",
            fires=Fires(
                {
                    of(
                        "postkamer_http_seconds_count",
                        service="identity",
                        route="/v1/x",
                        status="200",
                    ): "0+80x20",
                    of(
                        "postkamer_http_seconds_count",
                        service="identity",
                        route="/v1/x",
                        status="500",
                    ): "0+20x20",
                },
                {"service": "identity"},
                minutes=15,
            ),
            quiet={
                of(
                    "postkamer_http_seconds_count", service="identity", route="/v1/x", status="200"
                ): "0+99x20",
                of(
                    "postkamer_http_seconds_count", service="identity", route="/v1/x", status="500"
                ): "0+1x20",
            },
        ),
        Alert(
            "NotMeasured",
            "time() - postkamer_measured_timestamp_seconds > 120",
            minutes=3,
            severity="warning",
            summary="What waits in {{ $labels.service }} ({{ $labels.what }}) is not measured "
            "any more: its other figures are old.",
            fires=Fires(
                {
                    of(
                        "postkamer_measured_timestamp_seconds", service="documents", what="queues"
                    ): "0x20"
                },
                {
                    "job": "postkamer",
                    "service": "documents",
                    "instance": "a",
                    "what": "queues",
                },
                minutes=6,
            ),
            quiet={
                of(
                    "postkamer_measured_timestamp_seconds", service="documents", what="queues"
                ): "0+60x20"
            },
        ),
    ),
)
