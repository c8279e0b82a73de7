"""Makes a broker look as the topology says, through its management API, in a deploy step.

Declaring twice changes nothing. Needs ``AMQP_ADMIN_URL``; no running service has it.
"""

import asyncio
import re
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote, urlsplit

import httpx

from chassis.topology import Binding, Rights, Topology

_TOO_BUSY = "cluster_not_formed"
"""What a broker says, as 400, when a quorum queue's first election took too long."""

_BUSY_PAUSES = (1.0, 2.0, 5.0)


class DeclarationRefused(Exception):
    """The broker would not have it: rights are missing, or a thing exists with other arguments."""


class BrokerAdmin:
    """A session with the management API of one vhost.

    ``admin_url`` is ``http://user:password@host:port``.
    """

    def __init__(self, admin_url: str, vhost: str) -> None:
        """Describe the session; nothing is connected yet."""
        parts = urlsplit(admin_url)
        self._vhost = quote(vhost, safe="")
        host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
        self._http = httpx.AsyncClient(
            base_url=f"{parts.scheme}://{host}:{parts.port}/api/",
            auth=(parts.username or "", parts.password or ""),
            timeout=30,
            trust_env=False,
        )

    async def __aenter__(self) -> Self:
        """Open the session."""
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close it."""
        await self._http.aclose()

    async def declare_vhost(self) -> None:
        """Make the vhost, and let the admin itself in."""
        await self._ask("PUT", f"vhosts/{self._vhost}", {})
        admin = (await self._ask("GET", "whoami")).json()["name"]
        everything = {"configure": ".*", "write": ".*", "read": ".*"}
        await self._ask("PUT", f"permissions/{self._vhost}/{quote(admin)}", everything)

    async def drop_vhost(self) -> None:
        """Drop the vhost with all that is in it."""
        await self._ask("DELETE", f"vhosts/{self._vhost}")

    async def declare(self, topology: Topology) -> None:
        """Make exchanges, queues and bindings. Raises ``DeclarationRefused``."""
        for exchange in topology.exchanges:
            await self._ask(
                "PUT",
                f"exchanges/{self._vhost}/{quote(exchange.name)}",
                {"type": exchange.type, "durable": True, "arguments": exchange.arguments},
            )
        for queue in topology.queues:
            await self._ask(
                "PUT",
                f"queues/{self._vhost}/{quote(queue.name)}",
                {"durable": True, "arguments": queue.arguments},
            )
        for binding in topology.bindings:
            await self._bind(binding)

    async def declare_user(self, name: str, password: str, rights: Rights) -> None:
        """Make a user with exactly these rights in this vhost, and this password."""
        if not re.fullmatch(r"[a-z][a-z0-9.-]*", name):
            raise DeclarationRefused(f"not a user's name: {name}")
        await self._ask("PUT", f"users/{name}", {"password": password, "tags": ""})
        await self._ask(
            "PUT",
            f"permissions/{self._vhost}/{name}",
            {"configure": rights.configure, "write": rights.write, "read": rights.read},
        )
        for exchange, keys in rights.keys.items():
            await self._ask(
                "PUT",
                f"topic-permissions/{self._vhost}/{name}",
                {"exchange": exchange, "write": keys, "read": ""},
            )

    async def knows_user(self, name: str) -> bool:
        """Say whether there is such a user already."""
        answer = await self._http.get(f"users/{quote(name)}")
        return answer.status_code == httpx.codes.OK

    async def queues(self) -> list[dict[str, Any]]:
        """Return what the broker tells of each queue in the vhost."""
        found: list[dict[str, Any]] = (await self._ask("GET", f"queues/{self._vhost}")).json()
        return found

    async def _bind(self, binding: Binding) -> None:
        kind, target = ("q", binding.queue) if binding.queue else ("e", binding.exchange)
        path = f"bindings/{self._vhost}/e/{quote(binding.source)}/{kind}/{quote(str(target))}"
        await self._ask("POST", path, {"routing_key": binding.key, "arguments": {}})

    async def _ask(
        self, method: str, path: str, body: dict[str, Any] | None = None
    ) -> httpx.Response:
        answer = await self._http.request(method, path, json=body)
        for pause in _BUSY_PAUSES:
            if _TOO_BUSY not in answer.text:
                break
            await asyncio.sleep(pause)
            answer = await self._http.request(method, path, json=body)
        if answer.is_error:
            raise DeclarationRefused(f"{method} {path}: {answer.status_code} {answer.text[:300]}")
        return answer
