"""Log lines: JSON, with the ids of the conversation, and without what was in anybody's message."""

import json
import subprocess
import sys

import pytest

_PROCESS = """
import asyncio, logging, os, sys
import sqlalchemy as sa
import structlog
from chassis import logs, trail
from chassis.database import Database

logs.set_up("toy", "INFO", sys.stdout)
log = structlog.get_logger()
with trail.follow(trail.Trail("order-7", "cause-1"), queue="toy.queue"):
    log.info("parcel_weighed", parcel="a")
log.debug("not_told")
logging.getLogger("aiormq.connection").info("a step of a library")
logging.getLogger("somebody").warning("a library warns: %s", "loudly")

async def collide():
    database = Database(os.environ["TOY_DATABASE_URL"], connections=1)
    password = "local-secret"
    try:
        async with database.transaction() as session:
            await session.execute(sa.text("create temp table people (email text unique)"))
            for _ in range(2):
                insert = sa.text("insert into people values (:email)")
                await session.execute(insert, {"email": "row-secret@example.com"})
    except Exception:
        log.exception("it_failed")
        logging.getLogger("somebody").exception("a library failed")
    finally:
        await database.close()

asyncio.run(collide())
"""


@pytest.fixture
def lines(database_url):
    """Return the lines of a process that logs, each read as JSON."""
    run = subprocess.run(  # noqa: S603 (this interpreter, and the script above)
        [sys.executable, "-c", _PROCESS],
        env={"TOY_DATABASE_URL": database_url, "PATH": ""},
        capture_output=True,
        check=True,
        text=True,
    )
    return {each["event"]: each for each in map(json.loads, run.stdout.splitlines())}


def test_log_lines_are_facts_in_json_that_can_be_followed_and_hold_no_values(lines):
    fact = lines["parcel_weighed"]
    assert (fact["service"], fact["level"], fact["parcel"]) == ("toy", "info", "a")
    assert fact["timestamp"].endswith("Z")
    assert (fact["correlation_id"], fact["causation_id"]) == ("order-7", "cause-1")
    assert fact["queue"] == "toy.queue"

    assert "not_told" not in lines
    assert "a step of a library" not in lines
    assert lines["a library warns: loudly"]["service"] == "toy"
    assert "correlation_id" not in lines["a library warns: loudly"]

    for name in ("it_failed", "a library failed"):
        told = json.dumps(lines[name])
        assert "UniqueViolationError 23505 people people_email_key" in told
        assert "insert into people" in told
        assert "row-secret" not in told
        assert "local-secret" not in told
