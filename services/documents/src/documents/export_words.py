"""What is said in exports and duplicates, in nl, fr, de and en."""

import functools
import json
from dataclasses import dataclass
from importlib import resources

LANGUAGES = ("nl", "fr", "de", "en")


@dataclass(frozen=True)
class ExportWords:
    """The words of one language, and how its readers' spreadsheets write figures."""

    file: str
    """What a file of many documents is called."""
    duplicate: str
    """What is stamped on a duplicate."""
    types: dict[str, str]
    in_names: dict[str, str]
    """The types again, as parts of file names."""
    sheet: str
    separator: str
    decimal: str
    columns: dict[str, str]
    """Titles, in their order, by field."""
    problems: dict[str, str]
    """Why a document is not there, or not as it was asked for."""


@functools.cache
def words(language: str) -> ExportWords:
    """Return the words of a language."""
    file = resources.files("documents") / "taking_away" / f"{language}.json"
    return ExportWords(**json.loads(file.read_text("utf-8")))
