"""What ``python -m <service>`` can do: serve, and the steps people and deployments take."""

import asyncio
import json
import os
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any
from urllib.parse import unquote, urlsplit

import uvloop
from pydantic import ValidationError
from pydantic_core import PydanticUndefined, to_jsonable_python

from chassis import logs, migrating
from chassis.declaring import BrokerAdmin
from chassis.process import serve
from chassis.replaying import replay
from chassis.service import Service
from chassis.settings import ServiceSettings, WebSettings
from chassis.topology import rights_of_service


class StepRefused(Exception):
    """A step cannot be taken, and the reason is for the person at the keyboard."""


def obey(service: Service[Any, Any], arguments: Sequence[str] | None = None) -> int:
    """Do what the command line says; return the exit code."""
    chosen = _parser(service).parse_args(arguments)
    try:
        return _obey(service, chosen)
    except StepRefused as refused:
        print(f"{service.name} {chosen.command}: {refused}")
        return 2


def _obey(service: Service[Any, Any], chosen: Namespace) -> int:
    if chosen.command == "settings":
        print(describe_settings(service))
        return 0
    if chosen.command == "migration":
        asyncio.run(migrating.write(_server(), service.name, _metadata(service), chosen.message))
        return 0
    makers = {maker.name: maker for maker in service.makers}
    if chosen.command in makers:
        print(makers[chosen.command].make())
        return 0
    tools = {tool.name: tool for tool in service.tools}
    if chosen.command in tools:
        return tools[chosen.command].run(chosen)
    try:
        settings = service.settings()
    except ValidationError as wrong:
        print(f"{service.name} cannot start; its environment is not complete:")
        for each in wrong.errors(include_input=False):
            print(f"  {_variable(service, each['loc'])}: {each['msg']}")
        return 2
    # A service logs to standard output; a step prints its result there, and logs beside it.
    stream = sys.stdout if chosen.command == "serve" else sys.stderr
    logs.set_up(service.name, settings.log_level, stream)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(_do(service, settings, chosen))


async def _do(service: Service[Any, Any], settings: WebSettings, chosen: Namespace) -> int:
    own = {command.name: command for command in service.commands}
    if chosen.command == "serve":
        await serve(service, settings)
        return 0
    if chosen.command in own:
        return await own[chosen.command].run(settings, chosen)
    if not isinstance(settings, ServiceSettings):
        raise StepRefused("it has no database and no queues")
    if chosen.command in {"prepare", "migrate"}:
        await _migrate(service, settings)
    if chosen.command in {"prepare", "declare"}:
        await _declare(service, settings)
    if chosen.command in {"parked", "replay"}:
        await _replay(service, settings, chosen)
    return 0


async def _migrate(service: Service[Any, Any], settings: ServiceSettings) -> None:
    await migrating.upgrade(_owner(settings), service.name, _metadata(service))


async def _declare(service: Service[Any, Any], settings: ServiceSettings) -> None:
    parts = urlsplit(settings.amqp_url.get_secret_value())
    async with admin_of(settings) as admin:
        await admin.declare_vhost()
        await admin.declare(service.topology())
        password = unquote(parts.password or "")
        await admin.declare_user(service.name, password, rights_of_service(service.name))


def admin_of(settings: ServiceSettings) -> BrokerAdmin:
    """Return the broker's admin, for a step at the command line. Raises ``StepRefused``."""
    admin_url = os.environ.get("AMQP_ADMIN_URL")  # noqa: TID251 (no running service may know it)
    if not admin_url:
        raise StepRefused("AMQP_ADMIN_URL is not set: http://user:password@host:port")
    vhost = unquote(urlsplit(settings.amqp_url.get_secret_value()).path.removeprefix("/")) or "/"
    return BrokerAdmin(admin_url, vhost)


def _server() -> str:
    server_url = os.environ.get("DATABASE_URL")  # noqa: TID251 (no running service may know it)
    if not server_url:
        raise StepRefused("DATABASE_URL is not set: a server on which a database can be made")
    return server_url


def _owner(settings: ServiceSettings) -> str:
    if settings.owner_database_url is None:
        raise StepRefused("OWNER_DATABASE_URL is not set")
    return settings.owner_database_url.get_secret_value()


def _metadata(service: Service[Any, Any]) -> Any:
    if service.metadata is None:
        raise StepRefused("it has no tables")
    return service.metadata


async def _replay(service: Service[Any, Any], settings: ServiceSettings, chosen: Namespace) -> None:
    queues = [queue for queue in service.queues() if chosen.queue in {None, queue}]
    if not queues:
        raise StepRefused(f"it hears no queue {chosen.queue}; it hears {service.queues()}")
    found = await replay(
        settings.amqp_url.get_secret_value(),
        service=service.name,
        queues=queues,
        message_id=chosen.message_id,
        reason=chosen.reason,
        dry_run=chosen.command == "parked",
    )
    for each in found:
        print(json.dumps(asdict(each)))
    print(f"{len(found)} {'parked' if chosen.command == 'parked' else 'replayed'}")


def _parser(service: Service[Any, Any]) -> ArgumentParser:
    parser = ArgumentParser(prog=f"python -m {service.name}", description=service.purpose)
    steps = parser.add_subparsers(dest="command")
    parser.set_defaults(command="serve")
    steps.add_parser("serve", help="run the service (what it does without a command)")
    steps.add_parser("prepare", help="deploy step: migrate and declare; safe to repeat")
    steps.add_parser("migrate", help="bring the tables up to date, as the owner's role")
    steps.add_parser("declare", help="make its queues and its user on the broker, as an admin")
    steps.add_parser("settings", help="print every setting with its meaning")
    migration = steps.add_parser("migration", help="write the next migration")
    migration.add_argument("-m", "--message", required=True)
    for name, meaning in (
        ("parked", "show the messages that were put aside, with their reasons"),
        ("replay", "send them back to their queue, once the cause is mended"),
    ):
        step = steps.add_parser(name, help=meaning)
        step.add_argument("--queue", help="only of this queue")
        step.add_argument("--message-id", help="only this message")
        step.add_argument("--reason", help="only those parked for this reason")
    for command in service.commands:
        command.configure(steps.add_parser(command.name, help=command.help))
    for maker in service.makers:
        steps.add_parser(maker.name, help=maker.help)
    for tool in service.tools:
        tool.configure(steps.add_parser(tool.name, help=tool.help))
    return parser


def describe_settings(service: Service[Any, Any]) -> str:
    """Return every setting of a service as an environment file, each with its meaning."""
    lines = []
    for name, knob in service.settings.model_fields.items():
        lines.append(f"# {knob.description}")
        mark = "" if knob.is_required() else "# "
        variable = _variable(service, (knob.validation_alias or name,))
        lines.append(f"{mark}{variable}={_as_environment(knob.default)}")
    return "\n".join(lines)


def _variable(service: Service[Any, Any], path: Sequence[Any]) -> str:
    """Return the variable that a setting is read from: a standard one has no prefix of ours."""
    ours = path[0] in service.settings.model_fields
    return "_".join([service.name] * ours + [str(part) for part in path]).upper()


def _as_environment(default: Any) -> str:
    """Return a default as the environment would say it: lists as JSON, times as ISO 8601."""
    if default in (PydanticUndefined, None):
        return ""
    plain = to_jsonable_python(default)
    return plain if isinstance(plain, str) else json.dumps(plain)
