"""Documents: the archive, and the workshop that reads and renders."""

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
from deploy.monitoring.dashboards.panels import ORANGE, RED, Ask, Board, Curve, Number, Row

_NAME = "documents"
_ITS = of(_NAME)


def board() -> Board:
    """Return its dashboard."""
    does = Row(
        "What does it do?",
        (
            Curve(
                "Documents per second",
                (Ask(rate("postkamer_documents_total", "how", _ITS), "{{how}}"),),
                unit="cps",
                stacked=True,
                about="Published, imported (nobody is mailed), or known already.",
                width=6,
            ),
            Curve(
                "Jobs of the workshop per second",
                (
                    Ask(
                        rate("postkamer_worker_job_seconds_count", "kind, outcome", _ITS),
                        "{{kind}}: {{outcome}}",
                    ),
                ),
                unit="cps",
                width=6,
            ),
            Curve(
                "How long a job takes, p95",
                (Ask(p95("postkamer_worker_job_seconds", "kind", _ITS), "{{kind}}"),),
                unit="s",
                about="Its wait for a free worker included.",
                width=6,
            ),
            Curve(
                "From being granted to being visible, p95",
                (
                    Ask(
                        p95("postkamer_documents_grant_visible_seconds", "service", _ITS), "visible"
                    ),
                ),
                unit="s",
                about="How long a customer number's history takes to be there for a new reader.",
                width=6,
            ),
            Curve(
                "Readable PDFs per second",
                (Ask(rate("postkamer_renditions_total", "how", _ITS), "{{how}}"),),
                unit="reqps",
                about="Kept from before, made now, a page of what is known, or none to be had.",
                width=6,
            ),
        ),
    )
    flags = Curve(
        "Flags on documents, per second",
        (Ask(rate("postkamer_documents_flagged_total", "flag", _ITS), "{{flag}}"),),
        unit="cps",
        about="They are in the archive all the same. The service's README says what each means.",
        todo=("DocumentsTooHard",),
    )
    died = Curve(
        "Workers that died, per second",
        (Ask(rate("postkamer_workers_died_total", "kind", _ITS), "{{kind}}"),),
        unit="cps",
        todo=("WorkersDying",),
    )
    too_hard = Curve(
        "Files that were too hard, share",
        (
            Ask(
                f'sum(rate(postkamer_worker_job_seconds_count{{{_ITS},outcome="too_hard"}}[{RATE}]))'
                f" / sum(rate(postkamer_worker_job_seconds_count{{{_ITS}}}[{RATE}]))",
                "too hard",
            ),
        ),
        unit="percentunit",
        todo=("DocumentsTooHard",),
    )
    whole = Row(
        "Is the archive whole?",
        (
            Number(
                "Not as it was",
                Ask(f"sum(max by (kind) (postkamer_archive_broken{{{_ITS}}}))"),
                steps=((1, RED),),
                about="Files, rows, events and heads that a look found changed or gone.",
                todo=("ArchiveBroken",),
            ),
            Number(
                "All looked at since",
                Ask(f"time() - max(postkamer_archive_whole_timestamp_seconds{{{_ITS}}})"),
                unit="s",
                steps=((45 * 24 * 60 * 60, ORANGE),),
                about="How long ago the last walk through the whole archive began.",
                todo=("ArchiveNotLookedAt",),
            ),
            Curve(
                "Not as it was, by kind",
                (Ask(f"max by (kind) (postkamer_archive_broken{{{_ITS}}})", "{{kind}}"),),
                too_much=1,
                todo=("ArchiveBroken",),
            ),
            Curve(
                "Documents looked at per second",
                (
                    Ask(
                        f"sum(rate(postkamer_archive_looked_at_total{{{_ITS}}}[{RATE}]))",
                        "looked at",
                    ),
                ),
                unit="cps",
            ),
        ),
    )
    taken = Row(
        "What is taken away?",
        (
            Curve(
                "Exports per second",
                (
                    Ask(
                        rate("postkamer_exports_total", "format, outcome", _ITS),
                        "{{format}}: {{outcome}}",
                    ),
                ),
                unit="reqps",
                about="Failed is what broke off: who took it went away, or the store did.",
            ),
            Curve(
                "Duplicates per second",
                (Ask(rate("postkamer_duplicates_total", "of", _ITS), "{{of}}"),),
                unit="reqps",
                about="Of the PDF, of a rendition, or of a page of what is known.",
            ),
        ),
    )
    studies = Curve(
        "Documents to be studied",
        (Ask(f"max(postkamer_studies_waiting{{{_ITS}}})", "waiting"),),
        about="Their PDF is not found by its words yet, and no judge has looked at their XML.",
    )
    return Board(
        _NAME,
        "Postkamer: documents",
        "The archive, byte for byte, and what reads and renders what is in it.",
        _NAME,
        (
            working(_NAME),
            does,
            whole,
            taken,
            behind(_NAME, tasks(_NAME), studies),
            failed(_NAME, flags, died, too_hard),
            asked(_NAME),
            costs(_NAME, handling(_NAME)),
        ),
    )
