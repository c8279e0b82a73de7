"""The nouns of taking away: what somebody chose to take, and how far they are with it."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from chassis.identifiers import new_id
from documents.tables import Table

KEPT = timedelta(days=1)
"""How long what was chosen is known."""

MOST_DOCUMENTS = 50_000
"""In one export."""

ON_A_PAGE = 500
"""Documents."""

MOST_FAILURES = 1_000
"""That are named; all are counted."""

_SILENT = timedelta(minutes=5)


class State(StrEnum):
    """How far it is."""

    WAITING = "waiting"
    """Nobody has begun to take it."""
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    """It broke off before its end. It may be taken again."""


class Export(Table):
    """What somebody chose to take away. Its bytes are made while they are taken."""

    __tablename__ = "exports"
    __table_args__ = (sa.Index("exports_owner_idx", "owner", "asked_at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    owner: Mapped[str]
    """Who chose, and may take it: a person, a machine, or staff at work."""
    issuer: Mapped[str | None]
    """Whose machine or staff it is."""
    format: Mapped[str]
    files: Mapped[list[str]]
    language: Mapped[str]
    asked_at: Mapped[datetime] = mapped_column(index=True)
    documents: Mapped[int]
    bytes: Mapped[int | None] = mapped_column(sa.BigInteger)
    """How long it will be, or was; None before that is known."""
    state: Mapped[State] = mapped_column(server_default=State.WAITING.value)
    done: Mapped[int] = mapped_column(server_default=sa.text("0"))
    failed: Mapped[int] = mapped_column(server_default=sa.text("0"))
    failures: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, server_default="[]")
    """Which documents are not in it, or not as they were asked for, and why."""
    moved_at: Mapped[datetime]
    """When it was last a bit further."""

    def state_at(self, moment: datetime) -> State:
        """Return how far it is: what has been silent for long has broken off."""
        has_stopped = self.state == State.RUNNING and moment - self.moved_at > _SILENT
        return State.FAILED if has_stopped else self.state


class ExportPage(Table):
    """Some of the documents that were chosen, in the order in which they were shown."""

    __tablename__ = "export_pages"

    export_id: Mapped[UUID] = mapped_column(sa.ForeignKey("exports.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    document_ids: Mapped[list[UUID]] = mapped_column(sa.ARRAY(sa.Uuid()))
