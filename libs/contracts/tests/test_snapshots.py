"""Snapshots follow their classes where that breaks nobody, and are missed when they do not."""

import json
from typing import Annotated

import pytest
from pydantic import Field

from contracts import catalogue, snapshots
from contracts.__main__ import main
from contracts.message import Command, Event, Outcome, Task


def seen(capsys):
    return capsys.readouterr().out


def texts(folder):
    return {path.name: path.read_text() for path in folder.iterdir()}


def bell(kind=Event, *, name="BellRung", **fields):
    annotations = {field: annotation for field, (annotation, _) in fields.items()}
    defaults = {field: default for field, (_, default) in fields.items() if default is not ...}
    body = {"__doc__": "A bell.", "__annotations__": annotations, "__module__": __name__}
    return type(kind)(name, (kind,), body | defaults, owner="tower")


BELL = bell(tower=(str, ...))
BELL_WITH_TUNE = bell(tower=(str, ...), tune=(str, ""))
BELL_WITHOUT_TOWER = bell(tune=(str, ""))


def test_the_committed_snapshots_are_current(capsys):
    """`make contracts` mends it, if nothing was broken."""
    assert main(["check"]) == 0, seen(capsys)


def test_every_message_has_a_snapshot_of_its_own():
    messages = catalogue.messages()

    assert len(messages) >= 13
    assert {path.stem for path in snapshots.SCHEMAS.iterdir()} == {m.routing_key for m in messages}


def test_a_new_message_gets_its_snapshot(tmp_path):
    written = main([], messages=[BELL], folder=tmp_path)

    assert written == 0
    schema = json.loads((tmp_path / "tower.bell-rung.v1.json").read_text())
    assert schema["required"] == ["tower"]
    assert main(["check"], messages=[BELL], folder=tmp_path) == 0


def test_writing_twice_changes_and_says_nothing(tmp_path, capsys):
    main([], messages=[BELL], folder=tmp_path)
    before, _ = texts(tmp_path), seen(capsys)

    main([], messages=[BELL], folder=tmp_path)

    assert texts(tmp_path) == before
    assert not seen(capsys)


def test_an_additive_change_is_written_with_the_order_of_deployment(tmp_path, capsys):
    main([], messages=[BELL], folder=tmp_path)
    seen(capsys)

    stale = main(["check"], messages=[BELL_WITH_TUNE], folder=tmp_path)
    told = seen(capsys)
    written = main([], messages=[BELL_WITH_TUNE], folder=tmp_path)

    assert (stale, written) == (1, 0)
    assert "tower.bell-rung.v1: is not what its snapshot says" in told
    assert "tower.bell-rung.v1: its listeners, then tower" in seen(capsys)
    assert main(["check"], messages=[BELL_WITH_TUNE], folder=tmp_path) == 0


def test_a_breaking_change_is_told_and_nothing_is_written(tmp_path, capsys):
    other = bell(name="BellMended", tower=(str, ...))
    main([], messages=[BELL], folder=tmp_path)
    before, _ = texts(tmp_path), seen(capsys)

    refused = main([], messages=[BELL_WITHOUT_TOWER, other], folder=tmp_path)

    told = seen(capsys)
    assert refused == 1
    assert "tower.bell-rung.v1: this would break somebody; make it a V2" in told
    assert "/tower: removed" in told
    assert texts(tmp_path) == before


LONGER = Annotated[str, Field(max_length=9)]
SHORTER = Annotated[str, Field(max_length=5)]


@pytest.mark.parametrize(
    ("kind", "may_accept_more"), [(Command, True), (Task, True), (Event, False), (Outcome, False)]
)
def test_only_what_others_ask_may_learn_to_accept_more(kind, may_accept_more, tmp_path):
    main([], messages=[bell(kind, tower=(SHORTER, ...))], folder=tmp_path)

    written = main([], messages=[bell(kind, tower=(LONGER, ...))], folder=tmp_path)

    assert (written == 0) is may_accept_more


@pytest.mark.parametrize(
    ("kind", "order"),
    [
        (Command, "tower, then those who ask"),
        (Task, "tower, then whoever says it"),
        (Event, "its listeners, then tower"),
        (Outcome, "those who read the answers, then tower"),
    ],
)
def test_who_listens_is_deployed_before_who_speaks(kind, order, tmp_path, capsys):
    main([], messages=[bell(kind, tower=(str, ...))], folder=tmp_path)

    assert f"tower.bell-rung.v1: {order}" in seen(capsys)


def test_a_missing_snapshot_is_missed(tmp_path, capsys):
    assert main(["check"], messages=[BELL], folder=tmp_path) == 1
    assert "tower.bell-rung.v1: has no snapshot" in seen(capsys)


def test_a_snapshot_edited_by_hand_is_noticed(tmp_path):
    main([], messages=[BELL], folder=tmp_path)
    path = snapshots.path_of(BELL, tmp_path)
    path.write_text(path.read_text().replace("A bell.", "A drum."))

    assert main(["check"], messages=[BELL], folder=tmp_path) == 1


def test_a_snapshot_whose_class_is_gone_is_left_to_a_person(tmp_path, capsys):
    main([], messages=[BELL], folder=tmp_path)
    before, _ = texts(tmp_path), seen(capsys)

    checked = main(["check"], messages=[], folder=tmp_path)
    written = main([], messages=[], folder=tmp_path)

    assert (checked, written) == (1, 1)
    assert "tower.bell-rung.v1: has no class any more" in seen(capsys)
    assert texts(tmp_path) == before


def test_without_the_source_tree_nothing_is_written(tmp_path, capsys):
    folder = tmp_path / "not" / "here"

    assert main([], messages=[BELL], folder=folder) == 1
    assert not folder.exists()
    assert "in the source tree only" in seen(capsys)
