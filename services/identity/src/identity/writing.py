"""Have a mail written to a person about their account or their rights."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from chassis import outbox
from chassis.identifiers import now
from contracts.notifications import Proof, WriteToPerson
from identity.accounts import Credential
from identity.models import Person


async def write(
    session: AsyncSession,
    person: Person,
    issuer: str,
    kind: str,
    *,
    recipient: str | None = None,
    ticket: UUID | None = None,
    proof: Credential | None = None,
    **facts: str,
) -> None:
    """Ask for a mail; ``recipient`` is another address than the person's own.

    ``ticket`` or ``proof`` says where its button leads.
    """
    await outbox.say(
        session,
        WriteToPerson(
            issuer=issuer,
            person_id=person.id,
            kind=kind,
            recipient=recipient or person.email,
            language=person.language,
            first_name=person.first_name,
            last_name=person.last_name,
            ticket=ticket,
            proof=_proof(proof) if proof else None,
            facts=facts,
            asked_at=now(),
        ),
    )


async def write_or_not(
    session: AsyncSession,
    person: Person | None,
    issuer: str,
    kind: str,
    *,
    ticket: UUID | None = None,
    proof: Credential | None = None,
) -> None:
    """Ask for a mail if there is someone to write to; if not, do the same and take it back.

    So the time an answer takes tells nobody whether an address is known. Nor is the relay woken,
    which would be busy beside the answer in one case only: it comes by itself a moment later.
    """
    async with session.begin_nested() as step:
        await write(session, person or _nobody(), issuer, kind, ticket=ticket, proof=proof)
        if person is None:
            await step.rollback()
    session.info.pop(outbox.SPOKE, None)


def _nobody() -> Person:
    return Person(id=UUID(int=0), email="nobody@example.com")


def _proof(credential: Credential) -> Proof:
    return Proof(
        credential_id=credential.id,
        kind=credential.kind.value,
        link_until=credential.link_until,
        code_until=credential.code_until,
    )
