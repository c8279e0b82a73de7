"""The knobs of notifications."""

from datetime import timedelta

import pytest
from pydantic import TypeAdapter, ValidationError

from notifications.settings import Pause


@pytest.mark.parametrize(
    ("text", "pause"),
    [
        ("90s", timedelta(seconds=90)),
        ("5m", timedelta(minutes=5)),
        ("4h", timedelta(hours=4)),
        ("1d", timedelta(days=1)),
    ],
)
def test_a_pause_is_a_number_and_a_unit(text, pause):
    assert TypeAdapter(Pause).validate_python(text) == pause


def test_a_pause_of_no_known_unit_is_refused():
    with pytest.raises(ValidationError):
        TypeAdapter(Pause).validate_python("5 fortnights")
