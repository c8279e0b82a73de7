"""A postbox inside a test's own process: real SMTP over the loopback, its API without a port."""

import asyncio
import smtplib
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from postbox import app
from postbox.sink import Sink

SENDER = "invoices@lease.example"
READER = "els@korenaar.example"


@dataclass(frozen=True, slots=True)
class Running:
    """An open postbox: `http` asks its API and page, `port` is where it takes mails."""

    http: httpx.AsyncClient
    sink: Sink

    @property
    def port(self) -> int:
        """The SMTP port, on 127.0.0.1."""
        return self.sink.port

    async def send(self, source: bytes, to: str = READER, sender: str = SENDER) -> tuple[int, str]:
        """Send a mail on a line of its own and return the reply to its final dot.

        Raises what smtplib raises when the line is cut or a command refused.
        """
        return await asyncio.to_thread(_deliver, self.port, source, to, sender)

    async def set_faults(self, **faults: object) -> None:
        """Put this set of faults in force."""
        (await self.http.put("/api/faults", json=faults)).raise_for_status()

    async def messages(self, **wanted: Any) -> list[dict[str, Any]]:
        """Return the items of the API's list, oldest first."""
        answer = (await self.http.get("/api/messages", params=wanted)).raise_for_status()
        items: list[dict[str, Any]] = answer.json()["items"]
        return items


@asynccontextmanager
async def running(folder: Path, bounce_port: int | None = None) -> AsyncGenerator[Running, None]:
    """Open a postbox that keeps its mails in this folder, and close it at the end."""
    application = app.build(folder, "127.0.0.1", 0, bounce_port)
    client = httpx.AsyncClient(
        transport=httpx.ASGITransport(application), base_url="http://postbox.example"
    )
    async with application.router.lifespan_context(application), client as http:
        yield Running(http, application.state.sink)


def _deliver(port: int, source: bytes, to: str, sender: str) -> tuple[int, str]:
    with smtplib.SMTP("127.0.0.1", port, local_hostname="test.example", timeout=10) as line:
        line.ehlo()
        line.mail(sender)
        code, reply = line.rcpt(to)
        if code != 250:  # noqa: PLR2004 - RFC 5321: taken
            raise smtplib.SMTPRecipientsRefused({to: (code, reply)})
        code, reply = line.data(source)
        return code, reply.decode()
