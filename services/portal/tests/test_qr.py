"""What is drawn is read back, as a camera would once it has found the modules.

The reader knows byte mode, error correction M, versions 1 to 13 (ISO/IEC 18004): what EPC069-12
allows. It does not correct errors: a drawing has none.
"""

import re

import pytest

from portal import qr

# Per version, error correction M: blocks as (how many, data codewords in each).
_BLOCKS = {
    1: [(1, 16)], 2: [(1, 28)], 3: [(1, 44)], 4: [(2, 32)], 5: [(2, 43)], 6: [(4, 27)],
    7: [(4, 31)], 8: [(2, 38), (2, 39)], 9: [(3, 36), (2, 37)], 10: [(4, 43), (1, 44)],
    11: [(1, 50), (4, 51)], 12: [(6, 36), (2, 37)], 13: [(8, 37), (1, 38)],
}  # fmt: skip
_ALIGNED_AT = {
    2: [6, 18], 3: [6, 22], 4: [6, 26], 5: [6, 30], 6: [6, 34], 7: [6, 22, 38], 8: [6, 24, 42],
    9: [6, 26, 46], 10: [6, 28, 50], 11: [6, 30, 54], 12: [6, 32, 58], 13: [6, 34, 62],
}  # fmt: skip
_MASKS = [
    lambda y, x: (y + x) % 2 == 0,
    lambda y, _x: y % 2 == 0,
    lambda _y, x: x % 3 == 0,
    lambda y, x: (y + x) % 3 == 0,
    lambda y, x: (y // 2 + x // 3) % 2 == 0,
    lambda y, x: y * x % 2 + y * x % 3 == 0,
    lambda y, x: (y * x % 2 + y * x % 3) % 2 == 0,
    lambda y, x: ((y + x) % 2 + y * x % 3) % 2 == 0,
]
_FORMAT_MASK = 0b101010000010010
_LEVEL_M, _BYTES = 0b00, 0b0100
_RUN = re.compile(r"M(\d+) (\d+)h(\d+)v1h-(\d+)z")
QUIET = 4


def read_back(path, size):
    """Return the text of a code drawn as an SVG path on `size` modules with a margin of four."""
    dark = modules_of(path)
    side = size - 2 * QUIET
    assert dark, "nothing is drawn"
    assert all(QUIET <= each < QUIET + side for module in dark for each in module), "no margin"
    grid = [[(y + QUIET, x + QUIET) in dark for x in range(side)] for y in range(side)]
    version = (side - 17) // 4
    level, mask = _format(grid)
    assert level == _LEVEL_M
    taken = _functions(version, side)
    bits = [grid[y][x] ^ _MASKS[mask](y, x) for y, x in _snake(side) if (y, x) not in taken]
    codewords = [_number(bits[at : at + 8]) for at in range(0, len(bits) // 8 * 8, 8)]
    return _bytes_of(_in_order(codewords, _BLOCKS[version]), version).decode()


def modules_of(path):
    """Return the dark modules of a path, as (row, column)."""
    assert _RUN.sub("", path) == ""
    runs = [tuple(map(int, run)) for run in _RUN.findall(path)]
    assert all(there == back for _, _, there, back in runs)
    return {(y, x + step) for x, y, width, _ in runs for step in range(width)}


def _format(grid):
    places = [(8, x) for x in (0, 1, 2, 3, 4, 5, 7, 8)] + [(y, 8) for y in (7, 5, 4, 3, 2, 1, 0)]
    value = _number([grid[y][x] for y, x in places]) ^ _FORMAT_MASK
    return value >> 13, value >> 10 & 0b111


def _functions(version, side):
    """Return the modules that hold no data."""
    taken = {(y, x) for y in range(9) for x in range(9)}
    taken |= {(y, x) for y in range(9) for x in range(side - 8, side)}
    taken |= {(y, x) for y in range(side - 8, side) for x in range(9)}
    taken |= {(6, each) for each in range(side)} | {(each, 6) for each in range(side)}
    centres = _ALIGNED_AT.get(version, [])
    corners = {(6, 6), (6, side - 7), (side - 7, 6)}
    for cy, cx in ((y, x) for y in centres for x in centres if (y, x) not in corners):
        taken |= {(cy + dy, cx + dx) for dy in range(-2, 3) for dx in range(-2, 3)}
    if version >= 7:
        taken |= {(y, x) for y in range(6) for x in range(side - 11, side - 8)}
        taken |= {(y, x) for y in range(side - 11, side - 8) for x in range(6)}
    return taken


def _snake(side):
    columns = [x if x > 6 else x - 1 for x in range(side - 1, 0, -2)]
    for turn, right in enumerate(columns):
        rows = range(side) if turn % 2 else range(side - 1, -1, -1)
        for y in rows:
            yield y, right
            yield y, right - 1


def _in_order(codewords, blocks):
    lengths = [length for count, length in blocks for _ in range(count)]
    parts = [[] for _ in lengths]
    stream = iter(codewords)
    for at in range(max(lengths)):
        for part, length in zip(parts, lengths, strict=True):
            if at < length:
                part.append(next(stream))
    return [each for part in parts for each in part]


def _bytes_of(data, version):
    bits = [each >> shift & 1 for each in data for shift in range(7, -1, -1)]
    assert _number(bits[:4]) == _BYTES
    counted = 8 if version < 10 else 16
    length = _number(bits[4 : 4 + counted])
    body = bits[4 + counted : 4 + counted + 8 * length]
    return bytes(_number(body[at : at + 8]) for at in range(0, len(body), 8))


def _number(bits):
    return int("".join(str(int(bit)) for bit in bits), 2)


@pytest.mark.parametrize(
    "text",
    [
        "BCD\n002\n1\nSCT\n\nMeridiaan Lease\nBE75735004128851\nEUR1284.17",
        "Financiële leasing, Zoë & Søren € ß",
        *("y" * length for length in (1, 20, 40, 60, 84, 106, 122, 152, 180, 213, 251, 287, 331)),
    ],
)
def test_what_is_drawn_can_be_read_back(text):
    drawing = qr.draw(text)

    assert read_back(drawing.path, drawing.size) == text


def test_the_largest_text_fits_the_version_that_banks_take():
    drawing = qr.draw("z" * 331)

    assert drawing.size - 2 * QUIET <= 17 + 4 * 13


async def test_the_code_on_a_page_says_all_that_a_bank_needs(web_door, link, others, an_invoice):
    others.invoice = an_invoice()

    page = (await web_door.http.get(f"/view/{link}")).text

    ((size, path),) = re.findall(
        r'<svg class="qr" viewBox="0 0 (\d+) \d+".*?<path d="([^"]+)"', page
    )
    assert read_back(path, int(size)).split("\n") == [
        "BCD",
        "002",
        "1",
        "SCT",
        "GKCCBEBB",
        "Voorbeeld Lease",
        "BE71096123456769",
        "EUR1284.17",
        "",
        "",
        "+++090/9337/55594+++",
    ]
