"""Proves what a judgement says: each rule once, the fatal ones first, and yes unless one is."""

from documents.judgement import EN16931, TOO_HARD, Problem, judged, not_judged


def test_each_rule_is_named_once_and_the_fatal_ones_first():
    a, b, c = (Problem(rule, "asks", f"/{rule}", fatal=rule != "a") for rule in "abc")

    judgement = judged(EN16931, "1", [a, b, Problem("b", "asks", "/elsewhere"), c, a])

    assert judgement.problems == (b, c, a)
    assert judgement.passed is False
    assert judged(EN16931, "1", [a]).passed is True
    assert len(judged(EN16931, "1", [Problem(str(n), "", "") for n in range(99)]).problems) == 50


def test_who_could_not_say_says_neither_yes_nor_no():
    judgement = not_judged(EN16931, "1", TOO_HARD)

    assert judgement.passed is None
    assert judgement.problems == (Problem(TOO_HARD, "", "", fatal=False),)
