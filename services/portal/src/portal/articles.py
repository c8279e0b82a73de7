"""The help articles, read once: a folder for each language, a file for each article."""

from collections.abc import Sequence
from pathlib import Path

from portal import article
from portal.article import Article
from portal.words import LANGUAGES

FOLDER = Path(__file__).parent / "help"

ORDER = (
    "guest-or-account",
    "invitations",
    "sign-in",
    "forgotten-password",
    "second-step",
    "change-email",
    "sharing",
    "new-number",
    "hand-over",
    "notification-settings",
    "attachments",
    "no-mail",
    "filters",
    "unread",
    "history",
    "download",
    "duplicates",
    "leaving",
)
"""In which they are listed; any other comes after."""


class Articles:
    """The articles of every language."""

    def __init__(self, folder: Path = FOLDER) -> None:
        """Read them."""
        self._articles = {
            language: sorted(
                (
                    article.read(path.stem, path.read_text(encoding="utf-8"))
                    for path in (folder / language).glob("*.md")
                ),
                key=_place,
            )
            for language in LANGUAGES
        }

    def of(self, language: str) -> Sequence[Article]:
        """Return all articles in a language."""
        return self._articles[language]

    def find(self, language: str, name: str) -> Article | None:
        """Return an article in a language, or None where there is none of this name."""
        return next((each for each in self._articles[language] if each.name == name), None)


def _place(found: Article) -> tuple[int, str]:
    return (ORDER.index(found.name) if found.name in ORDER else len(ORDER), found.name)
