"""Proves that people find again what they saved to look for, and nobody else's."""

import pytest

from chassis.identifiers import new_id
from documents import filtering
from documents.errors import FilterUnknown, TooManyFilters
from documents.reader import Reader


@pytest.fixture
def saved(session):
    """Return a function that lists what someone saved."""

    async def saved(person):
        found = await filtering.saved(session, Reader(person_id=person))
        return {each.name: each.query for each in found}

    return saved


async def test_what_was_saved_is_there_by_its_name(session, saved):
    """D-10"""
    anna, bert = new_id(), new_id()
    await filtering.save(session, anna, "Vrachtwagens", {"q": "kangoo"})
    await filtering.save(session, anna, "Credits", {"type": "credit_note"})
    await filtering.save(session, bert, "Credits", {"unread": True})

    newer = {"type": "credit_note", "sort": "-amount"}
    again = await filtering.save(session, anna, "Credits", newer)

    assert await saved(anna) == {
        "Credits": newer,
        "Vrachtwagens": {"q": "kangoo"},
    }
    assert list(await saved(anna)) == ["Credits", "Vrachtwagens"]
    assert again.query == newer
    assert await saved(bert) == {"Credits": {"unread": True}}


async def test_a_filter_goes_when_its_own_person_says_so(session, saved):
    anna, bert = new_id(), new_id()
    kept = await filtering.save(session, anna, "Credits", {})

    for person, which in ((bert, kept.id), (anna, new_id())):
        with pytest.raises(FilterUnknown):
            await filtering.forget(session, person, which)
    assert await saved(anna) == {"Credits": {}}

    await filtering.forget(session, anna, kept.id)
    assert await saved(anna) == {}


async def test_there_are_twenty_at_most_but_one_of_them_can_be_replaced(session, saved):
    anna = new_id()
    for number in range(20):
        await filtering.save(session, anna, f"{number}", {})

    with pytest.raises(TooManyFilters):
        await filtering.save(session, anna, "one more", {})
    await filtering.save(session, anna, "7", {"q": "new"})

    found = await saved(anna)
    assert len(found) == 20
    assert found["7"] == {"q": "new"}
