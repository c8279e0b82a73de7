"""Takes out of what others wrote the characters that nobody sees but that change what is seen."""

import re
from typing import Annotated

from pydantic import AfterValidator

_BREAKS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
# UAX 9: marks, embeddings, overrides and isolates. With them "fdp.exe" reads as "exe.pdf".
_DIRECTIONS = re.compile(r"[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")


def plain(text: str) -> str:
    """Return the text on one line, without controls and without overrides of its direction."""
    return _BREAKS.sub(" ", _DIRECTIONS.sub("", text)).strip()


Text = Annotated[str, AfterValidator(plain)]
"""What others wrote, fit to be shown."""
