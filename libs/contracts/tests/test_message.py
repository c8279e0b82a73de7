"""The rules of the wire: names, what is ignored, what travels, what is refused."""

import json

import pytest
from pydantic import ValidationError

from contracts import catalogue
from contracts.message import Command, Event, Outcome, Task

MESSAGES = catalogue.messages()
DEEP = 100_000


class RingBell(Command, owner="tower"):
    """Ring a bell."""

    tune: str | None = None


class RingBellV2(Command, owner="tower"):
    """Ring a bell, and say how loudly."""

    loudness: int


class RingBellV12(Command, owner="tower"):
    """Ring a bell for the twelfth time."""


class BellRung(Event, owner="tower", subject="bell"):
    """A bell has been rung."""

    bell: int


@pytest.mark.parametrize(
    ("message", "wire_name", "version", "routing_key"),
    [
        (RingBell, "ring-bell", 1, "tower.ring-bell.v1"),
        (RingBellV2, "ring-bell", 2, "tower.ring-bell.v2"),
        (RingBellV12, "ring-bell", 12, "tower.ring-bell.v12"),
        (BellRung, "bell-rung", 1, "tower.bell-rung.v1"),
    ],
)
def test_a_message_is_named_after_its_class(message, wire_name, version, routing_key):
    assert message.wire_name == wire_name
    assert message.wire_version == version
    assert message.routing_key == routing_key
    assert message.owner == "tower"


@pytest.mark.parametrize(
    ("name", "wire_name"), [("MoveToV1", "move-to-v1"), ("MoveToV0", "move-to-v0")]
)
def test_a_name_that_counts_from_1_is_only_a_name(name, wire_name):
    message = type(Command)(name, (Command,), {"__module__": __name__}, owner="tower")

    assert (message.wire_name, message.wire_version) == (wire_name, 1)


def test_each_kind_travels_over_its_own_exchange():
    kinds = {kind: kind.exchange for kind in (Command, Task, Event, Outcome)}

    assert kinds == {Command: "commands", Task: "tasks", Event: "events", Outcome: "outcomes"}


def test_a_message_about_one_thing_names_it():
    assert BellRung(bell=7).subject() == "7"
    assert RingBell().subject() is None


def test_unknown_fields_are_ignored_and_not_passed_on():
    read = BellRung.read(b'{"bell": 7, "colour": "red"}')

    assert read == BellRung(bell=7)
    assert json.loads(read.body()) == {"bell": 7}


def test_what_was_never_given_is_left_out_of_the_body():
    assert RingBell().body() == b"{}"


def test_a_message_cannot_be_changed_once_said():
    rung = BellRung(bell=7)

    with pytest.raises(ValidationError, match="frozen"):
        rung.bell = 8


@pytest.mark.parametrize("message", MESSAGES)
@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'"text"',
        b"7",
        b"\xff\xfe{}",
        b'{"a": NaN}{',
        b"[" * DEEP,
        b'{"files":' * DEEP,
        b'{"a":' + b"[" * DEEP + b"]" * DEEP + b"}",
        b'{"problems":' + b'[{"detail":' * DEEP + b'""' + b"}]" * DEEP + b"}",
    ],
    ids=[
        "empty",
        "cut off",
        "array",
        "null",
        "text",
        "number",
        "not UTF-8",
        "two values",
        "deep arrays, cut off",
        "deep objects, cut off",
        "deep in an unknown field",
        "deep in a known field",
    ],
)
def test_what_cannot_be_read_is_refused_without_a_crash(message, body):
    with pytest.raises(ValidationError):
        message.read(body)


def test_a_refusal_to_read_does_not_repeat_what_was_sent():
    with pytest.raises(ValidationError) as refused:
        BellRung.read(b'{"bell": "an.peeters@example.com"}')

    assert "an.peeters" not in str(refused.value)
