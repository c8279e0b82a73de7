"""The same request twice: whoever repeats it under the same Idempotency-Key gets the first answer.

A route opts in by its caller: ``Security(who_calls_once, scopes=[…])`` instead of ``who_calls``.
Its answer is kept in the transaction of its work, as one of the service's own tables; a request
that failed leaves nothing behind, so that its repetition really tries. Whatever is answered is
kept for a day: a route that answers a secret must not opt in.
"""

import hashlib
from collections.abc import Awaitable, Callable, Coroutine
from datetime import timedelta
from typing import Annotated, Any, cast

import sqlalchemy as sa
from fastapi import Header, Request, Response, Security
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import ClientDisconnect
from starlette.types import Message

from chassis.database import NAMES, Database, waited_too_long
from chassis.failures import Conflict, Invalid, TryLater
from chassis.identifiers import now
from chassis.rows import delete_some
from chassis.tokens import Caller, who_calls

HEADER = "Idempotency-Key"
REPLAYED = "Idempotency-Replayed"
WAIT_SECONDS = 5
"""How long a repetition waits for the first request, when both come at once."""

_POINTER = f"/{HEADER}"
_FAILED = 400
_KEPT_HEADERS = ("content-type", "content-language", "etag", "link", "location")

tables = sa.MetaData(naming_convention=NAMES)

answered_requests = sa.Table(
    "answered_requests",
    tables,
    sa.Column("issuer", sa.Text, primary_key=True),
    sa.Column("caller", sa.Text, primary_key=True),
    sa.Column("route", sa.Text, primary_key=True),
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("request_sha256", sa.LargeBinary, nullable=False),
    sa.Column("status", sa.Integer, nullable=False),
    sa.Column("headers", JSONB, nullable=False),
    sa.Column("body", sa.LargeBinary, nullable=False),
    sa.Column("answered_at", sa.DateTime(timezone=True), nullable=False, index=True),
)
"""What was answered to whom, under which key. ``issuer`` is empty for a service of ours."""


def with_answered_requests(metadata: sa.MetaData) -> sa.MetaData:
    """Give a service whose routes ask ``who_calls_once`` the table they need, as its own."""
    for table in tables.sorted_tables:
        table.to_metadata(metadata)
    return metadata


def in_tables(metadata: sa.MetaData | None) -> bool:
    """Say whether a service was given that table."""
    return metadata is not None and answered_requests.name in metadata.tables


class KeyReused(Invalid):
    """One key was used for two different requests."""

    def __init__(self) -> None:
        """Say so."""
        super().__init__(
            "this key was used before, for another request",
            rule="idempotency_key_reused",
            pointer=_POINTER,
        )


class StillBeingAnswered(Conflict):
    """The first request under this key is at work longer than a repetition waits."""

    def __init__(self) -> None:
        """Say so."""
        super().__init__(
            "the first request with this key is still being answered",
            rule="idempotency_key_in_use",
            pointer=_POINTER,
        )


class Overtaken(TryLater):
    """Another request under this key was answered while this one was at work."""


class _AnsweredBefore(Exception):
    """There is an answer already, and nothing to do."""

    def __init__(self, answer: Response) -> None:
        super().__init__("answered before")
        self.answer = answer


class Attempt:
    """A request that carries a key: its body is hashed while it is read, by whoever reads it."""

    def __init__(self, request: Request) -> None:
        """Take over a request; ``request`` is the one to read from now on."""
        self._receive = request.receive
        self._body = hashlib.sha256()
        self._is_read = False
        self._place: dict[str, str] | None = None
        self._database: Database = request.app.state.database
        self.request = Request(request.scope, self._hashing)

    def belongs_to(self, caller: Caller, key: str) -> None:
        """Say whose request it is, once that is known: before that nothing is looked up."""
        self._place = {
            "issuer": caller.issuer or "",
            "caller": caller.subject,
            "route": f"{self.request.method} {self.request.scope['route'].path}",
            "key": key,
        }

    async def answer(self) -> Response | None:
        """Return the answer that this request was given before, if any. Raises ``KeyReused``."""
        if self._place is None:
            return None
        known = sa.select(answered_requests).filter_by(**self._place)
        async with self._database.transaction() as session:
            found = (await session.execute(known)).mappings().one_or_none()
        if found is None:
            return None
        if found["request_sha256"] != await self._fingerprint():
            raise KeyReused
        headers = found["headers"] | {REPLAYED: "true"}
        return Response(found["body"], status_code=found["status"], headers=headers)

    async def keep(self, session: AsyncSession, answer: Response) -> None:
        """Keep an answer, in the transaction that did the work.

        Waits for another that is keeping its own. Raises ``Overtaken`` when that one was first, and
        ``StillBeingAnswered`` when it takes too long.
        """
        if self._place is None:
            return
        headers = {name: answer.headers[name] for name in _KEPT_HEADERS if name in answer.headers}
        row = self._place | {
            "request_sha256": await self._fingerprint(),
            "status": answer.status_code,
            "headers": headers,
            "body": answer.body,
            "answered_at": now(),
        }
        await session.execute(sa.text(f"set local lock_timeout = '{WAIT_SECONDS}s'"))
        try:
            kept = await session.execute(
                insert(answered_requests).values(row).on_conflict_do_nothing()
            )
        except DBAPIError as error:
            if waited_too_long(error):
                raise StillBeingAnswered from error
            raise
        if not cast("sa.CursorResult[None]", kept).rowcount:
            raise Overtaken("another request with this key was answered first")

    async def _fingerprint(self) -> bytes:
        """Return what tells this request from another; reads the body to its end, keeping none."""
        while not self._is_read:
            await self._hashing()
        url = self.request.url
        parts = (url.path, url.query, self._body.hexdigest())
        return hashlib.sha256("\n".join(parts).encode()).digest()

    async def _hashing(self) -> Message:
        part = await self._receive()
        if part["type"] == "http.disconnect" and not self._is_read:
            raise ClientDisconnect
        if part["type"] == "http.request":
            self._body.update(part.get("body", b""))
            self._is_read = not part.get("more_body", False)
        return part


async def answer_once(request: Request, work: Callable[[Request], Awaitable[Response]]) -> Response:
    """Do the work of a request; where it was done before, return what was answered then.

    ``work`` opens a transaction and calls ``keep`` in it.
    """
    if HEADER not in request.headers:
        return await work(request)
    attempt = Attempt(request)
    request.state.attempt = attempt
    try:
        answer = await work(attempt.request)
    except _AnsweredBefore as before:
        return before.answer
    except Exception:
        # Perhaps it failed because the same request was answered meanwhile.
        answered = await attempt.answer()
        if answered is None:
            raise
        return answered
    if answer.status_code >= _FAILED:
        return await attempt.answer() or answer
    return answer


async def keep(request: Request, session: AsyncSession, answer: Response) -> None:
    """Keep the answer of a request that carries a key, on a route that asked ``who_calls_once``."""
    attempt: Attempt | None = getattr(request.state, "attempt", None)
    if attempt is not None:
        await attempt.keep(session, answer)


async def forget(session: AsyncSession, kept: timedelta, *, at_most: int) -> int:
    """Forget what was answered longer ago; return how many answers were forgotten."""
    old = answered_requests.c.answered_at < now() - kept
    return await delete_some(session, answered_requests, old, at_most=at_most)


async def _caller_once(
    request: Request,
    caller: Annotated[Caller, Security(who_calls)],
    key: Annotated[
        str | None,
        Header(
            alias=HEADER,
            pattern="^[!-~]{1,255}$",
            description="The same request under the same key is done once, and answered the same",
        ),
    ] = None,
) -> Caller:
    if key is None:
        return caller
    if len(request.headers.getlist(HEADER)) > 1:
        raise Invalid("one key is enough", rule="idempotency_key", pointer=_POINTER)
    attempt: Attempt = request.state.attempt
    attempt.belongs_to(caller, key)
    answered = await attempt.answer()
    if answered is not None:
        raise _AnsweredBefore(answered)
    return caller


who_calls_once: Callable[..., Coroutine[Any, Any, Caller]] = _caller_once
"""For ``Security(who_calls_once, scopes=[…])`` on a route that creates."""
