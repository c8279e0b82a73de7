"""What a platform asks a process."""

import httpx
import pytest

from chassis import health, web


async def fine():
    return None


async def trouble():
    return "the dog ate it"


@pytest.fixture
async def ask():
    """Return a function that asks a route of a process with these checks."""

    async def get(path, **checks):
        app = web.make_app(
            title="toy", description="", version="1", routers=[health.routes(checks)]
        )
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://toy.test") as http:
            return await http.get(path)

    return get


async def test_a_process_with_trouble_is_alive_and_not_ready(ask):
    assert (await ask("/health/live", homework=trouble)).status_code == 200

    answer = await ask("/health/ready", homework=trouble, database=fine)

    assert answer.status_code == 503
    assert answer.json() == {"status": "not ready", "reasons": {"homework": "the dog ate it"}}


async def test_a_process_without_trouble_is_ready(ask):
    answer = await ask("/health/ready", database=fine)

    assert (answer.status_code, answer.json()) == (200, {"status": "ready"})


async def test_whoever_scrapes_sees_how_things_are_now(ask):
    for check, wrong in ((fine, 0), (trouble, 1), (fine, 0)):
        lines = (await ask("/metrics", homework=check)).text.splitlines()

        assert f"postkamer_ready {1 - wrong}.0" in lines
        assert f'postkamer_trouble{{check="homework"}} {wrong}.0' in lines


async def test_what_is_measured_can_be_scraped(ask):
    answer = await ask("/metrics")

    assert answer.headers["content-type"].startswith("text/plain")
    for name in ("postkamer_message_seconds", "postkamer_outbox_messages", "postkamer_parked"):
        assert name in answer.text
