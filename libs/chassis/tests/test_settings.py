"""The knobs: from the environment only, each with its meaning, and a list of what is missing."""

import pytest
from pydantic import ValidationError

from chassis import logs
from chassis.command_line import describe_settings, obey

NEEDED = {
    "TOY_HTTP_PORT": "1",
    "TOY_IDENTITY_URL": "http://identity.test",
    "TOY_DATABASE_URL": "postgresql+asyncpg://toy:very-secret@db/toy",
    "TOY_AMQP_URL": "amqp://toy:very-secret@mq/toy",
}


@pytest.fixture(autouse=True)
def _logs_stay(monkeypatch):
    """Let no log line of other tests go where this test's output went."""
    monkeypatch.setattr(logs, "set_up", lambda *_how: None)


@pytest.fixture
def environment(monkeypatch):
    for name, value in NEEDED.items():
        monkeypatch.setenv(name, value)
    return monkeypatch


def test_knobs_come_from_the_environment(environment, toy):
    environment.setenv("TOY_RETRY_PAUSES", '["1s", "1h"]')

    settings = toy.Settings()

    assert settings.http_port == 1
    assert settings.retry_pauses == ["1s", "1h"]


def test_a_start_without_its_environment_ends_in_a_list(service, environment, capsys):
    environment.delenv("TOY_AMQP_URL")
    environment.setenv("TOY_HTTP_PORT", "very-secret")

    code = obey(service, ["serve"])

    told = capsys.readouterr().out
    assert code == 2
    assert "TOY_AMQP_URL: Field required" in told
    assert "TOY_HTTP_PORT: " in told
    assert "TOY_DATABASE_URL" not in told
    assert "very-secret" not in told


def test_a_pause_that_no_broker_has_is_refused(environment, toy):
    environment.setenv("TOY_RETRY_PAUSES", '["7s"]')

    with pytest.raises(ValidationError, match="no such pause"):
        toy.Settings()


@pytest.mark.usefixtures("environment")
def test_secrets_are_not_shown(toy):
    assert "very-secret" not in repr(toy.Settings())


def test_every_knob_is_described(service, toy, capsys):
    code = obey(service, ["settings"])

    lines = capsys.readouterr().out.splitlines()
    assert code == 0
    assert len(lines) == 2 * len(toy.Settings.model_fields)
    assert lines == describe_settings(service).splitlines()
    for meaning, knob in zip(lines[::2], lines[1::2], strict=True):
        assert meaning.startswith("# ")
        assert meaning != "# None"
        assert knob.removeprefix("# ").startswith(("TOY_", "OTEL_EXPORTER_OTLP_ENDPOINT="))
    assert "TOY_HTTP_PORT=" in lines


@pytest.mark.usefixtures("environment")
def test_a_step_that_lacks_something_says_what(service, capsys):
    assert obey(service, ["migrate"]) == 2
    assert "OWNER_DATABASE_URL is not set" in capsys.readouterr().out


def test_a_deploy_step_that_lacks_the_admin_says_so(service, environment, capsys):
    environment.delenv("AMQP_ADMIN_URL", raising=False)

    assert obey(service, ["declare"]) == 2
    assert "AMQP_ADMIN_URL" in capsys.readouterr().out


def test_a_migration_without_a_server_says_so(service, environment, capsys):
    environment.delenv("DATABASE_URL", raising=False)

    assert obey(service, ["migration", "-m", "more"]) == 2
    assert "DATABASE_URL" in capsys.readouterr().out
