"""The portal: what readers see."""

from deploy.monitoring.dashboards.every_service import asked, costs, of, p95, rate, working
from deploy.monitoring.dashboards.panels import Ask, Board, Curve, Row

_NAME = "portal"
_ITS = of(_NAME)


def board() -> Board:
    """Return its dashboard."""
    readers = Row(
        "Do readers see their documents?",
        (
            Curve(
                "Asked for, per second",
                (Ask(rate("postkamer_looks_total", "what", _ITS), "{{what}}"),),
                unit="reqps",
                stacked=True,
                width=6,
            ),
            Curve(
                "What they got, per second",
                (Ask(rate("postkamer_looks_total", "got", _ITS), "{{got}}"),),
                unit="reqps",
                about="it; nothing (the link opens nothing); away (a service did not answer).",
                todo=("ReadersTurnedAway",),
                width=6,
            ),
            Curve(
                "Pages of documents, per second",
                (Ask(rate("postkamer_invoices_shown_total", "how", _ITS), "{{how}}"),),
                unit="reqps",
                about="With what the XML says, without (none was understood), or later (it could "
                "not be had just now).",
                width=6,
            ),
            Curve(
                "How long a page takes, p95",
                (
                    Ask(
                        p95("postkamer_http_seconds", "route", f'{_ITS},route=~"/view/.*"'),
                        "{{route}}",
                    ),
                ),
                unit="s",
                too_much=1,
                width=6,
            ),
        ),
    )
    failed = Row(
        "What failed, and why?",
        (
            Curve(
                "Services that did not answer, per second",
                (Ask(rate("postkamer_services_away_total", "asked", _ITS), "{{asked}}"),),
                unit="cps",
                todo=("ReadersTurnedAway",),
                width=12,
            ),
        ),
    )
    return Board(
        _NAME,
        "Postkamer: portal",
        "What readers see behind the button of a mail.",
        _NAME,
        (working(_NAME), readers, failed, asked(_NAME), costs(_NAME, database=False)),
    )
