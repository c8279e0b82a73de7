"""Stands in for identity's part about sharing, for tests of pages without it.

It keeps who has what, so that a page shows what another one changed. Hand its ``answer`` to
``Others.also``.
"""

import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import httpx

from portal.accounts_testing import PERSON, problem
from portal.archive_testing import NUMBER, OTHER_NUMBER
from portal.testing import THE_LOOK

BOOKKEEPER = "01930000-0000-7000-8000-0000000000b1"
COLLEAGUE = "01930000-0000-7000-8000-0000000000b2"
SOMEBODY_NEW = "01930000-0000-7000-8000-0000000000b9"

_ISSUER = {"issuer": THE_LOOK["issuer"], "name": THE_LOOK["name"]}
_ME = {"person_id": PERSON, "name": "An Peeters", "email": "an.peeters@example.com"}
_NOTHING = {"portal": False, "mail": False}
_NAMES = ("Hoofdzetel Mariakerke", "Filiaal Aalst", "Productie Evergem", "Wagenpark", "Toonzaal")


def a_number(customer_number: str, name: str, **more: Any) -> dict[str, Any]:
    """Return a customer number as identity keeps it."""
    kept = {
        "customer_number": customer_number,
        "name": name,
        "issuer": _ISSUER,
        "role": "main",
        "portal": True,
        "mail": True,
        "main_contact": _ME,
        "settings": {"notify": "at_once", "attach": []},
        "since": "2024-03-01T09:00:00Z",
        "version": 3,
    }
    return kept | more


def a_person(person_id: str, first_name: str, last_name: str, **more: Any) -> dict[str, Any]:
    """Return a shared user as identity keeps it."""
    kept = {
        "person_id": person_id,
        "email": f"{first_name}.{last_name}@example.com".lower().replace(" ", "-"),
        "first_name": first_name,
        "last_name": last_name,
        "language": "nl",
        "registered": True,
        "future": None,
    }
    return kept | more


def numbers(count: int) -> list[dict[str, Any]]:
    """Return so many customer numbers."""
    return [
        a_number(f"DL5-{104233 + index}", f"{_NAMES[index % len(_NAMES)]} {index // 5 + 1}")
        for index in range(count)
    ]


@dataclass
class Shares:
    """A main contact's numbers and people; ``grants`` are what somebody has of a number.

    ``says`` overrules: the answer to "POST /v1/me/sharing" and so on, by a pattern.
    """

    numbers: list[dict[str, Any]] = field(
        default_factory=lambda: [
            a_number(NUMBER, "Hoofdzetel Mariakerke"),
            a_number(OTHER_NUMBER, "Filiaal Aalst", since="2026-11-17T09:00:00Z"),
        ]
    )
    people: list[dict[str, Any]] = field(
        default_factory=lambda: [
            a_person(BOOKKEEPER, "Joris", "De Smet"),
            a_person(COLLEAGUE, "Fatima", "El Amrani", registered=False),
        ]
    )
    grants: dict[tuple[str, str], dict[str, bool]] = field(
        default_factory=lambda: {
            (NUMBER, BOOKKEEPER): {"portal": True, "mail": True},
            (NUMBER, COLLEAGUE): {"portal": False, "mail": True},
        }
    )
    says: dict[str, httpx.Response] = field(default_factory=dict)

    def answer(self, request: httpx.Request) -> httpx.Response | None:
        """Answer what is about sharing; None for everything else."""
        asked = f"{request.method} {request.url.path}"
        for pattern, answer in self.says.items():
            if re.fullmatch(pattern, asked):
                return httpx.Response(
                    answer.status_code, content=answer.content, headers=answer.headers
                )
        bearer = request.headers.get("Authorization", "")
        given = json.loads(request.content) if request.content else {}
        query = dict(request.url.params)
        for pattern, (service, reply) in self._routes().items():
            if found := re.fullmatch(pattern, asked):
                if bearer != f"Bearer {service}-token":
                    return None
                return reply(given, query, *found.groups())
        return None

    def _routes(self) -> dict[str, tuple[str, Callable[..., httpx.Response]]]:
        number, person = "/v1/me/customer-numbers", "/v1/me/shared-users"
        return {
            f"GET {number}": ("identity", self._list),
            f"GET {number}/([^/]+)": ("identity", self._number),
            f"PUT {number}/([^/]+)/settings": ("identity", self._deliver),
            f"PUT {number}/([^/]+)/attachments": ("identity", self._attach),
            f"POST {number}/([^/]+)/main-contact": ("identity", self._hand_over),
            f"POST {person}": ("identity", self._add),
            f"GET {person}/([^/]+)": ("identity", self._person),
            f"PATCH {person}/([^/]+)": ("identity", self._describe),
            f"DELETE {person}/([^/]+)": ("identity", self._remove),
            f"POST {person}/([^/]+)/invitation": ("identity", self._invite),
            "GET /v1/me/sharing": ("identity", self._matrix),
            "POST /v1/me/sharing": ("identity", self._share),
        }

    def _list(self, _given: Any, query: dict[str, str]) -> httpx.Response:
        items, more = _page(_like(self.numbers, query), query, 50)
        return _ok(items=[self._told(each) for each in items], next_cursor=more)

    def _number(self, _given: Any, _query: Any, number: str) -> httpx.Response:
        found = self._find(number)
        if found is None:
            return problem(404, "customer_number_unknown")
        shared = []
        if found["role"] == "main":
            shared = [
                {**each, **grant, "since": found["since"]}
                for each in self.people
                if any((grant := self._grant(number, each)).values())
            ]
        return _ok(**self._told(found), shared_users=shared, next_cursor=None)

    def _deliver(self, given: Any, _query: Any, number: str) -> httpx.Response:
        found = self._find(number)
        if found is None or found["role"] != "main":
            return problem(404, "customer_number_unknown")
        found["settings"] = given
        return _ok(**self._told(found))

    def _attach(self, given: Any, _query: Any, number: str) -> httpx.Response:
        found = self._find(number)
        if found is None:
            return problem(404, "customer_number_unknown")
        if found["role"] == "main":
            return problem(409, "is_main_contact")
        found["attach"] = given["attach"]
        return _ok(**self._told(found))

    def _hand_over(self, given: Any, _query: Any, number: str) -> httpx.Response:
        found, person = self._find(number), self._who(given["person_id"])
        if found is None or person is None:
            return problem(404, "customer_number_unknown")
        name = f"{person['first_name']} {person['last_name']}"
        contact = {"person_id": person["person_id"], "name": name, "email": person["email"]}
        found |= {"role": "shared", "main_contact": contact}
        return _ok(**self._told(found))

    def _person(self, _given: Any, _query: Any, person_id: str) -> httpx.Response:
        found = self._who(person_id)
        return _ok(**self._counted(found)) if found else problem(404, "shared_user_unknown")

    def _add(self, given: Any, _query: Any) -> httpx.Response:
        person = a_person(SOMEBODY_NEW, "", "", registered=False) | {
            key: given[key] for key in ("email", "first_name", "last_name")
        }
        person |= {"future": given.get("future"), "language": given.get("language")}
        self.people.append(person)
        for each in given["numbers"]:
            self._set(each | {"person_id": SOMEBODY_NEW})
        return httpx.Response(201, json=self._counted(person))

    def _describe(self, given: Any, _query: Any, person_id: str) -> httpx.Response:
        found = self._who(person_id)
        if found is None:
            return problem(404, "shared_user_unknown")
        found |= given
        return _ok(**self._counted(found))

    def _remove(self, _given: Any, _query: Any, person_id: str) -> httpx.Response:
        if self._who(person_id) is None:
            return problem(404, "shared_user_unknown")
        self.people = [each for each in self.people if each["person_id"] != person_id]
        self.grants = {key: each for key, each in self.grants.items() if key[1] != person_id}
        return httpx.Response(204)

    def _invite(self, _given: Any, _query: Any, person_id: str) -> httpx.Response:
        return httpx.Response(202, json={}) if self._who(person_id) else problem(404, "unknown")

    def _matrix(self, _given: Any, query: dict[str, str]) -> httpx.Response:
        people = self.people
        if query.get("person"):
            people = [each for each in people if each["person_id"] == query["person"]]
            if not people:
                return problem(404, "shared_user_unknown")
        mine = [each for each in self.numbers if each["role"] == "main"]
        gaps = [each for each in mine if not self._seen_by_all(each, people)]
        rows, more = _page(_like(gaps if query.get("gaps") else mine, query), query, 50)
        across = {"cursor": query.get("people_cursor", ""), "limit": "50"}
        shown, more_people = _page(people, across, 50)
        newest = max(gaps, key=lambda each: each["since"], default=None)
        return _ok(
            people=[self._counted(each) for each in shown],
            rows=[_plain(each) | {"cells": self._cells(each, shown)} for each in rows],
            gaps=len(gaps),
            newest_gap=_plain(newest) if newest else None,
            next_cursor=more,
            next_people_cursor=more_people,
        )

    def _share(self, given: Any, _query: Any) -> httpx.Response:
        changes = given["changes"]
        known = {each["customer_number"] for each in self.numbers if each["role"] == "main"}
        if any(each["customer_number"] not in known for each in changes):
            return problem(404, "customer_number_unknown")
        for each in changes:
            self._set(each)
        return _ok(changed=len(changes))

    def _find(self, number: str) -> dict[str, Any] | None:
        return next((each for each in self.numbers if each["customer_number"] == number), None)

    def _who(self, person_id: str) -> dict[str, Any] | None:
        return next((each for each in self.people if each["person_id"] == person_id), None)

    def _grant(self, number: str, person: dict[str, Any]) -> dict[str, bool]:
        return self.grants.get((number, person["person_id"]), _NOTHING)

    def _set(self, wish: dict[str, Any]) -> None:
        key = (wish["customer_number"], wish["person_id"])
        self.grants[key] = {"portal": wish["portal"], "mail": wish["mail"]}
        if not any(self.grants[key].values()):
            del self.grants[key]

    def _cells(
        self, number: dict[str, Any], people: Iterable[dict[str, Any]]
    ) -> dict[str, dict[str, bool]]:
        code = number["customer_number"]
        granted = {each["person_id"]: self._grant(code, each) for each in people}
        return {person: grant for person, grant in granted.items() if any(grant.values())}

    def _seen_by_all(self, number: dict[str, Any], people: Iterable[dict[str, Any]]) -> bool:
        return all(self._grant(number["customer_number"], each)["portal"] for each in people)

    def _told(self, number: dict[str, Any]) -> dict[str, Any]:
        given = [self._grant(number["customer_number"], each) for each in self.people]
        counts = {f"{name}_count": sum(each[name] for each in given) for name in _NOTHING}
        return number | counts

    def _counted(self, person: dict[str, Any]) -> dict[str, Any]:
        return person | {"numbers": sum(key[1] == person["person_id"] for key in self.grants)}


def _ok(**told: Any) -> httpx.Response:
    return httpx.Response(200, json=told)


def _plain(number: dict[str, Any]) -> dict[str, Any]:
    return {key: number[key] for key in ("customer_number", "name", "issuer", "since")}


def _like(numbers: Iterable[dict[str, Any]], query: dict[str, str]) -> list[dict[str, Any]]:
    sought = query.get("search", "").lower()
    return [
        each for each in numbers if sought in f"{each['customer_number']} {each['name']}".lower()
    ]


def _page(
    found: list[dict[str, Any]], query: dict[str, str], usual: int
) -> tuple[list[dict[str, Any]], str | None]:
    start, limit = int(query.get("cursor", "").strip("c") or 0), int(query.get("limit", usual))
    more = f"c{start + limit}" if len(found) > start + limit else None
    return found[start : start + limit], more
