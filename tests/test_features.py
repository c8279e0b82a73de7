"""The list of unproven features reads the promises, and finds the tests that name them."""

import runpy
from pathlib import Path
from types import SimpleNamespace

features = SimpleNamespace(**runpy.run_path(str(Path(__file__).with_name("features.py"))))

PROMISES = """# What the suite must do

Ids are stable (I-99 is none).

## identity

| id | feature | exact behaviour | edge rule / number |
| --- | --- | --- | --- |
| I-21 | New number is not auto-shared | as I-20 | – |
| I-22 | Control of sharing | two switches | – |

## Decisions where the sources disagree

| # | point | decided |
| --- | --- | --- |
| Q1 | who may share | every main contact |
"""


def test_the_rows_of_the_tables_are_the_features():
    found = features.features_of(PROMISES)

    assert [(each.id, each.name, each.part) for each in found] == [
        ("I-21", "New number is not auto-shared", "identity"),
        ("I-22", "Control of sharing", "identity"),
        ("Q1", "who may share", "Decisions where the sources disagree"),
    ]


def test_a_feature_is_named_in_the_docstring_of_a_test():
    source = '''
"""I-01"""
def test_one():
    """I-21, N-02: a new number is shared with nobody."""
class TestMore:
    async def test_two(self):
        """Q1"""
        "I-22"  # I-23
def helper():
    """I-24, and I-255 is no id."""
'''

    assert features.ids_in(source) == {"I-21", "N-02", "Q1"}


def test_what_no_test_names_is_printed(tmp_path, capsys):
    (tmp_path / "features.md").write_text(PROMISES)
    (tmp_path / "services" / "identity" / "tests").mkdir(parents=True)
    tests = tmp_path / "services" / "identity" / "tests" / "test_sharing.py"
    tests.write_text('def test_it():\n    """I-21, W-99"""\n')

    features.main(tmp_path / "features.md", tmp_path)

    shown = capsys.readouterr().out
    assert "I-22  Control of sharing" in shown
    assert "I-21  " not in shown
    assert "1 of 3 features are named by a test" in shown
    assert "W-99 is named by a test and promised nowhere" in shown


def test_without_the_promises_there_is_nothing_to_compare_with(tmp_path, capsys):
    features.main(tmp_path / "features.md", tmp_path)

    assert "nothing to compare with" in capsys.readouterr().out
