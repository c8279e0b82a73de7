"""Start a reset for a reader who cannot get in: the mail goes to their own mailbox, as ever."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from chassis.identifiers import now
from identity import auditing, desk_queries, proving, throttling, writing
from identity.accounts import CredentialKind
from identity.errors import NobodyThere, NotRegistered

_KIND = CredentialKind.RESET


async def start(
    session: AsyncSession,
    staff_id: UUID,
    issuer: str,
    customer_number: str,
    person_id: UUID,
    reason: str,
) -> None:
    """Have a proof sent by which somebody sets a new password. Nobody else learns it.

    Raises ``NobodyThere``, ``NotRegistered`` or ``TooOften``.
    """
    found = await desk_queries.claim(session, issuer, customer_number, person_id)
    if found is None:
        raise NobodyThere
    _, person = found
    if not person.registered:
        raise NotRegistered
    await throttling.by_mailbox(session, person.issuer_group, person.email_key, now())
    sent = await proving.send(session, _KIND, person, issuer, person.email, details={})
    await writing.write(session, person, issuer, _KIND.value, proof=sent)
    await auditing.note(
        session,
        "desk_reset_started",
        actor=staff_id,
        subject=person_id,
        issuer=issuer,
        customer_number=customer_number,
        reason=reason,
    )
