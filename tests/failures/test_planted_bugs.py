"""An auditor is believed because it finds bugs that were planted in the running services."""

import signal
from pathlib import Path

import pytest

from localrun import storm
from localrun.storm import Size
from localrun.weather import Coming, Fault

PLANTS = Path(__file__).with_name("plants")
KILLED = Coming(1.2, Fault("documents is killed", "documents", signal.SIGKILL), 0)
CUT = Coming(0.2, Fault("the relay cuts lines", "postbox", None, {"drop_after_dot": 0.5}), 6)
BURST = Size(documents=160, customers=8, readers=2, seconds=1.5, mixed=0, limit_seconds=60)
FEW = Size(documents=30, customers=3, readers=2, seconds=3, mixed=0, limit_seconds=20)

CASES = {
    "acknowledges_too_early": (BURST, [KILLED], "lost", "never answered"),
    "sends_claimed_letters_again": (FEW, [CUT], "twice", "2 mails"),
    "never_settles": (FEW, [], "stuck", "the letter is owed"),
    "forgets_its_inbox": (FEW, [], "twice", "answered again"),
}


@pytest.mark.long
@pytest.mark.parametrize("plant", CASES)
async def test_a_planted_bug_is_found(request, plant, kept):
    size, coming, kind, words = CASES[plant]
    beside = request.config.rootpath / ".run"
    planted = {"PYTHONPATH": str(PLANTS / plant)}

    report = kept(
        await storm.over_its_own_suite(
            beside, called=plant, replicas=1, seed=0, size=size, forecast=coming, more=planted
        )
    )

    assert report.figures[kind] > 0
    assert any(words in fault for fault in report.faults() if fault.startswith(kind))
