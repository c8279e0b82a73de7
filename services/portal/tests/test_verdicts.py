"""The rule of saying in plain words what a judge found."""

import pytest

from portal import verdicts
from portal.custody import Verdict
from portal.words import WORDS


def a_verdict(*rules, judge="en16931", passed=False):
    return Verdict(
        file_sha256="a" * 64,
        judge=judge,
        rules_version="1",
        passed=passed,
        problems=[{"rule": each, "text": "in English"} for each in rules],
    )


def test_what_passed_raises_no_doubt():
    assert verdicts.doubt([]) is None
    assert verdicts.doubt([a_verdict(passed=True), a_verdict(judge="xsd", passed=True)]) is None


@pytest.mark.parametrize(
    ("rule", "word"),
    [
        ("BR-CO-15", "verdict_sums"),
        ("BR-DEC-01", "verdict_sums"),
        ("BR-CL-14", "verdict_codes"),
        ("BR-S-08", "verdict_vat"),
        ("BR-AE-05", "verdict_vat"),
        ("BR-02", "verdict_missing"),
        ("UBL-CR-412", "verdict_shape"),
        ("PEPPOL-EN16931-R010", "verdict_other"),
        ("<script>", "verdict_other"),
    ],
)
def test_a_rule_is_said_by_its_family(rule, word):
    said = verdicts.doubt([a_verdict(rule)])

    assert said.words == (word,)
    assert word in WORDS["nl"]


def test_each_family_is_said_once_and_not_all_findings_are_shown():
    said = verdicts.doubt([a_verdict(*["BR-CO-10"] * 15, *["BR-01"] * 10), a_verdict(judge="xsd")])

    assert said.words == ("verdict_sums", "verdict_missing", "verdict_shape")
    assert len(said.findings) == verdicts.MOST_FINDINGS
    assert said.more == 5


def test_a_judge_that_says_nothing_more_is_believed():
    assert verdicts.doubt([a_verdict()]).words == ("verdict_other",)
