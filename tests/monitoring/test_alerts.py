"""Alerts go off when they should and not otherwise, and each says what to do."""

import re
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from deploy.monitoring.alerts.messages import MESSAGES
from deploy.monitoring.made import HERE
from deploy.monitoring.rules import CASES, GROUPS, RULES, cases, rules
from deploy.monitoring.yaml_text import written

from localrun.environment import SERVICES
from localrun.errors import CannotRun
from localrun.ports import OFFSETS, SUITE_BASE
from localrun.prometheus import tools

ROOT = Path(__file__).parents[2]
ALERTS = [alert for group in GROUPS for alert in group.alerts]
RUNNING = (ROOT / "docs" / "running.md").read_text()


@pytest.fixture(scope="module")
def programs():
    """Prometheus' own checkers."""
    try:
        return tools(ROOT / ".run" / "prometheus")
    except CannotRun as reason:
        pytest.skip(f"promtool cannot be had: {reason}")


def run(*command, folder=HERE):
    ended = subprocess.run(  # noqa: S603 (found or unpacked by ourselves)
        command, cwd=folder, capture_output=True, text=True, check=False
    )
    return ended.returncode, ended.stdout + ended.stderr


@pytest.fixture
def tried(programs, tmp_path):
    """Return a function that tries the cases of one group: all rules at once take much longer."""

    def try_(group, change=str):
        (tmp_path / RULES).write_text(change(rules([group])))
        (tmp_path / CASES).write_text(cases([group]))
        return run(programs.promtool, "test", "rules", CASES, folder=tmp_path)

    return try_


@pytest.mark.parametrize("group", GROUPS, ids=lambda group: group.name)
def test_every_alert_goes_off_when_it_should_and_not_otherwise(group, tried):
    code, said = tried(group)

    assert code == 0, said


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("postkamer_parked_messages) > 0", "postkamer_parked_messages) > 9"),
        ("postkamer_parked_messages) > 0", "postkamer_parked_messages) >= 0"),
        ("severity: warning", "severity: info"),
    ],
)
def test_a_rule_that_is_not_what_it_should_be_is_caught(right, wrong, tried):
    group = replace(MESSAGES, alerts=MESSAGES.alerts[:1])

    code, said = tried(group, lambda text: text.replace(right, wrong))

    assert code != 0
    assert "MessagesParked" in said


def test_prometheus_and_alertmanager_take_what_they_are_given(programs):
    for command in (
        # The rules with it, which it names.
        (programs.promtool, "check", "config", "prometheus.yml"),
        (programs.amtool, "check-config", "alertmanager.yml"),
    ):
        code, said = run(*command)
        assert code == 0, said


def test_every_service_is_watched_at_its_port():
    scraped = dict(
        re.findall(r"names: \[(\w+)\], type: A, port: (\d+)", (HERE / "prometheus.yml").read_text())
    )

    wanted = {service: str(SUITE_BASE + OFFSETS[service]) for service in SERVICES}
    assert {name: port for name, port in scraped.items() if name != "rabbitmq"} == wanted


def test_every_alert_says_what_to_do():
    headings = set(re.findall(r"^### (\w+)$", RUNNING, re.MULTILINE))

    assert {alert.name for alert in ALERTS} == headings & {alert.name for alert in ALERTS}
    assert len({alert.name for alert in ALERTS}) == len(ALERTS)


def test_the_runbook_knows_no_alert_that_is_none():
    watching = RUNNING.partition("## Alerts\n")[2].partition("\n## ")[0]

    assert set(re.findall(r"^### (\w+)$", watching, re.MULTILINE)) == {
        alert.name for alert in ALERTS
    }


def test_an_alert_is_a_sentence_and_one_of_three_severities():
    for alert in ALERTS:
        assert alert.severity in {"critical", "warning", "info"}
        assert alert.summary.endswith(".")
        assert len(alert.summary) < 120


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"for": "5m", "labels": {"severity": "info"}}, "for: '5m'\nlabels:\n  severity: info"),
        ({"expr": "a{b='c'} > 0"}, "expr: 'a{b=''c''} > 0'"),
        ([{"a": ["x", {"b": 1}]}], "- a:\n    - x\n    - b: 1"),
        ({"exp_alerts": []}, "exp_alerts: []"),
        ({"word": "no", "other": "12"}, "word: 'no'\nother: '12'"),
    ],
)
def test_yaml_is_written_so_that_text_stays_text(value, text):
    assert written(value) == text
