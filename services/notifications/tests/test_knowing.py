"""What identity says of issuers is kept, the newest of it."""

from itertools import permutations

import pytest

from contracts.identity import Palette, Shades
from notifications.models import Issuer

SHADES = dict.fromkeys(Shades.model_fields, "#0a6c74")
PALETTE = Palette(**SHADES, dark=Shades(**(SHADES | {"text": "#82d4dc"})))


@pytest.fixture
def known(database):
    """Return the issuer as it is known now."""

    async def of():
        async with database.transaction() as session:
            return await session.get(Issuer, "dl5")

    return of


async def test_an_issuer_without_a_palette_is_known_all_the_same(hear, world, known):
    await hear(world.issuer())

    assert (await known()).palette is None


async def test_the_palette_comes_with_the_version_that_is_known_already(hear, world, known):
    await hear(world.issuer(version=3))

    await hear(world.issuer(version=3, palette=PALETTE))

    assert Palette.model_validate((await known()).palette) == PALETTE


async def test_an_older_palette_that_arrives_late_changes_nothing(hear, world, known):
    await hear(world.issuer(version=3, accent="#f5b700"))

    await hear(world.issuer(version=2, palette=PALETTE))

    assert ((await known()).accent, (await known()).palette) == ("#f5b700", None)


@pytest.mark.parametrize("order", list(permutations([1, 2, 3])))
async def test_in_whatever_order_they_arrive_the_newest_stays(hear, world, known, order):
    for version in order:
        await hear(world.issuer(version=version, name=f"Name {version}"))

    assert (await known()).name == "Name 3"
