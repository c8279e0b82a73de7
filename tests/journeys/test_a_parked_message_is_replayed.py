"""A message that could not be handled is kept with its reason, and sent back by a command."""

import pytest

from localrun.lease_company import PUBLISH, Published

PARKED = f"documents.{PUBLISH}.parked"


@pytest.fixture
def file_store(suite):
    """Return two functions: one takes the store of files away, the other gives it back."""
    place, aside = suite.folder / "files", suite.folder / "files.away"

    def take_away():
        place.rename(aside)
        place.touch()

    def give_back():
        if aside.exists():
            place.unlink()
            aside.rename(place)

    yield take_away, give_back
    give_back()


@pytest.mark.long
async def test_what_was_parked_while_the_file_store_was_away_is_done_after_a_replay(
    dl5, suite, customer, invoice, auditor, file_store
):
    take_away, give_back = file_store
    bakery = customer(shared=1)
    await dl5.register(bakery)
    await dl5.publish(invoice(bakery), bakery)
    before = (await auditor.parked())[PARKED]
    billed = invoice(bakery)

    take_away()
    command_id = await dl5.billing.publish(PUBLISH, billed.command())
    assert await auditor.quiet() == []
    give_back()
    parked = (await suite.parked("documents"))[-1]
    replayed = await suite.command("documents", "replay", "--message-id", command_id)

    assert parked["message_id"] == command_id
    assert parked["sender"] == "dl5"
    assert parked["attempts"] == 3
    assert parked["reason"]
    assert replayed.splitlines()[-1] == "1 replayed"
    document_id = (await dl5.billing.outcome(command_id)).body["document_id"]
    published = Published(billed.number, document_id, bakery.readers())
    assert await auditor.faults(dl5, [published]) == []
    assert (await auditor.parked())[PARKED] == before
