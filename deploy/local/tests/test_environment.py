"""Each process is given what it needs, and never what opens more than that."""

import base64
import json
import shlex
from dataclasses import replace
from pathlib import Path

import pytest

from localrun import environment
from localrun.addresses import Addresses
from localrun.environment import SERVICES, Relay
from localrun.errors import CannotRun
from localrun.keys import Keys


@pytest.fixture
def keys(tmp_path: Path) -> Keys:
    """Fresh secrets."""
    return Keys(tmp_path / "secrets.json")


def addresses(amqp: str = "amqp://admin:secret@127.0.0.1:8130/postkamer") -> Addresses:
    """Return the addresses of a run that has moved nowhere."""
    return Addresses(
        port_base=8100,
        amqp=amqp,
        amqp_admin="http://admin:secret@127.0.0.1:8131",
        postgres="postgresql://postgres:secret@127.0.0.1:8134/postgres",
        smtp="smtp://127.0.0.1:8126",
        postbox="http://127.0.0.1:8125",
        bounces="smtp://127.0.0.1:8127",
        portal="http://127.0.0.1:8100",
        identity="http://127.0.0.1:8101",
        documents="http://127.0.0.1:8102",
        notifications="http://127.0.0.1:8103",
    )


def of_services(keys: Keys, relay: Relay | None = None) -> dict[str, dict[str, str]]:
    """Return every service's variables."""
    relay = relay or Relay("127.0.0.1", 8126)
    return environment.of_services(addresses(), relay, keys, Path("/somewhere/files"))


def test_a_service_reaches_its_own_database_and_the_broker_as_itself(keys: Keys) -> None:
    given = of_services(keys)["documents"]

    database, broker = given["DOCUMENTS_DATABASE_URL"], given["DOCUMENTS_AMQP_URL"]
    assert database.startswith("postgresql+asyncpg://documents:")
    assert database.endswith("@127.0.0.1:8134/documents")
    assert broker.startswith("amqp://documents:")
    assert broker.endswith("@127.0.0.1:8130/postkamer")


def test_no_running_service_is_given_a_key_to_a_whole_server(keys: Keys) -> None:
    for service, given in of_services(keys).items():
        assert not [name for name in given if name.endswith("_OWNER_DATABASE_URL")], service
        assert "AMQP_ADMIN_URL" not in given
        assert "secret@" not in "".join(given.values())


def test_where_traces_go_is_passed_on_by_its_standard_names() -> None:
    given = {
        "OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:4318",
        "OTEL_TRACES_SAMPLER": "always_on",
    }

    assert environment.without_suite(given | {"DATABASE_URL": "a server's"}) == given


def test_the_deploy_step_owns_the_database_and_may_declare(keys: Keys) -> None:
    given = environment.of_deploy_step("identity", addresses(), keys)

    assert given["IDENTITY_OWNER_DATABASE_URL"].startswith("postgresql+asyncpg://identity_owner:")
    assert given["AMQP_ADMIN_URL"] == addresses().amqp_admin


def test_links_are_made_and_checked_with_the_same_key(keys: Keys) -> None:
    given = of_services(keys)

    (checked,) = json.loads(given["identity"]["IDENTITY_LINK_KEYS"])
    assert given["notifications"]["NOTIFICATIONS_LINK_KEY"] == checked


def test_services_that_ask_in_their_own_name_have_a_client_each(keys: Keys) -> None:
    given = of_services(keys)

    secrets = {
        given[service][f"{service.upper()}_CLIENT_SECRET"] for service in environment.CLIENTS
    }
    assert len(secrets) == len(environment.CLIENTS) == 2
    assert given["notifications"]["NOTIFICATIONS_CLIENT_ID"] == "notifications"
    assert given["notifications"]["NOTIFICATIONS_DOCUMENTS_URL"] == addresses().documents


def test_second_factors_are_sealed_with_a_key_of_their_own(keys: Keys) -> None:
    given = of_services(keys)["identity"]

    (sealing,) = json.loads(given["IDENTITY_VAULT_KEYS"])
    assert len(base64.urlsafe_b64decode(sealing)) == 32
    assert sealing not in given["IDENTITY_LINK_KEYS"]


def test_passkeys_are_of_the_name_that_a_browser_takes_for_this_machine(keys: Keys) -> None:
    given = of_services(keys)["identity"]

    port = addresses().portal.rpartition(":")[2]
    assert given["IDENTITY_PASSKEY_DOMAIN"] == "localhost"
    assert json.loads(given["IDENTITY_PASSKEY_ORIGINS"]) == [f"http://localhost:{port}"]


def test_a_run_from_before_there_were_accounts_gets_the_key_it_lacks(keys: Keys) -> None:
    of_services(keys)
    kept = json.loads(keys.file.read_text())
    del kept["vault_key"]
    keys.file.write_text(json.dumps(kept))

    given = of_services(Keys(keys.file))["identity"]

    assert json.loads(given["IDENTITY_LINK_KEYS"]) == [kept["link_key"]]
    assert json.loads(given["IDENTITY_VAULT_KEYS"]) != []
    assert json.loads(keys.file.read_text()).keys() == kept.keys() | {"vault_key"}


def test_secrets_are_the_same_in_the_next_run(keys: Keys) -> None:
    first = of_services(keys)

    assert of_services(Keys(keys.file)) == first
    assert keys.file.stat().st_mode & 0o777 == 0o600


def test_a_real_relay_takes_the_place_of_the_postbox(keys: Keys) -> None:
    relay = Relay.given({"SMTP_HOST": "mail.example.com", "SMTP_PORT": "587"})

    given = of_services(keys, relay)["notifications"]

    assert given["NOTIFICATIONS_SMTP_HOST"] == "mail.example.com"
    assert given["NOTIFICATIONS_SMTP_PORT"] == "587"
    assert given["NOTIFICATIONS_SMTP_EVIDENCE"] == "none"


def test_what_an_earlier_suite_left_in_the_shell_reaches_nobody() -> None:
    shell = {
        "PATH": "/bin",
        "AMQP_ADMIN_URL": "http://other",
        "DOCUMENTS_DATABASE_URL": "postgresql://other",
        "SMTP_HOST": "mail.example.com",
    }

    assert environment.without_suite(shell) == {"PATH": "/bin"}


def test_a_knob_turned_by_hand_reaches_its_own_service_only() -> None:
    shell = {"DOCUMENTS_LOG_LEVEL": "DEBUG", "DOCUMENTS_OWNER_DATABASE_URL": "postgresql://owner"}

    turned = {service: environment.knobs(service, shell) for service in SERVICES}

    assert turned.pop("documents") == {"DOCUMENTS_LOG_LEVEL": "DEBUG"}
    assert not any(turned.values())


def test_keys_that_are_rotated_by_hand_take_the_place_of_the_runs_own() -> None:
    shell = {
        "IDENTITY_SIGNING_KEYS": "[one, two]",
        "IDENTITY_LINK_KEYS": "[three]",
        "IDENTITY_VAULT_KEYS": "[four]",
        "NOTIFICATIONS_LINK_KEY": "three",
        "IDENTITY_DATABASE_URL": "postgresql://other",
    }

    rotated = {service: environment.rotated(service, shell) for service in SERVICES}

    assert rotated.pop("identity") == {
        "IDENTITY_SIGNING_KEYS": "[one, two]",
        "IDENTITY_LINK_KEYS": "[three]",
        "IDENTITY_VAULT_KEYS": "[four]",
    }
    assert rotated.pop("notifications") == {"NOTIFICATIONS_LINK_KEY": "three"}
    assert not any(rotated.values())


def test_a_shell_reads_back_what_was_written_for_it() -> None:
    awkward = """it's "one" $HOME `value`"""

    (line,) = environment.as_exports({"NAME": awkward}).splitlines()

    assert shlex.split(line) == ["export", f"NAME={awkward}"]


def test_mails_come_back_to_one_process_and_only_from_the_built_in_relay(keys: Keys) -> None:
    """N-09"""
    given = of_services(keys)["notifications"]
    second = environment.of_replica("notifications", given, 8153)
    elsewhere = replace(addresses(), postbox=None, bounces=None)
    real = environment.of_services(elsewhere, Relay("mail.example", 25), keys, Path("/files"))

    assert given["NOTIFICATIONS_BOUNCE_DOMAIN"] == "bounce.localhost"
    assert given["NOTIFICATIONS_BOUNCE_PORT"] == "8127"
    assert second["NOTIFICATIONS_BOUNCE_DOMAIN"] == "bounce.localhost"
    assert "NOTIFICATIONS_BOUNCE_PORT" not in second
    assert not [name for name in real["notifications"] if "BOUNCE" in name]


def test_a_replica_has_the_same_settings_on_another_port(keys: Keys) -> None:
    given = of_services(keys)["documents"]

    replica = environment.of_replica("documents", given, 8152)

    assert {name for name in given if replica[name] != given[name]} == {"DOCUMENTS_HTTP_PORT"}
    assert replica["DOCUMENTS_HTTP_PORT"] == "8152"


def test_one_process_of_each_service_runs_unless_more_are_wanted() -> None:
    assert environment.replicas({}) == 1
    assert environment.replicas({"POSTKAMER_REPLICAS": "2"}) == 2
    with pytest.raises(CannotRun, match="POSTKAMER_REPLICAS is many"):
        environment.replicas({"POSTKAMER_REPLICAS": "many"})


def test_the_postbox_can_be_asked_unless_it_is_to_be_silent() -> None:
    usual = Relay.built_in(8126, {})
    silent = Relay.built_in(8126, {"SMTP_EVIDENCE": "none", "ON_UNKNOWN": "resend"})

    assert (usual.evidence, usual.on_unknown) == ("postbox", "hold")
    assert (silent.evidence, silent.on_unknown) == ("none", "resend")
