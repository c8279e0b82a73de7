"""Proves that rules are found where they lie, say their version, and can be replaced."""

import subprocess
import sys

import pytest

from documents.rulebooks import rulebook

UBL = "{urn:oasis:names:specification:ubl:schema:xsd:Invoice-2}Invoice"
CREDIT_NOTE = "{urn:oasis:names:specification:ubl:schema:xsd:CreditNote-2}CreditNote"
CII = "{urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100}CrossIndustryInvoice"
ZUGFERD_1 = "{urn:ferd:CrossIndustryDocument:invoice:1p0}CrossIndustryDocument"


@pytest.mark.parametrize(
    ("root", "schema_version", "rules_version"),
    [
        (UBL, "UBL 2.1", "CEN 1.3.16"),
        (CREDIT_NOTE, "UBL 2.1", "CEN 1.3.16"),
        (CII, "CII D22B", "Factur-X 1.09.2"),
        (ZUGFERD_1, "ZUGFeRD 1.0", ""),
    ],
)
def test_each_kind_of_invoice_has_its_rules(root, schema_version, rules_version):
    book = rulebook(root, None)

    assert book.schema.is_file()
    assert book.rules is None or book.rules.is_file()
    assert (book.schema_version, book.rules_version) == (schema_version, rules_version)


@pytest.mark.parametrize(
    "root", ["Invoice", UBL.replace("Invoice-2", "Invoice-3"), UBL.replace("Invoice", "Order"), ""]
)
def test_what_is_no_invoice_has_none(root):
    assert rulebook(root, None) is None


def test_rules_of_ones_own_stand_before_those_that_came(tmp_path):
    own = tmp_path / "EN16931-CII-validation.xslt"
    own.write_text("<!--Schematron version 1.3.17 - Last update: 2026-10-01--><a/>")

    of_cii, of_ubl = (rulebook(root, str(tmp_path)) for root in (CII, UBL))

    assert (of_cii.rules, of_cii.rules_version) == (own, "CEN 1.3.17")
    assert of_ubl.rules_version == "CEN 1.3.16"


def test_rules_that_do_not_say_their_version_are_called_by_their_name(tmp_path):
    (tmp_path / "EN16931-UBL-validation.xslt").write_text("<a/>")

    book = rulebook(CREDIT_NOTE, str(tmp_path))

    assert book.rules_version.startswith("EN16931-UBL-validation (")


def test_the_package_that_brings_the_rules_is_not_started():
    """It brings a reader of PDFs and what not, and would fetch things."""
    code = (
        "import sys; from documents.rulebooks import rulebook;"
        f"rulebook({UBL!r}, None); print('facturx' in sys.modules)"
    )

    printed = subprocess.run(  # noqa: S603 (our own code)
        [sys.executable, "-c", code], capture_output=True, check=True
    )

    assert printed.stdout.strip() == b"False"
