"""What a panel is: a title that asks, a few questions to Prometheus, a unit, and what to do.

Widths are of 24 columns. ``$instance`` is the replica that is looked at, all of them at first.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from grafana_foundation_sdk.builders import common, dashboard, prometheus, stat, timeseries
from grafana_foundation_sdk.cog.builder import Builder
from grafana_foundation_sdk.models import common as looks
from grafana_foundation_sdk.models import dashboard as model

PROMETHEUS = model.DataSourceRef("prometheus", "${datasource}")
RUNBOOK = "docs/running.md"
"""Where people read what to do; the text box of a dashboard says where it is published."""

GREEN, ORANGE, RED, BLUE = "green", "orange", "red", "blue"

_HEIGHT_OF_NUMBER = 4
_HEIGHT_OF_CURVE = 8
_LETTERS = "ABCDEFGHIJ"


@dataclass(frozen=True)
class Ask:
    """A question to Prometheus, and what its answer is called."""

    expr: str
    called: str = ""


@dataclass(frozen=True)
class Number:
    """One number as it is now, in the colour of the last of ``steps`` that it has reached."""

    title: str
    ask: Ask
    unit: str = "short"
    steps: Sequence[tuple[float, str]] = ()
    base: str = GREEN
    about: str = ""
    todo: Sequence[str] = ()
    width: int = 4

    @property
    def asks(self) -> Sequence[Ask]:
        """Return its one question."""
        return (self.ask,)

    def builder(self) -> Builder[model.Panel]:
        """Return how Grafana draws it."""
        return (
            stat.Panel()
            .title(self.title)
            .description(_description(self.about, self.todo))
            .datasource(PROMETHEUS)
            .unit(self.unit)
            .span(self.width)
            .height(_HEIGHT_OF_NUMBER)
            .thresholds(_thresholds(self.base, self.steps))
            .color_scheme(dashboard.FieldColor().mode(model.FieldColorModeId.THRESHOLDS))
            .color_mode(looks.BigValueColorMode.VALUE)
            .graph_mode(looks.BigValueGraphMode.AREA)
            .reduce_options(common.ReduceDataOptions().calcs(["lastNotNull"]))
            .targets([_target(self.ask, "A")])
        )


@dataclass(frozen=True)
class Curve:
    """How something went over time; a line is drawn where it becomes ``too_much``."""

    title: str
    asks: Sequence[Ask]
    unit: str = "short"
    too_much: float | None = None
    stacked: bool = False
    at_most: float | None = None
    about: str = ""
    todo: Sequence[str] = ()
    width: int = 8

    def builder(self) -> Builder[model.Panel]:
        """Return how Grafana draws it."""
        legend = (
            common.VizLegendOptions()
            .show_legend(show_legend=True)
            .display_mode(looks.LegendDisplayMode.TABLE)
            .placement(looks.LegendPlacement.BOTTOM)
            .calcs(["lastNotNull", "max"])
        )
        steps = () if self.too_much is None else ((self.too_much, RED),)
        drawn = (
            timeseries.Panel()
            .title(self.title)
            .description(_description(self.about, self.todo))
            .datasource(PROMETHEUS)
            .unit(self.unit)
            .min(0)
            .span(self.width)
            .height(_HEIGHT_OF_CURVE)
            .line_width(1)
            .fill_opacity(20 if self.stacked else 5)
            .show_points(looks.VisibilityMode.NEVER)
            .legend(legend)
            .tooltip(
                common.VizTooltipOptions()
                .mode(looks.TooltipDisplayMode.MULTI)
                .sort(looks.SortOrder.DESCENDING)
            )
            .thresholds(_thresholds("transparent", steps))
            .targets([_target(ask, _LETTERS[at]) for at, ask in enumerate(self.asks)])
        )
        if self.too_much is not None:
            dashed = looks.GraphTresholdsStyleMode.DASHED
            drawn.thresholds_style(common.GraphThresholdsStyleConfig().mode(dashed))
        if self.stacked:
            drawn.stacking(common.StackingConfig().mode(looks.StackingMode.NORMAL))
        if self.at_most is not None:
            drawn.max(self.at_most)
        return drawn


Panel = Number | Curve
"""What stands in a row."""


@dataclass(frozen=True)
class Row:
    """A question that ops have, and the panels that answer it."""

    title: str
    panels: Sequence[Panel]


@dataclass(frozen=True)
class Board:
    """A dashboard. ``service`` is None for one about all of them."""

    name: str
    title: str
    about: str
    service: str | None
    rows: Sequence[Row] = field(default_factory=tuple)

    @property
    def panels(self) -> Sequence[Panel]:
        """Return its panels, from top to bottom."""
        return [panel for row in self.rows for panel in row.panels]

    def built(self) -> model.Dashboard:
        """Return it as Grafana reads it."""
        made = (
            dashboard.Dashboard(self.title)
            .uid(f"postkamer-{self.name}")
            .description(self.about)
            .tags(["postkamer"])
            .time("now-1h", "now")
            .refresh("30s")
            .timezone("browser")
            .readonly()
            .tooltip(model.DashboardCursorSync.CROSSHAIR)
            .with_variable(dashboard.DatasourceVariable("datasource").type("prometheus"))
            .with_variable(_instances(self.service))
            .with_variable(
                dashboard.TextBoxVariable("runbook").label("Runbook").default_value(RUNBOOK)
            )
            .annotation(_alerts(self.service))
            .link(
                dashboard.DashboardLink("Postkamer")
                .type(model.DashboardLinkType.DASHBOARDS)
                .tags(["postkamer"])
                .as_dropdown(as_dropdown=True)
                .keep_time(keep_time=True)
            )
            .link(
                dashboard.DashboardLink("What to do")
                .type(model.DashboardLinkType.LINK)
                .icon("doc")
                .url("${runbook}")
                .target_blank(target_blank=True)
            )
        )
        for row in self.rows:
            made.with_row(dashboard.Row(row.title))
            for panel in row.panels:
                made.with_panel(panel.builder())
        return made.build()


def _target(ask: Ask, ref_id: str) -> prometheus.Dataquery:
    target = prometheus.Dataquery().expr(ask.expr).ref_id(ref_id).range()
    return target.legend_format(ask.called) if ask.called else target


def _thresholds(base: str, steps: Sequence[tuple[float, str]]) -> dashboard.ThresholdsConfig:
    return (
        dashboard.ThresholdsConfig()
        .mode(model.ThresholdsMode.ABSOLUTE)
        .steps(
            [
                model.Threshold(value=None, color=base),
                *(model.Threshold(value, color) for value, color in steps),
            ]
        )
    )


def _description(about: str, todo: Sequence[str]) -> str:
    """Return what a panel's little ``i`` says; ``todo`` are headings of the runbook."""
    links = [f"[{each}: what to do](${{runbook}}#{each.lower()})" for each in todo]
    return "\n\n".join(part for part in (about, *links) if part)


def _instances(service: str | None) -> dashboard.QueryVariable:
    of = f'postkamer_ready{{service="{service}"}}' if service else "postkamer_ready"
    return (
        dashboard.QueryVariable("instance")
        .label("Replica")
        .datasource(PROMETHEUS)
        .query({"query": f"label_values({of}, instance)", "refId": "replicas"})
        .refresh(model.VariableRefresh.ON_TIME_RANGE_CHANGED)
        .sort(model.VariableSort.ALPHABETICAL_ASC)
        .multi(multi=True)
        .include_all(include_all=True)
        .all_value(".*")
    )


def _alerts(service: str | None) -> dashboard.AnnotationQuery:
    of = f',service="{service}"' if service else ""
    return (
        dashboard.AnnotationQuery()
        .name("Alerts")
        .datasource(PROMETHEUS)
        .enable(enable=True)
        .icon_color(RED)
        .expr(f'ALERTS{{alertstate="firing"{of}}}')
    )
