"""Text as people type it: short, on one line, and safe to print or to put into a mail."""

from typing import Annotated

from pydantic import StringConstraints

_ONE_LINE = r"^[^\x00-\x1f\x7f\u2028\u2029]*$"

Line = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=_ONE_LINE)]
"""One line of text without control characters, 1 to 200 characters."""

LongLine = Annotated[str, StringConstraints(min_length=1, max_length=1000, pattern=_ONE_LINE)]
"""The same, up to 1,000 characters."""
