"""Proves that bytes are kept as they are, per issuer, and never written over."""

import asyncio
import hashlib

import pytest

from chassis.identifiers import new_id
from documents.files import UNREADABLE, Files
from documents.wholeness import Digest

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
    kept.chmod(0o644)
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


async def test_what_is_kept_may_be_read_and_not_written(files, tmp_path):
    await files.keep("dl5", CONTENT)
    (kept,) = (each for each in (tmp_path / "kept").rglob("*") if each.is_file())

    assert kept.stat().st_mode & 0o777 == 0o444

    kept.chmod(0o666)
    await files.keep("dl5", CONTENT)
    assert kept.stat().st_mode & 0o777 == 0o444


async def test_bytes_come_to_what_they_are_today(files, tmp_path):
    sha256 = await files.keep("dl5", CONTENT)
    assert await files.digest("dl5", sha256) == Digest(SHA256, len(CONTENT))

    (kept,) = (each for each in (tmp_path / "kept").rglob("*") if each.is_file())
    kept.chmod(0o644)
    kept.write_bytes(b"touched by hand")

    found = await files.digest("dl5", sha256)
    assert found == Digest(hashlib.sha256(b"touched by hand").hexdigest(), 15)


async def test_a_large_file_is_read_in_pieces(files):
    content = bytes(3_000_000)

    sha256 = await files.keep("dl5", content)

    assert await files.digest("dl5", sha256) == Digest(sha256, len(content))


async def test_no_bytes_come_to_nothing(files):
    await files.keep("dl5", CONTENT)

    assert await files.digest("dl5", "0" * 64) is None
    assert await files.digest("dl6", SHA256) is None
    assert await files.digest("dl5", "../" * 21 + "x") is None


async def test_what_the_disk_does_not_give_is_told_apart(files, tmp_path):
    await files.keep("dl5", CONTENT)
    (kept,) = (each for each in (tmp_path / "kept").rglob("*") if each.is_file())
    kept.unlink()
    kept.symlink_to(kept)

    found = await files.digest("dl5", SHA256)

    assert found is None or found.sha256 == UNREADABLE


async def test_what_is_dropped_is_gone_with_what_was_made_of_it(files):
    await files.keep("dl5", CONTENT)
    await files.keep("dl6", CONTENT)
    await files.keep_rendition("dl5", SHA256, "v1", "nl", b"%PDF")

    await files.drop("dl5", SHA256)
    await files.drop("dl5", SHA256)

    assert await files.digest("dl5", SHA256) is None
    assert await files.rendition("dl5", SHA256, "v1", "nl") is None
    assert await files.digest("dl6", SHA256)


async def test_what_passes_through_may_lie_elsewhere(tmp_path):
    store = Files(f"file://{tmp_path}/kept", f"file://{tmp_path}/passing")
    upload_id = new_id()

    await store.keep("dl5", CONTENT)
    await store.keep_upload("dl5", upload_id, b"1")
    await store.keep_rendition("dl5", SHA256, "v1", "nl", b"%PDF")

    def there(name):
        return {each.name for each in (tmp_path / name).rglob("*") if each.is_file()}

    assert there("kept") == {SHA256}
    assert there("passing") == {str(upload_id), "nl.pdf"}
    assert await store.uploads() == [("dl5", upload_id)]
    assert await store.upload("dl5", upload_id) == b"1"
    await store.drop("dl5", SHA256)
    assert there("passing") == {str(upload_id)}
