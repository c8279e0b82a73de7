"""Print the promises of features.md that no test names in a docstring.

A test proves a feature by having its id in its docstring, as a word of its own: ``I-21``.
"""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
FEATURES = ROOT.parent / "shared" / "features.md"
PLACES = ("tests", "libs", "services", "deploy")

_ROW = re.compile(r"\| *([A-Z]-\d{2}[a-z]?|Q\d+) *\| *([^|]*?) *\|")
_ID = re.compile(r"\b(?:[A-Z]-\d{2}[a-z]?|Q\d+)\b")


@dataclass(frozen=True)
class Feature:
    """One promise: its id, its name, and the part of the suite it belongs to."""

    id: str
    name: str
    part: str


def features_of(text: str) -> list[Feature]:
    """Return the features of a features.md, in its order."""
    features, part = [], ""
    for line in text.splitlines():
        if line.startswith("## "):
            part = line.removeprefix("## ").strip()
        elif row := _ROW.match(line):
            features.append(Feature(row[1], row[2], part))
    return features


def ids_in(source: str) -> set[str]:
    """Return the ids that the tests of a file name in their docstrings."""
    named = (
        ast.get_docstring(node) or ""
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.name.startswith("test_")
    )
    return {each for docstring in named for each in _ID.findall(docstring)}


def tests_below(root: Path) -> Iterator[Path]:
    """Return the files of tests."""
    for place in PLACES:
        yield from sorted((root / place).rglob("test_*.py"))


def main(features: Path = FEATURES, root: Path = ROOT) -> None:
    """Print the features that no test names, and how many there are."""
    if not features.exists():
        print("there is no shared/features.md beside this repository: nothing to compare with")
        return
    promised = features_of(features.read_text(encoding="utf-8"))
    proven = {each for path in tests_below(root) for each in ids_in(path.read_text())}
    part = ""
    for feature in (each for each in promised if each.id not in proven):
        if feature.part != part:
            part = feature.part
            print(f"\n{part}")
        print(f"  {feature.id:<5} {feature.name}")
    count = sum(each.id in proven for each in promised)
    print(f"\n{count} of {len(promised)} features are named by a test")
    for unknown in sorted(proven - {each.id for each in promised}):
        print(f"{unknown} is named by a test and promised nowhere")


if __name__ == "__main__":
    main()
