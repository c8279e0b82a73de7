"""The rule of help articles: a tiny markup, what it means, and which articles answer a question.

The first line is ``# `` and the title, the second a sentence that sums it up. Then come paragraphs,
``## `` headings, and lists of ``- `` or ``1. `` lines. Nothing else means anything: whatever else a
text holds is shown as it stands.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

Kind = Literal["heading", "text", "list", "steps"]

_ITEM = re.compile(r"- +|\d+\. +")
_WORD = re.compile(r"\w+")
_IN_TITLE, _IN_SUMMARY, _IN_TEXT = 9, 4, 1
_SHORT = 3


@dataclass(frozen=True)
class Block:
    """A heading or a paragraph, of one line; or a list, of its items."""

    kind: Kind
    lines: tuple[str, ...]

    @property
    def text(self) -> str:
        """Return what it says, as one line."""
        return " ".join(self.lines)


@dataclass(frozen=True)
class Article:
    """A help article; ``name`` is its address."""

    name: str
    title: str
    summary: str
    blocks: tuple[Block, ...]


def read(name: str, written: str) -> Article:
    """Read an article as it is written."""
    lines = [line.strip() for line in written.strip().splitlines()]
    title, summary = lines[0].removeprefix("#").strip(), lines[1] if len(lines) > 1 else ""
    return Article(name, title, summary, tuple(_blocks(lines[2:])))


def answering(articles: Sequence[Article], question: str) -> list[Article]:
    """Return the articles that hold every word of a question, or a word it begins; best first."""
    asked = set(_words(question))
    if not asked:
        return list(articles)
    worth = {article.name: _worth(article, asked) for article in articles}
    found = [article for article in articles if worth[article.name]]
    return sorted(found, key=lambda article: -worth[article.name])


def _blocks(lines: Iterable[str]) -> Iterable[Block]:
    kind: Kind | None = None
    gathered: list[str] = []
    for line in [*lines, ""]:
        now = _kind(line)
        if kind and (now != kind or now == "heading"):
            yield _block(kind, gathered)
            gathered = []
        kind = now
        if now:
            gathered.append(line)


def _kind(line: str) -> Kind | None:
    if not line:
        return None
    if line.startswith("## "):
        return "heading"
    if _ITEM.match(line):
        return "list" if line.startswith("-") else "steps"
    return "text"


def _block(kind: Kind, lines: Sequence[str]) -> Block:
    if kind == "heading":
        return Block(kind, (lines[0].removeprefix("##").strip(),))
    if kind == "text":
        return Block(kind, (" ".join(lines),))
    return Block(kind, tuple(_ITEM.sub("", line, count=1) for line in lines))


def _worth(article: Article, asked: set[str]) -> int:
    """Say how well an article answers: nothing where a word is in none of its parts."""
    parts = [
        (_IN_TITLE, _words(article.title)),
        (_IN_SUMMARY, _words(article.summary)),
        (_IN_TEXT, [word for block in article.blocks for word in _words(block.text)]),
    ]
    worths = [
        sum(weight for weight, words in parts if any(_means(word, each) for each in words))
        for word in asked
    ]
    return sum(worths) if all(worths) else 0


def _means(asked: str, word: str) -> bool:
    return word.startswith(asked) if len(asked) >= _SHORT else word == asked


def _words(text: str) -> list[str]:
    """Return the words of a text, without accents or capitals."""
    bare = unicodedata.normalize("NFKD", text.casefold())
    return _WORD.findall("".join(sign for sign in bare if not unicodedata.combining(sign)))
