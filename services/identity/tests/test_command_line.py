"""Proves what the steps at a keyboard leave on a real broker and in the database."""

import io
import json
from argparse import ArgumentParser

import aio_pika
import httpx
import pytest
from aiormq.exceptions import ChannelAccessRefused, ProbableAuthenticationError
from pydantic import SecretStr, ValidationError

from chassis import topology
from chassis.command_line import StepRefused, obey
from chassis.identifiers import new_id
from chassis.signing import key_from
from chassis.testing import said
from contracts.identity import CustomerNumberChanged, IssuerChanged, PersonChanged
from identity import granting, queries, registering, republishing
from identity.command_line import COMMANDS
from identity.mint import new_key, read_keys
from identity.settings import Settings

NO_ADMIN = "http://nobody:none@127.0.0.1:9"
KNOWN = ("--name", "Delta Lease", "--sender", "invoices@example.com")


@pytest.fixture(autouse=True)
def emptied(database):
    """Have what a step committed taken out of the database afterwards."""
    return database


@pytest.fixture
def settings(database_url, signing_key):
    """Return identity's settings, with a broker that does not answer."""
    return Settings(
        http_port=0,
        identity_url="http://identity.test",
        public_url="http://identity.test",
        broker_public_url="amqp://127.0.0.1:9/nowhere",
        database_url=database_url,
        amqp_url="amqp://nobody:none@127.0.0.1:9/nowhere",
        signing_keys=[signing_key()],
        link_keys=["A" * 43],
        vault_keys=["B" * 43],
        passkey_domain="localhost",
        passkey_origins=["http://localhost:8100"],
    )


@pytest.fixture
async def with_broker(settings, vhost):
    """Return the settings with a real broker that has what services have in common."""
    async with vhost.admin() as admin:
        await admin.declare(topology.shared())
    public_url = f"amqp://{vhost.amqp_url.rpartition('@')[2]}"
    return settings.model_copy(
        update={"broker_public_url": public_url, "amqp_url": SecretStr(vhost.amqp_url)}
    )


@pytest.fixture
async def issuer(vhost):
    """Return a name for an issuer that no other test uses, as users are the broker's own."""
    name = f"t{new_id().hex[-10:]}"
    yield name
    async with httpx.AsyncClient(base_url=vhost.admin_url, trust_env=False) as admin:
        for user in (name, f"{name}.erp"):
            await admin.delete(f"/api/users/{user}")


@pytest.fixture
def do(settings, capsys, monkeypatch):
    """Return a function that takes a step and returns what it printed."""

    async def do(*arguments, settings=settings, admin_url=NO_ADMIN):
        monkeypatch.setenv("AMQP_ADMIN_URL", admin_url)
        parser = ArgumentParser()
        steps = parser.add_subparsers(dest="command")
        for command in COMMANDS:
            command.configure(steps.add_parser(command.name))
        chosen = parser.parse_args(arguments)
        command = next(each for each in COMMANDS if each.name == chosen.command)
        capsys.readouterr()
        assert await command.run(settings, chosen) == 0
        printed = capsys.readouterr().out
        return json.loads(printed) if "--json" in arguments else printed

    return do


@pytest.fixture
def add(do, issuer, with_broker, vhost):
    """Return a function that adds the issuer."""

    async def add(*more, known=KNOWN, printed=("--json",), admin_url=vhost.admin_url):
        step = ("add-issuer", issuer, *known, *more, *printed)
        return await do(*step, settings=with_broker, admin_url=admin_url)

    return add


async def opens(url):
    try:
        connection = await aio_pika.connect(url)
    except ProbableAuthenticationError:
        return False
    await connection.close()
    return True


async def test_a_new_issuer_can_ask_and_read_its_answers(add, issuer):
    added = await add()

    assert (added["exchange"], added["outcomes"]) == (f"in.{issuer}", f"out.{issuer}")
    connection = await aio_pika.connect(added["amqp_url"])
    async with connection, connection.channel() as channel:
        door = await channel.get_exchange(added["exchange"], ensure=False)
        message = aio_pika.Message(b"{}", user_id=issuer, message_id=str(new_id()))
        await door.publish(message, "identity.register-customer.v1")
        outcomes = await channel.get_queue(added["outcomes"], ensure=False)
        assert await outcomes.get(fail=False) is None
        with pytest.raises(ChannelAccessRefused):
            await (await channel.get_exchange("events", ensure=False)).publish(message, "x")


async def test_a_new_issuer_is_told_to_all(add, issuer, database):
    await add("--group", "delta", "--accent", "#AA0000", "--language", "fr")

    async with database.transaction() as session:
        (told,) = [each.read(IssuerChanged) for each in await said(session, IssuerChanged)]
    assert (told.issuer, told.prefix, told.group) == (issuer, issuer.upper(), "delta")
    assert (told.accent, told.language, told.version) == ("#AA0000", "fr", 1)


async def test_adding_again_keeps_the_secret_and_does_not_show_it(add, issuer, database):
    first = await add()

    again = await add(known=())

    assert first["amqp_url"].startswith(f"amqp://{issuer}:")
    assert again["amqp_url"].startswith(f"amqp://{issuer}@")
    assert await opens(first["amqp_url"])
    async with database.transaction() as session:
        assert len(await said(session)) == 1


async def test_rotating_gives_a_new_secret_and_ends_the_old(add):
    first = await add()

    rotated = await add("--rotate")

    assert rotated["amqp_url"] != first["amqp_url"]
    assert await opens(rotated["amqp_url"])
    assert not await opens(first["amqp_url"])


async def test_another_system_of_an_issuer_is_a_user_of_its_own(add, issuer):
    first = await add()

    erp = await add("--system", "erp")

    assert erp["amqp_url"].startswith(f"amqp://{issuer}.erp:")
    assert (erp["exchange"], erp["outcomes"]) == (first["exchange"], first["outcomes"])
    assert await opens(first["amqp_url"])
    connection = await aio_pika.connect(erp["amqp_url"])
    async with connection, connection.channel() as channel:
        message = aio_pika.Message(b"{}", user_id=f"{issuer}.erp", message_id=str(new_id()))
        door = await channel.get_exchange(erp["exchange"], ensure=False)
        await door.publish(message, "identity.register-customer.v1")


async def test_people_are_told_that_the_secret_is_shown_once(add, issuer):
    first, again = await add(printed=()), await add(printed=())

    assert "shown once" in first
    assert "shown once" not in again
    assert f"exchange: in.{issuer}" in again


@pytest.mark.parametrize(
    "arguments",
    [
        ["DL5"],
        ["5dl"],
        ["d-l"],
        ["identity", "--rotate"],
        ["documents"],
        ["admin"],
        ["dl5", "--accent", "red"],
        ["dl5", "--system", "erp 2"],
        ["dl5", "--sender", "nobody"],
    ],
)
async def test_a_step_that_cannot_be_taken_says_so_and_leaves_nothing(do, database, arguments):
    with pytest.raises(StepRefused):
        await do("add-issuer", *KNOWN, *arguments)

    async with database.transaction() as session:
        assert await said(session) == []


async def test_a_new_issuer_needs_a_name_and_a_sender(do):
    with pytest.raises(StepRefused, match="--name and --sender"):
        await do("add-issuer", "dl5", "--name", "Delta")


async def test_an_issuer_cannot_be_added_without_an_admin_of_the_broker(do):
    with pytest.raises(StepRefused, match="AMQP_ADMIN_URL"):
        await do("add-issuer", "dl5", *KNOWN, admin_url="")


async def test_whom_the_broker_would_not_have_is_still_new_afterwards(add):
    with pytest.raises(httpx.ConnectError):
        await add(admin_url=NO_ADMIN)

    assert await opens((await add())["amqp_url"])


async def test_a_client_of_an_issuer_is_shown_its_secret_once(do, admit, database):
    async with database.transaction() as session:
        await admit(session)

    added = await do(
        *("add-client", "--issuer", "dl5", "--json"),
        *("--scope", "documents:read", "--scope", "identity:write"),
    )

    assert added["token_url"] == "http://identity.test/v1/oauth/token"
    async with database.transaction() as session:
        client = await queries.client(session, added["client_id"])
    assert client.secret_sha256 == granting.hash_of(added["client_secret"])
    assert (client.issuer, client.service) == ("dl5", None)
    assert client.scopes == ["documents:read", "identity:write"]


async def test_a_secret_that_was_given_is_kept_and_never_shown(do, database, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO("made-elsewhere\n"))

    added = await do(
        *("add-client", "--service", "portal", "--scope", "links:open"),
        *("--client-id", "portal", "--secret-stdin", "--json"),
    )

    assert "client_secret" not in added
    async with database.transaction() as session:
        client = await queries.client(session, "portal")
    assert client.secret_sha256 == granting.hash_of("made-elsewhere")


@pytest.mark.parametrize(
    "arguments",
    [
        ["--scope", "documents:read"],
        ["--issuer", "dl5", "--service", "portal", "--scope", "documents:read"],
        ["--issuer", "nobody", "--scope", "documents:read"],
        ["--issuer", "dl5", "--scope", "links:open"],
        ["--issuer", "dl5", "--scope", "documents:newest"],
        ["--service", "portal", "--scope", "identity:write"],
        ["--service", "portal", "--scope", "links:open", "--secret-stdin"],
    ],
)
async def test_a_client_that_should_not_be_is_not_added(
    do, arguments, monkeypatch, admit, database
):
    async with database.transaction() as session:
        await admit(session)
    monkeypatch.setattr("sys.stdin", io.StringIO(""))

    with pytest.raises(StepRefused):
        await do("add-client", *arguments)


async def test_a_late_listener_is_told_everything(
    do, admit, customer, database, with_broker, vhost
):
    async with vhost.admin() as admin:
        await admin.declare(topology.of_service("credit", republishing.EVENTS, unrouted=False))
    async with database.transaction() as session:
        await admit(session)
        for number in range(3):
            told = customer(f"DL5-{number}", email=f"{number}@example.com")
            await registering.register(session, "dl5", told)

    printed = await do(
        "republish", "--to", "credit", settings=with_broker, admin_url=vhost.admin_url
    )

    async with database.transaction() as session:
        returned = [each for each in await said(session) if each.exchange == "returns"]
    assert [each.name for each in returned].count(PersonChanged.routing_key) == 3
    assert len(returned) == 7
    assert f"{PersonChanged.routing_key}: 3" in printed


async def test_a_listener_is_told_of_what_it_hears_and_of_nothing_else(
    do, admit, customer, database, with_broker, vhost
):
    """Nobody needs to know who lives at an address in order to keep their documents."""
    async with vhost.admin() as admin:
        await admin.declare(topology.of_service("credit", [CustomerNumberChanged], unrouted=False))
    async with database.transaction() as session:
        await admit(session)
        await registering.register(session, "dl5", customer())

    await do("republish", "--to", "credit", settings=with_broker, admin_url=vhost.admin_url)

    async with database.transaction() as session:
        returned = [each.name for each in await said(session) if each.exchange == "returns"]
    assert returned == [CustomerNumberChanged.routing_key]


async def test_nothing_is_republished_to_who_does_not_listen(do, with_broker, vhost, database):
    with pytest.raises(StepRefused, match="nobody does not listen"):
        await do("republish", "--to", "nobody", settings=with_broker, admin_url=vhost.admin_url)

    async with database.transaction() as session:
        assert await said(session) == []


async def test_a_system_added_again_keeps_its_secret_unless_it_is_rotated(add):
    await add()
    first = await add("--system", "erp")

    again = await add("--system", "erp")

    assert await opens(first["amqp_url"])
    assert "@" in again["amqp_url"]
    assert first["amqp_url"] != again["amqp_url"]
    rotated = await add("--system", "erp", "--rotate")
    assert not await opens(first["amqp_url"])
    assert await opens(rotated["amqp_url"])


async def test_a_client_id_of_another_is_not_taken_over(do, admit, database):
    async with database.transaction() as session:
        await admit(session)
    step = ("add-client", "--issuer", "dl5", "--scope", "documents:read", "--client-id", "erp")
    await do(*step)

    with pytest.raises(StepRefused, match="somebody else's"):
        await do("add-client", "--service", "portal", "--scope", "links:open", "--client-id", "erp")


def test_fresh_keys_are_printed_before_there_is_any_environment(service, capsys):
    def printed(step):
        assert obey(service, [step]) == 0
        return capsys.readouterr().out.strip()

    signing, another = printed("new-signing-key"), printed("new-signing-key")
    link = printed("new-link-key")

    assert len(read_keys([signing, another])) == 2
    assert len(key_from(link)) == 32
    assert link != printed("new-link-key")
    assert key_from(printed("new-vault-key"))


@pytest.mark.parametrize(
    ("knob", "value", "told"),
    [
        ("signing_keys", ["not a key"], "key 1 is no JWK of an elliptic curve"),
        ("link_keys", ["short"], "a key is 32 bytes, in base64url"),
        ("link_keys", ["A" * 43] * 3, "at most 2 items"),
    ],
)
def test_a_key_that_is_none_stops_the_start_and_is_not_shown(settings, knob, value, told):
    given = {name: getattr(settings, name) for name in settings.model_fields_set}

    with pytest.raises(ValidationError) as refused:
        Settings(**given | {knob: value})

    assert told in str(refused.value)
    assert value[0] not in str(refused.value)


def test_a_signing_key_may_be_listed_as_it_was_printed(settings, monkeypatch):
    first, second = new_key(), new_key()
    given = {name: getattr(settings, name) for name in settings.model_fields_set}
    del given["signing_keys"]
    monkeypatch.setenv("IDENTITY_SIGNING_KEYS", f"[{first}, {json.dumps(second)}]")

    read = read_keys([key.get_secret_value() for key in Settings(**given).signing_keys])

    assert [key.kid for key in read] == [json.loads(key)["kid"] for key in (first, second)]
