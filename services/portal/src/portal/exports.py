"""Documents on their way to a reader, many at once: what was asked for, and how far it is."""

from typing import Literal
from uuid import UUID

from pydantic import BaseModel

from portal.plain_text import Text

FILES: dict[str, list[str]] = {"pdf": ["pdf"], "xml": ["xml"], "both": ["pdf", "xml"]}
"""What goes into a ZIP."""

LISTS = ("xlsx", "csv")
WAYS = ("both", "pdf", "xml", *LISTS)
"""What somebody can choose to take: the documents themselves, or a list of them."""


class Begun(BaseModel):
    """An export that can be fetched."""

    export_id: UUID


class Problem(BaseModel):
    """A document that could not go along."""

    document_id: UUID
    reason: Text


class Export(BaseModel):
    """An export and how far it is; ``bytes`` is None until the size is known."""

    state: Literal["waiting", "running", "done", "failed"]
    format: str = "zip"
    documents: int
    done: int = 0
    bytes: int | None = None
    failed: list[Problem] = []

    @property
    def is_moving(self) -> bool:
        """Tell whether it is worth looking again in a moment."""
        return self.state in {"waiting", "running"}
