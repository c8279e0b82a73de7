"""The alerts as Prometheus reads them, and their cases as promtool does."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from deploy.monitoring.alerts.alert import Alert, Group
from deploy.monitoring.alerts.archive import ARCHIVE
from deploy.monitoring.alerts.broker import BROKER
from deploy.monitoring.alerts.letters import LETTERS
from deploy.monitoring.alerts.messages import MESSAGES
from deploy.monitoring.alerts.processes import PROCESSES
from deploy.monitoring.alerts.readers import READERS
from deploy.monitoring.yaml_text import written

GROUPS = (PROCESSES, MESSAGES, LETTERS, READERS, ARCHIVE, BROKER)

RULES = "rules.yml"
CASES = "rules_test.yml"

_HEAD = "# Written by `make dashboards` from deploy/monitoring/alerts.\n"
_LABEL = re.compile(r"\{\{ \$labels\.(\w+) \}\}")


def rules(groups: Sequence[Group] = GROUPS) -> str:
    """Return rules.yml."""
    found = [
        {"name": f"postkamer-{group.name}", "rules": [_rule(each) for each in group.alerts]}
        for group in groups
    ]
    return _HEAD + written({"groups": found}) + "\n"


def cases(groups: Sequence[Group] = GROUPS) -> str:
    """Return rules_test.yml: for each alert one case that sets it off, and one that does not."""
    tests = [
        test
        for group in groups
        for alert in group.alerts
        for test in (_fires(alert), _keeps_quiet(alert))
    ]
    found = {"rule_files": [RULES], "evaluation_interval": "1m", "tests": tests}
    return _HEAD + written(found) + "\n"


def _rule(alert: Alert) -> dict[str, Any]:
    lasting = {"for": f"{alert.minutes}m"} if alert.minutes else {}
    return {
        "alert": alert.name,
        "expr": alert.expr,
        **lasting,
        "labels": {"severity": alert.severity},
        "annotations": {"summary": alert.summary, "runbook": alert.runbook},
    }


def _fires(alert: Alert) -> dict[str, Any]:
    labels = {"severity": alert.severity, **alert.fires.labels}
    said = _LABEL.sub(lambda label: labels[label[1]], alert.summary)
    expected = {
        "exp_labels": labels,
        "exp_annotations": {"summary": said, "runbook": alert.runbook},
    }
    return _test(alert, alert.fires.series, alert.fires.minutes, [expected])


def _keeps_quiet(alert: Alert) -> dict[str, Any]:
    return _test(alert, alert.quiet, alert.fires.minutes, [])


def _test(
    alert: Alert, series: Mapping[str, str], minutes: int, expected: list[dict[str, Any]]
) -> dict[str, Any]:
    return {
        "name": f"{alert.name} {'fires' if expected else 'keeps quiet'}",
        "interval": "1m",
        "input_series": [{"series": name, "values": values} for name, values in series.items()],
        "alert_rule_test": [
            {"eval_time": f"{minutes}m", "alertname": alert.name, "exp_alerts": expected}
        ],
    }
