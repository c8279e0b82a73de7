"""Admit issuers, and machines that may ask for tokens."""

from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from chassis import outbox
from identity import addresses, queries, snapshots
from identity.models import Client, Issuer


@dataclass(frozen=True)
class Admission:
    """What is known of an issuer when it comes in; None leaves what is known."""

    issuer: str
    name: str | None
    sender: str | None
    language: str | None
    group: str | None
    accent: str | None
    time_zone: str | None


async def admit_issuer(session: AsyncSession, admission: Admission) -> bool:
    """Admit an issuer, or change how it looks and speaks. Returns whether it is new.

    The group stays as it was first said: people are known by it. Raises ``AddressUnusable`` for a
    sender that no mail can come from.
    """
    if admission.sender is not None:
        addresses.key_of(admission.sender, pointer="/sender")
    issuer = await queries.issuer_to_change(session, admission.issuer)
    said = {
        "name": admission.name,
        "sender": admission.sender,
        "language": admission.language,
        "accent": admission.accent,
        "time_zone": admission.time_zone,
    }
    given = {field: value for field, value in said.items() if value is not None}
    if issuer is None:
        blank = {"language": "nl", "accent": "#1f4e79", "time_zone": "Europe/Brussels"}
        issuer = Issuer(
            issuer=admission.issuer,
            issuer_group=admission.group or admission.issuer,
            version=1,
            **(blank | given),
        )
        session.add(issuer)
        await session.flush()
        await outbox.say(session, snapshots.of_issuer(issuer))
        return True
    if any(getattr(issuer, field) != value for field, value in given.items()):
        for field, value in given.items():
            setattr(issuer, field, value)
        issuer.version += 1
        await session.flush()
        await outbox.say(session, snapshots.of_issuer(issuer))
    return False


async def admit_client(session: AsyncSession, client: Client) -> None:
    """Let a machine ask for tokens; who has the id already gets this secret and these scopes."""
    await session.merge(client)
