"""Hears what is said on the broker, and reads what lies in its queues."""

import json
from contextlib import asynccontextmanager
from urllib.parse import quote, urlsplit

import aio_pika

from localrun.addresses import without_credentials


@asynccontextmanager
async def overheard(addresses, *issuers):
    """Yield every message that is said meanwhile, to whomever, as text; to these issuers too."""
    heard = []
    connection = await aio_pika.connect(addresses.amqp)
    async with connection:
        channel = await connection.channel()
        queue = await channel.declare_queue("overheard", durable=True, auto_delete=True)
        for exchange in ("commands", "events", "tasks"):
            await queue.bind(exchange, "#")
        for issuer in issuers:
            await queue.bind("outcomes", issuer)

        async def hear(message):
            heard.append("\n".join([message.body.decode(errors="replace"), str(message.headers)]))

        await queue.consume(hear, no_ack=True)
        yield heard


async def in_queues(addresses, http):
    """Return every message that lies in a queue, as text; it stays there."""
    admin = urlsplit(addresses.amqp_admin)
    auth = (admin.username or "", admin.password or "")
    vhost = quote(urlsplit(addresses.amqp).path.strip("/"), safe="")
    base = f"{without_credentials(addresses.amqp_admin)}/api/queues/{vhost}"
    asked = {"count": 10_000, "ackmode": "ack_requeue_true", "encoding": "auto"}
    found = []
    for queue in (await http.get(base, auth=auth)).raise_for_status().json():
        get = f"{base}/{quote(queue['name'], safe='')}/get"
        answer = (await http.post(get, auth=auth, json=asked)).raise_for_status()
        found += [json.dumps(each) for each in answer.json()]
    return found
