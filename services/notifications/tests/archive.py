"""An archive that answers over HTTP as documents does, and counts what it is asked."""

import hashlib
from collections import Counter
from dataclasses import dataclass, field

import httpx

from notifications.archive import Archive

SECRET = "s3cret"
PDF = b"%PDF-1.7 the original"
XML = b"<Invoice>the original</Invoice>"


@dataclass
class FakeArchive:
    """Documents and their files, behind a token; ``says`` overrules the answer to a path."""

    files: dict[str, list[dict]] = field(default_factory=dict)
    contents: dict[str, bytes] = field(default_factory=dict)
    renditions: dict[str, bytes] = field(default_factory=dict)
    says: dict[str, httpx.Response | Exception] = field(default_factory=dict)
    asked: Counter = field(default_factory=Counter)
    scopes: set[str] = field(default_factory=set)
    good_tokens: set[str] = field(default_factory=lambda: {"token 1"})
    tokens: int = 0

    def keep(self, document_id, **files: bytes) -> None:
        """Keep a document whose files are named by their roles."""
        kinds = {"original_pdf": "application/pdf", "original_xml": "application/xml"}
        self.files[str(document_id)] = [
            {
                "role": role,
                "name": f"{role}.{role[-3:]}",
                "media_type": kinds.get(role, "application/octet-stream"),
                "sha256": (sha256 := hashlib.sha256(content).hexdigest()),
                "size": len(content),
                "pages": None,
                "href": f"/v1/documents/{document_id}/files/{sha256}",
            }
            for role, content in files.items()
        ]
        self.contents |= {hashlib.sha256(each).hexdigest(): each for each in files.values()}

    def rendered(self, document_id, language: str, pdf: bytes) -> None:
        """Have a rendition of a document in a language."""
        self.renditions[f"{document_id} {language}"] = pdf

    def away(self) -> None:
        """Answer nothing from now on."""
        self.says[""] = httpx.ConnectError("refused")

    def archive(self) -> Archive:
        """Return what asks this archive."""
        http = httpx.AsyncClient(transport=httpx.MockTransport(self.answer))
        return Archive(
            "http://documents.test",
            "http://identity.test",
            "notifications",
            SECRET,
            http=http,
        )

    def answer(self, request: httpx.Request) -> httpx.Response:
        """Answer as identity or documents would."""
        path = request.url.path
        for known, said in self.says.items():
            if known in path and request.url.host == "documents.test":
                self.asked[path] += 1
                if isinstance(said, Exception):
                    raise said
                return said
        if request.url.host == "identity.test":
            return self._token(request)
        if request.headers["Authorization"].removeprefix("Bearer ") not in self.good_tokens:
            return httpx.Response(401)
        self.asked[path] += 1
        return self._found(request)

    def _found(self, request: httpx.Request) -> httpx.Response:
        _, _, _, document_id, *rest = request.url.path.split("/")
        match rest:
            case [] if document_id in self.files:
                return httpx.Response(200, json={"files": self.files[document_id]})
            case ["files", sha256] if sha256 in self.contents:
                return httpx.Response(200, content=self.contents[sha256])
            case ["rendition"]:
                made = self.renditions.get(f"{document_id} {request.url.params['language']}")
                return httpx.Response(404 if made is None else 200, content=made or b"")
        return httpx.Response(404)

    def _token(self, request: httpx.Request) -> httpx.Response:
        if (
            request.headers["Authorization"]
            != httpx.BasicAuth("notifications", SECRET)._auth_header
        ):
            return httpx.Response(401)
        self.tokens += 1
        self.scopes |= set(httpx.QueryParams(request.content.decode())["scope"].split())
        granted = {"access_token": f"token {self.tokens}", "expires_in": 600}
        return httpx.Response(200, json=granted)
