"""Composing mails about accounts: facts in, a complete message out.

The words of a kind live in `templates/to_people/<kind>/<language>.txt`, those that all kinds share
in `templates/to_people/every_kind/<language>.txt`. They are plain text in blocks, and become the
text part and the HTML part: so both say the same.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import format_datetime
from typing import Any
from uuid import UUID

from jinja2 import Template

from contracts.people import Language
from notifications import mime, typesetting
from notifications.addresses import domain_of, wire_form
from notifications.colours import finished
from notifications.figures import duration, moment
from notifications.kinds import KINDS
from notifications.languages import LANGUAGES
from notifications.lines import initials, one_line

_FOLDER = "to_people"
_A_PLACE_TO_GO = re.compile(r"://|/|[^\W\d_]{2}\.[^\W\d_]{2}")
_AN_ADDRESS = re.compile(r"[^\s@/]+@[^\s@/]+")
_LINK = re.compile(r"\[([^\]]+)\] (\S+)")
_BETWEEN = re.compile(r"[,;\s]+")
_MOST_NUMBERS = 10
_YES = frozenset({"true", "yes", "1"})


@dataclass(frozen=True, slots=True, kw_only=True)
class ToPerson:
    """All that a mail to a person about their account says."""

    letter_id: UUID
    correlation_id: str
    kind: str
    issuer: str
    issuer_name: str
    sender: str
    accent: str
    palette: Mapping[str, Any] | None
    time_zone: str | None
    recipient: str
    language: Language
    first_name: str | None
    last_name: str | None
    link: str = field(repr=False)
    """Where its one button leads."""
    link_until: datetime | None
    code: str | None = field(repr=False)
    code_until: datetime | None
    opens_documents: bool
    """Whether it leads to the newest document of a customer number."""
    registered: bool
    forgotten: str
    """The page for a forgotten password."""
    asked_at: datetime
    facts: Mapping[str, str] = field(repr=False)


class PersonalPress:
    """The templates, loaded once, and the mails made from them."""

    def __init__(self) -> None:
        environment = typesetting.environment()

        def load(of: str) -> dict[str, Template]:
            return {
                language: environment.get_template(f"{_FOLDER}/{of}/{language}.txt")
                for language in LANGUAGES
            }

        self._shared = load("every_kind")
        self._kinds = {kind: load(kind) for kind in KINDS}
        self._text, self._html = (
            environment.get_template(f"{_FOLDER}/body.{part}") for part in ("txt", "html")
        )

    def compose(self, facts: ToPerson, now: datetime) -> bytes:
        """Make the complete message for one letter: RFC 5322, lines ending in CRLF.

        Its Message-ID comes from the letter's id, so every try carries the same. A code that is
        too old by `now` (aware) is left out.

        Raises:
            AddressUnusable: the recipient's or the sender's address cannot be written.

        """
        sender, recipient = wire_form(facts.sender), wire_form(facts.recipient)
        known = _known(facts, now)
        said = self._said(facts, known)
        headers = (
            mime.mailbox("From", one_line(facts.issuer_name, limit=100), sender),
            mime.mailbox("To", known["name"] or "", recipient),
            mime.words("Subject", one_line(" ".join(said.pop("subject").split()))),
            mime.exact("Date", format_datetime(now)),
            *_machine_headers(facts, sender),
        )
        words = known | {
            **said,
            "story": list(_paragraphs(said["story"], known)),
            "not_you": list(_paragraphs(said["not_you"], known)),
            "rows": list(_rows(said)),
            "beneath": bool(said["not_you"]),
            "below": "24px" if said.get("rows") or known["code"] else "0",
        }
        text, html = (each.render(words) for each in (self._text, self._html))
        # The boundary is the letter's too: the same letter gives the same bytes.
        return mime.two_parts(headers, f"=_{facts.letter_id.hex}", text=text, html=html)

    def _said(self, facts: ToPerson, known: Mapping[str, Any]) -> dict[str, str]:
        """Render the blocks of a kind, and those that all kinds share unless it has its own."""
        said: dict[str, str] = {}
        for template in (self._shared[facts.language], self._kinds[facts.kind][facts.language]):
            for name, block in template.blocks.items():
                said[name] = "".join(block(template.new_context(dict(known)))).strip()
        return said


def _machine_headers(facts: ToPerson, sender: str) -> Iterator[str]:
    """Say what relays, mail programs and robots want to know.

    Nobody can be spared mails about their own account, so these name no list and no way out.
    """
    issuer, domain = mime.token(facts.issuer), domain_of(sender)
    yield mime.exact("Message-ID", f"<{facts.letter_id}@{domain}>")
    yield mime.exact("Auto-Submitted", "auto-generated")
    yield mime.exact("X-Auto-Response-Suppress", "All")
    yield mime.exact("Content-Language", facts.language)
    yield mime.exact(
        "Feedback-ID", f"{issuer}:{mime.token(facts.kind).replace('_', '-')}:postkamer"
    )
    yield mime.exact("X-Correlation-ID", mime.token(facts.correlation_id))


def _known(facts: ToPerson, now: datetime) -> dict[str, Any]:
    """Say what words may use: text on one line, moments and spans in words, None for "not said"."""
    code = facts.code if facts.code_until is None or facts.code_until > now else None
    numbers = _BETWEEN.split(facts.facts.get("customer_numbers", "").strip())
    numbers = [one_line(each, limit=60) for each in numbers if each]

    def fact(name: str) -> str | None:
        return one_line(facts.facts.get(name, ""), limit=200) or None

    def span(until: datetime | None) -> str | None:
        return duration(until - now, facts.language) if until is not None else None

    def says(name: str) -> bool | None:
        text = facts.facts.get(name)
        return None if text is None else text.strip().lower() in _YES

    issuer_name = one_line(facts.issuer_name)
    link = one_line(facts.link, limit=2000)
    return {
        "language": facts.language,
        "colon": "\N{NO-BREAK SPACE}:" if facts.language == "fr" else ":",
        "issuer_name": issuer_name,
        "initials": initials(issuer_name),
        "sender": one_line(facts.sender),
        "name": _name(f"{facts.first_name or ''} {facts.last_name or ''}"),
        "colours": finished(facts.accent, facts.palette),
        "link": link,
        "register": f"{link}/register",
        "forgotten": one_line(facts.forgotten, limit=2000),
        "proves": facts.link_until is not None,
        "link_for": span(facts.link_until),
        "code": f"{code[:4]} {code[4:]}" if code else None,
        "code_for": span(facts.code_until) if code else None,
        "asked_on": moment(facts.asked_at, facts.time_zone, facts.language),
        "by": _name(facts.facts.get("by", "")),
        "from_whom": _name(facts.facts.get("from", "")),
        "to_whom": _name(facts.facts.get("to", "")),
        "you": fact("you"),
        "customer_number": fact("customer_number"),
        "numbers": numbers[:_MOST_NUMBERS],
        "more": max(0, len(numbers) - _MOST_NUMBERS),
        "registered": facts.registered if says("registered") is None else says("registered"),
        "opens_documents": facts.opens_documents,
        "portal": says("portal"),
        "mail": says("mail"),
        "admin": says("admin"),
        "change": fact("change"),
        "factor": fact("factor"),
        "factor_name": fact("name"),
        "left": fact("left"),
    }


def _name(text: str) -> str | None:
    """Clean a name that somebody typed, or an address; what leads to a page is taken for none."""
    name = one_line(text, limit=254)
    if _AN_ADDRESS.fullmatch(name):
        return name
    return None if _A_PLACE_TO_GO.search(name) else name[:100] or None


@dataclass(frozen=True, slots=True)
class _Part:
    """A paragraph, or with an address a link on a line of its own."""

    text: str
    address: str | None = None


def _paragraphs(text: str, known: Mapping[str, Any]) -> Iterator[_Part]:
    """Read the paragraphs of a block, which stand apart; `[words] address` is a link."""
    for each in re.split(r"\n[ \t]*\n", text):
        words = re.sub(r"[ \n]+", " ", each).strip()
        found = _LINK.fullmatch(words)
        if found and found[2] in (known["forgotten"], known["register"]):
            yield _Part(found[1], found[2])
        elif words:
            yield _Part(words)


def _rows(said: Mapping[str, str]) -> Iterator[Sequence[str]]:
    """Read the lines of a summary: `label | value`."""
    for line in said.get("rows", "").splitlines():
        label, bar, value = line.partition(" | ")
        if bar and value.strip():
            yield label.strip(), value.strip()
