"""What a judge says of an XML: whether it keeps the rules, and which it breaks."""

from collections.abc import Sequence
from dataclasses import dataclass

MOST_PROBLEMS = 50
"""Of one judgement; who breaks more rules than this has one problem: the program that wrote it."""
LONGEST = 500
"""Characters of a text, or of a place."""

XSD = "xsd"
EN16931 = "en16931"

TOO_LONG = "too_long"
"""Instead of a rule: it has more lines than the judge is given."""
TOO_HARD = "too_hard"
"""Instead of a rule: judging it took too much time or memory."""


@dataclass(frozen=True, slots=True)
class Problem:
    """A rule that is broken: its id, what it asks for, and the element that it is broken at.

    One that is not fatal makes no judge say no.
    """

    rule: str
    text: str
    where: str
    fatal: bool = True


@dataclass(frozen=True, slots=True)
class Judgement:
    """What one judge says of one XML; ``passed`` is None where it was not judged."""

    judge: str
    rules_version: str
    passed: bool | None
    problems: tuple[Problem, ...] = ()


def judged(judge: str, rules_version: str, problems: Sequence[Problem]) -> Judgement:
    """Return the judgement that follows from problems: each rule once, the fatal ones first."""
    each_rule: dict[tuple[str, str], Problem] = {}
    for each in problems:
        each_rule.setdefault((each.rule, each.text), each)
    each_once = sorted(each_rule.values(), key=lambda each: not each.fatal)
    passed = not any(each.fatal for each in each_once)
    return Judgement(judge, rules_version, passed, tuple(each_once[:MOST_PROBLEMS]))


def not_judged(judge: str, rules_version: str, why: str) -> Judgement:
    """Return the judgement of a judge that could not say."""
    return Judgement(judge, rules_version, None, (Problem(why, "", "", fatal=False),))
