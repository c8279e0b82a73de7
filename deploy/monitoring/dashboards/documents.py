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
from deploy.monitoring.dashboards.panels import Ask, Board, Curve, Row

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
                "Readable PDFs per second",
                (Ask(rate("postkamer_renditions_total", "how", _ITS), "{{how}}"),),
                unit="reqps",
                about="Kept from before, made now, or none to be had.",
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
    return Board(
        _NAME,
        "Postkamer: documents",
        "The archive, byte for byte, and what reads and renders what is in it.",
        _NAME,
        (
            working(_NAME),
            does,
            behind(_NAME, tasks(_NAME)),
            failed(_NAME, flags, died, too_hard),
            asked(_NAME),
            costs(_NAME, handling(_NAME)),
        ),
    )
