"""The rule of saying in plain words what a judge of XMLs found: by families of its rules."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from portal.custody import Finding, Verdict

MOST_FINDINGS = 20

# EN 16931's rules go by families; the first that fits.
_FAMILIES = [
    (r"BR-CO-|BR-DEC-", "verdict_sums"),
    (r"BR-CL-", "verdict_codes"),
    (r"BR-(?:S|Z|E|AE|IC|IG|IP|G|O|B|AF|AG)-", "verdict_vat"),
    (r"UBL-|CII-", "verdict_shape"),
    (r"BR-", "verdict_missing"),
]


@dataclass(frozen=True)
class Doubt:
    """What an XML lacks: the families of rules by their words, and the findings themselves."""

    words: Sequence[str]
    findings: Sequence[Finding]
    more: int


def doubt(verdicts: Iterable[Verdict]) -> Doubt | None:
    """Return what may keep an accounting program from reading a document's XML, if anything."""
    found: list[Finding] = []
    words: list[str] = []
    for verdict in verdicts:
        if verdict.passed:
            continue
        found += verdict.problems
        if verdict.judge == "xsd":
            words.append("verdict_shape")
        else:
            words += [_family(each.rule) for each in verdict.problems] or ["verdict_other"]
    if not words:
        return None
    shown = found[:MOST_FINDINGS]
    return Doubt(tuple(dict.fromkeys(words)), shown, len(found) - len(shown))


def _family(rule: str) -> str:
    known = (word for pattern, word in _FAMILIES if re.match(pattern, rule))
    return next(known, "verdict_other")
