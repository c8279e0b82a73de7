"""Proves what is read from elements however they are written, and that no XML can do harm."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from documents.errors import XmlNotUnderstood
from documents.safe_xml import Prefixes, parse

_NAMES = Prefixes(n="urn:n")


def root_of(inside, **attributes):
    said = "".join(f' {name}="{value}"' for name, value in attributes.items())
    return parse(f'<root xmlns="urn:n"{said}>{inside}</root>'.encode(), _NAMES)


@pytest.mark.parametrize(
    "number",
    [
        "<ID>F26<!-- not here -->001</ID>",
        "<ID>F26<?not here?>001</ID>",
        "<ID><![CDATA[F26]]>001</ID>",
        "<ID>\n  F26001\n</ID>",
        "<ID>F26&#48;01</ID>",
        "<ID>F26<b>0</b>01</ID>",
        "<ID>F26001</ID><ID>second</ID>",
        "<other><ID>deeper</ID></other><ID>F26001</ID>",
        "<ID>\u202eF26001\u202c</ID>",
        "<ID>F26\u0090001</ID>",
    ],
)
def test_a_text_is_read_whole_however_it_is_written(number):
    assert root_of(number).text("n:ID") == "F26001"


def test_text_on_many_lines_is_put_on_one():
    assert root_of("<ID>F26\n\t\u00a0 17\u2028x</ID>").text("n:ID") == "F26 17 x"


def test_an_endless_number_is_unknown_rather_than_another_number():
    assert root_of(f"<ID>{'9' * 200}</ID>").text("n:ID") == "9" * 200
    assert root_of(f"<ID>{'9' * 201}</ID>").text("n:ID") is None
    assert root_of("<ID> </ID>").text("n:ID") is None


def test_endless_prose_is_cut_and_says_so():
    words = root_of(f"<Note>{'word ' * 1_000}</Note>").words("n:Note")

    assert len(words) <= 2_000
    assert words.endswith("word…")
    assert root_of(f"<Note>{'n' * 2_000}</Note>").words("n:Note") == "n" * 2_000
    assert root_of("<Note> </Note>").words("n:Note") is None


def test_a_path_leads_to_the_first_branch_that_has_its_end():
    root = root_of("<a/><a><b/></a><a><b><c>1</c><c>2</c></b></a><a><b><c>3</c></b></a>")

    assert root.text("n:a/n:b/n:c") == "1"
    assert [each.text() for each in root.every("n:a/n:b/n:c")] == ["1", "2", "3"]


def test_either_of_two_names_is_found_in_the_order_of_the_document():
    root = root_of("<x>0</x><b>1</b><a>2</a><b>3</b>")

    assert [each.text() for each in root.every("n:a|n:b")] == ["1", "2", "3"]
    assert root.text("n:a|n:c") == "2"
    assert root.count("n:a|n:b") == 3


def test_an_element_of_many_children_is_asked_as_one_of_few():
    root = root_of("<a>1</a>" + "<b/>" * 500 + "<a>2</a><c><d>3</d></c>")

    assert [each.text() for each in root.every("n:a")] == ["1", "2"]
    assert (root.count("n:b"), root.text("n:c/n:d"), root.text("n:e")) == (500, "3", None)


def test_what_is_not_there_says_nothing():
    nothing = root_of("").one("n:a")

    assert not nothing
    assert (nothing.name, nothing.text(), nothing.text("n:b"), nothing.words("n:b")) == (
        "",
        None,
        None,
        None,
    )
    assert (nothing.amount("n:b"), nothing.day("n:b"), nothing.attribute("c")) == (None,) * 3
    assert (list(nothing.every("n:b")), list(nothing.children()), nothing.count("n:b")) == (
        [],
        [],
        0,
    )
    assert not nothing.one("n:b")


def test_no_more_is_looked_at_than_is_asked_for():
    root = root_of("<a/>" * 1_500)

    assert len(list(root.every("n:a"))) == 1_000
    assert len(list(root.every("n:a", 1_200))) == 1_200
    assert root.count("n:a") == 1_500


def test_an_attribute_is_read_as_text():
    root = root_of("", unit=" C62&#10;", long="9" * 201, empty="")

    assert (root.attribute("unit"), root.attribute("long")) == ("C62", None)
    assert (root.attribute("empty"), root.attribute("other")) == (None, None)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("2026-04-01", date(2026, 4, 1)),
        ("2026-04-01+02:00", date(2026, 4, 1)),
        ("2026-04-01Z", date(2026, 4, 1)),
        (" 2026-04-01 ", date(2026, 4, 1)),
        ("2026-02-30", None),
        ("01-04-2026", None),
        ("2026-04-01T00:00:00", None),
        ("2026-W14-3", None),
        ("20260401", None),
        ("٢٠٢٦-٠٤-٠١", None),
        ("0000-01-01", None),
    ],
)
def test_a_date_is_read_only_when_it_is_one(written, read):
    assert root_of(f"<Day>{written}</Day>").day("n:Day") == read


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("498.94", "498.94"),
        ("498.9400", "498.9400"),
        ("-12", "-12"),
        ("+5", "5"),
        (".5", "0.5"),
        ("5.", "5"),
        (" 0.00 ", "0.00"),
        ("-0.00", "0.00"),
        ("999999999999999.999999999999", "999999999999999.999999999999"),
        ("NaN", None),
        ("Infinity", None),
        ("1e3", None),
        ("498,94", None),
        ("1 000.00", None),
        ("1_000", None),
        ("٤٩٨", None),
        ("--1", None),
        (".", None),
        ("9" * 16, None),
        ("", None),
    ],
)
def test_an_amount_is_read_only_when_it_is_plainly_written(written, read):
    amount = root_of(f"<Amount>{written}</Amount>").amount("n:Amount")

    assert (None if amount is None else str(amount)) == read
    assert read is None or amount == Decimal(read)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-be", "iso-8859-1", "utf-8-sig"])
def test_other_encodings_are_read(encoding):
    declared = {"iso-8859-1": "iso-8859-1", "utf-8-sig": "utf-8"}.get(encoding, "utf-16")
    mark = "\ufeff" if encoding == "utf-16-be" else ""
    xml = (
        f'{mark}<?xml version="1.0" encoding="{declared}"?><root xmlns="urn:n"><ID>Fé1</ID></root>'
    )

    assert parse(xml.encode(encoding), _NAMES).text("n:ID") == "Fé1"


@pytest.mark.parametrize(
    ("declared", "encoding"),
    [("utf-8", "iso-8859-1"), ("utf-16", "utf-8"), ("us-ascii", "utf-8"), ("nonsense", "utf-8")],
)
def test_an_encoding_that_is_not_what_it_says_is_a_reason(declared, encoding):
    xml = f'<?xml version="1.0" encoding="{declared}"?><root><ID>Fé1</ID></root>'

    with pytest.raises(XmlNotUnderstood):
        parse(xml.encode(encoding))


@pytest.mark.parametrize(
    "xml",
    [
        "<root><SECRET>text of mine</OTHER></root>",
        "<root SECRET='text of mine' SECRET=''/>",
        "<root>&SECRET;text of mine</root>",
        "<root>text of mine",
        "<p:root>text of mine</p:root>",
        "<!DOCTYPE SECRET [<!ENTITY e 'text of mine'>]><SECRET>&e;</SECRET>",
        "text of mine SECRET",
    ],
)
def test_a_reason_repeats_nothing_of_the_xml(xml):
    with pytest.raises(XmlNotUnderstood) as refused:
        parse(xml.encode())

    assert "SECRET" not in str(refused.value)
    assert "mine" not in str(refused.value)


def test_more_elements_than_any_invoice_has_are_not_even_parsed():
    with pytest.raises(XmlNotUnderstood, match="more elements"):
        parse(b"<" * 2_000_001)


@settings(deadline=None)
@given(st.binary(max_size=300))
def test_bytes_of_any_kind_are_parsed_or_not_understood(content):
    try:
        parse(content)
    except XmlNotUnderstood:
        return


@settings(deadline=None)
@given(st.text(max_size=80))
def test_whatever_a_text_holds_is_on_one_line_and_without_controls(text):
    escaped = "".join(f"&#{ord(each)};" for each in text)
    try:
        read = root_of(f"<Note>{escaped}</Note>").words("n:Note") or ""
    except XmlNotUnderstood:
        return

    assert read == " ".join(read.split())
    assert not set(read) & set("\r\n\t\x7f\x85\u202e\ufeff")
