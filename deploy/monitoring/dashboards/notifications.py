"""Notifications: letters, and the relay they are handed to."""

from deploy.monitoring.dashboards.every_service import (
    RATE,
    asked,
    behind,
    costs,
    failed,
    handling,
    of,
    p95,
    rate,
    tasks,
    working,
)
from deploy.monitoring.dashboards.panels import GREEN, RED, Ask, Board, Curve, Number, Row

_NAME = "notifications"
_ITS = of(_NAME)


def board() -> Board:
    """Return its dashboard."""
    return Board(
        _NAME,
        "Postkamer: notifications",
        "Who is told of a document, and what became of each mail.",
        _NAME,
        (
            working(_NAME),
            _letters(),
            behind(_NAME, tasks(_NAME)),
            failed(_NAME, *_failed()),
            asked(_NAME),
            costs(_NAME, handling(_NAME)),
        ),
    )


def _letters() -> Row:
    return Row(
        "Do letters arrive?",
        (
            Number(
                "Oldest letter due",
                Ask(f"max(postkamer_letters_oldest_due_seconds{{{_ITS}}})"),
                unit="s",
                steps=((300, RED),),
                about="For how long the oldest letter could have been sent that nobody sends.",
                todo=("LettersOverdue",),
                width=5,
            ),
            Number(
                "Unknown letters",
                Ask(f'max(postkamer_letters_waiting{{{_ITS},state="unknown"}})'),
                steps=((1, RED),),
                about="The relay may have them: its answer was lost, and it has not said yet.",
                todo=("LettersUnknown",),
                width=5,
            ),
            Number(
                "Refused for what we are, last hour",
                Ask(f'sum(increase(postkamer_mails_total{{{_ITS},fate="policy"}}[1h]))'),
                steps=((1, RED),),
                about="Reputation, set-up or credentials of ours; never the reader's fault.",
                todo=("RelayRefusesUs",),
                width=5,
            ),
            Number(
                "Waiting for files, last quarter",
                Ask(f'sum(increase(postkamer_mails_total{{{_ITS},fate="awaiting"}}[15m]))'),
                steps=((1, RED),),
                about="The archive did not give what goes with these mails: they wait for it.",
                todo=("FilesAwaited",),
                width=5,
            ),
            Number(
                "Accepted, last hour",
                Ask(f'sum(increase(postkamer_mails_total{{{_ITS},fate="accepted"}}[1h]))'),
                base=GREEN,
                width=4,
            ),
            Curve(
                "Letters waiting",
                (Ask(f"max by (state) (postkamer_letters_waiting{{{_ITS}}})", "{{state}}"),),
                stacked=True,
                about="owed, deferred (tried, and tried again later), unknown.",
                todo=("LettersOverdue",),
            ),
            Curve(
                "Letters per second",
                (
                    Ask(f"sum(rate(postkamer_letters_owed_total{{{_ITS}}}[{RATE}]))", "owed"),
                    Ask(
                        f'sum(rate(postkamer_mails_total{{{_ITS},fate="accepted"}}[{RATE}]))',
                        "accepted",
                    ),
                ),
                unit="cps",
            ),
            Curve(
                "From publication to the relay",
                (
                    Ask(_quantile(0.5), "p50"),
                    Ask(p95("postkamer_letter_seconds", "", _ITS), "p95"),
                ),
                unit="s",
                about="Until the relay had accepted it; a reader who became known late counts too.",
            ),
            Curve(
                "Mails about accounts asked for, per hour",
                (
                    Ask(
                        "sum by (kind) "
                        f"(increase(postkamer_letters_to_people_total{{{_ITS}}}[1h]))",
                        "{{kind}}",
                    ),
                ),
                stacked=True,
                about="register and reset in a heap: somebody tries addresses.",
            ),
            Curve(
                "From asking to the relay, mails about accounts",
                (
                    Ask(_quantile(0.5, "postkamer_letters_to_people_seconds"), "p50"),
                    Ask(p95("postkamer_letters_to_people_seconds", "", _ITS), "p95"),
                ),
                unit="s",
                about="Codes are good for ten minutes, and somebody waits for most of them.",
                todo=("LettersOverdue",),
            ),
            Curve(
                "Being handed over",
                (Ask(f"sum by (work) (postkamer_work_in_flight{{{_ITS}}})", "{{work}}"),),
            ),
            Curve(
                "How long handing over takes, p95",
                (Ask(p95("postkamer_work_seconds", "outcome", _ITS), "{{outcome}}"),),
                unit="s",
                about="failed: not settled, so that it is claimed again when its lease ends.",
                todo=("RelayAway",),
            ),
        ),
    )


def _failed() -> tuple[Curve, ...]:
    return (
        Curve(
            "What came of each try, per second",
            (Ask(rate("postkamer_mails_total", "fate", _ITS), "{{fate}}"),),
            unit="cps",
            stacked=True,
            todo=("RelayAway", "RelayRefusesUs", "MailsMalformed"),
        ),
        Curve(
            "Addresses stopped and domains paused, per hour",
            (
                Ask(f"sum(increase(postkamer_addresses_stopped_total{{{_ITS}}}[1h]))", "stopped"),
                Ask(f"sum(increase(postkamer_domains_paused_total{{{_ITS}}}[1h]))", "paused"),
            ),
            about="No letter goes to a stopped address until it is freed; those to a paused "
            "domain wait.",
            todo=("RelayRefusesUs",),
        ),
        Curve(
            "What came back, per second",
            (Ask(rate("postkamer_bounces_total", "fate", _ITS), "{{fate}}"),),
            unit="cps",
            todo=("RelayRefusesUs",),
        ),
        Curve(
            "Documents without a reader for a day, per hour",
            (
                Ask(
                    f"sum(increase(postkamer_recipients_unknown_total{{{_ITS}}}[1h]))",
                    "reported",
                ),
            ),
            todo=("RecipientsUnknown",),
        ),
    )


def _quantile(share: float, of: str = "postkamer_letter_seconds") -> str:
    buckets = f"sum by (le) (rate({of}_bucket{{{_ITS}}}[{RATE}]))"
    return f"histogram_quantile({share}, {buckets})"
