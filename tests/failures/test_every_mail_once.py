"""Something fails with documents in flight: still every mail arrives, and arrives once.

They run with `make failures`; `make test` has a short storm, which brings some of them too.
"""

import asyncio
import signal
import sys

import pytest

from localrun.readiness import until_ready
from localrun.terminal import Terminal

pytestmark = pytest.mark.long

SLOW = {"delay_ms": 150}


async def test_documents_is_killed(suite, flight):
    await flight.take_off()

    await suite.kill("documents")

    assert await flight.land() == []


async def test_identity_is_killed(suite, flight):
    await flight.take_off_with_newcomers()

    await suite.kill("identity")

    assert await flight.land() == []


async def test_notifications_is_killed_amid_its_mails(suite, flight, postbox):
    await postbox(**SLOW)
    await flight.take_off()
    await flight.first_mails()

    await suite.kill("notifications")

    await postbox()
    assert await flight.land() == []


async def test_the_portal_is_killed(suite, flight):
    await flight.take_off()

    await suite.kill("portal")

    assert await flight.land() == []


async def test_the_broker_is_killed(suite, dl5, flight, postbox):
    await postbox(**SLOW)
    await flight.take_off()

    await suite.kill("rabbitmq")

    await postbox()
    await dl5.billing.log_in()
    assert await flight.land() == []


async def test_the_database_restarts(suite, flight, postbox):
    await postbox(**SLOW)
    await flight.take_off()
    await flight.first_mails()

    await suite.kill("postgres", signal.SIGINT)

    await postbox()
    assert await flight.land() == []


async def test_the_relay_refuses_for_a_while_and_is_down_for_twenty_seconds(flight, postbox):
    await postbox(rcpt={r"main\d+@": "451 4.3.0 try later"})
    await flight.take_off()
    await flight.first_mails()
    await postbox(down=True)

    await asyncio.sleep(20)

    await postbox()
    assert await flight.land() == []


async def test_the_relay_cuts_lines_before_and_after_the_dot(flight, postbox):
    await postbox(drop_before_dot=0.3, drop_after_dot=0.3)
    await flight.take_off()

    await asyncio.sleep(4)

    await postbox()
    assert await flight.land() == []


async def test_two_replicas_share_the_letters(suite, flight, postbox):
    port = suite.addresses.port_base + 60
    environment = suite.environment | {"NOTIFICATIONS_HTTP_PORT": str(port)}
    del environment["NOTIFICATIONS_BOUNCE_PORT"]  # the first one has it
    log_file = suite.folder / "logs" / "replica.log"
    with log_file.open("wb") as log:
        replica = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "notifications", env=environment, stdout=log, stderr=log
        )
    try:
        await until_ready({"replica": f"http://127.0.0.1:{port}"}, Terminal())
        await postbox(**SLOW)

        await flight.take_off()

        assert await flight.land() == []
        settled = [line for line in suite.log("replica") if line["event"] == "letter_settled"]
        assert settled
    finally:
        replica.terminate()
        await replica.wait()
