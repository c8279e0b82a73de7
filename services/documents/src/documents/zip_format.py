"""ZIP archives written as they go: files stored as they are, behind headers of a known length.

Nothing but the directory at the end is remembered, some hundred bytes for each file. Sizes and
check sums stand ahead of a file, so that who unpacks while receiving needs nothing else. Names are
UTF-8. From 4 GiB or 65,535 files on it is ZIP64, as everything since 2005 reads it (APPNOTE 4.3).
"""

import struct
from copy import copy
from datetime import datetime
from typing import Self

_LOCAL = struct.Struct("<4s5H3I2H")
_CENTRAL = struct.Struct("<4s6H3I5H2I")
_END = struct.Struct("<4s4H2IH")
_END_64 = struct.Struct("<4sQ2H2I4Q")
_LOCATOR_64 = struct.Struct("<4sIQI")
_OFFSET_64 = struct.Struct("<HHQ")

_MOST_32 = 0xFFFFFFFF
_MOST_16 = 0xFFFF
_OLD, _NEW = 20, 45
"""The version it takes to read it: stored files, and ZIP64."""
_MADE_BY_UNIX = 3 << 8
_UTF8 = 1 << 11
_STORED = 0
_A_FILE_ALL_MAY_READ = 0o100644 << 16
_FIRST_YEAR = 1980


class Length:
    """How long an archive will be, of files that are added in any order."""

    def __init__(self, *, start: int = 0) -> None:
        """Begin with none; ``start`` is where the archive begins in the file it is written to."""
        self.files = 0
        self.at = start
        self._directory = 0

    def add(self, name: str, size: int) -> None:
        """Count a file. Raises ``ValueError`` for one of 4 GiB."""
        if size >= _MOST_32:
            raise ValueError("a file of an archive is smaller than 4 GiB")
        long = len(name.encode())
        self._directory += _CENTRAL.size + long + (_OFFSET_64.size if self.at >= _MOST_32 else 0)
        self.at += _LOCAL.size + long + size
        self.files += 1

    def and_also(self, name: str, size: int) -> Self:
        """Return how long it would be with a file more."""
        more = copy(self)
        more.add(name, size)
        return more

    @property
    def whole(self) -> int:
        """How long it is when it ends now."""
        large = is_64(self.files, self.at, self._directory)
        end = _END.size + (_END_64.size + _LOCATOR_64.size if large else 0)
        return self.at + self._directory + end


def taken_by(name: str, size: int) -> int:
    """Return how many bytes a file of the first 4 GiB adds to an archive."""
    return _LOCAL.size + _CENTRAL.size + 2 * len(name.encode()) + size


def is_64(files: int, directory_at: int, directory: int) -> bool:
    """Say whether the end of an archive has to be ZIP64's."""
    return files >= _MOST_16 or max(directory_at, directory) >= _MOST_32


class Archive:
    """An archive on its way out: who holds it sends on what it returns, and each file behind it."""

    def __init__(self, made: datetime, *, start: int = 0) -> None:
        """Begin; every file is dated ``made``."""
        self._day = max(made.year - _FIRST_YEAR, 0) << 9 | made.month << 5 | made.day
        self._time = made.hour << 11 | made.minute << 5 | made.second // 2
        self._at = start
        self._files = 0
        self._directory = bytearray()

    def header(self, name: str, size: int, crc: int) -> bytes:
        """Return what stands before a file: so many bytes, and ``zlib.crc32`` of them."""
        if size >= _MOST_32:
            raise ValueError("a file of an archive is smaller than 4 GiB")
        written = name.encode()
        about = (_UTF8, _STORED, self._time, self._day, crc, size, size, len(written))
        far = _OFFSET_64.pack(1, 8, self._at) if self._at >= _MOST_32 else b""
        needs = _NEW if far else _OLD
        self._directory += _CENTRAL.pack(
            b"PK\1\2", _MADE_BY_UNIX | needs, needs, *about,
            len(far), 0, 0, 0, _A_FILE_ALL_MAY_READ, min(self._at, _MOST_32),
        )  # fmt: skip
        self._directory += written + far
        self._files += 1
        self._at += _LOCAL.size + len(written) + size
        return _LOCAL.pack(b"PK\3\4", _OLD, *about, 0) + written

    def end(self) -> bytes:
        """Return the directory, after the last file."""
        size = len(self._directory)
        found = self._at, size
        large = b""
        if is_64(self._files, *found):
            large = _END_64.pack(
                b"PK\6\6", _END_64.size - 12, _MADE_BY_UNIX | _NEW, _NEW, 0, 0,
                self._files, self._files, size, self._at,
            ) + _LOCATOR_64.pack(b"PK\6\7", 0, self._at + size, 1)  # fmt: skip
        files = min(self._files, _MOST_16)
        end = _END.pack(
            b"PK\5\6", 0, 0, files, files, min(size, _MOST_32), min(self._at, _MOST_32), 0
        )
        return bytes(self._directory) + large + end
