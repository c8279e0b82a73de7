"""The noun of votes: whether a help article was useful to somebody, of whom nothing is known."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from identity.tables import Table


class HelpVote(Table):
    """What somebody says of an article: the last they said of it."""

    __tablename__ = "help_votes"
    # The counts of an article are read from here alone.
    __table_args__ = (sa.Index(None, "article", "helpful"),)

    voter: Mapped[bytes] = mapped_column(primary_key=True)
    """A keyed hash; without the key it leads to nobody."""
    article: Mapped[str] = mapped_column(primary_key=True)
    helpful: Mapped[bool]
    at: Mapped[datetime] = mapped_column(index=True)
