"""Proves that bytes are kept as they are, per issuer, and never written over."""

import asyncio
import hashlib

import pytest

from documents.files import Files

CONTENT = bytes(range(256)) * 10
SHA256 = hashlib.sha256(CONTENT).hexdigest()


async def test_bytes_come_back_as_they_were(files):
    sha256 = await files.keep("dl5", CONTENT)

    assert sha256 == SHA256
    assert await files.read("dl5", sha256) == CONTENT


async def test_no_bytes_are_bytes_too(files):
    assert await files.read("dl5", await files.keep("dl5", b"")) == b""


async def test_what_is_kept_is_never_written_over(files, tmp_path):
    await files.keep("dl5", CONTENT)
    (kept,) = (each for each in (tmp_path / "kept").rglob("*") if each.is_file())
    kept.write_bytes(b"touched by hand")

    await files.keep("dl5", CONTENT)

    assert kept.read_bytes() == b"touched by hand"


async def test_keeping_the_same_at_once_is_harmless(files, tmp_path):
    kept = await asyncio.gather(*(files.keep("dl5", CONTENT) for _ in range(20)))

    assert set(kept) == {SHA256}
    assert len([each for each in (tmp_path / "kept").rglob("*") if each.is_file()]) == 1


async def test_each_issuer_has_its_own(files):
    await files.keep("dl5", CONTENT)

    with pytest.raises(FileNotFoundError):
        await files.read("dl6", SHA256)


@pytest.mark.parametrize("sha256", ["../" * 8 + "etc/passwd", "/etc/passwd", "..", "", "0" * 64])
async def test_nothing_outside_the_store_can_be_read(files, tmp_path, sha256):
    await files.keep("dl5", CONTENT)
    (tmp_path / "secret").write_bytes(b"secret")

    with pytest.raises((FileNotFoundError, ValueError)):
        await files.read("dl5", sha256)


async def test_what_was_kept_is_there_after_a_restart(files, tmp_path):
    await files.keep("dl5", CONTENT)

    assert await Files(f"file://{tmp_path}/kept").read("dl5", SHA256) == CONTENT
