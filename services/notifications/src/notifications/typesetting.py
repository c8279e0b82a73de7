"""Where the words of all mails are loaded from, and how their plain text is set."""

import re
import textwrap

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

_COLUMNS = 72


def environment() -> Environment:
    """Make what reads the templates; a word that nobody gave a meaning is an error."""
    made = Environment(
        loader=PackageLoader("notifications"),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,  # the templates of a running service do not change
    )
    made.filters["paragraph"] = paragraph
    return made


def paragraph(text: str) -> str:
    """Set `text` as one paragraph; numbers, references and links stay whole."""
    words = re.sub(r"[ \n]+", " ", text).strip()
    return textwrap.fill(words, _COLUMNS, break_long_words=False, break_on_hyphens=False)
