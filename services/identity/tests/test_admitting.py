"""Proves how issuers and machines are let in."""

import pytest

from chassis.testing import said
from contracts.identity import IssuerChanged
from identity import admitting, queries
from identity.errors import AddressUnusable
from identity.models import Client


async def test_a_new_issuer_is_told_with_a_look_of_its_own_or_the_house_look(session, admit, told):
    is_new = await admit(session)

    (issuer,) = await told(IssuerChanged)
    assert is_new
    assert (issuer.version, issuer.group) == (1, "dl5")
    assert (issuer.accent, issuer.time_zone) == ("#1f4e79", "Europe/Brussels")


async def test_admitting_again_changes_and_tells_nothing(session, admit):
    await admit(session)

    is_new = await admit(session)

    assert not is_new
    assert len(await said(session)) == 1


async def test_what_is_not_said_stays(session, admit, told):
    await admit(session, accent="#aa0000")

    await admit(session, name="Delta", sender=None, language=None)

    last = (await told(IssuerChanged))[-1]
    assert (last.version, last.name, last.accent) == (2, "Delta", "#aa0000")
    assert (last.sender, last.language) == ("invoices@example.com", "nl")


async def test_the_group_stays_as_it_was_first_said(session, admit, told):
    await admit(session, group="delta")

    await admit(session, group="other", name="Renamed")

    assert [each.group for each in await told(IssuerChanged)] == ["delta", "delta"]


@pytest.mark.parametrize("sender", ["nobody", "a@localhost", "Delta <a@example.com>", ""])
async def test_a_sender_that_no_mail_can_come_from_is_refused(session, admit, sender):
    with pytest.raises(AddressUnusable) as refused:
        await admit(session, sender=sender)

    assert refused.value.problems[0].pointer == "/sender"
    assert await queries.issuer(session, "dl5") is None


async def test_a_client_that_is_admitted_again_has_the_new_secret_and_scopes(session, admit):
    await admit(session)
    for secret, scopes in ((b"old", ["documents:read"]), (b"new", ["identity:read"])):
        client = Client(id="erp", issuer="dl5", service=None, scopes=scopes, secret_sha256=secret)
        await admitting.admit_client(session, client)
        await session.flush()

    kept = await queries.client(session, "erp")

    assert (kept.secret_sha256, kept.scopes) == (b"new", ["identity:read"])
