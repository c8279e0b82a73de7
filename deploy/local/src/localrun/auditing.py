"""Compares what was published with what arrived: which mails are lost, doubled, astray or stuck."""

import asyncio
import time
from collections import Counter
from collections.abc import Sequence
from typing import Any

import asyncpg
import httpx
from aio_pika.exceptions import AMQPError

from localrun import insides
from localrun.addresses import Addresses
from localrun.lease_company import LeaseCompany, Published

_STILL_SECONDS = 0.3
_MOST_AT_ONCE = 500
# What the auditor meets while the servers it asks are down themselves.
_AWAY = (
    httpx.HTTPError,
    OSError,
    AMQPError,
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
)


class Auditor:
    """Reads the postbox, and asks the suite what is still under way."""

    def __init__(self, addresses: Addresses, http: httpx.AsyncClient) -> None:
        """Audit the suite at these addresses."""
        self._addresses = addresses
        self._http = http

    async def quiet(self, *, seconds: float = 30) -> list[str]:
        """Wait until nothing is under way any more; return what still is when time is up."""
        deadline = time.monotonic() + seconds
        quiet_looks = 0
        while True:
            try:
                unfinished = await insides.unfinished(self._addresses, self._http)
            except _AWAY as away:
                unfinished = [repr(away)]
            # Twice, since a message may be on its way from a place not yet looked at to one that
            # was.
            quiet_looks = 0 if unfinished else quiet_looks + 1
            if quiet_looks > 1 or time.monotonic() > deadline:
                return unfinished
            await asyncio.sleep(_STILL_SECONDS)

    async def faults(
        self, company: LeaseCompany, published: Sequence[Published], *, seconds: float = 30
    ) -> list[str]:
        """Wait until all is quiet, then say what is wrong: a line per fault, none if all is well.

        Every reader of every document must have one mail, nobody else any, and every letter must
        have been sent.
        """
        wrong = [f"stuck: {each}" for each in await self.quiet(seconds=seconds)]
        mails = await self.mails()
        for each in published:
            wrong += misdelivered(each, mails)
            letters = await company.letters(each.document_id)
            wrong += [
                f"stuck: {each.number}, letter {letter['letter_id']} is {letter['state']}: "
                f"{letter['reason']}"
                for letter in letters
                if letter["state"] != "sent"
            ]
        return wrong

    async def parked(self) -> Counter[str]:
        """Count the parked messages, by queue."""
        return await insides.parked(self._addresses, self._http)

    async def mails(self, about: str = "") -> list[dict[str, Any]]:
        """Return the mails whose subject contains something, oldest first, as the postbox lists."""
        found: list[dict[str, Any]] = []
        after: str | None = ""
        while after is not None:
            answer = await self._http.get(
                f"{self._addresses.postbox}/api/messages",
                params={"limit": _MOST_AT_ONCE, "after": after},
            )
            page = answer.raise_for_status().json()
            found += page["items"]
            after = page["next"]
        return [mail for mail in found if about in mail["subject"]]

    async def whole(self, mail: dict[str, Any]) -> dict[str, Any]:
        """Return a mail with all that it says."""
        answer = await self._http.get(f"{self._addresses.postbox}/api/messages/{mail['id']}")
        whole: dict[str, Any] = answer.raise_for_status().json()
        return whole


def misdelivered(document: Published, mails: Sequence[dict[str, Any]]) -> list[str]:
    """Say which readers of a document have no mail or too many, and who else has one."""
    about = [mail for mail in mails if document.number in mail["subject"]]
    got = Counter(address for mail in about for address in mail["to"])
    lost = [address for address in document.readers if not got[address]]
    twice = [address for address, count in got.items() if count > 1]
    astray = got.keys() - document.readers.keys()
    return [
        f"{fault}: {document.number} to {address}"
        for fault, addresses in (("lost", lost), ("twice", twice), ("astray", astray))
        for address in addresses
    ]
