"""What identity tells of its nouns: the events, filled in from tables."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from chassis.identifiers import now
from contracts.identity import (
    CustomerNumberChanged,
    DeliverySettings,
    EndedClaim,
    IssuerChanged,
    MainContactClaim,
    PersonChanged,
    SharedUserClaim,
)
from identity import accents, queries
from identity.models import CustomerNumber, Issuer, Person, Role

_Claim = sa.Row[Any]
"""A ticket, as a row."""


def of_issuer(issuer: Issuer) -> IssuerChanged:
    """Tell of an issuer."""
    return IssuerChanged(
        issuer=issuer.issuer,
        version=issuer.version,
        group=issuer.issuer_group,
        prefix=issuer.prefix,
        name=issuer.name,
        accent=issuer.accent,
        sender=issuer.sender,
        language=issuer.language,
        time_zone=issuer.time_zone,
        state=issuer.state,
        palette=accents.palette_of(issuer.accent),
    )


def of_person(person: Person) -> PersonChanged:
    """Tell of a person."""
    return PersonChanged(
        person_id=person.id,
        version=person.version,
        email=person.email or None,
        language=person.language,
        first_name=person.first_name,
        last_name=person.last_name,
        registered=person.registered,
        state=person.state,
    )


async def of_customer_number(
    session: AsyncSession, number: CustomerNumber
) -> CustomerNumberChanged:
    """Tell of a customer number, who may see it, and whose claim ended lately."""
    return (await of_customer_numbers(session, [number]))[0]


async def of_customer_numbers(
    session: AsyncSession, numbers: Sequence[CustomerNumber]
) -> list[CustomerNumberChanged]:
    """Tell of several customer numbers at once, each whole."""
    names = [each.customer_number for each in numbers]
    live = _by_number(await queries.live_claims(session, names))
    ended = _by_number(await queries.ended_claims(session, names, now()))
    return [_of(each, live[each.customer_number], ended[each.customer_number]) for each in numbers]


def _by_number(claims: Sequence[_Claim]) -> defaultdict[str, list[_Claim]]:
    found: defaultdict[str, list[_Claim]] = defaultdict(list)
    for each in claims:
        found[each.customer_number].append(each)
    return found


def _of(
    number: CustomerNumber, live: Sequence[_Claim], ended: Sequence[_Claim]
) -> CustomerNumberChanged:
    return CustomerNumberChanged(
        customer_number=number.customer_number,
        issuer=number.issuer,
        version=number.version,
        changed_at=number.changed_at,
        state=number.state,
        name=number.name,
        country=number.country,
        enterprise_number=number.enterprise_number,
        contract_start=number.contract_start,
        main_contact=_main_contact(live),
        shared_users=tuple(_shared_user(each) for each in live if each.role is Role.SHARED),
        ended=tuple(_ended(each) for each in ended if each.mail),
        settings=DeliverySettings(notify=number.notify, attach=tuple(number.attach)),
        notify_since=number.notify_since,
    )


def _main_contact(live: Sequence[_Claim]) -> MainContactClaim | None:
    for each in live:
        if each.role is Role.MAIN:
            return MainContactClaim(person_id=each.person_id, ticket=each.id, since=each.since)
    return None


def _shared_user(ticket: _Claim) -> SharedUserClaim:
    return SharedUserClaim(
        person_id=ticket.person_id,
        ticket=ticket.id,
        portal=ticket.portal,
        mail=ticket.mail,
        since=ticket.since,
        mail_since=ticket.mail_since,
        attach=ticket.attach,
    )


def _ended(ticket: _Claim) -> EndedClaim:
    return EndedClaim(
        person_id=ticket.person_id,
        ticket=ticket.id,
        since=ticket.mail_since or ticket.since,
        until=ticket.until or ticket.since,
        attach=ticket.attach,
    )
