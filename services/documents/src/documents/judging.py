"""Judges an XML by its schema and by EN 16931: advice, in a process that may die of it."""

from documents import rulebooks, schemas, schematron
from documents.errors import XmlNotUnderstood
from documents.judgement import EN16931, TOO_HARD, TOO_LONG, XSD, Judgement, judged, not_judged
from documents.safe_xml import Node, parse
from documents.understanding import unwrapped

MOST_LINES = 2_000
"""The rules take more than twice the time for twice the lines."""

_OF_UBL = "{urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2}"
_OF_CII = "{urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100}"
_LINES = (
    f"{_OF_UBL}InvoiceLine",
    f"{_OF_UBL}CreditNoteLine",
    f"{_OF_CII}IncludedSupplyChainTradeLineItem",
)


def judge(content: bytes, folder: str | None = None) -> list[Judgement]:
    """Judge an XML, and none that has no rules here; ``folder`` may hold rules of one's own.

    The rules of EN 16931 find nothing wrong where they find nothing they know, so an XML is held to
    them only when its schema knows it.
    """
    try:
        root = unwrapped(parse(content))
    except XmlNotUnderstood:
        return []
    book = rulebooks.rulebook(root.name, folder)
    if book is None:
        return []
    xml = root.written()
    by_schema = judged(XSD, book.schema_version, schemas.broken(xml, book.schema))
    if not by_schema.passed or book.rules is None:
        return [by_schema]
    if _has_too_many_lines(root):
        return [by_schema, not_judged(EN16931, book.rules_version, TOO_LONG)]
    try:
        broken = schematron.broken(xml, book.rules)
    except schematron.RulesFailed:
        return [by_schema, not_judged(EN16931, book.rules_version, TOO_HARD)]
    return [by_schema, judged(EN16931, book.rules_version, broken)]


def _has_too_many_lines(root: Node) -> bool:
    return root.has_more_than(MOST_LINES, _LINES)
