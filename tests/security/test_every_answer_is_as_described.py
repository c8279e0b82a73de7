"""Whatever is asked of a service, it answers as its own description says, and never with a 5xx.

schemathesis makes up the questions, good ones and bad ones, from what each service says of its
routes.
"""

import base64
import json
import re
from collections import Counter

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
ASKED = [
    ("identity", "machine"),
    ("identity", "portal"),
    ("identity", "person"),
    ("identity", "staff"),
    ("documents", "machine"),
    ("documents", "person"),
    ("documents", "guest"),
    ("notifications", "machine"),
    ("notifications", "person"),
]
# Who was erased, or signed out, could ask nothing more.
ENDS_IT = re.compile(r"POST /v1/me/erasure|DELETE /v1/me/sessions.*")
TIMEOUT_SECONDS = 20
MOST_TOLD = 2_000


@pytest.fixture
async def tokens(dl5, settle, desk, staff, at_work):
    """Return a token for each who asks, of people that nobody else in these tests knows."""
    settled = await settle()
    machine = dl5.http.headers["Authorization"].removeprefix("Bearer ")
    opened = await desk.post("/v1/links/open", link=settled.link.rpartition("/")[2])
    of_person = {
        service: await settled.holder.token(service)
        for service in ("identity", "documents", "notifications")
    }
    return {
        "machine": dict.fromkeys(of_person, machine),
        "portal": {"identity": await desk.token()},
        "person": of_person,
        "staff": await at_work((await staff())[0]),
        "guest": {"documents": opened.json()["token"]},
    }


class Asking:
    """Asks every route of a service as someone, and keeps what was answered."""

    def __init__(self, url, token, examples):
        self._description = schemathesis.openapi.from_url(f"{url}/openapi.json")
        self._line = requests.Session()
        self._line.trust_env = False
        self._line.headers["Authorization"] = f"Bearer {token}"
        self._examples = examples
        self._scopes = set(claims_of(token)["scope"].split())
        self.wrong, self.statuses = [], Counter()

    def ask_everything(self):
        """Ask good questions and bad ones of every route that the token is for; return those."""
        routes = [each.ok() for each in self._description.get_all_operations()]
        asked = [route for route in routes if self._is_for(route)]
        for route in asked:
            for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
                self._ask(route, mode)
        return {route.label for route in asked}

    def _is_for(self, route):
        needed = {
            scope
            for requirement in route.definition.raw.get("security", [])
            for scopes in requirement.values()
            for scope in scopes
        }
        return needed <= self._scopes and not ENDS_IT.fullmatch(route.label)

    def _ask(self, route, mode):
        if mode is GenerationMode.NEGATIVE and not (route.body or _parameters(route)):
            return

        @settings(
            max_examples=self._examples,
            deadline=None,
            database=None,
            derandomize=True,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(route.as_strategy(generation_mode=mode))
        def answers_as_described(case):
            answer = case.call(session=self._line, timeout=TIMEOUT_SECONDS)
            self.statuses[answer.status_code] += 1
            case.validate_response(answer, checks=CHECKS)

        try:
            answers_as_described()
        except FailureGroup as found:
            self.wrong.append(f"{route.label}: {found}"[:MOST_TOLD])


def _parameters(route):
    return [*route.path_parameters, *route.query, *route.headers, *route.cookies]


def claims_of(token):
    return json.loads(base64.urlsafe_b64decode(token.split(".")[1] + "=="))


def ask(suite, tokens, service, who, examples):
    """Ask a service as someone: return the asking, and which routes were asked."""
    asking = Asking(getattr(suite.addresses, service), tokens[who][service], examples)
    routes = asking.ask_everything()
    assert sum(asking.statuses.values()) >= len(routes) > 0
    return asking, {f"{service} {route}" for route in routes}


def test_a_few_questions_to_every_route_are_answered_as_described(suite, tokens, described):
    wrong, statuses, asked = [], Counter(), set()
    for service, who in ASKED:
        asking, routes = ask(suite, tokens, service, who, examples=2)
        wrong += [f"{service}, asked by a {who}: {each}" for each in asking.wrong]
        statuses += asking.statuses
        asked |= routes
    assert not wrong, "\n".join(wrong)
    assert {200, 404, 422} <= set(statuses)
    every = {
        f"{service} {method.upper()} {path}"
        for service, document in described.items()
        for path, item in document["paths"].items()
        for method in item
    }
    assert {each for each in every - asked if not ENDS_IT.search(each)} == set()


@pytest.mark.long
@pytest.mark.timeout(1800)
@pytest.mark.parametrize(("service", "who"), ASKED)
def test_many_questions_to_every_route_are_answered_as_described(suite, tokens, service, who):
    asking, _ = ask(suite, tokens, service, who, examples=60)

    assert not asking.wrong, "\n".join(asking.wrong)
