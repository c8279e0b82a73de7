"""Alerts about the archive: something in it is not as it was, or nobody looks."""

from deploy.monitoring.alerts.alert import Alert, Fires, Group, of

_DAY = 24 * 60 * 60
_FILE = of("postkamer_archive_broken", service="documents", kind="file")
_ROW = of("postkamer_archive_broken", service="documents", kind="row")
_WHOLE = of("postkamer_archive_whole_timestamp_seconds", service="documents")

ARCHIVE = Group(
    "archive",
    (
        Alert(
            "ArchiveBroken",
            "max by (service, kind) (postkamer_archive_broken) > 0",
            minutes=0,
            severity="critical",
            summary="The archive is not as it was: a {{ $labels.kind }} was changed or is gone.",
            fires=Fires(
                {_FILE: "0 0 1x10", _ROW: "0x12"},
                {"service": "documents", "kind": "file"},
                minutes=3,
            ),
            quiet={_FILE: "3 1 0x10", _ROW: "0x12"},
        ),
        Alert(
            "ArchiveNotLookedAt",
            f"time() - max by (service) (postkamer_archive_whole_timestamp_seconds) > 45 * {_DAY}",
            minutes=60,
            severity="warning",
            summary="It takes more than 45 days to look at the whole archive.",
            # At minute 120 the time is 7,200: the last walk began 46, or 44, days before.
            fires=Fires({_WHOLE: f"{-46 * _DAY}x180"}, {"service": "documents"}, minutes=120),
            quiet={_WHOLE: f"{-44 * _DAY}x180"},
        ),
    ),
)
