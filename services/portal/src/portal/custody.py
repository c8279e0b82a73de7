"""What the archive has written down about a document: its events, and what judges said of it."""

from datetime import datetime

from pydantic import BaseModel

from portal.plain_text import Text


class Event(BaseModel):
    """Something that happened to a document."""

    sequence: int
    at: datetime
    act: str


class Events(BaseModel):
    """A page of them, first to last."""

    items: list[Event]
    next_cursor: str | None = None


class Finding(BaseModel):
    """A rule that an XML does not keep."""

    rule: Text
    text: Text = ""
    where: Text | None = None


class Verdict(BaseModel):
    """What one judge found about a file; it is advice, and decides nothing."""

    file_sha256: str
    judge: str
    rules_version: Text
    passed: bool
    problems: list[Finding] = []


class Verdicts(BaseModel):
    """All of a document."""

    items: list[Verdict]
