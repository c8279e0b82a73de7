"""The nouns of reading: who reads, what they have not read yet, and what they look for."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB, TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from chassis.identifiers import new_id
from documents.tables import Table


class Words(sa.TypeDecorator[str]):
    """Words and a space between them, as a search index of the database."""

    impl = TSVECTOR
    cache_ok = True

    def bind_expression(self, bindparam: sa.BindParameter[str]) -> sa.ColumnElement[str]:
        """Give the words as they are: the database would make paths and signs of numbers."""
        words = sa.func.string_to_array(sa.type_coerce(bindparam, sa.Text), " ")
        return sa.func.array_to_tsvector(words)


class Person(Table):
    """Whether somebody has an account: who has none reads nothing here, so nothing is unread."""

    __tablename__ = "people"

    person_id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int]
    registered: Mapped[bool]


class Unread(Table):
    """A person has not read a document yet. It goes when they do, or lose their claim."""

    __tablename__ = "unread"
    __table_args__ = (
        sa.Index(
            "unread_newest_idx",
            "person_id",
            sa.text("issue_date desc"),
            sa.text("published_at desc"),
            sa.text("document_id desc"),
            postgresql_include=["customer_number"],
        ),
    )

    person_id: Mapped[UUID] = mapped_column(primary_key=True)
    customer_number: Mapped[str] = mapped_column(primary_key=True)
    document_id: Mapped[UUID] = mapped_column(primary_key=True)
    issue_date: Mapped[date]
    published_at: Mapped[datetime]


class SavedFilter(Table):
    """What a person looks for again and again, under a name of their own."""

    __tablename__ = "saved_filters"
    __table_args__ = (sa.UniqueConstraint("person_id", "name"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[UUID]
    name: Mapped[str]
    query: Mapped[dict[str, Any]] = mapped_column(JSONB)
    saved_at: Mapped[datetime]


class DocumentText(Table):
    """The words a document is found by, beside it: who it is of stands among them."""

    __tablename__ = "document_texts"
    __table_args__ = (sa.Index("document_texts_words_idx", "words", postgresql_using="gin"),)

    document_id: Mapped[UUID] = mapped_column(sa.ForeignKey("documents.id"), primary_key=True)
    words: Mapped[str] = mapped_column(Words)
