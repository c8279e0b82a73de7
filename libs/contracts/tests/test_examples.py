"""Every example ever committed: still read, still what the schema says, and said again the same."""

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from contracts import catalogue, snapshots

EXAMPLES = Path(__file__).parents[1] / "examples"
MESSAGES = catalogue.messages()
ALL = [
    pytest.param(message, path, id=f"{message.routing_key}/{path.stem}")
    for message in MESSAGES
    for path in sorted((EXAMPLES / message.routing_key).glob("*.json"))
]


def validator(message):
    schema = json.loads(snapshots.path_of(message).read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


@pytest.mark.parametrize(("message", "path"), ALL)
def test_an_example_reads_and_is_said_again_the_same(message, path):
    read = message.read(path.read_bytes())

    again = message.read(read.body())

    assert again == read
    assert again.body() == read.body()


@pytest.mark.parametrize(("message", "path"), ALL)
def test_an_example_is_what_the_committed_schema_says(message, path):
    example = json.loads(path.read_bytes())
    said_again = json.loads(message.read(path.read_bytes()).body())

    errors = [*validator(message).iter_errors(example), *validator(message).iter_errors(said_again)]

    assert not errors


@pytest.mark.parametrize("message", MESSAGES)
def test_a_message_has_a_minimal_example_and_a_fuller_one(message):
    folder = EXAMPLES / message.routing_key
    names = {path.stem for path in folder.glob("*.json")}

    assert "minimal" in names
    assert len(names) >= 2


@pytest.mark.parametrize("message", [each for each in MESSAGES if each.model_fields])
def test_the_examples_of_a_message_show_each_of_its_fields(message):
    folder = EXAMPLES / message.routing_key
    shown = set()
    for path in folder.glob("*.json"):
        shown |= json.loads(path.read_bytes()).keys()

    assert message.model_fields.keys() <= shown


@pytest.mark.parametrize("message", MESSAGES)
def test_a_minimal_example_has_only_what_is_required(message):
    minimal = json.loads((EXAMPLES / message.routing_key / "minimal.json").read_bytes())
    required = {name for name, field in message.model_fields.items() if field.is_required()}

    assert minimal.keys() == required


def test_every_folder_of_examples_belongs_to_a_message():
    assert {path.name for path in EXAMPLES.iterdir()} == {each.routing_key for each in MESSAGES}
