"""Cuts the faces that pages are set in out of whole fonts: ``python -m portal.faces``.

What European names and invoices need, as woff2: a tenth of the size. The same fonts give the same
bytes. Pages without them are set in what the reader's machine has.
"""

import logging
from hashlib import sha256
from importlib import metadata, resources
from pathlib import Path

from fontTools import subset

from portal.assets import FOLDER

FACES = {
    "source-sans-regular.woff2": "SourceSansPro-Regular.ttf",
    "source-sans-semibold.woff2": "SourceSansPro-Semibold.ttf",
}
_STAMP = "made-of.txt"

# Latin with all its accents in the EU, punctuation, signs of currency, arrows, minus.
_CHARACTERS = [
    *range(0x20, 0x7F),
    *range(0xA0, 0x180),
    *(0x218, 0x219, 0x21A, 0x21B, 0x1E9E),
    *(0x2010, 0x2011, 0x2013, 0x2014, 0x2018, 0x2019, 0x201A, 0x201C, 0x201D, 0x201E),
    *(0x2022, 0x2026, 0x202F, 0x2030, 0x2039, 0x203A, 0x20AC, 0x2122, 0x2212, 0xD7),
]
_FEATURES = ["kern", "mark", "mkmk", "ccmp", "locl", "tnum", "pnum", "lnum", "liga"]


def main(folder: Path = FOLDER / "fonts") -> None:
    """Cut the faces into a folder, unless they are there already."""
    fonts = resources.files("font_source_sans_pro") / "files"
    sources = {name: (fonts / source).read_bytes() for name, source in FACES.items()}
    stamp = _made_of(sources)
    made = folder / _STAMP
    if made.exists() and made.read_text() == stamp:
        return
    folder.mkdir(parents=True, exist_ok=True)
    made.unlink(missing_ok=True)
    for name, source in FACES.items():
        with resources.as_file(fonts / source) as path:
            _cut(path, folder / name)
    made.write_text(stamp)


def _made_of(sources: dict[str, bytes]) -> str:
    parts = [f"{name} {sha256(font).hexdigest()}" for name, font in sources.items()]
    tools = [f"{tool} {metadata.version(tool)}" for tool in ("fonttools", "brotli")]
    recipe = sha256(repr((_CHARACTERS, _FEATURES)).encode()).hexdigest()
    return "\n".join([*parts, *tools, recipe, ""])


def _cut(source: Path, target: Path) -> None:
    options = subset.Options(
        flavor="woff2", layout_features=_FEATURES, hinting=False, desubroutinize=True
    )
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=_CHARACTERS)
    with subset.load_font(str(source), options) as font:
        cutter.subset(font)
        subset.save_font(font, str(target), options)


if __name__ == "__main__":
    # It tells of each table that it leaves out.
    logging.getLogger("fontTools").setLevel(logging.ERROR)
    main()
