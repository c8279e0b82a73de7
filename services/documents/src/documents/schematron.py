"""Holds an XML against business rules: a Schematron that was compiled to XSLT, run by Saxon.

Saxon ends the whole process when it is used from several threads. Only a process of its own, with
one thread, may come here.
"""

import re
from functools import cache
from pathlib import Path

from saxonche import PySaxonApiError, PySaxonProcessor, PyXsltExecutable

from documents.judgement import LONGEST, Problem
from documents.safe_xml import Node, Prefixes, one_line, parse

_PREFIXES = Prefixes(svrl="http://purl.oclc.org/dsdl/svrl")
_FOUND = "svrl:failed-assert|svrl:successful-report"
_MOST_FOUND = 5_000
_STEP = re.compile(r"\*:(\w[\w.-]{0,99})\[namespace-uri\(\)='[^']{0,300}'\](?:\[(\d{1,9})\])?")
_ID_IN_TEXT = re.compile(r"\[([A-Z][A-Za-z0-9-]{2,60})\]\s*-?\s*")
_OF_THE_STANDARD = "BR-"


class RulesFailed(Exception):
    """The rules could not be applied: the XML has something in it that they do not expect."""


def broken(xml: bytes, rules: Path) -> list[Problem]:
    """Return which rules a well-formed XML without DOCTYPE breaks. Raises ``RulesFailed``."""
    try:
        document = _saxon().parse_xml(xml_text=xml.decode())
        report = _compiled(rules).transform_to_string(xdm_node=document)
    except PySaxonApiError as wrong:
        # Its words may repeat the document.
        raise RulesFailed from wrong
    if report is None:
        raise RulesFailed
    root = parse(report.encode(), _PREFIXES)
    return [_problem(each) for each in root.every(_FOUND, _MOST_FOUND)]


@cache
def _saxon() -> PySaxonProcessor:
    saxon = PySaxonProcessor(license=False)
    # Rules look codes up in files beside them; nothing else is ever fetched.
    saxon.set_configuration_property("http://saxon.sf.net/feature/allowedProtocols", "file")
    return saxon


@cache
def _compiled(rules: Path) -> PyXsltExecutable:
    return _saxon().new_xslt30_processor().compile_stylesheet(stylesheet_file=str(rules))


def _problem(found: Node) -> Problem:
    text = found.words("svrl:text", LONGEST) or ""
    said = _ID_IN_TEXT.match(text)
    rule = found.attribute("id") or (said.group(1) if said else "") or "unnamed"
    flag = found.attribute("flag") or found.attribute("role")
    # Rules of Factur-X that are not of the standard say how a profile is to be used.
    fatal = flag == "fatal" or (flag is None and rule.startswith(_OF_THE_STANDARD))
    return Problem(rule, text[said.end() :] if said else text, _place(found), fatal)


def _place(found: Node) -> str:
    """Return the place of an element as a path of plain names: /Invoice/InvoiceLine[2]/Item."""
    path = found.attribute("location", 10_000) or ""
    return (one_line(_STEP.sub(_step, path)[:LONGEST], LONGEST)) or ""


def _step(step: re.Match[str]) -> str:
    name, nth = step.groups()
    return name if nth in {None, "1"} else f"{name}[{nth}]"
