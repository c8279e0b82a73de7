"""Names that say nothing are banned: whoever reads one has learnt nothing of what is inside."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
BANNED = {"base", "common", "core", "data", "helper", "helpers", "impl", "manager", "misc"}
BANNED |= {"processor", "types", "util", "utils"}
BANNED_IN_SERVICES = {"handler", "service"}  # in the chassis they are what it is about
BANNED_ENDINGS = {"dto", "helper", "helpers", "impl", "manager", "processor", "utils", "wrapper"}


def bad_names(root):
    """Return the files, folders and classes below a tree's sources whose name says nothing."""
    found = []
    for path in sorted(root.glob("*/*/src/**/*.py")):
        where = path.relative_to(root).as_posix()
        in_service = where.startswith("services/")
        if any(_is_bad(name, in_service) for name in (path.stem, path.parent.name)):
            found.append(where)
        found += [
            f"{where}: class {node.name}"
            for node in ast.walk(ast.parse(path.read_text()))
            if isinstance(node, ast.ClassDef) and _is_bad(node.name, in_service)
        ]
    return sorted(set(found))


def _is_bad(name, in_service):
    words = re.findall(r"[A-Z]?[a-z0-9]+|[A-Z]+(?![a-z])", name.strip("_"))
    banned = BANNED | (BANNED_IN_SERVICES if in_service else set())
    ends_badly = bool(words) and words[-1].lower() in BANNED_ENDINGS
    return "_".join(words).lower() in banned or ends_badly


def test_every_name_says_something():
    assert len(list(ROOT.glob("*/*/src/**/*.py"))) > 100
    assert not bad_names(ROOT)


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("services/payments/src/payments/utils.py", ""),
        ("services/payments/src/payments/service.py", ""),
        ("services/payments/src/payments/common/iban.py", ""),
        ("services/payments/src/payments/iban_helpers.py", ""),
        ("libs/chassis/src/chassis/base.py", ""),
        ("libs/chassis/src/chassis/types.py", ""),
        ("services/payments/src/payments/bank.py", "class Manager: ..."),
        ("services/payments/src/payments/bank.py", "class BankManager: ..."),
        ("services/payments/src/payments/bank.py", "class SmtpClientWrapper: ..."),
        ("services/payments/src/payments/bank.py", "class PaymentDTO: ..."),
        ("services/payments/src/payments/bank.py", "class Handler: ..."),
        ("services/payments/src/payments/bank.py", "class Service: ..."),
        ("services/payments/src/payments/models.py", "class Base: ..."),
        ("deploy/local/src/localrun/running.py", "def f():\n    class _Helpers: ..."),
    ],
)
def test_a_name_that_says_nothing_is_caught(path, text, tmp_path):
    (tmp_path / path).parent.mkdir(parents=True)
    (tmp_path / path).write_text(text)

    assert len(bad_names(tmp_path)) == 1


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("libs/chassis/src/chassis/service.py", "class Service: ..."),
        ("services/portal/src/portal/identity_service.py", "class IdentityService: ..."),
        ("services/portal/src/portal/database.py", "class Database: ..."),
        ("services/documents/src/documents/handlers.py", "class Based: ..."),
    ],
)
def test_a_name_that_says_something_is_left_alone(path, text, tmp_path):
    (tmp_path / path).parent.mkdir(parents=True)
    (tmp_path / path).write_text(text)

    assert not bad_names(tmp_path)
