"""The mails that went to a reader, and the address they go to, as notifications tells of them."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel

from portal.plain_text import Text

_MAY_BE_SENT_AGAIN = {"sent", "refused", "bounced"}


class OwnLetter(BaseModel):
    """A mail about a document. One that waits to be sent is not told of."""

    letter_id: UUID
    customer_number: Text | None = None
    document_id: UUID | None = None
    number: Text | None = None
    sent_to: Text | None = None
    state: str
    reason_code: str | None = None
    updated_at: datetime

    @property
    def may_be_sent_again(self) -> bool:
        """Tell whether the reader may ask for it again."""
        return self.document_id is not None and self.state in _MAY_BE_SENT_AGAIN

    @property
    def failed(self) -> bool:
        """Tell whether it surely did not arrive."""
        return self.state in {"refused", "bounced"}


class OwnAddress(BaseModel):
    """Where a reader's mails go, and whether they may."""

    address: Text
    state: Literal["in_use", "stopped", "paused"] = "in_use"
    reason_code: str | None = None
    since: datetime | None = None
    until: datetime | None = None


class OwnLetters(BaseModel):
    """A page of mails, the newest first."""

    items: list[OwnLetter]
    next_cursor: str | None = None


class OwnAddresses(BaseModel):
    """The addresses; there is one, or none that is known yet."""

    items: list[OwnAddress]
