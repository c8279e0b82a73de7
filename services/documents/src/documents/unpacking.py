"""Check a pack by what is in it alone: no database, no store, no network."""

import hashlib
import json
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from zipfile import BadZipFile, ZipFile

from documents import packs
from documents.wholeness import Digest

_UNREADABLE = (BadZipFile, OSError, EOFError, NotImplementedError, RuntimeError, zlib.error)
"""What reading a file of a ZIP raises that was cut off, changed, or packed in another way."""
_SUM = re.compile(r"([0-9a-f]{64})  (\S.*)")
_PIECE = 256 * 1024
_LARGEST_JSON = 64 * 1024 * 1024


@dataclass
class Verdict:
    """What was looked at, and each thing that is wrong, in words."""

    documents: int = 0
    files: int = 0
    wrong: list[str] = field(default_factory=list)


def verify(path: Path) -> Verdict:
    """Check a pack. Raises ``BadZipFile`` and ``OSError`` where it cannot be read at all."""
    verdict = Verdict()
    with ZipFile(path) as pack:
        names = [each.filename for each in pack.infolist()]
        found = {name: _digest(pack, name, verdict) for name in dict.fromkeys(names)}
        if len(found) != len(names):
            verdict.wrong.append("a name is there twice")
        verdict.files = len(found)
        verdict.wrong += _against_sums(pack, found)
        folders = {"/".join(each.split("/")[:2]) for each in found if each.startswith("documents/")}
        for folder in sorted(folders):
            verdict.documents += 1
            verdict.wrong += _in_folder(pack, folder, found)
        verdict.wrong += _in_index(pack, folders)
        if found.get(packs.PROBLEMS) is not None:
            lines = pack.read(packs.PROBLEMS).decode(errors="replace").splitlines()
            verdict.wrong += [f"{packs.PROBLEMS}: {each}" for each in lines]
    return verdict


def _digest(pack: ZipFile, name: str, verdict: Verdict) -> Digest | None:
    over, size = hashlib.sha256(), 0
    try:
        with pack.open(name) as file:
            while piece := file.read(_PIECE):
                over.update(piece)
                size += len(piece)
    except _UNREADABLE as error:
        verdict.wrong.append(f"{name}: cannot be read ({error})")
        return None
    return Digest(over.hexdigest(), size)


def _against_sums(pack: ZipFile, found: dict[str, Digest | None]) -> Iterator[str]:
    if found.get(packs.SUMS) is None:
        yield f"{packs.SUMS}: is not there"
        return
    listed = set()
    for line in pack.read(packs.SUMS).decode(errors="replace").splitlines():
        said = _SUM.fullmatch(line)
        if said is None:
            yield f"{packs.SUMS}: a line is none: {line[:80]!r}"
            continue
        sha256, name = said.groups()
        listed.add(name)
        there = found.get(name)
        if there is None:
            yield f"{name}: is not there"
        elif there.sha256 != sha256:
            yield f"{name}: should be {sha256}, is {there.sha256}"
    for name in sorted(found.keys() - listed - {packs.SUMS}):
        yield f"{name}: is not listed in {packs.SUMS}"


def _in_folder(pack: ZipFile, folder: str, found: dict[str, Digest | None]) -> Iterator[str]:
    try:
        said = _json(pack, f"{folder}/{packs.METADATA}")
        events = [packs.event(each) for each in _json(pack, f"{folder}/{packs.EVENTS}")]
        if packs.folder(said["document_id"]) != folder:
            yield f"{folder}: its metadata is that of {said['document_id']}"
        wanted = {
            each["sha256"]: found.get(
                f"{folder}/{packs.file_name(each['position'], each['sha256'], each['media_type'])}"
            )
            for each in said["document"]["files"]
        }
        for each in packs.broken(said, events, wanted):
            yield f"{folder}: {each.kind} {each.what}: should be {each.expected}, is {each.found}"
    except (KeyError, TypeError, ValueError, AttributeError, *_UNREADABLE) as wrong:
        yield f"{folder}: its metadata or events cannot be read ({type(wrong).__name__})"


def _in_index(pack: ZipFile, folders: set[str]) -> Iterator[str]:
    try:
        lines = pack.read(packs.INDEX).decode().splitlines()[1:]
    except (KeyError, ValueError, *_UNREADABLE):
        yield f"{packs.INDEX}: cannot be read"
        return
    listed = {packs.folder(line.partition(",")[0]) for line in lines}
    for each in sorted(listed - folders):
        yield f"{each}: is in {packs.INDEX} and not in the pack"
    for each in sorted(folders - listed):
        yield f"{each}: is not in {packs.INDEX}"


def _json(pack: ZipFile, name: str) -> Any:
    if pack.getinfo(name).file_size > _LARGEST_JSON:
        raise ValueError("too large")
    return json.loads(pack.read(name))
