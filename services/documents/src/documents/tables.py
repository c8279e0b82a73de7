"""What every noun of documents is: a row of a table of its own."""

import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase

from chassis.database import NAMES, Conventions


class Table(Conventions, DeclarativeBase):
    """A table of documents."""

    metadata = sa.MetaData(naming_convention=NAMES)
