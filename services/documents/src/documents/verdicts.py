"""The nouns of what is thought of documents: who is still to be studied, and what judges said."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Self
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from chassis.identifiers import now
from documents import media_types
from documents.tables import Table

STUDYING = "studying"
"""The name of this work."""


class Study(Table):
    """A document that is still to be judged, or whose PDF is still to be read for its words.

    It is claimed until ``due_at``, and gone when it is done.
    """

    __tablename__ = "studies"
    __table_args__ = (sa.Index("studies_due_idx", "imported", "due_at"),)

    document_id: Mapped[UUID] = mapped_column(
        sa.ForeignKey("documents.id", ondelete="CASCADE"), primary_key=True
    )
    imported: Mapped[bool]
    """What is of the past waits behind what is of today."""
    words: Mapped[bool]
    """Whether its words are wanted: all of them, beside those that are known already."""
    tries: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[datetime] = mapped_column(default=now)

    @classmethod
    def of(cls, document_id: UUID, kinds: Iterable[str], *, imported: bool) -> Self:
        """Ask for the study of a new document with files of these media types.

        The words of its XML are known already.
        """
        return cls(document_id=document_id, imported=imported, words=media_types.PDF in set(kinds))


class Verdict(Table):
    """What a judge said of one XML of a document, by the rules of that day; it is not asked again.

    ``passed`` is null where the judge could not say; a problem is ``{rule, text, where, fatal}``.
    """

    __tablename__ = "verdicts"

    document_id: Mapped[UUID] = mapped_column(
        sa.ForeignKey("documents.id", ondelete="CASCADE"), primary_key=True
    )
    file_sha256: Mapped[str] = mapped_column(primary_key=True)
    judge: Mapped[str] = mapped_column(primary_key=True)
    rules_version: Mapped[str]
    judged_at: Mapped[datetime]
    passed: Mapped[bool | None]
    problems: Mapped[list[dict[str, Any]]] = mapped_column(JSONB())
