"""A form as a browser sent it."""

from uuid import UUID

import pytest
from starlette.requests import Request

from portal.errors import NothingHere, TooLarge
from portal.posted import passkey, posted


def a_request(*messages):
    said = iter(messages)

    async def receive():
        return next(said)

    return Request({"type": "http", "method": "POST", "headers": []}, receive)


def with_body(body):
    return a_request({"type": "http.request", "body": body, "more_body": False})


async def test_every_field_is_kept_in_its_order_and_as_often_as_it_came():
    form = await posted(with_body(b"row=1&portal=a%3A1&row=2&empty=&name=%C3%A9%20x"))

    assert form.fields[:3] == (("row", "1"), ("portal", "a:1"), ("row", "2"))
    assert form.all("row") == ["1", "2"]
    assert (form["row"], form["empty"], form["missing"]) == ("1", "", "")
    assert form.values["name"] == "é x"


async def test_an_identifier_is_one_or_none():
    form = await posted(with_body(b"who=01930000-0000-7000-8000-0000000000b1&bad=x"))

    assert form.identifier("who") == UUID("01930000-0000-7000-8000-0000000000b1")
    assert form.identifier("bad") is None
    assert form.identifier("missing") is None


async def test_bytes_that_are_no_text_are_no_failure():
    assert (await posted(with_body(b"name=%ff\xfe&x=1")))["x"] == "1"


async def test_more_fields_than_any_form_of_ours_has_are_too_many():
    with pytest.raises(TooLarge):
        await posted(with_body(b"a=1&" * 30_000))


async def test_who_leaves_while_sending_is_no_failure_of_ours():
    with pytest.raises(NothingHere):
        await posted(a_request({"type": "http.disconnect"}))


@pytest.mark.parametrize("said", ["", "{", "null", "[1]", '"text"', "7", "[" * 100_000])
def test_what_is_no_passkey_is_nothing(said):
    assert passkey(said) == {}


def test_what_a_browser_says_of_a_passkey_is_read():
    assert passkey('{"id": "AAAA"}') == {"id": "AAAA"}
