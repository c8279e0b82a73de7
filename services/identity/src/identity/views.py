"""The nouns of the desk: who of the staff looks as whom."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from chassis.identifiers import new_id
from identity.tables import Table


class View(Table):
    """Somebody at work sees what a customer sees, for a while."""

    __tablename__ = "views"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    staff_id: Mapped[UUID] = mapped_column(sa.ForeignKey("people.id"))
    session_id: Mapped[UUID]
    """Of who looks: the view ends with it."""
    issuer: Mapped[str] = mapped_column(sa.ForeignKey("issuers.issuer"))
    person_id: Mapped[UUID] = mapped_column(sa.ForeignKey("people.id"))
    customer_number: Mapped[str] = mapped_column(sa.ForeignKey("customer_numbers.customer_number"))
    """On which it was asked for."""
    started_at: Mapped[datetime]
    until: Mapped[datetime] = mapped_column(index=True)
    """The latest it can last."""
    ended_at: Mapped[datetime | None]

    def lives(self, at: datetime) -> bool:
        """Say whether it is going on."""
        return self.ended_at is None and at < self.until
