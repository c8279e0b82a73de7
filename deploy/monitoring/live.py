"""Asks every question of every panel while the suite runs, and says which has no answer.

A Prometheus of its own scrapes the suite that a local run has described in its folder.
"""

import json
import re
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
from deploy.monitoring.dashboards.every_service import RATE
from deploy.monitoring.made import BOARDS
from deploy.monitoring.rules import RULES
from deploy.monitoring.yaml_text import written

from localrun.addresses import Addresses
from localrun.ports import OFFSETS
from localrun.prometheus import tools

HERE = Path(__file__).parent

_PATIENCE_SECONDS = 60
_SCRAPES = 6
"""So many seconds of figures are waited for: a rate takes more than one."""

_OURS = re.compile(r"postkamer_\w+")
_TELLS_TOO_MUCH = re.compile(
    r"@|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-|\b[A-Z][A-Z0-9]{1,14}-[0-9]{4,}"
)
"""An address, an id, or a customer number: no label may hold one."""


@dataclass(frozen=True)
class Answer:
    """What came of one question."""

    board: str
    panel: str
    expr: str
    series: int


def check(folder: Path, unpacked: Path) -> int:
    """Check the suite of a folder; return the exit code."""
    addresses = Addresses.read(folder / "addresses.json")
    with _watching(addresses, unpacked) as prometheus:
        answers = list(_answers(prometheus))
        labels = _labels_that_tell_too_much(prometheus)
        unwell = [rule for rule in _rules(prometheus) if rule["health"] != "ok"]
        firing = [rule["name"] for rule in _rules(prometheus) if rule["state"] == "firing"]
        series = int(_ask(prometheus, "count({job!=''})")[0]["value"][1])
    empty = [each for each in answers if not each.series]
    for each in empty:
        print(f"no answer: {each.board}: {each.panel}\n  {each.expr}")
    for rule in unwell:
        print(f"rule in trouble: {rule['name']}: {rule.get('lastError')}")
    for label in labels:
        print(f"label tells too much: {label}")
    print(
        f"{len(answers)} questions of {len(BOARDS)} dashboards asked, {len(empty)} without an "
        f"answer; {len(unwell)} rules in trouble; {series} series"
    )
    print(f"alerts on: {', '.join(sorted(set(firing))) or 'none'}")
    return 1 if empty or unwell or labels else 0


def as_asked_now(expr: str) -> str:
    """Return a panel's question without what only Grafana fills in: all replicas, this moment."""
    return expr.replace(RATE, "10s").replace("$instance", ".*")


@contextmanager
def _watching(addresses: Addresses, unpacked: Path) -> Iterator[httpx.Client]:
    port = addresses.port_base + OFFSETS["prometheus"]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "prometheus.yml").write_text(written(_configuration(addresses)) + "\n")
        with (folder / "log").open("w") as log:
            process = subprocess.Popen(
                [
                    tools(unpacked).prometheus,
                    f"--config.file={folder / 'prometheus.yml'}",
                    f"--storage.tsdb.path={folder / 'data'}",
                    f"--web.listen-address=127.0.0.1:{port}",
                ],
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        try:
            with httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False) as client:
                _wait(client, _targets(addresses))
                yield client
        finally:
            process.terminate()
            process.wait(timeout=20)


def _configuration(addresses: Addresses) -> dict[str, Any]:
    """Return what is scraped: the same jobs and labels as in prometheus.yml, at other places."""
    services = [
        {"targets": [urlsplit(url).netloc], "labels": {"service": name.split(".")[0]}}
        for name, url in addresses.services().items()
    ]
    broker = [{"targets": [_broker(addresses)]}]
    return {
        "global": {"scrape_interval": "1s", "evaluation_interval": "1s"},
        "rule_files": [str(HERE / RULES)],
        "scrape_configs": [
            {"job_name": "postkamer", "static_configs": services},
            {"job_name": "rabbitmq", "static_configs": broker},
            {
                "job_name": "rabbitmq-queues",
                "metrics_path": "/metrics/detailed",
                "params": {"family": ["queue_coarse_metrics"]},
                "static_configs": broker,
            },
        ],
    }


def _broker(addresses: Addresses) -> str:
    return f"{urlsplit(addresses.amqp).hostname}:{addresses.port_base + OFFSETS['amqp_metrics']}"


def _targets(addresses: Addresses) -> int:
    return len(addresses.services()) + 2


def _wait(prometheus: httpx.Client, targets: int) -> None:
    """Wait until everything was scraped a few times."""
    until = time.monotonic() + _PATIENCE_SECONDS
    seen = 0
    while time.monotonic() < until:
        try:
            found = _ask(prometheus, f"count_over_time(up[1m]) >= {_SCRAPES} and up == 1")
        except httpx.HTTPError:
            found = []
        seen = len(found)
        if seen == targets:
            return
        time.sleep(0.5)
    raise SystemExit(f"only {seen} of {targets} could be scraped; does the suite run?")


def _answers(prometheus: httpx.Client) -> Iterator[Answer]:
    for board in BOARDS:
        for panel in board.panels:
            for ask in panel.asks:
                found = _ask(prometheus, as_asked_now(ask.expr))
                yield Answer(board.name, panel.title, ask.expr, len(found))


def _labels_that_tell_too_much(prometheus: httpx.Client) -> list[str]:
    found = []
    for series in _get(prometheus, "series", {"match[]": '{job="postkamer"}'}):
        for name, value in series.items():
            if name not in {"__name__", "instance"} and _TELLS_TOO_MUCH.search(value):
                found.append(f"{series['__name__']}: {name}={value}")
    return sorted(set(found))


def _rules(prometheus: httpx.Client) -> list[dict[str, Any]]:
    groups = _get(prometheus, "rules", {})["groups"]
    return [rule for group in groups for rule in group["rules"]]


def _ask(prometheus: httpx.Client, expr: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = _get(prometheus, "query", {"query": expr})["result"]
    return found


def _get(prometheus: httpx.Client, what: str, parameters: dict[str, str]) -> Any:
    answer = prometheus.get(f"/api/v1/{what}", params=parameters)
    if answer.is_client_error:
        raise SystemExit(f"{parameters}: {json.dumps(answer.json().get('error'))}")
    return answer.raise_for_status().json()["data"]
