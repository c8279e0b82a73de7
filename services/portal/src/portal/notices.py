"""What is said once on the next page: what was done, after a form was sent."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from portal.parcels import packed, unpacked

PREFIX = "done_"


@dataclass(frozen=True)
class Notice:
    """A sentence of the vocabulary, by its name, and what stands in its gaps."""

    word: str
    facts: Mapping[str, str] = field(default_factory=dict)


def written(notice: Notice) -> str:
    """Return a notice as a cookie carries it."""
    return packed({"word": notice.word, "facts": dict(notice.facts)})


def read(cookie: str | None, words: Mapping[str, str]) -> Notice | None:
    """Return the notice that a cookie carries, when it is one of these words and fills its gaps."""
    things = unpacked(cookie)
    word, facts = things.get("word"), things.get("facts")
    if not isinstance(word, str) or not isinstance(facts, dict) or not word.startswith(PREFIX):
        return None
    notice = Notice(word, {str(key): str(fact) for key, fact in facts.items()})
    try:
        words[notice.word].format(**notice.facts)
    except LookupError:
        return None
    return notice
