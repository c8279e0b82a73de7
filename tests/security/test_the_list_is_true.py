"""docs/security.md lists 43 checks and the tests that show them: every test it names is there."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LIST = ROOT / "docs" / "security.md"
CHECKS = 43

ROW = re.compile(r"^\| *(\d+) *\|(.*)\|$", re.MULTILINE)
TEST = re.compile(r"`([\w./-]+\.py)::(test_\w+)`")
LATER = re.compile(r"\bissue \d+\b")


def names_in(path):
    """Return the names of the tests of a file."""
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    return {node.name for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, kinds)}


def untrue(text, root):
    """Return what is wrong with a list: a line for each place."""
    rows = [(int(number), rest) for number, rest in ROW.findall(text)]
    wrong = []
    if [number for number, _ in rows] != list(range(1, CHECKS + 1)):
        wrong.append(f"the checks are not 1 to {CHECKS}, each once, in order")
    for number, rest in rows:
        shown_by = rest.rpartition("|")[2]
        if not TEST.search(shown_by) and not LATER.search(shown_by):
            wrong.append(f"{number} names no test, nor the issue that will bring it")
        if shown_by.count("::") != len(TEST.findall(shown_by)):
            wrong.append(f"{number} names something that does not look like a test")
    for path, name in TEST.findall(text):
        if not (root / path).is_file():
            wrong.append(f"there is no {path}")
        elif name not in names_in(root / path):
            wrong.append(f"there is no {name} in {path}")
    return wrong


def test_every_test_that_the_list_names_is_there():
    text = LIST.read_text()

    assert len(TEST.findall(text)) > CHECKS
    assert untrue(text, ROOT) == []


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        (("| 7 |", "| 8 |"), "the checks are not 1 to 43, each once, in order"),
        (("`tests/test_one.py::test_it`", "to be done"), "1 names no test"),
        (("test_one.py::test_it`", "test_one.py::test_is`"), "there is no test_is"),
        (("tests/test_one.py", "tests/test_two.py"), "there is no tests/test_two.py"),
        (("`tests/test_one.py::test_it`", "tests/test_one.py::test_it"), "1 names something"),
    ],
)
def test_a_list_that_is_not_true_is_found_out(tmp_path, change, wrong):
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "test_one.py").write_text("async def test_it(): ...")
    rows = [
        f"| {number} | 6.1 | we do | `tests/test_one.py::test_it` |"
        for number in range(1, CHECKS + 1)
    ]
    text = "\n".join(rows)
    assert untrue(text, tmp_path) == []

    found = untrue(text.replace(*change, 1), tmp_path)

    assert any(each.startswith(wrong) for each in found)
