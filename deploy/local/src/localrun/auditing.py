"""Compares what was published with what arrived: which mails are lost, doubled, astray or stuck."""

import asyncio
import re
import time
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from typing import Any

import asyncpg
import httpx
from aio_pika.exceptions import AMQPError

from localrun import insides, ledger
from localrun.addresses import Addresses
from localrun.lease_company import LeaseCompany, Published
from localrun.ledger import Claim, Facts, Letter, Promise, Row
from localrun.loading import Document, Load

_STILL_SECONDS = 0.3
_MOST_AT_ONCE = 500
_ACCEPTED = "documents.document-accepted.v1"
_WORDS = re.compile(r"[\w/-]+")
# What the auditor meets while the servers it asks are down themselves.
_AWAY = (
    httpx.HTTPError,
    OSError,
    AMQPError,
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
)

_ARCHIVE = "select number, id from documents where issuer = $1"
_LETTERS = """
select n.number, p.email, l.state, l.reason, coalesce(h.resent, 0) as resent
  from letters l
  join notices n on n.document_id = l.document_id
  left join people p on p.person_id = l.person_id
  left join (select letter_id, count(*) as resent from letter_history
              where state = 'deferred' and detail like '%it cannot be asked%'
              group by letter_id) h on h.letter_id = l.id
 where n.issuer = $1
"""
_SENDER = "select sender from issuers where issuer = $1"


class Auditor:
    """Reads the postbox, and asks the suite what is still under way."""

    def __init__(self, addresses: Addresses, http: httpx.AsyncClient) -> None:
        """Audit the suite at these addresses."""
        self._addresses = addresses
        self._http = http
        self._seen: list[dict[str, Any]] = []
        self._reading = asyncio.Lock()

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

    async def audit(
        self,
        load: Load,
        *,
        promise: Promise = Promise.ONCE,
        refuses: Callable[[str], bool] = lambda _: False,
    ) -> list[Row]:
        """Return a row for every document and recipient of an issuer's load, and for strays.

        ``refuses`` says which addresses the relay refuses for good. Ask once all is quiet; the
        load must be all that its issuer ever published.
        """
        archive: dict[str, list[str]] = {}
        for number, document_id in await self._rows("documents", _ARCHIVE, load.issuer):
            archive.setdefault(number, []).append(str(document_id))
        claims = [_claim(each, load, archive.get(each.number, [])) for each in load.documents]
        letters = [
            Letter(number, email or "", state, reason, resent)
            for number, email, state, reason, resent in await self._rows(
                "notifications", _LETTERS, load.issuer
            )
        ]
        senders = {sender for (sender,) in await self._rows("notifications", _SENDER, load.issuer)}
        mails = [mail for mail in await self.mails() if mail["from"] in senders]
        got = _got(mails, {each.number for each in load.documents})
        return ledger.rows(Facts(claims, got, letters, promise, refuses))

    async def mails(self, about: str = "") -> list[dict[str, Any]]:
        """Return the mails whose subject contains something, oldest first, as the postbox lists.

        Only what is new since the last time is fetched.
        """
        async with self._reading:
            page: list[dict[str, Any]] | None = None
            while page != []:
                last = self._seen[-1]["id"] if self._seen else ""
                answer = await self._http.get(
                    f"{self._addresses.postbox}/api/messages",
                    params={"limit": _MOST_AT_ONCE, "after": last},
                )
                page = answer.raise_for_status().json()["items"]
                self._seen += page
        return [mail for mail in self._seen if about in mail["subject"]]

    async def whole(self, mail: dict[str, Any]) -> dict[str, Any]:
        """Return a mail with all that it says."""
        answer = await self._http.get(f"{self._addresses.postbox}/api/messages/{mail['id']}")
        whole: dict[str, Any] = answer.raise_for_status().json()
        return whole

    async def _rows(self, service: str, query: str, issuer: str) -> list[asyncpg.Record]:
        connection = await insides.connect(self._addresses, service)
        try:
            rows: list[asyncpg.Record] = await connection.fetch(query, issuer)
        finally:
            await connection.close()
        return rows


def misdelivered(document: Published, mails: Sequence[dict[str, Any]]) -> list[str]:
    """Say which readers of a document have no mail or too many, and who else has one."""
    about = [mail for mail in mails if document.number in mail["subject"]]
    got = Counter((document.number, address) for mail in about for address in mail["to"])
    claim = Claim(document.number, document.document_id, tuple(document.readers))
    return [line for row in ledger.rows(Facts([claim], got)) for line in row.lines()]


def _claim(document: Document, load: Load, archived: Sequence[str]) -> Claim:
    """Put together what was published, and what was answered and archived of it."""
    outcome = load.outcomes.get(document.message_id)
    answer = None
    if outcome is not None:
        answer = outcome.kind
        if outcome.kind == _ACCEPTED:
            right = str(outcome.body["document_id"]) in archived or not archived
            answer = "accepted" if right else "answered with the id of another document"
        elif "problems" in outcome.body:
            answer = f"{outcome.kind}: {outcome.body['problems']}"
    return Claim(
        document.number,
        document.message_id,
        document.readers,
        confirmed=document.confirmed is not None,
        answer=answer,
        archived=len(archived),
        contradicted=document.message_id in load.contradicted,
    )


def _got(mails: Sequence[dict[str, Any]], numbers: Collection[str]) -> Counter[tuple[str, str]]:
    """Count mails by the document they name and the address; one that names none by its subject."""
    got: Counter[tuple[str, str]] = Counter()
    for mail in mails:
        words = _WORDS.findall(mail["subject"])
        about = next((word for word in words if word in numbers), mail["subject"])
        got.update((about, address) for address in mail["to"])
    return got
