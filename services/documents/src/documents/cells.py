"""Text from strangers in the cells of a table: one line that is seen, and never a formula."""

import re
import unicodedata

LONGEST = 32_000
"""In characters. A cell of a spreadsheet holds 32,767."""

# Controls, marks that turn the direction of text or are not seen, halves of characters, and what is
# no character at all.
_UNSEEN = {"Cc", "Cf", "Cs", "Cn", "Zl", "Zp"}
_FORMULA = re.compile(r"(^|[;,|'\"])(\s*)(?=[=+\-@＝＋－＠])")


def shown(text: str) -> str:
    """Return text as a cell may show it: what breaks a line or leaps becomes a space."""
    one_line = (" " if each.isspace() else each for each in text[:LONGEST])
    return "".join(each for each in one_line if unicodedata.category(each) not in _UNSEEN)


def inert(text: str) -> str:
    """Return text that no spreadsheet takes for a formula when it opens a CSV.

    An apostrophe goes before what would begin one; also behind a character at which a program that
    expects another separator would begin a new cell.
    """
    return _FORMULA.sub(r"\1\2'", shown(text))
