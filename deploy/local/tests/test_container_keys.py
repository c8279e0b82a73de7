"""Containers are handed their secrets, the same each time, and nobody is handed another's."""

import json
from pathlib import Path

import pytest

from localrun import container_keys
from localrun.environment import SERVICES, WITH_MESSAGES, read_exports
from localrun.keys import Keys

FOLDERS = (*SERVICES, "deploying", "postgres", "rabbitmq")


@pytest.fixture
def handed_out(tmp_path: Path) -> Path:
    """Return the folder in which everything has been handed out."""
    folder = tmp_path / "run"
    for name in FOLDERS:
        (folder / name).mkdir(parents=True)
    container_keys.hand_out(Keys(tmp_path / "secrets.json"), folder)
    return folder


def told(folder: Path) -> dict[str, str]:
    """Return every file below a folder."""
    return {
        str(path.relative_to(folder)): path.read_text()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_the_next_start_hands_out_the_same(handed_out: Path, tmp_path: Path) -> None:
    first = told(handed_out)

    container_keys.hand_out(Keys(tmp_path / "secrets.json"), handed_out)

    assert told(handed_out) == first


def test_no_running_service_is_handed_what_deploying_takes(handed_out: Path) -> None:
    for service in SERVICES:
        given = read_exports(handed_out / service / "environment")
        assert given
        assert "AMQP_ADMIN_URL" not in given
        assert not [name for name in given if name.endswith("_OWNER_DATABASE_URL")]


def test_a_service_is_handed_nothing_of_another(handed_out: Path) -> None:
    for service in SERVICES:
        given = read_exports(handed_out / service / "environment")
        assert {name.partition("_")[0].lower() for name in given} == {service}


def test_a_deploy_step_is_handed_what_its_service_has_and_the_keys_of_the_servers(
    handed_out: Path,
) -> None:
    for service in WITH_MESSAGES:
        running = read_exports(handed_out / service / "environment")
        deploying = read_exports(handed_out / "deploying" / f"{service}.env")
        assert deploying.keys() - running.keys() == {
            "AMQP_ADMIN_URL",
            f"{service.upper()}_OWNER_DATABASE_URL",
        }
        assert deploying == deploying | running


def test_a_database_is_made_with_the_passwords_that_its_service_comes_with(
    handed_out: Path,
) -> None:
    for service in WITH_MESSAGES:
        roles = read_exports(handed_out / "deploying" / "databases" / f"{service}.env")
        deploying = read_exports(handed_out / "deploying" / f"{service}.env")
        owner = deploying[f"{service.upper()}_OWNER_DATABASE_URL"]
        assert f"://{service}_owner:{roles['OWNER_PASSWORD']}@postgres:5432/{service}" in owner
        running = deploying[f"{service.upper()}_DATABASE_URL"]
        assert f"://{service}:{roles['PASSWORD']}@postgres:5432/{service}" in running
        assert roles["SERVICE"] == service


def test_the_servers_are_told_the_passwords_that_others_come_with(handed_out: Path) -> None:
    password = (handed_out / "postgres" / "password").read_text()
    definitions = json.loads((handed_out / "rabbitmq" / "definitions.json").read_text())

    roles = read_exports(handed_out / "deploying" / "databases" / "identity.env")
    assert roles["PGPASSWORD"] == password
    assert [each["name"] for each in definitions["vhosts"]] == ["postkamer"]
    assert [each["name"] for each in definitions["users"]] == ["admin"]
    deploying = read_exports(handed_out / "deploying" / "identity.env")
    admin = deploying["AMQP_ADMIN_URL"].split(":")[2].partition("@")[0]
    assert admin not in json.dumps(definitions)


def test_only_servers_with_users_of_their_own_find_files_that_others_may_read(
    handed_out: Path,
) -> None:
    modes = {
        str(path.relative_to(handed_out)): oct(path.stat().st_mode & 0o777)
        for path in handed_out.rglob("*")
        if path.is_file()
    }

    assert {name for name, mode in modes.items() if mode == "0o444"} == {
        "postgres/password",
        "rabbitmq/definitions.json",
    }
    assert set(modes.values()) == {"0o444", "0o600"}
