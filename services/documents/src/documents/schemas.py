"""Holds an XML against its XML Schema."""

from functools import cache
from itertools import islice
from pathlib import Path

from lxml import etree

from documents.judgement import LONGEST, MOST_PROBLEMS, Problem
from documents.safe_xml import one_line

_NAMESPACE = "{urn:"


def broken(xml: bytes, schema: Path) -> list[Problem]:
    """Return where a well-formed XML is not as its schema asks."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    held_to = _schema(schema)
    if held_to.validate(etree.fromstring(xml, parser)):
        return []
    return [_problem(error) for error in islice(held_to.error_log, MOST_PROBLEMS)]


@cache
def _schema(path: Path) -> etree.XMLSchema:
    return etree.XMLSchema(file=str(path))


def _problem(error: etree._LogEntry) -> Problem:
    text = _without_namespaces(error.message)
    return Problem(error.type_name, one_line(text[:LONGEST], LONGEST) or "", _place(error))


def _place(error: etree._LogEntry) -> str:
    return (one_line((error.path or "")[:LONGEST], LONGEST)) or ""


def _without_namespaces(message: str) -> str:
    """Return a message with ``cbc:ID`` for ``{urn:oasis:…}ID``, as people know it: just ``ID``."""
    said = []
    for at, part in enumerate(message.split(_NAMESPACE)):
        said.append(part if at == 0 else part.partition("}")[2])
    return "".join(said)
