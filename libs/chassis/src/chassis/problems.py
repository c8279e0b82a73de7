"""Turns what a reader of JSON complains of into problems: which field, which rule, plain words."""

from collections.abc import Sequence
from typing import Any

from pydantic import ValidationError

from contracts.refusal import Problem

AT_MOST = 20
"""Problems told at once; who sends more than this wrong has the first ones to start with."""


def problems_of(error: ValidationError) -> list[Problem]:
    """Return the problems of a body that could not be read. Never repeats the input."""
    found = error.errors(include_url=False, include_context=False, include_input=False)
    return [
        Problem(pointer=pointer_to(each["loc"]), rule=each["type"], detail=each["msg"])
        for each in found[:AT_MOST]
    ]


def pointer_to(location: Sequence[Any]) -> str:
    """Return a JSON pointer (RFC 6901) to a location."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1")[:100] for part in location)
