"""Every message is said and heard where it should be, and docs/messages.md says where."""

import runpy
from pathlib import Path
from types import SimpleNamespace

import pytest

from chassis.handling import Handlers
from contracts.message import Command, Event, Outcome, Task
from contracts.refusal import Refused

homes = SimpleNamespace(**runpy.run_path(str(Path(__file__).with_name("homes.py"))))


class RingBell(Command, owner="tower"):
    """Ring a bell."""


class RingBellRefused(Refused, owner="tower"):
    """The bell was not rung."""


class BellRung(Event, owner="tower"):
    """A bell has been rung."""


class BellHeard(Outcome, owner="tower"):
    """The bell was rung."""


class OilBell(Task, owner="tower"):
    """Oil the bell."""


class BellMelted(Event, owner="foundry"):
    """A bell is no more."""


MESSAGES = (RingBell, RingBellRefused, BellRung, BellHeard, OilBell, BellMelted)
SAID = {
    "RingBellRefused": {"tower"},
    "BellRung": {"tower"},
    "BellHeard": {"tower"},
    "OilBell": {"tower"},
    "BellMelted": {"foundry"},
}
NOT_HEARD = object()
EARS = {
    ("tower", RingBell): RingBellRefused,
    ("tower", OilBell): None,
    ("village", BellRung): None,
}


def homeless(*, messages=MESSAGES, heard=None, said=None):
    """Return what is wrong with a house in order, but for these changes."""
    ears = [homes.Ear(*ear, refused) for ear, refused in (EARS | (heard or {})).items()]
    return homes.homeless(
        homes.Homes(
            messages,
            tuple(ear for ear in ears if ear.refused is not NOT_HEARD),
            {name: frozenset(who) for name, who in (SAID | (said or {})).items()},
        )
    )


def test_every_message_of_the_repository_has_a_home():
    assert not homes.homeless(homes.of_repository())


def test_the_page_of_messages_is_current():
    """`make contracts` writes it anew."""
    assert homes.PAGE.read_text(encoding="utf-8") == homes.page(homes.of_repository())


def test_the_repository_says_and_hears_something():
    found = homes.of_repository()

    assert len(found.messages) >= 13
    assert len(found.ears) >= 7
    assert {ear.service for ear in found.ears} >= {"identity", "documents", "notifications"}


def test_a_house_in_order_is_left_alone():
    assert not homeless()


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        pytest.param(
            {"heard": {("tower", RingBell): NOT_HEARD}},
            "RingBell is obeyed by nobody, not by tower",
            id="a command that nobody obeys",
        ),
        pytest.param(
            {"heard": {("tower", OilBell): NOT_HEARD}},
            "OilBell is obeyed by nobody, not by tower",
            id="a task that nobody does",
        ),
        pytest.param(
            {"said": {"OilBell": set()}}, "OilBell is said by nobody", id="a task nobody says"
        ),
        pytest.param(
            {"said": {"BellRung": set()}},
            "BellRung is said by nobody, not by tower",
            id="an event that nobody says",
        ),
        pytest.param(
            {"said": {"BellRung": {"tower", "village"}}},
            "BellRung is said by tower, village, not by tower",
            id="an event that another says",
        ),
        pytest.param(
            {"said": {"BellHeard": {"village"}}},
            "BellHeard is said by village, not by tower",
            id="an outcome that another says",
        ),
        pytest.param(
            {"said": {"RingBell": {"village"}}},
            "RingBell is said by billing systems, village; only outsiders ask",
            id="a command that a service says",
        ),
        pytest.param(
            {"heard": {("tower", RingBell): None}},
            "tower obeys RingBell and cannot refuse it",
            id="a command that cannot be refused",
        ),
        pytest.param(
            {"messages": MESSAGES[:-1], "heard": {("village", BellMelted): None}},
            "village hears BellMelted, which no contract has",
            id="an event that no contract has",
        ),
        pytest.param(
            {"heard": {("village", BellHeard): None}},
            "village hears BellHeard, which is for outsiders",
            id="an outcome that a service hears",
        ),
    ],
)
def test_a_message_without_a_home_is_caught(changes, told):
    assert homeless(**changes) == [told]


def test_a_command_that_two_obey_is_caught():
    told = homeless(heard={("village", RingBell): RingBellRefused})

    assert "RingBell is obeyed by tower, village, not by tower" in told


def test_a_refusal_by_another_name_is_caught():
    class NoBell(Refused, owner="tower"):
        """No."""

    told = homeless(heard={("tower", RingBell): NoBell})

    assert told == ["tower refuses RingBell by NoBell"]


def test_what_a_service_hears_and_refuses_is_read_from_its_handlers():
    handlers = Handlers()
    handlers.answers_unrouted(RingBellRefused)

    @handlers.handles(BellRung)
    async def bell_rung(event, delivery): ...

    assert list(homes.ears("village", handlers)) == [homes.Ear("village", BellRung)]
    assert homes.refusals_of(handlers) == {"RingBellRefused"}


def test_whoever_makes_a_message_says_it(tmp_path):
    (tmp_path / "ringing.py").write_text(
        "from contracts import tower\nfrom contracts.tower import BellHeard, BellRung\n"
        "say(session, BellRung(bell=7))\nanswer(session, 'dl5', tower.OilBell())\n"
    )

    found = homes.constructed_in(tmp_path)

    assert {"BellRung", "OilBell"} <= found
    assert "BellHeard" not in found


def test_the_page_says_who_says_what_to_whom():
    shown = homes.page(
        homes.Homes((RingBell, BellRung), (homes.Ear("tower", RingBell),), {"BellRung": {"tower"}})
    )

    assert "## tower" in shown
    assert "| `tower.ring-bell.v1` | Ring a bell. | billing systems | tower |" in shown
    assert "| `tower.bell-rung.v1` | A bell has been rung. | tower | nobody |" in shown
