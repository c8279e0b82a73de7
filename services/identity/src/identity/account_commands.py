"""The door for people at a keyboard: admit staff, and check the audit."""

import json
from argparse import ArgumentParser, Namespace

from pydantic import TypeAdapter, ValidationError

from chassis.command_line import StepRefused
from chassis.database import Database
from chassis.service import Command
from contracts.text import Line
from identity import admitting_staff, sealing
from identity.admitting_staff import Invitation
from identity.errors import AddressUnusable, IssuerUnknown, StaffUnknown
from identity.settings import Settings


def _configure_add_staff(parser: ArgumentParser) -> None:
    parser.add_argument("--issuer", required=True, help="for whom they work")
    parser.add_argument("--email", required=True, help="where the invitation goes")
    parser.add_argument("--first-name", help="needed unless --remove")
    parser.add_argument("--last-name", help="needed unless --remove")
    parser.add_argument("--admin", action="store_true", help="may look after other staff")
    parser.add_argument("--remove", action="store_true", help="let them go; they are signed out")
    parser.add_argument("--json", action="store_true", help="print for machines")


async def add_staff(settings: Settings, chosen: Namespace) -> int:
    """Invite someone to work for an issuer, or let them go."""
    invitation = None if chosen.remove else _invitation(chosen)
    database = Database(settings.database_url.get_secret_value(), connections=1)
    try:
        async with database.transaction() as session:
            if invitation is None:
                person_id = await admitting_staff.remove(session, chosen.issuer, chosen.email)
                became = "removed"
            else:
                person_id, is_new = await admitting_staff.invite(session, invitation)
                became = "invited" if is_new else "invited again"
    except AddressUnusable as wrong:
        raise StepRefused(f"no mail can go to that address: {wrong}") from wrong
    except (IssuerUnknown, StaffUnknown) as wrong:
        raise StepRefused(str(wrong)) from wrong
    finally:
        await database.close()
    told = {"issuer": chosen.issuer, "person_id": str(person_id), "became": became}
    print(json.dumps(told) if chosen.json else "\n".join(f"{k}: {v}" for k, v in told.items()))
    return 0


def _invitation(chosen: Namespace) -> Invitation:
    if not (chosen.first_name and chosen.last_name):
        raise StepRefused("an invitation needs --first-name and --last-name")
    try:
        first, last = (
            TypeAdapter(Line).validate_python(name)
            for name in (chosen.first_name, chosen.last_name)
        )
    except ValidationError as wrong:
        raise StepRefused("a name is one line of at most 200 characters") from wrong
    return Invitation(chosen.issuer, chosen.email, first, last, chosen.admin)


def _configure_verify_audit(parser: ArgumentParser) -> None:
    parser.add_argument("--head", help="a seal's sha256 as it was logged: it must be in the chain")


async def verify_audit(settings: Settings, chosen: Namespace) -> int:
    """Check the whole audit against its seals; 1 where it was tampered with."""
    database = Database(settings.database_url.get_secret_value(), connections=1)
    try:
        async with database.transaction() as session:
            found = await sealing.verify(session, chosen.head)
    finally:
        await database.close()
    print(f"{found.entries} entries under {found.seals} seals are as they were sealed")
    if found.broken is not None:
        print(f"BROKEN: entry {found.broken.entry} {found.broken.what}")
        return 1
    if not found.headed:
        print(f"BROKEN: no seal has the hash {chosen.head}")
        return 1
    print(f"{found.forgotten} were forgotten after their time; {found.unsealed} wait for a seal")
    print(f"newest seal: {found.head}")
    return 0


COMMANDS = (
    Command(
        "add-staff",
        "let someone work for an issuer, or let them go",
        _configure_add_staff,
        add_staff,
    ),
    Command(
        "verify-audit",
        "check that the audit was not changed",
        _configure_verify_audit,
        verify_audit,
    ),
)
