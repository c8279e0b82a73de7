"""Where documents are opened: jobs for child processes that may die, and what comes of them.

Readers, renderers and those who study are apart, so that a slow page never holds up what is
received, and nobody waits for a judge.
"""

from dataclasses import dataclass
from typing import Any, Protocol

import structlog
from pydantic import TypeAdapter, ValidationError

from documents.cover import Known
from documents.crew import Answer
from documents.errors import NotStamped, PageUnknown, TooHard, XmlNotUnderstood
from documents.invoice import Invoice
from documents.judgement import Judgement

log = structlog.get_logger()

_INVOICE: TypeAdapter[Invoice | None] = TypeAdapter(Invoice | None)
_JUDGEMENTS = TypeAdapter(tuple[Judgement, ...])


class Hands(Protocol):
    """Who does jobs: a crew."""

    def start(self) -> None:
        """Get ready, without waiting for it."""

    async def do(self, job: dict[str, Any], *parts: bytes) -> Answer:
        """Have a job done."""

    async def hello(self) -> dict[str, Any]:
        """Return what they say of themselves."""

    async def close(self) -> None:
        """End."""


@dataclass(frozen=True)
class Inside:
    """A file that came inside another: an XML in a PDF, an attachment in an XML."""

    role: str
    name: str
    media_type: str | None
    content: bytes


@dataclass(frozen=True)
class Reading:
    """What a file says of its document.

    ``invoice`` is without lines and what belongs to them, and None for a PDF that has none inside;
    ``words`` are those of all of it; ``pages`` are those of a PDF.
    """

    invoice: Invoice | None
    pages: int | None = None
    inside: tuple[Inside, ...] = ()
    flags: tuple[str, ...] = ()
    words: str = ""


class Workshop:
    """Reads, sets, pictures and judges. Every job may raise ``TooHard``, and ``WorkersAway``."""

    def __init__(
        self, readers: Hands, renderers: Hands, students: Hands, rules: str | None = None
    ) -> None:
        """Work with these; ``rules`` is a folder with rules of one's own."""
        self._readers = readers
        self._renderers = renderers
        self._students = students
        self._rules = rules

    def start(self) -> None:
        """Get the children started; no job waits for all of them."""
        self._readers.start()
        self._renderers.start()
        self._students.start()

    async def close(self) -> None:
        """End the children."""
        await self._readers.close()
        await self._renderers.close()
        await self._students.close()

    async def read(self, content: bytes) -> Reading:
        """Read what a file says of its document. Raises ``XmlNotUnderstood``."""
        answer = await _done(self._readers, {"job": "read"}, content)
        try:
            invoice, words, *contents = answer.parts
            return Reading(
                _INVOICE.validate_json(invoice),
                answer.header["pages"],
                tuple(
                    Inside(role, name, media_type, content)
                    for (role, name, media_type), content in zip(
                        answer.header["inside"], contents, strict=True
                    )
                ),
                tuple(answer.header["flags"]),
                words.decode(),
            )
        except (ValidationError, ValueError, TypeError, KeyError) as wrong:
            log.error("worker_answer_wrong", job="read", error=type(wrong).__name__)  # noqa: TRY400
            raise TooHard("its worker made no sense of it") from wrong

    async def invoice(self, content: bytes) -> bytes:
        """Return all that an XML says, as JSON. Raises ``XmlNotUnderstood``."""
        return (await _done(self._readers, {"job": "invoice"}, content)).parts[0]

    async def render(
        self, content: bytes, language: str, customer_number: str | None = None
    ) -> bytes:
        """Return a readable PDF of an XML, in nl, fr, de or en. Raises ``XmlNotUnderstood``."""
        how = {"language": language, "customer_number": customer_number}
        return await self._rendered({"job": "render", "how": how}, content)

    async def cover(self, known: Known, language: str) -> bytes:
        """Return a PDF of what is known of a document that no machine can read."""
        job = {"job": "cover", "how": {"language": language}}
        return await self._rendered(job, known.written())

    async def _rendered(self, job: dict[str, Any], content: bytes) -> bytes:
        answer = await _done(self._renderers, job, content)
        if flags := answer.header.get("flags"):
            log.info("rendition_flagged", flags=flags)
        return answer.parts[0]

    async def rendition_version(self) -> str:
        """Return what, beside the document and language, decides how a rendition looks."""
        return str((await self._renderers.hello())["version"])

    async def picture(self, content: bytes, page: int, width: int) -> bytes:
        """Return a page of a PDF as PNG, so many pixels wide. Raises ``PageUnknown``."""
        job = {"job": "picture", "how": {"page": page, "width": width}}
        return (await _done(self._renderers, job, content)).parts[0]

    async def stamp(self, content: bytes, language: str) -> bytes:
        """Return a PDF with DUPLICATE over every page, in a language. Raises ``NotStamped``."""
        job = {"job": "stamp", "how": {"language": language}}
        return (await _done(self._renderers, job, content)).parts[0]

    async def words(self, content: bytes) -> str:
        """Return the words of an XML or a PDF. Raises ``XmlNotUnderstood``."""
        return (await _done(self._students, {"job": "words"}, content)).parts[0].decode()

    async def judge(self, content: bytes) -> tuple[Judgement, ...]:
        """Return what the judges say of an XML; nothing where it is none that has rules here."""
        job = {"job": "judge", "how": {"rules": self._rules}}
        answer = await _done(self._students, job, content)
        try:
            return _JUDGEMENTS.validate_json(answer.parts[0])
        except ValidationError as wrong:
            log.error("worker_answer_wrong", job="judge", error=type(wrong).__name__)  # noqa: TRY400
            raise TooHard("its worker made no sense of it") from wrong


async def _done(hands: Hands, job: dict[str, Any], content: bytes) -> Answer:
    answer = await hands.do(job, content)
    match answer.header.get("answer"):
        case "done":
            return answer
        case "not_understood":
            raise XmlNotUnderstood(str(answer.header.get("reason")))
        case "no_page":
            raise PageUnknown
        case "not_stamped":
            raise NotStamped(str(answer.header.get("reason")))
        case "too_large":
            raise TooHard("it took more memory than it may")
        case _:
            log.error("worker_failed", job=job["job"], reason=answer.header.get("reason"))
            raise TooHard("its worker failed")
