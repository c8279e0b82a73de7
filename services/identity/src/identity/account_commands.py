"""The door for people at a keyboard: admit staff, say who helps readers, check the audit."""

import json
import re
from argparse import ArgumentParser, Namespace
from datetime import time

from pydantic import TypeAdapter, ValidationError

from chassis.command_line import StepRefused
from chassis.database import Database
from chassis.service import Command
from contracts.text import Line
from identity import admitting_staff, sealing, support_days, supporting
from identity.admitting_staff import Invitation
from identity.errors import AddressUnusable, IssuerUnknown, StaffUnknown
from identity.settings import Settings
from identity.supporting import NeverOpen, Said

_PHONE = re.compile(r"\+?[0-9 ()./-]{6,30}")


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


def _configure_set_support(parser: ArgumentParser) -> None:
    parser.add_argument("--issuer", required=True, help="whose readers they help")
    parser.add_argument("--phone", help='such as "+32 9 200 90 00"; "" takes it away')
    parser.add_argument("--email", help='such as help@example.com; "" takes it away')
    parser.add_argument("--days", help="such as mon-fri or mon,wed,sat")
    parser.add_argument("--opens", help="such as 08:30, by the issuer's own clock")
    parser.add_argument("--closes", help="such as 17:00")
    parser.add_argument("--json", action="store_true", help="print for machines")


async def set_support(settings: Settings, chosen: Namespace) -> int:
    """Say how readers reach somebody who helps them; what is not given stays as it is."""
    said = _said(chosen)
    database = Database(settings.database_url.get_secret_value(), connections=1)
    try:
        async with database.transaction() as session:
            issuer = await supporting.say(session, chosen.issuer, said)
            told = {
                "issuer": issuer.issuer,
                "phone": issuer.support_phone,
                "email": issuer.support_email,
                "days": support_days.written(issuer.support_days),
                "opens": f"{issuer.support_opens:%H:%M}",
                "closes": f"{issuer.support_closes:%H:%M}",
                "time_zone": issuer.time_zone,
            }
    except AddressUnusable as wrong:
        raise StepRefused(f"no mail can go to that address: {wrong}") from wrong
    except (IssuerUnknown, NeverOpen) as wrong:
        raise StepRefused(str(wrong)) from wrong
    finally:
        await database.close()
    lines = (f"{name}: {'-' if value is None else value}" for name, value in told.items())
    print(json.dumps(told) if chosen.json else "\n".join(lines))
    return 0


def _said(chosen: Namespace) -> Said:
    if chosen.phone and not _PHONE.fullmatch(chosen.phone):
        raise StepRefused("a phone number is of digits, spaces and + ( ) . / -")
    try:
        days = support_days.days_of(chosen.days) if chosen.days else None
    except ValueError as wrong:
        raise StepRefused(str(wrong)) from wrong
    opens, closes = (_time(each) if each else None for each in (chosen.opens, chosen.closes))
    return Said(chosen.phone, chosen.email, days, opens, closes)


def _time(written: str) -> time:
    if not re.fullmatch(r"[0-9]{2}:[0-9]{2}", written):
        raise StepRefused("a time is written as 08:30")
    try:
        return time.fromisoformat(written)
    except ValueError as wrong:
        raise StepRefused(f"there is no {written}") from wrong


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
        "set-support",
        "say how and when readers reach somebody who helps them",
        _configure_set_support,
        set_support,
    ),
    Command(
        "verify-audit",
        "check that the audit was not changed",
        _configure_verify_audit,
        verify_audit,
    ),
)
