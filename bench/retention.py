"""What may grow, and what bounds the rest: read from the code of the services."""

import importlib
import re
from functools import cache
from pathlib import Path
from typing import Any

ARCHIVE = {
    "documents": {
        "documents",
        "document_files",
        "document_references",
        "document_texts",
        "document_events",
        "tombstones",
    },
}
"""Grows with every document: that is what it is for."""

KNOWN = {
    "identity": {"issuers", "people", "customer_numbers", "tickets", "clients", "republications"},
    "documents": {"customer_numbers", "claims", "people"},
    "notifications": {"issuers", "people", "customer_numbers"},
}
"""Grows with the customers and their readers, a row for each."""

BY_PERSON = {
    "identity": {
        "accounts",
        "pseudonyms",
        "recovery_codes",
        "second_factors",
        "staff",
        "standing_shares",
    },
}
"""A few rows for each person, who take them away again or are erased."""

SEALED = {"identity": {"audit_entries", "audit_seals"}}
"""What the service itself cannot delete: the database forgets old entries when asked, and a seal
is small, and written once a minute at most."""

BY_DAY = {
    "documents": {
        "archive_days",
        "archive_heads",
        "check_rounds",
        "deletions",
        "holds",
        "retention_policies",
    },
}
"""A row a day, for each issuer at most, or for what people of an issuer decide now and then."""

_DELETE = re.compile(
    r"\bdelete\((\w+)\)|\bdelete_some\(\s*session,\s*(\w+)|\bdelete from (\w+)", re.IGNORECASE
)
_EACH = re.compile(r"\bfor (\w+) in \(([\w, ]+)\)")


def why_bounded(service: str, table: str) -> str | None:
    """Return why a table of a service may grow or will not for ever; None if nothing bounds it."""
    if table in ARCHIVE.get(service, ()):
        return "the archive"
    if table in KNOWN.get(service, ()):
        return "a row for each that is known"
    if table in BY_PERSON.get(service, ()):
        return "a few rows for each person"
    if table in SEALED.get(service, ()):
        return "the database forgets it"
    if table in BY_DAY.get(service, ()):
        return "a row for each day, or decision"
    return "rows are deleted" if table in deleted_from(service) else None


@cache
def deleted_from(service: str) -> frozenset[str]:
    """Return the tables that the code of a service, or the chassis under it, deletes rows from."""
    models: Any = importlib.import_module(f"{service}.models")
    tables = {name: name for name in models.metadata.tables}
    tables |= {each.__name__: each.__tablename__ for each in models.Table.__subclasses__()}
    found: set[str] = set()
    for package in ("chassis", service):
        source = Path(importlib.import_module(package).__file__ or "").parent
        for file in source.rglob("*.py"):
            if "migrations" not in file.parts:
                found |= _deleted_in(file.read_text())
    return frozenset(tables[name] for name in found if name in tables)


def _deleted_in(code: str) -> set[str]:
    """Return the names that rows are deleted from; one that goes through several stands for all."""
    names = {name for found in _DELETE.findall(code) for name in found if name}
    for each, several in _EACH.findall(code):
        if each in names:
            names |= set(several.replace(" ", "").split(","))
    return names
