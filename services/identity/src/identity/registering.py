"""Register customers: what a billing system says of a customer number and its main contact."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from chassis import outbox
from chassis.identifiers import now
from contracts.customer_number import issuer_of
from contracts.identity import MainContact, RegisterCustomer
from identity import addresses, auditing, granting_claims, measures, queries, snapshots
from identity.errors import CustomerOfAnotherIssuer, IssuerUnknown
from identity.models import BEGINNING, CustomerNumber, Issuer, Person, Role, Ticket


@dataclass(frozen=True)
class Registered:
    """What came of it: the version that is known now, and what the person had settled otherwise."""

    version: int
    kept: list[str]


async def register(session: AsyncSession, issuer_key: str, command: RegisterCustomer) -> Registered:
    """Make a customer number known, or bring it up to date; of two, the newer ``as_of`` wins."""
    issuer = await queries.issuer(session, issuer_key)
    if issuer is None:
        raise IssuerUnknown(issuer_key)
    if issuer_of(command.customer_number) != issuer.issuer:
        raise CustomerOfAnotherIssuer(command.customer_number, issuer.prefix)
    email_key = addresses.key_of(command.main_contact.email, pointer="/main_contact/email")
    number = await queries.customer_number_to_register(
        session, command.customer_number, issuer.issuer
    )
    if number.is_newer_than(command.as_of):
        measures.customers.labels("known").inc()
        return Registered(number.version, kept=[])

    changed = _describe(number, command)
    contact, kept, moved = await _main_contact(session, issuer, number, command, email_key)
    number.given_email_key = email_key
    news = "new" if number.version == 0 else "changed" if changed or moved else "known"
    measures.customers.labels(news).inc()
    if news != "known":
        number.change(now())
        await session.flush()
        await outbox.say(session, await snapshots.of_customer_number(session, number))
    if contact:
        await outbox.say(session, snapshots.of_person(contact))
    return Registered(number.version, kept)


def _describe(number: CustomerNumber, command: RegisterCustomer) -> bool:
    number.as_of = command.as_of or number.as_of
    address = command.address
    return number.describe(
        name=command.name,
        country=command.country,
        enterprise_number=command.enterprise_number,
        street=address.street if address else None,
        postal_code=address.postal_code if address else None,
        city=address.city if address else None,
        contract_start=command.contract_start,
    )


async def _main_contact(
    session: AsyncSession,
    issuer: Issuer,
    number: CustomerNumber,
    command: RegisterCustomer,
    email_key: str,
) -> tuple[Person | None, list[str], bool]:
    """Settle who answers for the number.

    Returns the person if there is news of them, which fields they keep, and whether it is another.
    """
    said = command.main_contact
    live = await queries.live_tickets(session, number.customer_number)
    ticket = next((each for each in live if each.role is Role.MAIN), None)
    same_as_before = ticket is not None and number.given_email_key == email_key
    if ticket and same_as_before:
        person = (await queries.people(session, [ticket.person_id]))[ticket.person_id]
        if number.handed_over_at is not None:
            return None, _differing(person, said, email_key), False
        person = await queries.person_to_change(
            session, issuer.issuer_group, person.email, person.email_key
        )
    else:
        person = await queries.person_to_change(session, issuer.issuer_group, said.email, email_key)
        number.handed_over_at = None
    changed, kept = _describe_person(person, said, email_key)
    moved = ticket is None or ticket.person_id != person.id
    if moved:
        await _make_main(session, number, person, live)
    return (person if changed else None), kept, moved


async def _make_main(
    session: AsyncSession, number: CustomerNumber, person: Person, live: Sequence[Ticket]
) -> None:
    first = not await queries.had_a_main_contact(session, number.customer_number)
    at = now()
    for each in live:
        if each.role is Role.MAIN or each.person_id == person.id:
            each.end(at)
    await session.flush()
    await granting_claims.make_main(
        session,
        number,
        person.id,
        BEGINNING if first else at,
        shared={each.person_id for each in live if each.until is None},
    )
    if not first:
        await auditing.note(
            session,
            "main_contact_named",
            actor=number.issuer,
            subject=person.id,
            issuer=number.issuer,
            customer_number=number.customer_number,
        )
    await session.flush()


def _differing(person: Person, said: MainContact, email_key: str) -> list[str]:
    """Name what is not as the issuer says, where the number was given to another than it names."""
    fields = ("language", "first_name", "last_name")
    other = [each for each in fields if getattr(person, each) != getattr(said, each)]
    return [*(["email"] if person.email_key != email_key else []), *other]


def _describe_person(person: Person, said: MainContact, email_key: str) -> tuple[bool, list[str]]:
    changed, kept = person.describe(
        language=said.language, first_name=said.first_name, last_name=said.last_name
    )
    if person.email_key != email_key:
        kept.insert(0, "email")
    if person.version == 0:
        person.version, changed = 1, True
    return changed, kept
