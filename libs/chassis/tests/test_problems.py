"""What is wrong with a body, in pointers and plain words, without repeating it."""

import pytest
from pydantic import BaseModel, ConfigDict, ValidationError

from chassis.problems import AT_MOST, pointer_to, problems_of


class Parcel(BaseModel):
    model_config = ConfigDict(extra="forbid")

    grams: int
    labels: dict[str, int] = {}
    lines: list[int] = []


def complaint(body):
    with pytest.raises(ValidationError) as told:
        Parcel.model_validate_json(body)
    return problems_of(told.value)


def test_a_pointer_is_written_as_rfc_6901_says():
    assert pointer_to(()) == ""
    assert pointer_to(("files", 0, "content")) == "/files/0/content"
    assert pointer_to(("a/b", "m~n", "~1")) == "/a~1b/m~0n/~01"


def test_a_problem_names_the_field_and_the_rule():
    [problem] = complaint('{"grams": 1, "lines": [1, "two"]}')

    assert (problem.pointer, problem.rule) == ("/lines/1", "int_parsing")
    assert "integer" in problem.detail


def test_what_was_in_a_field_is_never_repeated():
    problems = complaint('{"grams": "kwik", "labels": {"a": "kwek"}, "lines": ["kwak"]}')

    told = " ".join(f"{each.rule} {each.detail}" for each in problems)
    assert len(problems) == 3
    assert not any(word in told for word in ("kwik", "kwek", "kwak"))


def test_a_long_name_is_cut():
    [problem] = complaint(f'{{"grams": 1, "{"x" * 5000}": 1}}')

    assert len(problem.pointer) <= 101


def test_only_the_first_problems_are_told():
    body = '{"grams": 1, "lines": [' + ",".join(['"x"'] * 500) + "]}"

    assert len(complaint(body)) == AT_MOST
