"""A service: a description that becomes a process. Each service's ``app.py`` fills one in."""

from argparse import ArgumentParser, Namespace
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import sqlalchemy as sa
from fastapi import APIRouter

from chassis.depths import Count
from chassis.handling import G, Handlers
from chassis.ports import Port, Transactions
from chassis.schedule import Every
from chassis.settings import WebSettings
from chassis.topology import Topology, of_service, queue_of, shared, unrouted_queue_of
from chassis.working import Work

S = TypeVar("S", bound=WebSettings)


@dataclass(frozen=True)
class Command(Generic[S]):
    """One more thing that ``python -m <service> <name>`` can do."""

    name: str
    help: str
    configure: Callable[[ArgumentParser], None]
    run: Callable[[S, Namespace], Awaitable[int]]


@dataclass(frozen=True)
class Maker:
    """A command that needs no environment: what it prints is what an environment is made of."""

    name: str
    help: str
    make: Callable[[], str]


@dataclass(frozen=True)
class Tool:
    """A command that needs no environment and is about what it is given."""

    name: str
    help: str
    configure: Callable[[ArgumentParser], None]
    run: Callable[[Namespace], int]


@dataclass(frozen=True)
class Service(Generic[S, G]):
    """What a service is made of. ``metadata`` and ``handlers`` are None for one that only answers HTTP."""  # noqa: E501

    name: str
    purpose: str
    settings: type[S]
    gateways: Callable[[S], AbstractAsyncContextManager[G]]
    api: Sequence[APIRouter] = ()
    handlers: Handlers[G] | None = None
    metadata: sa.MetaData | None = None
    schedule: Sequence[Every] = ()
    count: Count | None = None
    work: Callable[[S], Sequence[Work[G, Any, Any]]] = lambda _settings: ()
    ports: Callable[[S, Transactions, G], Sequence[Port]] = lambda *_given: ()
    commands: Sequence[Command[S]] = ()
    makers: Sequence[Maker] = ()
    tools: Sequence[Tool] = ()

    def queues(self) -> list[str]:
        """Return the queues this service hears."""
        if self.handlers is None:
            return []
        heard = [queue_of(self.name, each.message) for each in self.handlers.all]
        return heard + ([unrouted_queue_of(self.name)] if self.handlers.refuses_unrouted else [])

    def topology(self) -> Topology:
        """Return what the broker must look like for this service."""
        if self.handlers is None:
            return shared()
        unrouted = self.handlers.refuses_unrouted is not None
        heard = [each.message for each in self.handlers.all]
        return shared() + of_service(self.name, heard, unrouted=unrouted)

    def main(self) -> None:
        """Obey the command line; without a command, serve."""
        from chassis.command_line import obey  # noqa: PLC0415 (it describes services itself)

        raise SystemExit(obey(self))
