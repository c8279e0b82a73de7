"""docker-compose.yml, the Dockerfile and the services agree, so that a new service is in all three.

What needs an engine is tried by hand (docs/decisions/0022); this needs none, but for one test.
"""

import copy
import importlib
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from chassis.settings import ServiceSettings
from localrun import container_keys, environment
from localrun.keys import Keys
from localrun.ports import OFFSETS, SUITE_BASE

ROOT = Path(__file__).parents[2]
SERVICES = sorted(path.name for path in (ROOT / "services").iterdir() if path.is_dir())
COMPOSE = (ROOT / "docker-compose.yml").read_text()
DOCKERFILE = (ROOT / "deploy" / "Dockerfile").read_text()
PROFILES = {"demo", "observability"}
STEPS = {"keys", "databases", "admit-services"}
OURS = {"postbox", "demo", *STEPS}
# Debian 12's engine is 20.10, which takes none of these.
TOO_NEW = [r"^# *syntax *=", r"<<-?['\"]?EOF", r"--link\b", r"start[_-]interval"]


def read(text):
    """Return what a compose file says when no variable is set."""
    return yaml.safe_load(re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", text))


@pytest.fixture(scope="module")
def compose():
    return read(COMPOSE)


@pytest.fixture(scope="module")
def secrets(tmp_path_factory):
    """What the first step in containers hands to each running service."""
    keys = Keys(tmp_path_factory.mktemp("keys") / "secrets.json")
    return container_keys.secrets_of(container_keys.addresses(keys), keys)


def settings_of(service):
    """Return the settings of a service by variable: is it required, is it a secret?"""
    settings = importlib.import_module(f"{service}.app").service.settings
    return {
        f"{service}_{name}".upper(): (knob.is_required(), "SecretStr" in repr(knob.annotation))
        for name, knob in settings.model_fields.items()
        if not knob.validation_alias
    }


def wrong_settings(compose, secrets, service):
    """Return what a service is not given though it must be, and what it is given wrongly."""
    shown = compose["services"][service]["environment"]
    kept = secrets[service]
    known = settings_of(service)
    prefix = f"{service.upper()}_"
    unset = [name for name, (needed, _) in known.items() if needed and name not in {*shown, *kept}]
    given = [name for name in (*shown, *kept) if name.startswith(prefix)]
    unknown = [name for name in given if name not in known]
    bare = [name for name in shown if known.get(name, (False, False))[1]]
    return (
        [f"not given: {name}" for name in unset]
        + [f"no such setting: {name}" for name in unknown]
        + [f"a secret, in the open: {name}" for name in bare]
    )


def wrong_place(compose, service):
    """Return where a service is built, listens or is published otherwise than it should."""
    told = compose["services"][service]
    port = str(SUITE_BASE + OFFSETS[service])
    build = told["build"]
    wanted = {
        "image": (told["image"], f"postkamer/{service}"),
        "SERVICE": (build["args"], {"SERVICE": service}),
        "dockerfile": (build["dockerfile"], "deploy/Dockerfile"),
        "published": (f"127.0.0.1:{port}:{port}" in told["ports"], True),
        "port": (told["environment"][f"{service.upper()}_HTTP_PORT"], port),
        "host": (told["environment"][f"{service.upper()}_HTTP_HOST"], "0.0.0.0"),  # noqa: S104
        "secrets": (f"{service}-environment:/run/postkamer:ro" in told["volumes"], True),
    }
    return [what for what, (is_so, should) in wanted.items() if is_so != should]


def unprepared(compose, service):
    """Return the deploy step that is missing before a service with tables and queues starts."""
    settings = importlib.import_module(f"{service}.app").service.settings
    if not issubclass(settings, ServiceSettings):
        return []
    name = f"prepare-{service}"
    step = compose["services"].get(name, {})
    awaited = compose["services"][service].get("depends_on", {}).get(name, {})
    is_so = (
        step.get("command"),
        step.get("image"),
        step.get("environment", {}).get("ENVIRONMENT_FILE"),
        awaited.get("condition"),
    )
    should = (
        ["prepare"],
        f"postkamer/{service}",
        f"/run/postkamer/{service}.env",
        "service_completed_successfully",
    )
    return [] if is_so == should else [name]


def soft(compose, container):
    """Return the fences that a container of ours has not."""
    told = compose["services"][container]
    fences = {
        "read_only": told.get("read_only") is True,
        "tmpfs": told.get("tmpfs") == ["/tmp"],  # noqa: S108
        "cap_drop": told.get("cap_drop") == ["ALL"] and "cap_add" not in told,
        "security_opt": "no-new-privileges:true" in told.get("security_opt", []),
        "privileged": not told.get("privileged"),
    }
    return [fence for fence, holds in fences.items() if not holds]


def published_to_the_world(compose):
    """Return the ports that others than this machine could reach."""
    ports = [port for told in compose["services"].values() for port in told.get("ports", [])]
    return [port for port in ports if not str(port).startswith("127.0.0.1:")]


def folders_without_owner(compose, dockerfile):
    """Return where `keys` writes into a volume for which its image makes no folder.

    Docker would make it itself, as root's, and the step could not write there.
    """
    local = re.search(r"^FROM running AS local$(.*?)^FROM", dockerfile, re.MULTILINE | re.DOTALL)[1]
    made = set(re.search(r"mkdir ((?:\\\n|[^&\n])*)", local)[1].replace("\\\n", " ").split())
    mounted = [volume.split(":")[1] for volume in compose["services"]["keys"]["volumes"]]
    return [
        path
        for path in mounted
        if path not in made and path.removeprefix("/var/lib/postkamer/") not in made
    ]


def too_new(text):
    return [pattern for pattern in TOO_NEW if re.search(pattern, text, re.MULTILINE)]


@pytest.mark.parametrize("service", SERVICES)
def test_every_service_is_a_container_where_outsiders_expect_it(compose, service):
    assert not wrong_place(compose, service)


@pytest.mark.parametrize("service", SERVICES)
def test_every_service_is_given_what_it_needs_and_no_secret_in_the_open(compose, secrets, service):
    assert not wrong_settings(compose, secrets, service)


@pytest.mark.parametrize("service", SERVICES)
def test_every_service_with_tables_is_prepared_before_it_starts(compose, service):
    assert not unprepared(compose, service)


def test_a_deploy_step_is_given_what_its_service_is(compose):
    for service in environment.WITH_MESSAGES:
        shown = dict(compose["services"][service]["environment"])
        step = dict(compose["services"][f"prepare-{service}"]["environment"])
        assert shown.pop("ENVIRONMENT_FILE") != step.pop("ENVIRONMENT_FILE")
        assert shown == step


def test_every_container_of_ours_can_write_nowhere_and_gain_no_right(compose):
    containers = {*SERVICES, *(f"prepare-{each}" for each in environment.WITH_MESSAGES), *OURS}

    assert containers <= compose["services"].keys()
    assert {name: found for name in containers if (found := soft(compose, name))} == {}


def test_the_images_of_ours_run_as_a_user_of_a_fixed_number(compose):
    assert "USER 10001:10001" in DOCKERFILE
    assert "STOPSIGNAL SIGTERM" in DOCKERFILE
    assert "HEALTHCHECK" in DOCKERFILE
    own = [told for told in compose["services"].values() if "build" in told]
    assert [told["user"] for told in own if "user" in told] == []


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_has_time_to_stop(compose, service):
    settings = importlib.import_module(f"{service}.app").service.settings
    graceful = settings.model_fields["graceful_seconds"].default

    grace = compose["services"][service]["stop_grace_period"]

    assert int(grace.removesuffix("s")) > graceful


def test_only_this_machine_reaches_what_is_published(compose):
    assert not published_to_the_world(compose)


def test_no_running_service_sees_the_keys_of_deploy_steps(compose):
    for service in (*SERVICES, "postbox"):
        mounted = [volume.split(":")[0] for volume in compose["services"][service]["volumes"]]
        assert not {"keys", "deploying"} & set(mounted)


def test_whoever_only_runs_on_request_says_so(compose):
    asked = {
        name: told["profiles"] for name, told in compose["services"].items() if "profiles" in told
    }

    assert {profile for profiles in asked.values() for profile in profiles} == PROFILES
    assert asked["demo"] == ["demo"]


def test_every_step_is_awaited_by_somebody(compose):
    """Else `up --wait` takes a step that has ended for a container that has died."""
    awaited = {
        name
        for told in compose["services"].values()
        for name, how in told.get("depends_on", {}).items()
        if how["condition"] == "service_completed_successfully"
    }

    assert awaited >= STEPS | {f"prepare-{each}" for each in environment.WITH_MESSAGES}


def test_the_keys_have_folders_that_their_step_may_write(compose):
    assert not folders_without_owner(compose, DOCKERFILE)


def test_nothing_is_asked_of_an_engine_that_20_10_cannot_do():
    assert not too_new(DOCKERFILE)
    assert not too_new(COMPOSE)


def run(*command):
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S603


def test_docker_itself_reads_the_file():
    docker = shutil.which("docker")
    if docker is None or run(docker, "compose", "version").returncode:
        pytest.skip("there is no docker compose on this machine")
    profiles = [f"--profile={profile}" for profile in sorted(PROFILES)]

    ended = run(docker, "compose", *profiles, "config", "--quiet")

    assert ended.returncode == 0, ended.stderr


@pytest.fixture
def spoilt(compose):
    """A copy of what compose is told, to be spoilt."""
    return copy.deepcopy(compose)


@pytest.mark.parametrize(
    ("key", "value", "part"),
    [
        ("image", "postkamer/identity", "image"),
        ("ports", ["127.0.0.1:8103:8102"], "published"),
        ("volumes", ["deploying:/run/postkamer:ro"], "secrets"),
    ],
)
def test_a_service_in_the_wrong_place_is_caught(spoilt, key, value, part):
    spoilt["services"]["documents"][key] = value

    assert wrong_place(spoilt, "documents") == [part]


def test_a_service_of_another_image_is_caught(spoilt):
    spoilt["services"]["documents"]["build"]["args"] = {"SERVICE": "identity"}

    assert wrong_place(spoilt, "documents") == ["SERVICE"]


def test_a_setting_that_is_missing_misspelt_or_laid_open_is_caught(spoilt, secrets):
    given = spoilt["services"]["documents"]["environment"]
    del given["DOCUMENTS_FILES_URL"]
    given["DOCUMENTS_FILE_URL"] = "file:///somewhere"
    given["DOCUMENTS_AMQP_URL"] = "amqp://documents:secret@rabbitmq/postkamer"

    assert wrong_settings(spoilt, secrets, "documents") == [
        "not given: DOCUMENTS_FILES_URL",
        "no such setting: DOCUMENTS_FILE_URL",
        "a secret, in the open: DOCUMENTS_AMQP_URL",
    ]


@pytest.mark.parametrize("how", ["no step", "not awaited", "another's step"])
def test_a_service_that_is_not_prepared_is_caught(spoilt, how):
    if how == "no step":
        del spoilt["services"]["prepare-documents"]
    elif how == "not awaited":
        del spoilt["services"]["documents"]["depends_on"]["prepare-documents"]
    else:
        spoilt["services"]["prepare-documents"] = spoilt["services"]["prepare-identity"]

    assert unprepared(spoilt, "documents") == ["prepare-documents"]


@pytest.mark.parametrize(
    ("fence", "value"),
    [
        ("read_only", False),
        ("tmpfs", ["/tmp", "/var"]),  # noqa: S108
        ("cap_drop", []),
        ("security_opt", []),
        ("privileged", True),
    ],
)
def test_a_container_with_a_hole_in_its_fence_is_caught(spoilt, fence, value):
    spoilt["services"]["portal"][fence] = value

    assert soft(spoilt, "portal") == [fence]


@pytest.mark.parametrize("port", ["8100:8100", "0.0.0.0:8100:8100", 8100])
def test_a_port_that_is_open_to_the_world_is_caught(spoilt, port):
    spoilt["services"]["portal"]["ports"] = [port]

    assert published_to_the_world(spoilt) == [port]


def test_a_folder_that_nobody_made_is_caught(spoilt):
    spoilt["services"]["keys"]["volumes"].append("payments-environment:/run/postkamer/payments")

    assert folders_without_owner(spoilt, DOCKERFILE) == ["/run/postkamer/payments"]


@pytest.mark.parametrize(
    "line",
    [
        "# syntax=docker/dockerfile:1",
        "RUN <<EOF",
        "COPY --link a b",
        "HEALTHCHECK --start-interval=1s CMD true",
        "      start_interval: 1s",
    ],
)
def test_what_an_old_engine_cannot_do_is_caught(line):
    assert len(too_new(f"FROM scratch\n{line}\n")) == 1
