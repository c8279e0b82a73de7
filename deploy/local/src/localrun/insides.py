"""What a running suite has in hand, seen from inside: queues, outboxes, letters, work in flight."""

import re
from collections import Counter
from urllib.parse import quote, urlsplit

import aio_pika
import asyncpg
import httpx

from localrun.addresses import Addresses, without_credentials
from localrun.environment import WITH_MESSAGES

_PARKED = ".parked"
# Where messages end that nobody of ours has to handle.
_ENDS = ("out.", "unheard")
_IN_FLIGHT = re.compile(r"^postkamer_(?:messages|work)_in_flight\{.*\} ([1-9]\S*)$", re.MULTILINE)


async def unfinished(addresses: Addresses, http: httpx.AsyncClient) -> list[str]:
    """Return what is still under way, a line each; empty when nothing will happen any more.

    Raises what the clients of the servers raise while one is away.
    """
    waiting = [
        f"queue {name}: {count}"
        for name, count in (await depths(addresses, http)).items()
        if not name.startswith(_ENDS) and not name.endswith(_PARKED)
    ]
    letters = await _count(addresses, "notifications", "letters where due_at is not null")
    waiting += [f"letters: {letters}"] if letters else []
    for service in WITH_MESSAGES:
        said = await _count(addresses, service, "outbox")
        waiting += [f"outbox of {service}: {said}"] if said else []
    for name, address in addresses.services().items():
        busy = await _in_flight(address, http)
        waiting += [f"{name} is busy with {busy}"] if busy else []
    return waiting


async def connect(addresses: Addresses, service: str) -> asyncpg.Connection:
    """Connect to the database of a service as one who may see everything."""
    server = urlsplit(addresses.postgres)
    return await asyncpg.connect(server._replace(path=f"/{service}").geturl())


async def parked(addresses: Addresses, http: httpx.AsyncClient) -> Counter[str]:
    """Count the parked messages, by queue."""
    found = await depths(addresses, http)
    return Counter({name: found[name] for name in found if name.endswith(_PARKED)})


async def depths(addresses: Addresses, http: httpx.AsyncClient) -> Counter[str]:
    """Count the messages that are ready in each queue that has any.

    The queues are asked themselves: what the management API knows of them is seconds old.
    """
    names = await _queues(addresses, http)
    connection = await aio_pika.connect(addresses.amqp)
    async with connection:
        channel = await connection.channel()
        declared = [await channel.declare_queue(name, passive=True) for name in names]
    return +Counter({each.name: each.declaration_result.message_count or 0 for each in declared})


async def _queues(addresses: Addresses, http: httpx.AsyncClient) -> list[str]:
    admin = urlsplit(addresses.amqp_admin)
    vhost = quote(urlsplit(addresses.amqp).path.strip("/"), safe="")
    answer = await http.get(
        f"{without_credentials(addresses.amqp_admin)}/api/queues/{vhost}",
        params={"disable_stats": "true"},
        auth=(admin.username or "", admin.password or ""),
    )
    return [each["name"] for each in answer.raise_for_status().json()]


async def _in_flight(service: str, http: httpx.AsyncClient) -> int:
    metrics = (await http.get(f"{service}/metrics")).raise_for_status().text
    return sum(int(float(count)) for count in _IN_FLIGHT.findall(metrics))


async def _count(addresses: Addresses, service: str, of: str) -> int:
    connection = await connect(addresses, service)
    try:
        return int(await connection.fetchval(f"select count(*) from {of}"))  # noqa: S608
    finally:
        await connection.close()
