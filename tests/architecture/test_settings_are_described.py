"""Every setting stands in the examples that people copy, with its meaning."""

import importlib
from pathlib import Path

import pytest

from chassis.command_line import describe_settings

ROOT = Path(__file__).parents[2]
SERVICES = sorted(path.name for path in (ROOT / "services").iterdir() if path.is_dir())


@pytest.mark.parametrize("name", SERVICES)
def test_the_example_says_what_the_settings_say(name):
    service = importlib.import_module(f"{name}.app").service

    example = (ROOT / "deploy" / "environments" / f"{name}.env.example").read_text()

    assert example == describe_settings(service) + "\n"


@pytest.mark.parametrize("name", SERVICES)
def test_every_setting_has_a_meaning(name):
    settings = importlib.import_module(f"{name}.app").service.settings

    assert [knob for knob, info in settings.model_fields.items() if not info.description] == []
