"""Stylesheet, mark and faces, read once; their addresses change when they do, so they keep well."""

import re
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

FOLDER = Path(__file__).parent / "static"

_MEDIA_TYPES = {
    ".css": "text/css",
    ".js": "text/javascript",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
}
_FACE = re.compile(r"@font-face\s*{[^}]*?url\(\"(?P<name>[^\"]+)\"\)[^}]*}\s*")
_VERSION_LENGTH = 12


@dataclass(frozen=True)
class Asset:
    """A file of a page; ``version`` is in its address."""

    content: bytes
    media_type: str
    version: str


class Assets:
    """The files of a folder, by their names below it."""

    def __init__(self, folder: Path = FOLDER) -> None:
        """Read them; a face that has not been cut (see ``faces``) leaves the stylesheet."""
        self._assets = {
            path.relative_to(folder).as_posix(): _asset(path.read_bytes(), path.suffix)
            for path in sorted(folder.rglob("*"))
            if path.suffix in _MEDIA_TYPES
        }
        for name, asset in list(self._assets.items()):
            if name.endswith(".css"):
                css = _FACE.sub(self._with_version, asset.content.decode())
                self._assets[name] = _asset(css.encode(), ".css")

    def __getitem__(self, name: str) -> Asset | None:
        """Return a file, or None."""
        return self._assets.get(name)

    def address(self, name: str) -> str:
        """Return where a page finds a file."""
        return f"/static/{name}?v={self._assets[name].version}"

    def _with_version(self, face: re.Match[str]) -> str:
        found = self._assets.get(face["name"])
        if found is None:
            return ""
        return face[0].replace(face["name"], f"{face['name']}?v={found.version}")


def _asset(content: bytes, suffix: str) -> Asset:
    version = sha256(content).hexdigest()[:_VERSION_LENGTH]
    return Asset(content, _MEDIA_TYPES[suffix], version)
