"""Proves who may knock at the portal's door for steps, and what no door of identity does."""

import pytest
from services.identity.tests.residents import VISITOR

from chassis.testing import problems
from identity import steps_api

ROUTES = sorted(route.path for route in steps_api.router.routes)
BODIES = {
    "/v1/sessions/second-step": {"challenge": "x", "kind": "totp", "code": "123456"},
    "/v1/passkeys/sign-in/options": {"issuer": "dl5"},
    "/v1/passkeys/sign-in": {"challenge": "x", "passkey": {}},
    "/v1/email-changes/finish": {"proof": "x"},
    "/v1/email-changes/cancel": {"proof": "x"},
    "/v1/staff-invitations/finish": {"proof": "x", "password": "x"},
}


def body_of(path):
    body = BODIES[path]
    return body if "email-changes" in path else body | {"visitor": VISITOR}


async def test_only_the_portal_may_knock(web_door, residents):
    jan = await residents.move_in()
    strangers = [
        ({}, 401),
        ({"Authorization": "Bearer forged"}, 401),
        (web_door.bearer("links:open", service="portal"), 403),
        (web_door.bearer("identity:read", "identity:write", issuer="dl5"), 403),
        (web_door.signed_in(jan.id, sid=str(jan.session_id)), 403),
    ]
    for path in ROUTES:
        for headers, status in strangers:
            answer = await web_door.http.post(path, json=body_of(path), headers=headers)

            assert answer.status_code == status, path


@pytest.mark.parametrize("path", ROUTES)
async def test_what_is_missing_is_named(portal, path):
    for field in body_of(path):
        body = {key: value for key, value in body_of(path).items() if key != field}

        answer = await portal(path, **body)

        optional = field == "code"
        assert (answer.status_code, optional or problems(answer)[0][0]) == (
            422,
            optional or f"/{field}",
        )


@pytest.mark.parametrize("path", ["/v1/email-changes/finish", "/v1/email-changes/cancel"])
@pytest.mark.parametrize("proof", ["x", "a.b", "\ud800.x", "." * 200])
async def test_a_forged_proof_proves_nothing(web_door, path, proof):
    headers = web_door.bearer("accounts:act", service="portal")
    body = f'{{"proof": "{proof}"}}'.encode(errors="surrogatepass")

    answer = await web_door.http.post(path, content=body, headers=headers)

    assert answer.status_code in {400, 404, 422}


def test_no_door_sets_somebody_elses_password(web_door):
    """Guide 1.6, 16: whoever sets a password proved it by the old one, or by their mailbox."""
    document = web_door.app.openapi()
    shapes = document["components"]["schemas"]
    setting = set()
    for path, methods in document["paths"].items():
        for method, route in methods.items():
            body = route.get("requestBody", {}).get("content", {}).get("application/json", {})
            name = body.get("schema", {}).get("$ref", "").rpartition("/")[2]
            fields = set(shapes.get(name, {}).get("properties", {}))
            if fields & {"password", "new"}:
                setting.add((method, path, frozenset(fields & {"code", "proof", "current"})))

    proved = {
        ("post", "/v1/registrations/{registration}/finish", frozenset({"code", "proof"})),
        ("post", "/v1/forgotten-passwords/{reset}/finish", frozenset({"code", "proof"})),
        ("post", "/v1/staff-invitations/finish", frozenset({"proof"})),
        ("put", "/v1/me/password", frozenset({"current"})),
    }
    only_checking = {
        ("post", "/v1/sessions", frozenset()),
        ("post", "/v1/me/proof", frozenset({"code"})),
    }
    assert setting == proved | only_checking
