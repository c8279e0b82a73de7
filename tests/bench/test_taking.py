"""A thousand documents leave as one archive, over HTTP, in memory that does not grow with them."""

import asyncio
import json
import sys
from pathlib import Path

import pytest

from chassis.testing import address

ROOT = Path(__file__).parents[2]


@pytest.fixture
async def taken() -> dict[str, dict[str, float]]:
    """Return what it took, in a process that does nothing else."""
    running = await asyncio.create_subprocess_exec(
        *(sys.executable, "bench/taking.py", "--json", "--documents", "1000"),
        cwd=ROOT,
        env={"DATABASE_URL": address("DATABASE_URL"), "PYTHONPATH": str(ROOT)},
        stdout=asyncio.subprocess.PIPE,
    )
    said, _ = await running.communicate()
    assert running.returncode == 0
    found: dict[str, dict[str, float]] = json.loads(said.splitlines()[-1])
    return found


@pytest.mark.long
async def test_a_thousand_documents_are_taken_in_memory_that_does_not_grow_with_them(
    taken: dict[str, dict[str, float]],
) -> None:
    """D-02. The archive has 95 MiB; the same in memory shows that growing would be seen."""
    many, few = taken["many"], taken["few"]

    assert (many["documents"], many["length_announced"]) == (1_000, True)
    assert many["mib"] > 90
    assert many["rss_peak_mib"] - few["rss_peak_mib"] < 20
    assert taken["in_memory"]["rss_peak_mib"] - taken["in_memory"]["rss_before_mib"] > 60
    assert many["first_byte_seconds"] < many["seconds"] / 2
