"""Proves that what is written as it goes is an archive that others read, as long as was said."""

import io
import shutil
import subprocess
import zipfile
import zlib
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from documents.zip_format import Archive, Length, taken_by

MADE = datetime(2026, 11, 22, 9, 30, 42, tzinfo=UTC)
NAMES = st.text(
    st.characters(exclude_categories=("Cc", "Cs"), exclude_characters="\\:"), min_size=1
)


def written(files, **how):
    archive = Archive(MADE, **how)
    parts = []
    for name, content in files.items():
        parts += [archive.header(name, len(content), zlib.crc32(content)), content]
    return b"".join([*parts, archive.end()])


def length_of(files):
    length = Length()
    for name, content in files.items():
        length.add(name, len(content))
    return length


@settings(max_examples=60)
@given(st.dictionaries(NAMES, st.binary(max_size=300), max_size=8))
def test_what_was_put_in_is_read_again_and_it_is_as_long_as_was_said(files):
    made = written(files)

    with zipfile.ZipFile(io.BytesIO(made)) as read:
        assert read.testzip() is None
        assert {each.filename: read.read(each) for each in read.infolist()} == files
    assert length_of(files).whole == len(made)


def test_another_program_reads_it(tmp_path):
    unzip = shutil.which("unzip")
    if unzip is None:
        pytest.skip("there is no unzip here")
    file = tmp_path / "made.zip"
    file.write_bytes(written({"DL5-1/F1-invoice-0a.pdf": b"%PDF-", "DL5-1/é.xml": b"<a/>" * 99}))

    tested = subprocess.run([unzip, "-t", file], capture_output=True, check=False)  # noqa: S603

    assert tested.returncode == 0, tested.stdout
    assert b"No errors detected" in tested.stdout


def test_files_are_dated_and_may_be_read_by_all_and_run_by_nobody():
    with zipfile.ZipFile(io.BytesIO(written({"a.pdf": b"1"}))) as read:
        (file,) = read.infolist()

    assert file.date_time == (2026, 11, 22, 9, 30, 42)
    assert file.external_attr >> 16 == 0o100644
    assert file.compress_type == zipfile.ZIP_STORED


@pytest.mark.parametrize(("count", "is_64"), [(65_534, False), (65_535, True), (65_600, True)])
def test_more_files_than_the_old_format_counts_are_counted_by_the_new(count, is_64):
    files = {f"{at:05}": b"" for at in range(count)}

    made = written(files)

    with zipfile.ZipFile(io.BytesIO(made)) as read:
        found = len(read.infolist())
    end = made[made.rindex(b"PK\x05\x06") :]
    whole, announced = len(made), length_of(files).whole
    assert found == count
    assert int.from_bytes(end[10:12], "little") == min(count, 65_535)
    assert (b"PK\x06\x06" in made[-98:]) == is_64
    assert whole == announced


@pytest.mark.parametrize("start", [0xFFFFFFFF - 40, 0xFFFFFFFF, 5 * 2**30])
def test_files_beyond_four_gibibytes_are_found(start, tmp_path):
    files = {"first.pdf": b"one", "second.pdf": b"two"}
    file = tmp_path / "large.zip"
    with file.open("wb") as sparse:
        sparse.seek(start)
        sparse.write(written(files, start=start))

    with zipfile.ZipFile(file) as read:
        assert {each.filename: read.read(each) for each in read.infolist()} == files
    length = Length(start=start)
    for name, content in files.items():
        length.add(name, len(content))
    assert length.whole == file.stat().st_size


def test_a_file_of_four_gibibytes_is_refused():
    with pytest.raises(ValueError, match="4 GiB"):
        Length().add("a", 2**32 - 1)
    with pytest.raises(ValueError, match="4 GiB"):
        Archive(MADE).header("a", 2**32 - 1, 0)


def test_what_a_file_takes_is_what_the_archive_grows_by():
    length = length_of({"a.pdf": b"123"})

    assert length.and_also("é.xml", 77).whole - length.whole == taken_by("é.xml", 77)
    assert length.whole == length_of({"a.pdf": b"123"}).whole


def test_an_archive_of_a_time_before_archives_is_dated_all_the_same():
    archive = Archive(datetime(1970, 1, 1, tzinfo=UTC))
    made = archive.header("a", 0, 0) + archive.end()

    with zipfile.ZipFile(io.BytesIO(made)) as read:
        assert read.infolist()[0].date_time[0] == 1980
