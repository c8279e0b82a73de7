"""Dashboards are as the code makes them, and ask only for what the code measures."""

import importlib
import json
from collections import Counter

import promql_parser
import pytest
from deploy.monitoring import live
from deploy.monitoring.made import BOARDS, HERE, files
from deploy.monitoring.rules import GROUPS
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models.dashboard import Dashboard
from prometheus_client import REGISTRY

from localrun.environment import SERVICES

MEASURED_IN = ("chassis.metrics", *(f"{service}.measures" for service in SERVICES))
BY_THE_TARGET = {"service", "instance", "job"}
# RabbitMQ's own, at /metrics and /metrics/detailed.
OF_THE_BROKER = {
    "rabbitmq_alarms_free_disk_space_watermark": set(),
    "rabbitmq_alarms_memory_used_watermark": set(),
    "rabbitmq_disk_space_available_bytes": set(),
    "rabbitmq_disk_space_available_limit_bytes": set(),
    "rabbitmq_process_resident_memory_bytes": set(),
    "rabbitmq_detailed_queue_messages_ready": {"queue", "vhost"},
}
ALERTS = [alert for group in GROUPS for alert in group.alerts]
ASKED = {
    **{
        f"{board.name}: {panel.title}: {ask.called}": live.as_asked_now(ask.expr)
        for board in BOARDS
        for panel in board.panels
        for ask in panel.asks
    },
    **{alert.name: alert.expr for alert in ALERTS},
}


def measured():
    """Return the labels of everything that can be asked for, by its name."""
    for module in MEASURED_IN:
        importlib.import_module(module)
    found = {"up": set(), **OF_THE_BROKER}
    for metric in REGISTRY.collect():
        labels = set(getattr(REGISTRY._names_to_collectors.get(metric.name), "_labelnames", ()))
        match metric.type:
            case "counter":
                found[f"{metric.name}_total"] = labels
            case "histogram":
                found[f"{metric.name}_bucket"] = labels | {"le"}
                found |= {f"{metric.name}_{part}": labels for part in ("count", "sum")}
            case _:
                found[metric.name] = labels
    return found


def named_in(expr):
    """Return every metric that an expression names, with the labels it is selected by."""
    selected = []

    def look(node):
        if isinstance(node, promql_parser.VectorSelector):
            selected.append((node.name, {each.name for each in node.matchers.matchers}))
        return True

    promql_parser.walk(promql_parser.parse(expr), look)
    return selected


def grouped_by(expr):
    """Return the labels that an expression keeps."""
    kept = set()

    def look(node):
        if isinstance(node, promql_parser.AggregateExpr) and node.modifier:
            kept.update(node.modifier.labels)
        return True

    promql_parser.walk(promql_parser.parse(expr), look)
    return kept


def test_what_is_committed_is_what_the_code_makes():
    made = files()

    assert {path for path in made if path.read_text() != made[path]} == set(), "make dashboards"
    assert set((HERE / "grafana").iterdir()) <= set(made)


def test_every_service_has_a_dashboard_and_the_flow_too():
    assert {board.name for board in BOARDS} == {*SERVICES, "flow"}


@pytest.mark.parametrize("asked", ASKED)
def test_a_question_asks_only_for_what_is_measured(asked):
    known = measured()
    labels = set()

    for name, selected_by in named_in(ASKED[asked]):
        assert name in known
        assert selected_by <= known[name] | BY_THE_TARGET
        labels |= known[name]

    assert grouped_by(ASKED[asked]) <= labels | BY_THE_TARGET


def test_nothing_is_measured_in_vain():
    ours = {name for name in measured() if name.startswith("postkamer_")}
    histograms = {name.removesuffix("_bucket") for name in ours if name.endswith("_bucket")}
    single = {name for name in ours if not any(name.startswith(f"{h}_") for h in histograms)}
    shown = {name for expr in ASKED.values() for name, _ in named_in(expr)}

    assert single <= shown
    assert histograms <= {name.removesuffix("_bucket").removesuffix("_count") for name in shown}


@pytest.mark.parametrize("board", BOARDS, ids=lambda board: board.name)
def test_a_dashboard_is_one_that_grafana_knows(board):
    committed = json.loads((HERE / "grafana" / f"{board.name}.json").read_text())

    read = Dashboard.from_json(committed)

    assert json.loads(json.dumps(read, cls=JSONEncoder)) == committed


@pytest.mark.parametrize("board", BOARDS, ids=lambda board: board.name)
def test_panels_can_be_told_apart_and_lie_beside_each_other(board):
    committed = json.loads((HERE / "grafana" / f"{board.name}.json").read_text())
    panels = [panel for panel in committed["panels"] if panel["type"] != "row"]
    squares = Counter(
        (x, y)
        for panel in panels
        for x in range(panel["gridPos"]["x"], panel["gridPos"]["x"] + panel["gridPos"]["w"])
        for y in range(panel["gridPos"]["y"], panel["gridPos"]["y"] + panel["gridPos"]["h"])
    )

    assert len({panel.title for panel in board.panels}) == len(board.panels)
    assert max(squares.values()) == 1
    assert max(x for x, _ in squares) < 24


@pytest.mark.parametrize("board", BOARDS, ids=lambda board: board.name)
def test_every_panel_says_what_its_curves_are_and_what_to_do(board):
    alerts = {alert.name for alert in ALERTS}

    for panel in board.panels:
        assert set(panel.todo) <= alerts
        assert all(ask.called or len(panel.asks) == 1 for ask in panel.asks)
        # A unit of its own, or plainly a number of things.
        assert panel.unit in {"short", "s", "cps", "reqps", "percentunit", "bytes"}


def test_every_alert_can_be_seen_on_a_panel():
    assert {alert.name for alert in ALERTS} == {
        alert for board in BOARDS for panel in board.panels for alert in panel.todo
    }


@pytest.mark.parametrize(
    "wrong",
    [
        "sum(postkamer_parked_mesages)",
        'sum(postkamer_parked_messages{que="x"})',
        "sum by (que) (postkamer_parked_messages)",
        "rate(postkamer_message_seconds[5m])",
    ],
)
def test_a_question_about_nothing_is_caught(wrong, monkeypatch):
    monkeypatch.setitem(ASKED, "wrong", wrong)

    with pytest.raises(AssertionError):
        test_a_question_asks_only_for_what_is_measured("wrong")


@pytest.mark.parametrize(
    "label",
    ["els@korenaar.example", "01930000-0000-7000-8000-000000000007", "DL5-104233"],
)
def test_a_label_that_tells_too_much_is_seen(label):
    assert live._TELLS_TOO_MUCH.search(label)


@pytest.mark.parametrize(
    "label", ["documents.documents.publish-document.v1", "/v1/documents/{id}", "out.dl5", "503"]
)
def test_a_label_from_the_code_is_not_taken_for_one(label):
    assert not live._TELLS_TOO_MUCH.search(label)
