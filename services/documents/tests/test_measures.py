"""What is counted of documents."""

import re
from pathlib import Path

from chassis.testing import figure
from documents import facts, models, received, receiving
from documents.measures import FLAGS

README = (Path(__file__).parents[1] / "README.md").read_text()


def documents(how):
    return figure("postkamer_documents_total", how=how)


def test_every_flag_there_is_starts_at_0():
    told = set(re.findall(r"^\| `(\w+)` \|", README, re.MULTILINE))
    named = {
        value
        for module in (facts, models, received, receiving)
        for name, value in vars(module).items()
        if name.isupper() and isinstance(value, str) and not name.startswith("_")
    }

    assert told | named <= set(FLAGS)


async def test_a_document_is_counted_once_and_known_from_then_on(session, publish, command):
    before = documents("published"), documents("known")
    document = command()

    for _ in range(3):
        await publish(session, document)

    assert (documents("published") - before[0], documents("known") - before[1]) == (1, 2)


async def test_what_is_odd_about_a_document_is_counted(session, publish, command):
    flag = "number_reused"
    before = figure("postkamer_documents_flagged_total", flag=flag)

    await publish(session, command(b"first"))
    await publish(session, command(b"second"))

    assert figure("postkamer_documents_flagged_total", flag=flag) - before == 1
