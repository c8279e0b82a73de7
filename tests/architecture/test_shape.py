"""Same doors, different furniture: every service has the same few files at its front."""

import ast
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FRONT = {
    "__init__.py",
    "__main__.py",
    "app.py",
    "errors.py",
    "gateways.py",
    "py.typed",
    "settings.py",
}
WITH_A_DATABASE = {"handlers.py", "migrations", "models.py", "queries.py"}
HEADINGS = ["Owns", "Hears", "Says", "Needs", "When it breaks"]
MAIN = '''"""Run the service, or one of its commands."""

from {name}.app import service

service.main()
'''


def services(root):
    return sorted(path.parent for path in root.glob("services/*/pyproject.toml"))


def missing_files(service):
    """Return what a service has not, and all have; with one table come all files about tables."""
    source = service / "src" / service.name
    present = {path.name for path in source.iterdir()} if source.is_dir() else set()
    has_database = bool(present & WITH_A_DATABASE)
    required = FRONT | (WITH_A_DATABASE if has_database else set())
    return sorted(required - present) + ([] if (service / "tests").is_dir() else ["tests"])


def own_start(service):
    """Tell whether a service starts otherwise than the others."""
    main = service / "src" / service.name / "__main__.py"
    return not main.exists() or main.read_text() != MAIN.format(name=service.name)


def busy_inits(service):
    """Return the packages that hold more than the sentence which says what they are for."""
    return [
        path
        for path in service.glob("src/**/__init__.py")
        if len(ast.parse(path.read_text()).body) != 1
        or ast.get_docstring(ast.parse(path.read_text())) is None
    ]


def own_settings(service, model):
    """Return the parts of a service's pyproject that are not as in another's, save its own facts.

    Its own are name, description, dependencies, and the name of its module.
    """
    ours, theirs = (_without_own_facts(each) for each in (service, model))
    return sorted(
        part for part in ours.keys() | theirs.keys() if ours.get(part) != theirs.get(part)
    )


def _without_own_facts(service):
    text = (service / "pyproject.toml").read_text().replace(f'"{service.name}"', '"<name>"')
    settings = tomllib.loads(text)
    project = settings.pop("project")
    assert project.pop("name") == f"postkamer-{service.name}"
    assert project.pop("description")
    assert {"postkamer-chassis", "postkamer-contracts"} <= set(project.pop("dependencies"))
    return settings | {f"project.{key}": value for key, value in project.items()}


def headings(service):
    readme = service / "README.md"
    lines = readme.read_text().splitlines() if readme.exists() else []
    return [line.removeprefix("## ") for line in lines if line.startswith("## ")]


SERVICES = services(ROOT)
NAMES = [service.name for service in SERVICES]


def test_there_are_services_to_look_at():
    assert {"identity", "documents", "notifications", "portal"} <= set(NAMES)


@pytest.mark.parametrize("service", SERVICES, ids=NAMES)
def test_a_service_has_the_files_that_all_have(service):
    assert not missing_files(service)


@pytest.mark.parametrize("service", SERVICES, ids=NAMES)
def test_a_service_starts_as_all_do(service):
    assert not own_start(service)


@pytest.mark.parametrize("service", SERVICES, ids=NAMES)
def test_a_package_says_what_it_is_for_and_holds_nothing(service):
    assert not busy_inits(service)


@pytest.mark.parametrize("service", SERVICES, ids=NAMES)
def test_a_service_is_built_as_all_are(service):
    assert not own_settings(service, SERVICES[0])


@pytest.mark.parametrize("service", SERVICES, ids=NAMES)
def test_a_readme_says_what_a_service_owns_hears_says_needs_and_what_to_do(service):
    assert headings(service) == HEADINGS


@pytest.fixture
def plant(tmp_path):
    """Return what makes a service that is as all are, with a database or without."""

    def made(name, *, with_a_database=True):
        service = tmp_path / "services" / name
        source = service / "src" / name
        source.mkdir(parents=True)
        (service / "tests").mkdir()
        for file in FRONT | (WITH_A_DATABASE if with_a_database else set()):
            (source / file).touch()
        (source / "__init__.py").write_text('"""Pays."""\n')
        (source / "__main__.py").write_text(MAIN.format(name=name))
        (service / "README.md").write_text("\n\n".join(f"## {each}" for each in HEADINGS))
        model = (SERVICES[0] / "pyproject.toml").read_text()
        (service / "pyproject.toml").write_text(model.replace(SERVICES[0].name, name))
        return service

    return made


@pytest.mark.parametrize("with_a_database", [True, False])
def test_a_service_of_the_right_shape_is_left_alone(with_a_database, plant, tmp_path):
    service = plant("payments", with_a_database=with_a_database)

    assert services(tmp_path) == [service]
    assert not missing_files(service)
    assert not own_start(service)
    assert not busy_inits(service)
    assert not own_settings(service, SERVICES[0])
    assert headings(service) == HEADINGS


@pytest.mark.parametrize("name", sorted(FRONT | WITH_A_DATABASE - {"migrations"}))
def test_a_missing_file_is_caught(name, plant):
    service = plant("payments")

    (service / "src" / "payments" / name).unlink()

    assert missing_files(service) == [name]


def test_another_start_is_caught(plant):
    service = plant("payments")

    (service / "src" / "payments" / "__main__.py").write_text(MAIN.format(name="credit"))

    assert own_start(service)


@pytest.mark.parametrize("text", ["", "import os\n", '"""Pays."""\n\nfrom payments import app\n'])
def test_a_package_that_holds_more_or_says_nothing_is_caught(text, plant):
    service = plant("payments")

    (service / "src" / "payments" / "__init__.py").write_text(text)

    assert len(busy_inits(service)) == 1


@pytest.mark.parametrize(
    ("old", "new", "part"),
    [
        ('requires-python = ">=3.11', 'requires-python = ">=3.13', "project.requires-python"),
        ('version = "0.1.0"', 'version = "0.2.0"', "project.version"),
        ("uv_build", "setuptools", "build-system"),
        ("[build-system]", "[tool.ruff]\nline-length = 80\n\n[build-system]", "tool"),
    ],
)
def test_a_service_built_in_its_own_way_is_caught(old, new, part, plant):
    service = plant("payments")
    path = service / "pyproject.toml"

    path.write_text(path.read_text().replace(old, new))

    assert own_settings(service, SERVICES[0]) == [part]


@pytest.mark.parametrize("text", ["", "## Owns\n## Hears\n## Says\n## Needs\n", "# Owns"])
def test_a_readme_without_its_headings_is_caught(text, plant):
    service = plant("payments")

    (service / "README.md").write_text(text)

    assert headings(service) != HEADINGS
