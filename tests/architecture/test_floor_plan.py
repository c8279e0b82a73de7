"""Who may import whom: the floor plan of the root pyproject, and that it catches who breaks it."""

import ast
import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCES = [
    "libs/contracts/src",
    "libs/chassis/src",
    "services/identity/src",
    "services/documents/src",
    "services/notifications/src",
    "services/portal/src",
    "deploy/local/src",
]
ALLOWED_IN_CONTRACTS = {"contracts", "pydantic", "pydantic_core", *sys.stdlib_module_names}


def floor_plan(root):
    """Run the linter over a tree; return its report, and whether the plan was kept."""
    paths = os.pathsep.join(str(root / source) for source in SOURCES)
    linter = Path(sys.executable).with_name("lint-imports")
    ran = subprocess.run(  # noqa: S603 (our own linter, on our own tree)
        [linter, "--no-cache", "--no-logo", "--config", root / "pyproject.toml"],
        cwd=root,
        env={"PATH": os.defpath, "PYTHONPATH": paths, "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
    )
    return ran.stdout + ran.stderr, ran.returncode == 0


def services_without_rooms(root):
    """Return the services whose modules are not all listed in a floor plan of their own."""
    linted = tomllib.loads((root / "pyproject.toml").read_text())["tool"]["importlinter"]
    listed = {
        name
        for plan in linted["contracts"]
        if plan["type"] == "layers" and plan.get("exhaustive")
        for name in plan["containers"]
    }
    return {path.parent.name for path in root.glob("services/*/src")} - listed


def imports_of(path):
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (each.name for each in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield "." * node.level + (node.module or "")


def foreign_imports(package):
    """Return what a package imports beside pydantic and the standard library, by file."""
    return [
        f"{path.name} imports {name}"
        for path in sorted(package.rglob("*.py"))
        for name in imports_of(path)
        if name.partition(".")[0] not in ALLOWED_IN_CONTRACTS
    ]


PLANTED = {
    "a verb that calls a verb": (
        "documents/publishing.py: from documents import reading",
        "documents.publishing -> documents.reading",
    ),
    "a verb that knows a door": (
        "identity/sharing.py: from identity import api",
        "identity.sharing -> identity.api",
    ),
    "a verb that reads settings": (
        "notifications/owing.py: from notifications import settings",
        "notifications.owing -> notifications.settings",
    ),
    "a door that reads settings": (
        "identity/api.py: from identity import settings",
        "identity.api -> identity.settings",
    ),
    "a door that knows its neighbour": (
        "documents/handlers.py: from documents import api",
        "documents.handlers -> documents.api",
    ),
    "a noun that asks questions": (
        "notifications/models.py: from notifications import queries",
        "notifications.models -> notifications.queries",
    ),
    "a gateway that knows nouns": (
        "documents/files.py: from documents import models",
        "documents.files -> documents.models",
    ),
    "a rule that knows a verb": (
        "portal/words.py: from portal import viewing",
        "portal.words -> portal.viewing",
    ),
    "a verb that knows HTTP": (
        "identity/granting.py: import fastapi",
        "identity.granting -> fastapi",
    ),
    "a noun that knows the broker": (
        "documents/models.py: import aio_pika",
        "documents.models -> aio_pika",
    ),
    "a door that knows the broker": (
        "notifications/handlers.py: import faststream",
        "notifications.handlers -> faststream",
    ),
    "a verb with a client library": (
        "notifications/sending.py: import aiosmtplib",
        "notifications.sending -> aiosmtplib",
    ),
    "a service that imports another": (
        "portal/web.py: from documents import models",
        "portal.web -> documents.models",
    ),
    "a chassis that knows a service": (
        "chassis/service.py: from identity import models",
        "chassis.service -> identity.models",
    ),
    "a chassis that knows a message": (
        "chassis/outbox.py: from contracts import documents",
        "chassis.outbox -> contracts.documents",
    ),
    "contracts that know the chassis": (
        "contracts/money.py: from chassis import trail",
        "contracts.money -> chassis.trail",
    ),
    "a file without a room": (
        "documents/tidying.py: import os",
        "- documents.tidying",
    ),
}


def planted(plant, tree):
    """Add a line to a file of a tree, which need not be there yet."""
    name, _, line = plant.partition(": ")
    package = name.partition("/")[0]
    home = next(tree / source for source in SOURCES if (tree / source / package).is_dir())
    with (home / name).open("a") as file:
        file.write(f"\n{line}\n")


@pytest.fixture(scope="module")
def report_of_planted_tree(tmp_path_factory):
    tree = tmp_path_factory.mktemp("tree")
    shutil.copy(ROOT / "pyproject.toml", tree)
    for source in SOURCES:
        shutil.copytree(
            ROOT / source, tree / source, ignore=shutil.ignore_patterns("*.pyc", "migrations")
        )
    for plant, _ in PLANTED.values():
        planted(plant, tree)
    report, kept = floor_plan(tree)
    assert not kept
    return report


def test_the_floor_plan_is_kept():
    report, kept = floor_plan(ROOT)

    assert kept, report


@pytest.mark.parametrize("told", [told for _, told in PLANTED.values()], ids=PLANTED)
def test_the_floor_plan_catches(told, report_of_planted_tree):
    assert f"{told} " in report_of_planted_tree.replace("\n", " \n")


def test_every_service_has_a_floor_plan():
    assert not services_without_rooms(ROOT)


def test_a_service_without_a_floor_plan_is_caught(tmp_path):
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    (tmp_path / "services" / "payments" / "src").mkdir(parents=True)

    assert services_without_rooms(tmp_path) == {"payments"}


def test_contracts_stand_on_pydantic_alone():
    assert not foreign_imports(ROOT / "libs/contracts/src/contracts")


@pytest.mark.parametrize("line", ["import httpx", "from chassis import trail", "from . import x"])
def test_contracts_that_stand_on_more_are_caught(line, tmp_path):
    (tmp_path / "money.py").write_text(f"import re\nfrom decimal import Decimal\n{line}\n")

    assert len(foreign_imports(tmp_path)) == 1
