"""Turning pages: on and back, however far; the way stands in the address."""

from urllib.parse import parse_qs, urlsplit

from hypothesis import given
from hypothesis import strategies as st

from portal.turning import BEGINNING, MOST_STEPS, Place, address, leaf

cursors = st.text("abcdefghij-_.=&? é", min_size=1, max_size=40)


@given(st.lists(cursors, max_size=MOST_STEPS), cursors)
def test_back_from_the_next_page_is_this_page(way, cursor):
    place = Place(tuple(way[: MOST_STEPS - 1]))

    assert place.on(cursor).cursor == cursor
    assert place.on(cursor).back() == place


@given(st.lists(cursors, max_size=5), st.text(max_size=20))
def test_an_address_says_where_one_is_and_what_was_asked(way, search):
    where = address("/shared-users", {"search": search, "gaps": ""}, Place(tuple(way)))

    asked = parse_qs(urlsplit(where).query, keep_blank_values=True)
    assert Place.read(asked.get("cursor", [])) == Place(tuple(way))
    assert asked.get("search", [""]) == [search]
    assert "gaps" not in asked


def test_the_first_page_has_none_before_it_and_the_last_none_after():
    first = leaf("/documents", {}, BEGINNING, "c50")
    last = leaf("/documents", {}, Place(("c50",)), None)

    assert (first.previous, first.next) == (None, "/documents?cursor=c50")
    assert (last.previous, last.next) == ("/documents", None)


def test_a_very_long_way_keeps_its_end():
    place = BEGINNING
    for step in range(100):
        place = place.on(f"c{step}")

    assert place.cursor == "c99"
    assert len(place.way) == MOST_STEPS
    for _ in range(MOST_STEPS):
        place = place.back()
    assert place.is_first


def test_what_is_no_cursor_is_left_out():
    assert Place.read(["", "x" * 2001, "c50"]) == Place(("c50",))


def test_people_and_numbers_are_turned_apart():
    assert address("/x", {}, Place(("a",)), Place(("b",))) == "/x?cursor=a&column=b"
