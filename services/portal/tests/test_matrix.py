"""The rule of the sharing matrix: only differences go, and they travel until they are saved."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal import matrix
from portal.customer_numbers import SharedNumber, SharedUser, SharingPage, Switches
from portal.matrix import Change, Garbled

NOTHING = Switches()
BOTH = Switches(portal=True, mail=True)
PORTAL = Switches(portal=True)
MAIL = Switches(mail=True)
STATES = [NOTHING, PORTAL, MAIL, BOTH]

PEOPLE = [UUID(int=index + 1) for index in range(3)]
NUMBERS = [f"DL5-{index}" for index in range(4)]


def a_page(cells, numbers=NUMBERS, people=PEOPLE):
    return SharingPage.model_validate(
        {
            "people": [
                {
                    "person_id": person,
                    "email": "a@example.com",
                    "first_name": "A",
                    "last_name": "B",
                    "language": None,
                    "registered": True,
                    "numbers": 1,
                }
                for person in people
            ],
            "rows": [
                {
                    "customer_number": number,
                    "name": number,
                    "issuer": {"issuer": "dl5", "name": "M"},
                    "since": f"2026-01-{index + 1:02d}",
                    "cells": {
                        str(person): cells[number, person].model_dump()
                        for person in people
                        if (number, person) in cells
                    },
                }
                for index, number in enumerate(numbers)
            ],
            "gaps": 0,
        }
    )


def fields_of(drawn):
    """Return the fields a browser sends of a matrix as it is drawn."""
    fields = [("person", str(each.person_id)) for each in drawn.people]
    fields += [("carried", each.written) for each in drawn.carried]
    for row in drawn.rows:
        code = row.number.customer_number
        fields.append(("row", f"{row.states}:{code}"))
        for index, cell in enumerate(row.cells):
            fields += [("portal", f"{index}:{code}")] if cell.now.portal else []
            fields += [("mail", f"{index}:{code}")] if cell.now.mail else []
    return fields


everything = st.fixed_dictionaries(
    {(number, person): st.sampled_from(STATES) for number in NUMBERS for person in PEOPLE}
)


@given(everything, everything)
def test_what_was_ticked_is_what_differs_and_nothing_else(before, after):
    """I-20, I-22: for each number apart, both switches."""
    pending = [Change(*key, after[key], before[key]) for key in before]

    found = matrix.read(fields_of(matrix.draw(a_page(before), pending)))

    differing = {key: state for key, state in after.items() if state != before[key]}
    assert {(each.customer_number, each.person_id): each.now for each in found} == differing
    assert all(each.before == before[each.customer_number, each.person_id] for each in found)


@given(everything, everything)
def test_what_is_not_saved_travels_over_any_number_of_pages(before, after):
    """W-06"""
    pending = [Change(*key, after[key], before[key]) for key in before if after[key] != before[key]]
    travelled = pending
    for numbers in (NUMBERS[:2], NUMBERS[2:], ["DL5-77"], NUMBERS[:1]):
        drawn = matrix.draw(a_page(before, numbers), travelled)
        assert drawn.unsaved == len(pending)
        travelled = matrix.read(fields_of(drawn))

    assert set(map(str, travelled)) == set(map(str, pending))


def test_a_change_taken_back_on_a_later_look_is_no_change():
    before = {(NUMBERS[0], PEOPLE[0]): PORTAL}
    drawn = matrix.draw(a_page(before), [Change(NUMBERS[0], PEOPLE[0], BOTH, PORTAL)])
    fields = fields_of(drawn)
    fields.remove(("mail", f"0:{NUMBERS[0]}"))

    assert matrix.read(fields) == []


def test_undoing_brings_back_what_was():
    change = Change(NUMBERS[0], PEOPLE[0], BOTH, MAIL)

    assert change.undone == Change(NUMBERS[0], PEOPLE[0], MAIL, BOTH)
    assert matrix.written_in([change.written]) == [change]
    assert (change.boxes, Change(NUMBERS[0], PEOPLE[0], PORTAL, MAIL).boxes) == (1, 2)


def test_later_changes_win_and_what_ends_as_it_began_is_none():
    first = Change(NUMBERS[0], PEOPLE[0], BOTH, NOTHING)
    back = Change(NUMBERS[0], PEOPLE[0], NOTHING, NOTHING)
    other = Change(NUMBERS[1], PEOPLE[0], MAIL, NOTHING)

    assert matrix.merged([first, other], [back]) == [other]


def test_a_number_nobody_has_anything_of_is_the_gap_and_the_newest_comes_first():
    """I-21"""
    cells = {(NUMBERS[0], PEOPLE[0]): BOTH, (NUMBERS[3], PEOPLE[1]): MAIL}
    page = a_page(cells)

    assert matrix.newest_gap(page.rows).customer_number == NUMBERS[2]
    alone = [row.is_alone for row in matrix.draw(page).rows]
    assert alone == [False, True, True, False]
    assert matrix.newest_gap([]) is None


def test_a_gap_is_whoever_does_not_see_it_in_the_portal():
    [row, *_] = matrix.draw(a_page({(NUMBERS[0], PEOPLE[0]): MAIL})).rows

    assert [cell.is_gap for cell in row.cells] == [True, True, True]
    [row, *_] = matrix.draw(a_page({(NUMBERS[0], PEOPLE[1]): PORTAL})).rows
    assert [cell.is_gap for cell in row.cells] == [True, False, True]


def test_a_new_number_is_shared_like_most_are():
    cells = {
        (NUMBERS[0], PEOPLE[0]): BOTH,
        (NUMBERS[1], PEOPLE[0]): PORTAL,
        (NUMBERS[2], PEOPLE[0]): PORTAL,
    }
    page = a_page(cells)
    new = page.rows[3]

    model = matrix.example(page.rows)

    assert model.customer_number == NUMBERS[1]
    assert matrix.alike(new, model, page.people) == [Change(NUMBERS[3], PEOPLE[0], PORTAL, NOTHING)]
    assert matrix.example([new]) is None


def test_all_boxes_of_somebody_are_ticked_or_cleared():
    page = a_page({(NUMBERS[0], PEOPLE[0]): BOTH})

    on = matrix.ticked(page.rows, PEOPLE[0], BOTH)
    off = matrix.ticked(page.rows, PEOPLE[0], NOTHING)

    assert [each.customer_number for each in on] == NUMBERS[1:]
    assert off == [Change(NUMBERS[0], PEOPLE[0], NOTHING, BOTH)]


@pytest.mark.parametrize(
    "fields",
    [
        [("person", "nobody")],
        [("row", "0")],
        [("row", "0:DL5-1")],
        [("person", str(PEOPLE[0])), ("row", "4:DL5-1")],
        [("person", str(PEOPLE[0])), ("row", "٣:DL5-1")],
        [("carried", "x")],
        [("carried", f"{PEOPLE[0]}:1:DL5-1")],
        [("carried", f"{PEOPLE[0]}:19:DL5-1")],
        [("carried", "nobody:10:DL5-1")],
    ],
)
def test_what_no_form_of_ours_says_is_garbled(fields):
    with pytest.raises(Garbled):
        matrix.read(fields)


@pytest.mark.parametrize("state", ["", "4", "10", "x", "٣"])
def test_a_digit_means_a_state_or_nothing(state):
    with pytest.raises(Garbled):
        matrix.switches(state)
    assert [matrix.state(matrix.switches(each)) for each in "0123"] == [0, 1, 2, 3]


def test_somebody_without_a_name_is_called_by_address():
    person = {"person_id": PEOPLE[0], "email": "a@example.com", "first_name": "", "last_name": ""}
    told = person | {"language": None, "registered": False, "numbers": 0}

    assert SharedUser.model_validate(told).name == "a@example.com"
    assert (
        SharedNumber.model_validate(
            {
                "customer_number": "DL5-1",
                "name": "",
                "issuer": {"issuer": "dl5", "name": "M"},
                "since": "2026-01-01",
            }
        ).cells
        == {}
    )
