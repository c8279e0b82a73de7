"""Alerts about letters and the relay they are handed to."""

from deploy.monitoring.alerts.alert import Alert, Fires, Group, of

_NOTIFICATIONS = {"service": "notifications"}

LETTERS = Group(
    "letters",
    (
        Alert(
            "LettersOverdue",
            "max by (service) (postkamer_letters_oldest_due_seconds) > 300",
            minutes=5,
            severity="critical",
            summary="Letters are due and nobody sends them.",
            fires=Fires(
                {of("postkamer_letters_oldest_due_seconds", **_NOTIFICATIONS): "0+60x30"},
                _NOTIFICATIONS,
                minutes=12,
            ),
            quiet={of("postkamer_letters_oldest_due_seconds", **_NOTIFICATIONS): "200x30"},
        ),
        Alert(
            "LettersUnknown",
            'max by (service) (postkamer_letters_waiting{state="unknown"}) > 0',
            minutes=30,
            severity="warning",
            summary="Of some letters nobody knows whether the relay has them.",
            fires=Fires(
                {of("postkamer_letters_waiting", **_NOTIFICATIONS, state="unknown"): "2x60"},
                _NOTIFICATIONS,
                minutes=35,
            ),
            quiet={
                of("postkamer_letters_waiting", **_NOTIFICATIONS, state="unknown"): "2x10 0x50",
                of("postkamer_letters_waiting", **_NOTIFICATIONS, state="owed"): "9x60",
            },
        ),
        Alert(
            "RelayAway",
            'sum by (service) (rate(postkamer_mails_total{fate=~"deferred|lost"}[10m])) '
            "/ sum by (service) (rate(postkamer_mails_total[10m])) > 0.5",
            minutes=10,
            severity="warning",
            summary="More than half of what is tried cannot be handed to the relay now.",
            fires=Fires(
                {
                    of("postkamer_mails_total", **_NOTIFICATIONS, fate="deferred"): "0+60x30",
                    of("postkamer_mails_total", **_NOTIFICATIONS, fate="accepted"): "0+1x30",
                },
                _NOTIFICATIONS,
                minutes=20,
            ),
            quiet={
                of("postkamer_mails_total", **_NOTIFICATIONS, fate="deferred"): "0+1x30",
                of("postkamer_mails_total", **_NOTIFICATIONS, fate="accepted"): "0+60x30",
            },
        ),
        Alert(
            "FilesAwaited",
            'sum by (service) (increase(postkamer_mails_total{fate="awaiting"}[15m])) > 0',
            minutes=15,
            severity="warning",
            summary="The archive does not give what goes with mails, so their letters wait.",
            fires=Fires(
                {of("postkamer_mails_total", **_NOTIFICATIONS, fate="awaiting"): "0+1x60"},
                _NOTIFICATIONS,
                minutes=40,
            ),
            quiet={of("postkamer_mails_total", **_NOTIFICATIONS, fate="awaiting"): "3+0x60"},
        ),
        Alert(
            "RelayRefusesUs",
            'sum by (service) (increase(postkamer_mails_total{fate="policy"}[15m])) '
            '+ sum by (service) (increase(postkamer_bounces_total{fate="policy"}[15m])) > 0',
            minutes=0,
            severity="critical",
            summary="Mail is refused for what we are: reputation, set-up or credentials.",
            fires=Fires(
                {
                    of("postkamer_mails_total", **_NOTIFICATIONS, fate="policy"): "0 0 3x20",
                    of("postkamer_bounces_total", **_NOTIFICATIONS, fate="policy"): "0x20",
                },
                _NOTIFICATIONS,
                minutes=5,
            ),
            quiet={
                of("postkamer_mails_total", **_NOTIFICATIONS, fate="policy"): "4x20",
                of("postkamer_mails_total", **_NOTIFICATIONS, fate="bad_address"): "0+9x20",
                of("postkamer_bounces_total", **_NOTIFICATIONS, fate="policy"): "0x20",
            },
        ),
        Alert(
            "MailsMalformed",
            'sum by (service) (increase(postkamer_mails_total{fate="our_bug"}[15m])) > 0',
            minutes=0,
            severity="warning",
            summary="The relay says that a mail of ours is not well formed.",
            fires=Fires(
                {of("postkamer_mails_total", **_NOTIFICATIONS, fate="our_bug"): "0 1x20"},
                _NOTIFICATIONS,
                minutes=5,
            ),
            quiet={of("postkamer_mails_total", **_NOTIFICATIONS, fate="too_large"): "0+1x20"},
        ),
        Alert(
            "RecipientsUnknown",
            "sum by (service) (increase(postkamer_recipients_unknown_total[1h])) > 0",
            minutes=0,
            severity="info",
            summary="Documents have had nobody to tell for a day.",
            fires=Fires(
                {of("postkamer_recipients_unknown_total", **_NOTIFICATIONS): "0 0 4x20"},
                _NOTIFICATIONS,
                minutes=5,
            ),
            quiet={of("postkamer_recipients_unknown_total", **_NOTIFICATIONS): "4x20"},
        ),
    ),
)
