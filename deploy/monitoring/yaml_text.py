"""Writes YAML, as much of it as rules need: mappings, lists, numbers and text."""

import json
import re
from typing import Any

_PLAIN = re.compile(r"[A-Za-z/][A-Za-z0-9 _./#-]*")
_WORDS_THAT_ARE_NOT_TEXT = {"true", "false", "yes", "no", "on", "off", "null"}


def written(value: Any, indent: int = 0) -> str:
    """Return a value as YAML; every line but the first is indented."""
    margin = "  " * indent
    if isinstance(value, dict) and value:
        return f"\n{margin}".join(_entry(name, each, indent) for name, each in value.items())
    if isinstance(value, list) and value:
        return f"\n{margin}".join(f"- {written(each, indent + 1)}" for each in value)
    if isinstance(value, str):
        return _text(value)
    return json.dumps(value)


def _entry(name: str, value: Any, indent: int) -> str:
    if isinstance(value, dict | list) and value:
        margin = "  " * (indent + 1)
        return f"{_text(name)}:\n{margin}{written(value, indent + 1)}"
    return f"{_text(name)}: {written(value)}"


def _text(text: str) -> str:
    plain = _PLAIN.fullmatch(text) and text.lower() not in _WORDS_THAT_ARE_NOT_TEXT
    if plain and not text.endswith(" ") and " #" not in text:
        return text
    # Single quotes keep what is in them as it is, which expressions are easier to read in.
    return "'" + text.replace("'", "''") + "'"
