"""What is made from code, by file name: the dashboards as JSON, the rules and their cases."""

import json
from pathlib import Path

from deploy.monitoring import rules
from deploy.monitoring.dashboards import documents, flow, identity, notifications, portal
from grafana_foundation_sdk.cog.encoder import JSONEncoder

HERE = Path(__file__).parent
BOARDS = tuple(each.board() for each in (flow, identity, documents, notifications, portal))


def files() -> dict[Path, str]:
    """Return every file and what it must hold."""
    dashboards = {
        HERE / "grafana" / f"{board.name}.json": json.dumps(
            board.built(), cls=JSONEncoder, indent=1, sort_keys=True
        )
        + "\n"
        for board in BOARDS
    }
    return dashboards | {HERE / rules.RULES: rules.rules(), HERE / rules.CASES: rules.cases()}
