"""Stands in for the archive as a reader sees it, for tests of pages without it.

It keeps what is read and what is saved, and finds by the filters that documents has. Hand its
``answer`` to ``Others.also``.
"""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import httpx

from portal.accounts_testing import problem
from portal.testing import SHA, a_file

NUMBER, OTHER_NUMBER = "DL5-104233", "DL5-104871"
FIRST = "01930000-0000-7000-8000-000000000000"
EXPORT = "01930000-0000-7000-8000-0000000000ee"
FILTER = "01930000-0000-7000-8000-0000000000ff"

_FIRST_DAY = date(2026, 11, 20)
_MOST_COUNTED, _MOST_UNREAD, _MOST_FILTERS = 1000, 100, 20
_COLUMNS = {"issue_date", "number", "amount", "due_date", "type", "customer_number"}


def documents(count: int, **more: Any) -> list[dict[str, Any]]:
    """Return so many documents as the archive tells of them, newest first; three are unread."""
    made = []
    for index in range(count):
        day = _FIRST_DAY - timedelta(days=9 * index)
        amount = f"{1284 - 37 * (index % 20)}.17"
        name = f"F2026-{4931 - index:04d}"
        files = [
            a_file("original_xml", f"{name}.xml", "application/xml"),
            a_file("original_pdf", f"{name}.pdf", "application/pdf", SHA.replace("a", "c")),
        ]
        credit = index % 7 == 4  # noqa: PLR2004
        document = {
            "document_id": f"01930000-0000-7000-8000-{index:012x}",
            "customer_number": (NUMBER, OTHER_NUMBER)[index % 3 == 0],
            "number": name,
            "type": "credit_note" if credit else "invoice",
            "issue_date": day.isoformat(),
            "due_date": (day + timedelta(days=30)).isoformat(),
            "total_incl_vat": {"amount": amount, "currency": "EUR"},
            "signed_total": {"amount": f"-{amount}" if credit else amount, "currency": "EUR"},
            "amount_due": {"amount": amount, "currency": "EUR"},
            "payment_reference": None,
            "published_at": f"{day.isoformat()}T09:12:00Z",
            "unread": index in {0, 1, 4},
            "flags": [],
            "files": files[: 1 + index % 2],
        }
        made.append(document | more)
    return made


@dataclass
class Archive:
    """What a reader may read, and what is kept of them; tests change it.

    ``says`` overrules: the answer to "GET /v1/documents" and so on, by a pattern. ``known`` are the
    customer numbers it has heard of, with the version and the day of the oldest document.
    """

    documents: list[dict[str, Any]] = field(default_factory=lambda: documents(8))
    known: dict[str, tuple[int, str | None]] = field(
        default_factory=lambda: {NUMBER: (3, "2019-11-21"), OTHER_NUMBER: (3, "2021-02-01")}
    )
    filters: list[dict[str, Any]] = field(default_factory=list)
    events: list[dict[str, Any]] = field(default_factory=list)
    verdicts: list[dict[str, Any]] = field(default_factory=list)
    export: dict[str, Any] = field(
        default_factory=lambda: {
            "state": "waiting",
            "format": "zip",
            "documents": 3,
            "done": 0,
            "bytes": None,
            "failed": [],
        }
    )
    taken: list[dict[str, Any]] = field(default_factory=list)
    says: dict[str, httpx.Response] = field(default_factory=dict)

    def answer(self, request: httpx.Request) -> httpx.Response | None:
        """Answer what is about the archive; None for everything else."""
        asked = f"{request.method} {request.url.path}"
        for pattern, answer in self.says.items():
            if re.fullmatch(pattern, asked):
                return httpx.Response(
                    answer.status_code, content=answer.content, headers=answer.headers
                )
        if request.headers.get("Authorization") != "Bearer documents-token":
            return None
        given = json.loads(request.content) if request.content else {}
        query = dict(request.url.params)
        for pattern, reply in self._routes().items():
            if found := re.fullmatch(pattern, asked):
                return reply(given, query, *found.groups())
        return None

    def one(self, document_id: str = FIRST) -> dict[str, Any] | None:
        """Return a document."""
        found = (each for each in self.documents if each["document_id"] == document_id)
        return next(found, None)

    def _routes(self) -> dict[str, Callable[..., httpx.Response]]:
        one = "/v1/documents/([0-9a-f-]{36})"
        return {
            "GET /v1/documents": self._page,
            "GET /v1/documents/count": self._count,
            "POST /v1/documents/read": self._mark,
            f"GET {one}": self._document,
            f"PUT {one}/read": self._read,
            f"GET {one}/events": self._events,
            f"GET {one}/verdicts": self._verdicts,
            f"POST {one}/duplicate": self._duplicate,
            "GET /v1/me/unread": self._unread,
            "GET /v1/me/customer-numbers": self._known,
            "GET /v1/me/filters": self._filters,
            "POST /v1/me/filters": self._save,
            "DELETE /v1/me/filters/([0-9a-f-]{36})": self._forget,
            "POST /v1/exports": self._export,
            f"GET /v1/exports/{EXPORT}": self._look,
            f"GET /v1/exports/{EXPORT}/content": self._content,
        }

    def _page(self, _given: Any, query: dict[str, str]) -> httpx.Response:
        sort = query.get("sort", "-issue_date")
        column, turned = sort.lstrip("-"), sort.startswith("-")
        cursor = query.get("cursor", "")
        order, _, start = cursor.rpartition("~")
        if column not in _COLUMNS or (cursor and (order != sort or not start.isdecimal())):
            return problem(422, "cursor", "/cursor")
        found = sorted(_matching(self.documents, query), key=_place(column), reverse=turned)
        first, limit = int(start or 0), int(query.get("limit", 50))
        more = f"{sort}~{first + limit}" if len(found) > first + limit else None
        return _ok(items=found[first : first + limit], next_cursor=more)

    def _count(self, _given: Any, query: dict[str, str]) -> httpx.Response:
        count = len(_matching(self.documents, query))
        return _ok(count=min(count, _MOST_COUNTED), capped=count > _MOST_COUNTED)

    def _document(self, _given: Any, _query: Any, document_id: str) -> httpx.Response:
        found = self.one(document_id)
        return _ok(**found) if found else problem(404, "document_unknown")

    def _read(self, _given: Any, _query: Any, document_id: str) -> httpx.Response:
        return self._mark({"document_ids": [document_id], "read": True}, {})

    def _mark(self, given: Any, _query: Any) -> httpx.Response:
        for each in self.documents:
            if each["document_id"] in given["document_ids"]:
                each["unread"] = not given["read"]
        return httpx.Response(204)

    def _unread(self, _given: Any, _query: Any) -> httpx.Response:
        count = sum(bool(each["unread"]) for each in self.documents)
        return _ok(count=min(count, _MOST_UNREAD), capped=count > _MOST_UNREAD)

    def _events(self, _given: Any, _query: Any, _document_id: str) -> httpx.Response:
        return _ok(items=self.events, next_cursor=None)

    def _verdicts(self, _given: Any, _query: Any, _document_id: str) -> httpx.Response:
        return _ok(items=self.verdicts)

    def _duplicate(self, _given: Any, _query: Any, document_id: str) -> httpx.Response:
        if self.one(document_id) is None:
            return problem(404, "document_unknown")
        return httpx.Response(200, content=b"%PDF-1.7 duplicate")

    def _known(self, _given: Any, _query: Any) -> httpx.Response:
        items = [
            {"customer_number": each, "version": version, "first_issue_date": first}
            for each, (version, first) in self.known.items()
        ]
        return _ok(items=items, next_cursor=None)

    def _filters(self, _given: Any, _query: Any) -> httpx.Response:
        return _ok(items=self.filters)

    def _save(self, given: Any, _query: Any) -> httpx.Response:
        if len(self.filters) >= _MOST_FILTERS:
            return problem(422, "too_many_filters", "/name")
        self.filters.append({"filter_id": FILTER, **given})
        return httpx.Response(201, json=self.filters[-1])

    def _forget(self, _given: Any, _query: Any, filter_id: str) -> httpx.Response:
        self.filters = [each for each in self.filters if each["filter_id"] != filter_id]
        return httpx.Response(204)

    def _export(self, given: Any, _query: Any) -> httpx.Response:
        self.taken.append(given)
        self.export["format"] = given["format"]
        return httpx.Response(201, json={"export_id": EXPORT, "href": f"/v1/exports/{EXPORT}"})

    def _look(self, _given: Any, _query: Any) -> httpx.Response:
        return _ok(**self.export)

    def _content(self, _given: Any, _query: Any) -> httpx.Response:
        self.export |= {"state": "done", "done": self.export["documents"]}
        headers = {"Content-Type": "application/zip"}
        return httpx.Response(200, content=b"PK\x05\x06", headers=headers)


def _matching(found: list[dict[str, Any]], query: dict[str, str]) -> list[dict[str, Any]]:
    """Return the documents that a query asks for."""

    def amount(each: dict[str, Any]) -> Decimal:
        return Decimal(each["signed_total"]["amount"])

    tests: dict[str, Callable[[dict[str, Any], str], bool]] = {
        "customer_number": lambda each, value: each["customer_number"] == value,
        "number_contains": lambda each, value: value.lower() in each["number"].lower(),
        "q": lambda each, value: value.lower() in each["number"].lower(),
        "type": lambda each, value: each["type"] == value,
        "from": lambda each, value: each["issue_date"] >= value,
        "to": lambda each, value: each["issue_date"] <= value,
        "amount_min": lambda each, value: amount(each) >= Decimal(value),
        "amount_max": lambda each, value: amount(each) <= Decimal(value),
        "currency": lambda each, value: each["signed_total"]["currency"] == value,
        "unread": lambda each, value: each["unread"] == (value == "true"),
    }
    wanted = [(tests[name], value) for name, value in query.items() if name in tests]
    return [each for each in found if all(test(each, value) for test, value in wanted)]


def _place(column: str) -> Callable[[dict[str, Any]], Any]:
    if column == "amount":
        return lambda each: (Decimal(each["signed_total"]["amount"]), each["document_id"])
    return lambda each: (each[column] or "", each["issue_date"], each["document_id"])


def _ok(**told: Any) -> httpx.Response:
    return httpx.Response(200, json=told)
