"""Reads XML that may be hostile, and what its elements say: text, words, dates and amounts.

Nothing outside the bytes is ever fetched or expanded. What is not plainly written reads as None.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from itertools import islice
from typing import Self

from lxml import etree

from documents.errors import XmlNotUnderstood

MOST_MARKUP = 2_000_000
"""``<`` in one XML, about a million elements: an invoice of 10,000 lines has half a million."""
MOST_SIBLINGS = 1_000
"""Elements of one name that are looked at where an invoice has a few: notes, references, …"""
LONGEST_TEXT = 200
"""Longer numbers and names of things are unknown: a part of a number is another number."""
LONGEST_WORDS = 2_000
"""Longer prose is cut."""

_DATE = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})(?:Z|[+-][0-9]{2}:[0-9]{2})?")
_AMOUNT = re.compile(r"[+-]?(?:[0-9]{1,15}(?:\.[0-9]{0,12})?|\.[0-9]{1,12})")
_CONTROLS = (*range(0x20), *range(0x7F, 0xA0))
_TURNS_TEXT_AROUND = (0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A))
_BYTE_ORDER_MARK = 0xFEFF
_UNSEEN = dict.fromkeys((*_CONTROLS, *_TURNS_TEXT_AROUND, _BYTE_ORDER_MARK))
_FEW = 100

Step = tuple[str, ...]


def parse(xml: bytes, prefixes: "Prefixes | None" = None) -> "Node":
    """Return the root. Raises ``XmlNotUnderstood``, whose words hold nothing of the document."""
    if xml.count(b"<") > MOST_MARKUP:
        raise XmlNotUnderstood("it has more elements than any invoice")
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(xml, parser)
    except (etree.XMLSyntaxError, LookupError, ValueError) as wrong:
        raise XmlNotUnderstood(_reason(parser, wrong)) from wrong
    if root.getroottree().docinfo.internalDTD is not None:
        raise XmlNotUnderstood("it has a DOCTYPE, which an invoice never needs")
    return Node(root, Prefixes() if prefixes is None else prefixes)


def _reason(parser: etree.XMLParser, wrong: Exception) -> str:
    """Name the rule that was broken and the line, in words that repeat nothing of the XML."""
    last = parser.error_log.last_error
    if last is None:
        return f"it is no XML ({type(wrong).__name__})"
    return f"it is no well-formed XML: {last.type_name.lower()} in line {last.line}"


class Prefixes(dict[str, tuple[Step, ...]]):
    """The prefixes that a reader's paths are written with, and its paths once read.

    A path is ``cac:Party/cbc:Name``; ``a|b`` in it is either of two names.
    """

    def __init__(self, **namespaces: str) -> None:
        """Give the namespace of each prefix."""
        super().__init__()
        self._namespaces = namespaces

    def __missing__(self, path: str) -> tuple[Step, ...]:
        steps = tuple(
            tuple(self._qualified(name) for name in step.split("|")) for step in path.split("/")
        )
        self[path] = steps
        return steps

    def _qualified(self, name: str) -> str:
        prefix, _, local = name.partition(":")
        return f"{{{self._namespaces[prefix]}}}{local}"


class Node:
    """An element, asked by paths of direct children; one that is not there says nothing."""

    __slots__ = ("_children", "_element", "_prefixes")

    def __init__(self, element: etree._Element | None, prefixes: Prefixes) -> None:
        """Wrap an element of a parsed tree."""
        self._element = element
        self._prefixes = prefixes
        self._children: dict[str, list[etree._Element]] | None = None

    def __bool__(self) -> bool:
        return self._element is not None

    @property
    def name(self) -> str:
        """Its name as ``{namespace}local``."""
        return "" if self._element is None else str(self._element.tag)

    def with_prefixes(self, prefixes: Prefixes) -> Self:
        """Return the same element, asked in another vocabulary."""
        return type(self)(self._element, prefixes)

    def children(self) -> Iterator[Self]:
        """Give its elements, whatever their names."""
        if self._element is not None:
            for child in islice(self._element.iterchildren(), MOST_SIBLINGS):
                yield type(self)(child, self._prefixes)

    def one(self, path: str) -> Self:
        """Return the first element at a path; false where there is none."""
        return type(self)(self._first(path), self._prefixes)

    def every(self, path: str, most: int = MOST_SIBLINGS) -> Iterator[Self]:
        """Give the elements at a path, in their order, and no more than ``most``."""
        for found in islice(self._walk(path), most):
            yield type(self)(found, self._prefixes)

    def count(self, name: str) -> int:
        """Return how many direct children have this name."""
        return sum(1 for _ in self._named(self._prefixes[name][0]))

    def has_more_than(self, most: int, names: Iterable[str]) -> bool:
        """Say whether more than so many elements below have one of these qualified names."""
        if self._element is None:
            return False
        return next(islice(self._element.iterdescendants(*names), most, None), None) is not None

    def written(self) -> bytes:
        """Return it as an XML of its own, in UTF-8, without the document around it."""
        return b"" if self._element is None else etree.tostring(self._element, with_tail=False)

    def attribute(self, name: str, longest: int = LONGEST_TEXT) -> str | None:
        """Return an attribute without namespace, as short text."""
        return None if self._element is None else one_line(self._element.get(name), longest)

    def text(self, path: str = "") -> str | None:
        """Return a short text: its string value on one line; None where it is endless."""
        return one_line(self.raw(path))

    def words(self, path: str = "", longest: int = LONGEST_WORDS) -> str | None:
        """Return prose on one line, cut where it is too long."""
        value = _squeezed(self.raw(path))
        return (value if len(value) <= longest else f"{value[: longest - 1].rstrip()}…") or None

    def code(self, path: str, pattern: str) -> str | None:
        """Return a short text that fully matches a pattern."""
        value = self.text(path)
        return value if value is not None and re.fullmatch(pattern, value) else None

    def day(self, path: str) -> date | None:
        """Return a date as XML Schema writes it; a time zone is allowed, and dropped."""
        match = _DATE.fullmatch(self.text(path) or "")
        return real_day(match.group(1)) if match else None

    def amount(self, path: str = "") -> Decimal | None:
        """Return a decimal as XML Schema writes it, of at most 15 digits and 12 decimals."""
        value = self.text(path)
        if value is None or not _AMOUNT.fullmatch(value):
            return None
        return Decimal(value) + 0  # there is no -0

    def raw(self, path: str = "") -> str:
        """Return the string value as it stands, which may be long, or empty."""
        element = self._first(path) if path else self._element
        if element is None:
            return ""
        return "".join(map(str, element.itertext())) if len(element) else element.text or ""

    def _first(self, path: str) -> etree._Element | None:
        if self._element is None:
            return None
        steps = self._prefixes[path]
        found = self._named(steps[0]) if len(steps) == 1 else self._walk(path)
        for element in found:
            return element
        return None

    def _walk(self, path: str) -> Iterator[etree._Element]:
        first, *rest = self._prefixes[path]
        if not rest:
            return iter(self._named(first))
        return _below(islice(self._named(first), MOST_SIBLINGS), rest)

    def _named(self, names: Step) -> Iterable[etree._Element]:
        """Return the direct children of these names.

        Being asked for one name after another is what an element is for, so a small one sorts its
        children by name once.
        """
        if self._element is None:
            return ()
        if self._children is None:
            if len(self._element) > _FEW:
                return self._element.iterchildren(*names)
            self._children = {}
            for child in self._element:
                self._children.setdefault(str(child.tag), []).append(child)
        if len(names) == 1:
            return self._children.get(names[0], ())
        present = [name for name in names if name in self._children]
        if len(present) > 1:
            return self._element.iterchildren(*names)
        return self._children[present[0]] if present else ()


def _below(elements: Iterable[etree._Element], steps: Sequence[Step]) -> Iterator[etree._Element]:
    for element in elements:
        if len(steps) == 1:
            yield from element.iterchildren(*steps[0])
        else:
            yield from _below(islice(element.iterchildren(*steps[0]), MOST_SIBLINGS), steps[1:])


def one_line(value: str | None, longest: int = LONGEST_TEXT) -> str | None:
    """Return a value on one line without controls; None where it is empty or too long."""
    squeezed = _squeezed(value) if value else ""
    return squeezed if 0 < len(squeezed) <= longest else None


def _squeezed(value: str) -> str:
    squeezed = " ".join(value.split())
    return squeezed if squeezed.isprintable() else " ".join(squeezed.translate(_UNSEEN).split())


def real_day(iso: str) -> date | None:
    """Return the day of ``2026-06-01``, None where the calendar has none such."""
    try:
        return date.fromisoformat(iso)
    except ValueError:
        return None
