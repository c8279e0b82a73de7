"""Two things the import linter cannot see: questions have names, and services never commit."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def calls(root, name):
    """Return where the sources of services call a function or method of this name."""
    found = []
    for path in sorted(root.glob("services/*/src/**/*.py")):
        if "migrations" in path.parts:
            continue
        found += [
            f"{path.relative_to(root)}:{node.lineno}"
            for node in ast.walk(ast.parse(path.read_text()))
            if isinstance(node, ast.Call) and _name_of(node.func) == name
        ]
    return found


def _name_of(function):
    return getattr(function, "attr", getattr(function, "id", None))


def unnamed_questions(root):
    """Return the SELECTs that stand outside a ``queries.py`` or ``…_queries.py``."""
    return [each for each in calls(root, "select") if "queries.py:" not in each]


def test_every_question_has_a_name():
    assert calls(ROOT, "select")
    assert not unnamed_questions(ROOT)


def test_no_service_commits():
    assert not calls(ROOT, "commit")


@pytest.fixture
def plant(tmp_path):
    """Return what writes a file of a service."""

    def made(name, text):
        source = tmp_path / "services" / "payments" / "src" / "payments"
        source.mkdir(parents=True)
        (source / name).write_text(text)

    return made


@pytest.mark.parametrize(
    "text", ["sa.select(Payment)", "select(Payment).where(x)", "f(lambda: sqlalchemy.select(1))"]
)
def test_a_question_without_a_name_is_caught(text, plant, tmp_path):
    plant("collecting.py", text)

    assert unnamed_questions(tmp_path) == ["services/payments/src/payments/collecting.py:1"]


def test_a_question_with_a_name_is_left_alone(plant, tmp_path):
    plant("queries.py", "def due(session):\n    return sa.select(Payment)")

    assert not unnamed_questions(tmp_path)


@pytest.mark.parametrize("text", ["session.commit()", "async def f():\n    await s.commit()"])
def test_a_commit_is_caught(text, plant, tmp_path):
    plant("collecting.py", text)

    assert len(calls(tmp_path, "commit")) == 1


def test_the_word_commit_is_left_alone(plant, tmp_path):
    plant("collecting.py", '"""Never commit() here."""\n# commit()\nwork(commit)\n')

    assert not calls(tmp_path, "commit")
