"""A refusal says which command it is about, even when the command had no id."""

import json

import pytest
from pydantic import ValidationError

from contracts import catalogue
from contracts.refusal import Problem, Refused

REFUSALS = [each for each in catalogue.messages() if issubclass(each, Refused)]
PROBLEM = Problem(pointer="", rule="missing", detail="it has no id")


@pytest.mark.parametrize("refusal", REFUSALS)
def test_a_command_without_an_id_is_refused_with_null_for_an_id(refusal):
    body = refusal(command_id=None, problems=(PROBLEM,)).body()

    assert json.loads(body) == {
        "command_id": None,
        "problems": [{"pointer": "", "rule": "missing", "detail": "it has no id"}],
    }
    assert refusal.read(body).command_id is None


@pytest.mark.parametrize("refusal", REFUSALS)
def test_a_refusal_never_leaves_its_command_out(refusal):
    with pytest.raises(ValidationError):
        refusal.read(b'{"problems": []}')


def test_every_refusal_is_named_after_a_command_or_is_of_no_command():
    names = {each.__name__ for each in REFUSALS}

    assert names >= {"RegisterCustomerRefused", "PublishDocumentRefused", "CommandRefused"}
