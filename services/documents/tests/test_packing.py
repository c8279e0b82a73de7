"""Proves that a pack has all of some days with all that proves it, and is checked by itself."""

import csv
import hashlib
import io
import json
import zipfile
from datetime import date

import pytest

from documents import packing, packs, unpacking
from documents.errors import NothingToPack, TooManyToPack
from documents.packing import Wanted

YEAR = Wanted("dl5", date(2024, 1, 1), date(2024, 12, 31))


@pytest.fixture
def archive(database, publish, command):
    """Return a function that publishes documents of several days and issuers."""

    async def archive(few=slice(None)):
        async with database.transaction() as session:
            made = [
                await publish(session, command(mark, number=number, issue_date=issued, **told))
                for mark, number, issued, told in [
                    (b"1", "F1", "2023-12-31", {}),
                    (b"2", "F2", "2024-01-01", {}),
                    (b"3", "=1+1", "2024-02-29", {"references": [{"kind": "order", "value": "B"}]}),
                    (b"4", "F4", "2024-12-31", {}),
                    (b"5", "F5", "2025-01-01", {}),
                ][few]
            ]
            told = command(b"6", number="F6", issue_date="2024-06-01", customer_number="DL6-1")
            await publish(session, told, "dl6")
        return [document for document, _ in made]

    return archive


@pytest.fixture
def pack(database, files, tmp_path):
    """Return a function that writes a pack to a file."""

    async def pack(wanted=YEAR):
        path = tmp_path / "pack.zip"
        with path.open("wb") as file:
            async for piece in packing.pack(database.transaction, files, wanted):
                file.write(piece)
        return path

    return pack


def rewritten(path, change):
    """Write a pack anew: ``change`` takes and returns its files by name."""
    with zipfile.ZipFile(path) as pack:
        content = {each: pack.read(each) for each in pack.namelist()}
    content = change(content)
    with zipfile.ZipFile(path, "w") as pack:
        for name, each in content.items():
            pack.writestr(name, each)
    return path


def with_sums(content):
    """Return the files of a pack with the list of hashes as whoever changed them would write it."""
    lines = [
        f"{hashlib.sha256(each).hexdigest()}  {name}\n"
        for name, each in content.items()
        if name != packs.SUMS
    ]
    return content | {packs.SUMS: "".join(lines).encode()}


async def test_a_pack_has_the_documents_of_its_days_and_no_others(archive, pack, files):
    _, first, leap, last, _ = await archive()

    with zipfile.ZipFile(await pack()) as found:
        assert found.testzip() is None
        folders = {name.split("/")[1] for name in found.namelist() if name.startswith("documents/")}
        content = {name: found.read(name) for name in found.namelist()}

    assert folders == {str(each.id) for each in (first, leap, last)}
    file = leap.files[0]
    name = f"documents/{leap.id}/00-{file.sha256}.pdf"
    assert content[name] == await files.read("dl5", file.sha256)
    said = json.loads(content[f"documents/{leap.id}/metadata.json"])
    assert said["document"]["references"] == [["order", "B"]]
    assert said["retain_until"] == "2034-12-31"
    events = json.loads(content[f"documents/{leap.id}/events.json"])
    assert [each["act"] for each in events] == ["received", "published"]
    rows = list(csv.DictReader(io.StringIO(content["index.csv"].decode())))
    assert [each["number"] for each in rows] == ["F2", "'=1+1", "F4"]
    assert [each["last_event_sha256"] for each in rows][1] == events[-1]["sha256"]


async def test_the_hashes_are_those_that_sha256sum_checks(archive, pack):
    await archive()

    with zipfile.ZipFile(await pack()) as found:
        for line in found.read("SHA256SUMS").decode().splitlines():
            sha256, _, name = line.partition("  ")
            assert hashlib.sha256(found.read(name)).hexdigest() == sha256
        assert len(line) > 64
        listed = found.read("SHA256SUMS").decode().count("\n")
        assert listed == len(found.namelist()) - 1


async def test_a_pack_as_it_was_made_is_whole(archive, pack):
    await archive()

    found = unpacking.verify(await pack())

    assert (found.documents, found.wrong) == (3, [])
    assert found.files == 3 * 3 + 4


def first_ending(content, ending):
    return next(name for name in content if name.endswith(ending))


def flip(ending):
    def change(content):
        name = first_ending(content, ending)
        return content | {name: content[name][:-9] + b"#" + content[name][-8:]}

    return change


def edit(ending, edited):
    def change(content):
        name = first_ending(content, ending)
        said = json.loads(content[name])
        edited(said)
        return with_sums(content | {name: json.dumps(said).encode()})

    return change


def leave_out(ending):
    def change(content):
        name = first_ending(content, ending)
        return with_sums({each: told for each, told in content.items() if each != name})

    return change


CHANGES = (
    (flip(".pdf"), ".pdf: should be"),
    (flip("metadata.json"), "metadata.json: should be"),
    (flip("events.json"), "events.json: should be"),
    (lambda content: with_sums(flip(".pdf")(content)), "file "),
    (edit("metadata.json", lambda said: said["document"].update(number="F9")), "row number"),
    (edit("metadata.json", lambda said: said.update(held=True)), "row held"),
    (
        edit("metadata.json", lambda said: said.update(retain_until="2024-01-01")),
        "retain_until",
    ),
    (edit("metadata.json", lambda said: said["document"]["files"].clear()), "row files.0"),
    (edit("events.json", lambda said: said[0]["facts"].update(x=1)), "event 1"),
    (edit("events.json", lambda said: said[1].update(act="imported")), "event 2"),
    (edit("events.json", lambda said: said.pop(0)), "event 1"),
    (edit("events.json", list.clear), "event 1"),
    (edit("events.json", lambda said: said[0].pop("facts")), "cannot be read (KeyError)"),
    (leave_out(".pdf"), "file "),
    (leave_out("metadata.json"), "cannot be read (KeyError)"),
    (leave_out("events.json"), "cannot be read (KeyError)"),
    (
        lambda content: {name: content[name] for name in content if name != packs.SUMS},
        "SHA256SUMS: is not there",
    ),
    (leave_out("index.csv"), "index.csv: cannot be read"),
    (lambda content: content | {"more.txt": b"x"}, "more.txt: is not listed"),
)


async def test_whatever_was_changed_in_a_pack_is_named(archive, pack):
    await archive(slice(2, 3))
    path = await pack()
    whole = path.read_bytes()

    for change, told in CHANGES:
        path.write_bytes(whole)
        found = unpacking.verify(rewritten(path, change))
        assert any(told in each for each in found.wrong), (told, found.wrong)
    path.write_bytes(whole)
    assert unpacking.verify(path).wrong == []


async def test_a_document_that_was_left_out_is_missed(archive, pack):
    _, first, *_ = await archive()

    def change(content):
        left = {name: each for name, each in content.items() if str(first.id) not in name}
        return with_sums(left)

    found = unpacking.verify(rewritten(await pack(), change))

    assert found.wrong == [f"documents/{first.id}: is in index.csv and not in the pack"]


async def test_a_document_in_the_place_of_another_is_found(archive, pack):
    _, first, leap, *_ = await archive()

    def change(content):
        turned = {}
        for name, each in content.items():
            renamed = name.replace(str(first.id), "@").replace(str(leap.id), str(first.id))
            turned[renamed.replace("@", str(leap.id))] = each
        return with_sums(turned)

    found = unpacking.verify(rewritten(await pack(), change))

    assert any("its metadata is that of" in each for each in found.wrong)


async def test_bytes_that_are_not_there_any_more_are_told_in_the_pack(archive, pack, tmp_path):
    _, first, *_ = await archive()
    (path,) = (tmp_path / "kept").rglob(first.files[0].sha256)
    path.unlink()

    found = unpacking.verify(await pack())

    assert found.documents == 3
    assert any("file" in each and first.files[0].sha256 in each for each in found.wrong)
    assert any(each.startswith("problems.txt") for each in found.wrong)


async def test_there_is_a_pack_only_of_something_and_not_of_everything(
    archive, database, monkeypatch
):
    await archive()
    async with database.transaction() as session:
        assert await packing.check(session, YEAR) == 3
        with pytest.raises(NothingToPack):
            await packing.check(session, Wanted("dl5", date(2022, 1, 1), date(2022, 12, 31)))
        with pytest.raises(NothingToPack):
            await packing.check(session, Wanted("dl7", YEAR.first, YEAR.last))
        monkeypatch.setattr(packing, "MOST", 2)
        with pytest.raises(TooManyToPack):
            await packing.check(session, YEAR)


async def test_a_pack_goes_out_while_it_is_made(archive, database, files, monkeypatch):
    """No transaction is open while a piece is on its way, and no more than a file is in memory."""
    monkeypatch.setattr(packing, "_PAGE", 1)
    await archive()
    pieces = packing.pack(database.transaction, files, YEAR)

    async for piece in pieces:
        assert len(piece) < 10_000
        assert database.connections_used() == 0
