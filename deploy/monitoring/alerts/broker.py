"""Alerts about the broker: its alarms, and outcomes that nobody reads."""

from deploy.monitoring.alerts.alert import Alert, Fires, Group, of

_RABBIT = {"job": "rabbitmq", "instance": "b"}


def _rabbit(metric: str, **labels: str) -> str:
    return of(metric, **(_RABBIT | labels))


BROKER = Group(
    "broker",
    (
        Alert(
            "BrokerNotWatched",
            'up{job="rabbitmq"} == 0 or absent(up{job="rabbitmq"})',
            minutes=5,
            severity="warning",
            summary="The broker's own figures cannot be had.",
            fires=Fires({_rabbit("up"): "0x20"}, _RABBIT, minutes=6),
            quiet={_rabbit("up"): "1x20"},
        ),
        Alert(
            "BrokerAlarm",
            "rabbitmq_alarms_free_disk_space_watermark == 1"
            " or rabbitmq_alarms_memory_used_watermark == 1",
            minutes=0,
            severity="critical",
            summary="The broker is short of disk or memory and takes nothing from anybody.",
            fires=Fires(
                {
                    _rabbit("rabbitmq_alarms_free_disk_space_watermark"): "0 1x20",
                    _rabbit("rabbitmq_alarms_memory_used_watermark"): "0x20",
                },
                _RABBIT,
                minutes=2,
            ),
            quiet={
                _rabbit("rabbitmq_alarms_free_disk_space_watermark"): "0x20",
                _rabbit("rabbitmq_alarms_memory_used_watermark"): "0x20",
            },
        ),
        Alert(
            "OutcomesUnread",
            'max by (queue) (rabbitmq_detailed_queue_messages_ready{queue=~"out[.].+"}) > 10000',
            minutes=30,
            severity="warning",
            summary="A billing system does not read {{ $labels.queue }}.",
            fires=Fires(
                {_rabbit("rabbitmq_detailed_queue_messages_ready", queue="out.dl5"): "20000x60"},
                {"queue": "out.dl5"},
                minutes=35,
            ),
            quiet={
                _rabbit("rabbitmq_detailed_queue_messages_ready", queue="out.dl5"): "400x60",
                _rabbit(
                    "rabbitmq_detailed_queue_messages_ready", queue="documents.sweep"
                ): "20000x60",
            },
        ),
        Alert(
            "OutcomesDropped",
            'max by (queue) (rabbitmq_detailed_queue_messages_ready{queue=~"out[.].+"}) > 95000',
            minutes=5,
            severity="critical",
            summary="{{ $labels.queue }} is full: its oldest outcomes are dropped.",
            fires=Fires(
                {_rabbit("rabbitmq_detailed_queue_messages_ready", queue="out.dl5"): "100000x20"},
                {"queue": "out.dl5"},
                minutes=6,
            ),
            quiet={_rabbit("rabbitmq_detailed_queue_messages_ready", queue="out.dl5"): "20000x20"},
        ),
    ),
)
