"""Proves which files of a document are taken, and that each has a name every system can write."""

from decimal import Decimal
from uuid import UUID

import pytest

from chassis.identifiers import new_id
from documents import parts
from documents.export_words import LANGUAGES, words
from documents.models import Document, DocumentFile

PDF, XML, ODD = "application/pdf", "application/xml", "application/octet-stream"
RESERVED = {
    "CON",
    "PRN",
    "AUX",
    "NUL",
    *(f"{port}{at}" for port in ("COM", "LPT") for at in range(10)),
}


def file(role, media_type, name="x", size=9):
    return DocumentFile(role=role, name=name, media_type=media_type, sha256="0", size=size)


def document(*files, number="F1", flags=(), id_=None, **said):
    known = {"customer_number": "DL5-1", "type": "invoice", "total_incl_vat": Decimal(1)}
    made = Document(id=id_ or new_id(), number=number, flags=list(flags), **known | said)
    made.files = list(files)
    return made


def kinds(of, *wanted):
    """Return what is taken: each suffix, and R for a rendition."""
    found = parts.of(of, wanted, words("en"))
    return [each.name.rpartition(".")[2] if each.file else "R" for each in found]


@pytest.mark.parametrize(
    ("files", "flags", "of_pdf", "of_xml", "of_both"),
    [
        ([("original_pdf", PDF)], (), ["pdf"], ["pdf"], ["pdf"]),
        ([("original_xml", XML)], (), ["R"], ["xml"], ["R", "xml"]),
        (
            [("original_xml", XML), ("original_pdf", PDF), ("attachment", PDF)],
            (),
            ["pdf"],
            ["xml"],
            ["pdf", "xml"],
        ),
        ([("original_pdf", PDF), ("embedded_xml", XML)], (), ["pdf"], ["xml"], ["pdf", "xml"]),
        ([("original_xml", XML)], ("xml_not_understood",), ["R", "xml"], ["xml"], ["R", "xml"]),
        ([("original_xml", ODD)], ("xml_not_understood",), ["R", "bin"], ["bin"], ["R", "bin"]),
        ([("original_pdf", ODD)], ("media_type_differs",), ["R", "bin"], ["bin"], ["R", "bin"]),
        ([("original_pdf", PDF)], ("pdf_not_understood",), ["pdf"], ["pdf"], ["pdf"]),
        ([("attachment", "image/png")], (), ["R", "png"], ["png"], ["R", "png"]),
        ([("original_xml", XML)], ("too_hard_to_read",), ["R", "xml"], ["xml"], ["R", "xml"]),
    ],
)
def test_what_is_wanted_is_taken_and_where_there_is_none_what_there_is(
    files, flags, of_pdf, of_xml, of_both
):
    """D-02"""
    made = document(*(file(*each) for each in files), flags=flags)

    assert kinds(made, "pdf") == of_pdf
    assert kinds(made, "xml") == of_xml
    assert kinds(made, "pdf", "xml") == of_both


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("number", "plain"),
    [
        ("1234/78/901", "1234-78-901"),
        ("018304 / 28865", "018304-28865"),
        ("061828591|01/10/2020|0", "061828591-01-10-2020-0"),
        ("Α-7/Ω", "7"),
        ("../../etc/passwd", "etc-passwd"),
        ("..\\..\\boot.ini", "boot-ini"),
        ("..", "file"),
        ("", "file"),
        ("F\u202efdp.exe", "Ffdp-exe"),
        ("a\r\n\x00\tb", "a-b"),
        ("CON", "CON"),
        ("nul.pdf", "nul-pdf"),
        ("LPT1", "LPT1"),
        ("x" * 300, "x" * 60),
        ("$(reboot)`id`;&<>|*?\"'", "reboot-id"),
        ("\u767a\u7968", "file"),
        ("\u2160\u00bd\u00b2\u0661", "I122"),
        ("-rf", "rf"),
        ("~/.ssh", "ssh"),
    ],
)
def test_a_number_is_part_of_a_name_that_every_system_can_write(number, plain, language):
    (part,) = parts.of(document(file("original_pdf", PDF), number=number), ["pdf"], words(language))

    folder, _, name = part.name.partition("/")
    stem, _, suffix = name.partition(".")
    assert folder == "DL5-1"
    assert stem.startswith(f"{plain}-")
    assert suffix == "pdf"
    assert set(name) <= set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.")
    assert stem.upper() not in RESERVED
    assert len(part.name) < 120


def test_names_never_meet_whatever_numbers_and_files_are_called():
    numbers = ["F1", "f1", "F 1", "F/1", "F1", "Ｆ1"]
    names = [
        part.name.lower()
        for number in numbers
        for part in parts.of(
            document(
                file("original_pdf", PDF, "../a.pdf"),
                file("original_pdf", PDF, "../a.pdf"),
                file("original_xml", XML, "a.xml"),
                number=number,
            ),
            ["pdf", "xml"],
            words("en"),
        )
    ]

    assert len(set(names)) == len(names) == 3 * len(numbers)


def test_a_rendition_and_an_odd_file_that_is_a_pdf_do_not_meet():
    made = document(file("attachment", PDF), file("attachment", PDF))

    names = [each.name for each in parts.of(made, ["pdf"], words("nl"))]

    assert len(set(names)) == 3


def test_a_document_has_the_same_names_each_time():
    fixed = UUID("01930000-0000-7000-8000-0000000000ff")
    (part,) = parts.of(
        document(file("original_pdf", PDF), id_=fixed, type="credit_note"), ["pdf"], words("nl")
    )

    assert part.name == "DL5-1/F1-creditnota-65786168.pdf"
    assert part.size == 9


def test_a_type_that_is_new_has_a_name_too():
    (part,) = parts.of(document(file("original_pdf", PDF), type="=cmd"), ["pdf"], words("nl"))

    assert part.name.startswith("DL5-1/F1-document-")
