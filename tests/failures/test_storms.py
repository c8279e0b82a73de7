"""Documents by the hundred while everything fails: every mail as promised."""

import os
import time

import pytest

from localrun import storm
from localrun.ledger import Promise
from localrun.storm import SIZES


@pytest.fixture(scope="module")
def seed():
    """What the faults are drawn from: SEED=7 repeats a run."""
    given = os.environ.get("SEED")  # noqa: TID251 (a test has no settings)
    return int(given) if given else int(time.time()) % 100_000


async def test_a_short_storm_passes_over_the_suite(suite, kept):
    report = kept(await storm.over(suite, seed=11, size=SIZES["short"]))

    assert report.faults() == []
    assert report.figures["documents"] == SIZES["short"].documents


@pytest.mark.long
@pytest.mark.timeout(400)
@pytest.mark.parametrize("promise", list(Promise))
async def test_a_storm_passes_over_two_replicas_of_each_service(request, seed, promise, kept):
    beside = request.config.rootpath / ".run"
    passed = storm.over_its_own_suite(
        beside, called=f"storm-{promise}", seed=seed, size=SIZES["modest"], promise=promise
    )

    report = kept(await passed)

    assert report.faults() == []
