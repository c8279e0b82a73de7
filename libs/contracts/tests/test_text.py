"""Lines of text: short, on one line, safe to print or to put into a mail."""

import pytest
from pydantic import TypeAdapter, ValidationError

from contracts.documents import PublishDocument
from contracts.text import Line, LongLine

LINE = TypeAdapter(Line)
LONG_LINE = TypeAdapter(LongLine)


@pytest.mark.parametrize(
    "text", ["x", "Société Générale & Co. “Été” 🚗", " ", "\u00a0", "x" * 200, "🚗" * 200]
)
def test_a_line_is_any_text_of_up_to_200_characters(text):
    assert LINE.validate_python(text) == text


@pytest.mark.parametrize(
    "character",
    ["\n", "\r", "\t", "\x00", "\x1b", "\x1f", "\x7f", "\u2028", "\u2029"],
    ids=ascii,
)
@pytest.mark.parametrize("where", ["{}x", "x{}x", "x{}", "{}"])
def test_a_line_has_no_control_characters_and_no_line_breaks(character, where):
    text = where.format(character)

    for line in (LINE, LONG_LINE):
        with pytest.raises(ValidationError):
            line.validate_python(text)


@pytest.mark.parametrize("text", ["", "x" * 201, None, 7, b"\xff", ["x"]])
def test_a_line_has_1_to_200_characters(text):
    with pytest.raises(ValidationError):
        LINE.validate_python(text)


def test_a_long_line_has_up_to_1000_characters():
    assert LONG_LINE.validate_python("x" * 1000)
    with pytest.raises(ValidationError):
        LONG_LINE.validate_python("x" * 1001)


@pytest.mark.parametrize("escape", [rb"\ud800", rb"\udfff", rb"x\ud83dx", rb"\ude00\ud83d"])
def test_half_of_a_character_cannot_be_read(escape):
    body = b'{"customer_number": "DL5-1", "number": "%s", "files": []}' % escape

    with pytest.raises(ValidationError) as refused:
        PublishDocument.read(body)

    assert [each["type"] for each in refused.value.errors()] == ["json_invalid"]


def test_both_halves_of_a_character_are_read_as_one():
    assert LINE.validate_json(rb'"\ud83d\ude97"') == "🚗"
