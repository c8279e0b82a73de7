"""A form that was refused: what is wrong where, what is kept, and what never is."""

import pytest

from contracts.refusal import Problem
from portal import forms
from portal.errors import Refused
from portal.forms import Form, Trouble


def refusal(*problems):
    return Refused([Problem(pointer=p, rule=r, detail="never shown") for p, r in problems])


def test_a_form_keeps_what_was_filled_in_but_no_secret():
    """Guide 4: input is kept, passwords are emptied."""
    form = Form({"name": "An", "password": "p", "current": "c", "new": "n", "code": "1"})

    assert form.value("name") == "An"
    assert [form.value(each) for each in ("password", "current", "new", "code")] == [""] * 4
    assert form.value("unknown", "as it was") == "as it was"
    assert not form.refused


def test_a_problem_lands_at_the_field_it_points_at():
    form = forms.refused({"password": "x"}, refusal(("/password", "too_short")))

    assert form.troubles == (Trouble("password", "rule_too_short"),)
    assert form.refused


@pytest.mark.parametrize(
    ("pointer", "rule", "fields", "trouble"),
    [
        ("", "sign_in_refused", {"": "password"}, Trouble("password", "rule_sign_in_refused")),
        ("", "sign_in_refused", None, Trouble("", "rule_sign_in_refused")),
        ("/elsewhere", "too_short", None, Trouble("", "rule_too_short")),
        ("/password", "unheard_of", None, Trouble("password", "rule_other")),
    ],
)
def test_what_a_page_does_not_know_is_told_all_the_same(pointer, rule, fields, trouble):
    form = forms.refused({"password": "x"}, refusal((pointer, rule)), fields)

    assert form.troubles == (trouble,)


def test_a_refusal_that_says_nothing_refuses_all_the_same():
    assert forms.refused({}, Refused([])).refused


def test_a_field_of_spaces_is_empty():
    troubles = forms.empty({"first_name": "  ", "last_name": "Peeters"}, "first_name", "last_name")

    assert troubles == [Trouble("first_name", "empty_first_name")]
