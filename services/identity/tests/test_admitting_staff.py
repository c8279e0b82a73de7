"""Proves how people come to work for an issuer, what they need for it, and how they leave."""

import asyncio

import pytest
import sqlalchemy as sa
from services.identity.tests.residents import PASSWORD, VISITOR

from chassis.testing import problems
from contracts.identity import PersonChanged, SessionsEnded
from contracts.notifications import WriteToPerson
from identity import admitting_staff
from identity.accounts import Staff
from identity.admitting_staff import Invitation
from identity.errors import IssuerUnknown, StaffUnknown
from identity.trails import AuditEntry

KIM = "kim@lease.example"


@pytest.fixture
def invite(residents):
    """Return a function that invites somebody; returns the mail."""

    async def invite(email=KIM, *, issuer="dl5", admin=False):
        async with residents.database.transaction() as session:
            wanted = Invitation(issuer, email, "Kim", "Claes", admin=admin)
            await admitting_staff.invite(session, wanted)
        return (await residents.told(WriteToPerson))[-1]

    return invite


@pytest.fixture
def accept(portal):
    async def accept(proof, password=PASSWORD):
        return await portal(
            "/v1/staff-invitations/finish", proof=proof, password=password, visitor=VISITOR
        )

    return accept


async def test_who_is_invited_chooses_a_password_and_must_get_a_second_factor(
    residents, invite, accept, portal
):
    """Guide 1.6, 10"""
    await residents.issuer()
    mail = await invite()

    answer = await accept(residents.link(mail))

    assert (mail.kind, mail.recipient, mail.proof.kind) == ("staff", KIM, "staff")
    assert answer.status_code == 201
    started = answer.json()
    assert (started["staff"], started["must"]) == (True, "second_factor")
    person = (await residents.told(PersonChanged))[-1]
    assert (person.email, person.first_name, person.registered) == (KIM, "Kim", True)
    seen = await portal(
        "/v1/sessions/resolve", session=started["session"], audiences=["identity", "documents"]
    )
    assert (seen.json()["must"], list(seen.json()["tokens"])) == ("second_factor", ["identity"])


async def test_an_invitation_is_good_once(residents, invite, accept):
    """Guide 1.6, 17"""
    await residents.issuer()
    proof = residents.link(await invite())

    answers = await asyncio.gather(*(accept(proof) for _ in range(50)))

    assert sorted(each.status_code for each in answers) == [201] + [409] * 49


async def test_a_password_that_is_not_good_enough_uses_nothing_up(residents, invite, accept):
    await residents.issuer()
    proof = residents.link(await invite())

    short, good = await accept(proof, "kim claes lease"), await accept(proof)

    assert (short.status_code, problems(short)[0][0], good.status_code) == (422, "/password", 201)


async def test_inviting_again_makes_the_first_mail_useless(residents, invite, accept):
    await residents.issuer()
    first, second = await invite(), await invite()

    assert (await accept(residents.link(first))).status_code == 409
    assert (await accept(residents.link(second))).status_code == 201
    assert (await accept("forged.x")).status_code == 404


async def test_who_has_an_account_is_told_and_needs_no_other_password(residents, invite):
    await residents.move_in(KIM)

    mail = await invite()

    assert (mail.kind, mail.proof) == ("staff", None)
    assert (await residents.told(PersonChanged)) == [] or mail.first_name == "Jan"


async def test_who_registered_meanwhile_cannot_be_given_another_password(residents, invite, accept):
    await residents.issuer()
    proof = residents.link(await invite())
    await residents.move_in(KIM)

    assert (await accept(proof)).status_code == 409


async def test_who_is_let_go_is_signed_out_at_once(residents, as_, database):
    """Guide 1.6, 33"""
    kim = await residents.move_in(KIM, staff=True, strength=2)

    async with database.transaction() as session:
        await admitting_staff.remove(session, "dl5", "KIM@lease.example")

    assert (await as_(kim, "GET", "/v1/me")).status_code == 401
    (ended,) = await residents.told(SessionsEnded)
    assert ended.sessions == (kim.session_id,)
    async with database.transaction() as session:
        with pytest.raises(StaffUnknown):
            await admitting_staff.remove(session, "dl5", KIM)


async def test_an_invitation_dies_when_it_is_taken_back(residents, invite, accept, database):
    await residents.issuer()
    proof = residents.link(await invite())
    async with database.transaction() as session:
        await admitting_staff.remove(session, "dl5", KIM)

    assert (await accept(proof)).status_code == 409


async def test_who_decides_for_others_no_more_signs_in_again(residents, invite, as_):
    """O-05: so that no token of before does more than they may now."""
    await residents.issuer()
    await invite(admin=True)
    kim = await residents.move_in(KIM, strength=2)
    await invite(admin=True)
    assert (await as_(kim, "GET", "/v1/me")).status_code == 200

    await invite(admin=False)

    assert (await as_(kim, "GET", "/v1/me")).status_code == 401
    assert (await residents.told(SessionsEnded))[-1].sessions == (kim.session_id,)


async def test_who_comes_back_is_welcome(residents, invite, database):
    await residents.issuer()
    await invite()
    async with database.transaction() as session:
        await admitting_staff.remove(session, "dl5", KIM)

    await invite(admin=True)

    async with database.transaction() as session:
        (work,) = (await session.scalars(sa.select(Staff))).all()
        acts = (await session.scalars(sa.select(AuditEntry.act).order_by(AuditEntry.id))).all()
    assert (work.admin, work.until) == (True, None)
    assert list(acts) == ["staff_invited", "staff_removed", "staff_invited"]


async def test_staff_of_one_issuer_are_not_staff_of_another_in_its_group(residents, invite, portal):
    """Guide 1.6, 10"""
    await residents.issuer("dl5", group="delta")
    await residents.issuer("dl6", group="delta")
    await residents.move_in(KIM, group="delta")
    await invite(issuer="dl5")

    async def must(issuer):
        answer = await portal(
            "/v1/sessions", issuer=issuer, username=KIM, password=PASSWORD, visitor=VISITOR
        )
        return answer.json()["staff"], answer.json()["must"]

    assert await must("dl5") == (True, "second_factor")
    assert await must("dl6") == (False, None)


async def test_an_issuer_that_nobody_admitted_has_no_staff(invite, database):
    with pytest.raises(IssuerUnknown):
        await invite(issuer="dl9")
    async with database.transaction() as session:
        with pytest.raises(IssuerUnknown):
            await admitting_staff.remove(session, "dl9", KIM)
