"""Calls to documents, always with the visitor's own token and never with more."""

import re
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import unquote, urlencode

import httpx
from pydantic import BaseModel, ValidationError

from portal import refusals
from portal.errors import NothingHere, ServiceAway
from portal.plain_text import plain

M = TypeVar("M", bound=BaseModel)

_NOT_FOUND = (401, 403, 404)
# A rendition may have to be made first.
_PATIENCE = httpx.Timeout(10, read=60)
_HASTE = httpx.Timeout(1)
_NAMED = re.compile(r"filename\*=UTF-8''([^;\s]+)")
_LONGEST_NAME = 120


@dataclass(frozen=True)
class FileContent:
    """The bytes of a file as they come, what they are, and what ends their coming early.

    ``name`` is what documents calls it, "" where it does not say.
    """

    media_type: str
    size: str | None
    content: AsyncIterator[bytes]
    close: Callable[[], Awaitable[None]]
    name: str = ""


class DocumentsCalls:
    """Asks documents, and turns what it refuses into what can stand between a visitor and a page.

    ``Refused`` says what is wrong with what was asked; ``NothingHere`` is what is not theirs.
    """

    def __init__(self, http: httpx.AsyncClient, url: str) -> None:
        """Ask this documents service."""
        self._http = http
        self._url = url

    async def read(
        self,
        model: type[M],
        token: str,
        path: str,
        asked: Mapping[str, str | int | None] | None = None,
        *,
        in_haste: bool = False,
    ) -> M:
        """Return what documents tells. Where it is unreadable: ``ServiceAway``."""
        query = {name: each for name, each in (asked or {}).items() if each not in {None, ""}}
        where = f"{path}?{urlencode(query)}" if query else path
        content = await self._whole("GET", token, where, in_haste=in_haste)
        return _read(model, content)

    async def done(self, model: type[M], token: str, path: str, said: Mapping[str, Any]) -> M:
        """Have something done by a POST, and return what became of it."""
        return _read(model, await self._whole("POST", token, path, said))

    async def do(
        self, method: str, token: str, path: str, said: Mapping[str, Any] | None = None
    ) -> None:
        """Have something done that nothing is to be told of."""
        await self._whole(method, token, path, said)

    async def stream(self, token: str, path: str, method: str = "GET") -> FileContent:
        """Return bytes as they come."""
        answer = await self._ask(method, token, path)
        return FileContent(
            media_type=answer.headers.get("content-type", ""),
            size=answer.headers.get("content-length"),
            content=answer.aiter_bytes(),
            close=answer.aclose,
            name=_name(answer.headers.get("content-disposition", "")),
        )

    async def _whole(
        self,
        method: str,
        token: str,
        path: str,
        said: Mapping[str, Any] | None = None,
        *,
        in_haste: bool = False,
    ) -> bytes:
        answer = await self._ask(method, token, path, said, in_haste=in_haste)
        try:
            return await answer.aread()
        except httpx.HTTPError as error:
            raise ServiceAway("documents") from error
        finally:
            await answer.aclose()

    async def _ask(
        self,
        method: str,
        token: str,
        path: str,
        said: Mapping[str, Any] | None = None,
        *,
        in_haste: bool = False,
    ) -> httpx.Response:
        request = self._http.build_request(
            method,
            f"{self._url}{path}",
            json=said,
            headers={"Authorization": f"Bearer {token}", "Accept-Encoding": "identity"},
            timeout=_HASTE if in_haste else _PATIENCE,
        )
        try:
            answer = await self._http.send(request, stream=True)
        except httpx.HTTPError as error:
            raise ServiceAway("documents") from error
        if answer.is_success:
            return answer
        try:
            raise await _trouble(answer)
        finally:
            await answer.aclose()


async def _trouble(answer: httpx.Response) -> Exception:
    """Return what an answer that is none stands for."""
    if answer.status_code in _NOT_FOUND:
        return NothingHere()
    if answer.status_code == httpx.codes.TOO_MANY_REQUESTS:
        return refusals.too_often(answer.headers.get("Retry-After"))
    if answer.status_code in refusals.STATUSES:
        try:
            return refusals.refused("documents", await answer.aread())
        except httpx.HTTPError:
            return ServiceAway("documents")
    return ServiceAway("documents")


def _name(disposition: str) -> str:
    found = _NAMED.search(disposition)
    return plain(unquote(found[1]))[:_LONGEST_NAME] if found else ""


def _read(model: type[M], content: bytes) -> M:
    try:
        return model.model_validate_json(content)
    except ValidationError as error:
        raise ServiceAway("documents") from error
