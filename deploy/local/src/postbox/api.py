"""The API: what arrived, for tests and for senders that lost an answer, and the fault switches."""

import asyncio
from datetime import datetime
from typing import Annotated, Self

from fastapi import APIRouter, HTTPException, Query, Response
from pydantic import BaseModel, Field

from postbox import reading
from postbox.faults import Faults
from postbox.parts import TheSink, TheStore
from postbox.store import Letter

MOST = 500

router = APIRouter()


class Search(BaseModel):
    """What may be asked of the list; several conditions must all be met."""

    to: str | None = Field(default=None, description="A whole address of the envelope")
    message_id: str | None = Field(
        default=None, description="Finds every stored copy, with or without angle brackets"
    )
    limit: int = Field(default=50, ge=1, description=f"More than {MOST} is taken as {MOST}")
    after: str = Field(default="", description="The id to go on from")


class Summary(BaseModel):
    """A mail in a list. `from` is the From header's address, `to` whom the envelope named."""

    id: str
    sender: str = Field(serialization_alias="from")
    to: list[str]
    subject: str
    message_id: str | None = Field(description="Without angle brackets")
    received_at: datetime

    @classmethod
    def of(cls, letter: Letter) -> Self:
        """Sum up a stored mail."""
        return cls(
            id=letter.id,
            sender=letter.facts.sender,
            to=letter.facts.recipients,
            subject=letter.facts.subject,
            message_id=letter.facts.message_id,
            received_at=letter.received_at,
        )


class Listing(BaseModel):
    """Oldest first. `next` is the `after` that goes on from here, null at the end for now."""

    items: list[Summary]
    next: str | None


class AttachmentFacts(BaseModel):
    """An attachment; `size` in bytes and `sha256` in hex are of its decoded content."""

    name: str
    media_type: str
    size: int
    sha256: str


class Whole(Summary):
    """A mail with all that it says. `headers` are name and decoded value, in their order."""

    envelope_from: str
    headers: list[tuple[str, str]]
    text: str | None
    html: str | None
    attachments: list[AttachmentFacts]


@router.get("/health/live")
async def live() -> dict[str, str]:
    """Say that the process runs."""
    return {"status": "live"}


@router.get("/api/messages")
async def messages(store: TheStore, sink: TheSink, wanted: Annotated[Search, Query()]) -> Listing:
    """List mails, oldest first; keep the last id and ask `after` it to follow what arrives."""
    await sink.intake.settled()
    page = store.oldest_first(
        to=wanted.to,
        message_id=wanted.message_id,
        after=wanted.after,
        limit=min(wanted.limit, MOST),
    )
    return Listing(
        items=[Summary.of(letter) for letter in page.letters],
        next=page.letters[-1].id if page.more else None,
    )


@router.delete("/api/messages", status_code=204)
async def empty(store: TheStore) -> None:
    """Throw every mail away."""
    await store.empty()


@router.get("/api/messages/{id_}")
async def message(store: TheStore, id_: str) -> Whole:
    """Return one mail, taken apart."""
    letter, source = await found(store, id_)
    content = await asyncio.to_thread(reading.content, source)
    return Whole(
        **Summary.of(letter).model_dump(),
        envelope_from=letter.facts.envelope_sender,
        headers=reading.headers(source),
        text=content.text,
        html=content.html,
        attachments=[
            AttachmentFacts.model_validate(part, from_attributes=True)
            for part in content.attachments
        ],
    )


@router.get("/api/messages/{id_}/source")
async def source(store: TheStore, id_: str) -> Response:
    """Return one mail byte for byte as it was received."""
    _, content = await found(store, id_)
    return Response(
        content,
        media_type="message/rfc822",
        headers={"X-Content-Type-Options": "nosniff", "Content-Security-Policy": "sandbox"},
    )


@router.get("/api/faults")
async def faults(sink: TheSink) -> Faults:
    """Return the faults in force."""
    return sink.intake.faults


@router.put("/api/faults")
async def put_faults(sink: TheSink, wanted: Faults) -> Faults:
    """Replace the whole set of faults; what is left out is off."""
    await sink.apply(wanted)
    return sink.intake.faults


async def found(store: TheStore, id_: str) -> tuple[Letter, bytes]:
    """Return a mail and its bytes, or answer 404."""
    letter = store.get(id_)
    source = None if letter is None else await store.source(letter)
    if letter is None or source is None:
        raise HTTPException(404, "There is no such mail; it may have been thrown away.")
    return letter, source
