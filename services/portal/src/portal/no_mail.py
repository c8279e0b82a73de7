"""The rule of the guided check "I got no mail": what the facts say, step by step (N-09, N-10)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from portal.customer_numbers import CustomerNumber
from portal.own_letters import OwnAddress, OwnLetter

Verdict = Literal["good", "bad", "open"]

SHOWN = 5
"""So many of the last mails are told of."""

_REASONS = frozenset(
    {
        "bad_address",
        "inactive",
        "mailbox_full",
        "policy",
        "too_large",
        "our_bug",
        "deferred",
        "deferred_slow",
        "archive_away",
        "unanswered",
    }
)


@dataclass(frozen=True)
class Step:
    """What was looked at, as a word of the vocabulary, and whether it stands in the way.

    ``open``: what only the reader can look at.
    """

    word: str
    verdict: Verdict

    @property
    def is_bad(self) -> bool:
        """Tell whether it stands in the way."""
        return self.verdict == "bad"


def about(letters: Sequence[OwnLetter], number: CustomerNumber) -> list[OwnLetter]:
    """Return the last mails about a customer number, the newest first."""
    return [each for each in letters if each.customer_number == number.customer_number][:SHOWN]


def check(
    number: CustomerNumber, address: OwnAddress | None, letters: Sequence[OwnLetter]
) -> list[Step]:
    """Return what stands in the way of mails about a number and what does not, in this order."""
    steps = [_switched_on(number)]
    if not number.is_mine:
        steps.append(_step("own", "on" if number.mail else "off", bad=not number.mail))
    steps.append(_addressed(address))
    steps.append(_last(letters))
    return [*steps, Step("no_mail_spam", "open")]


def cause(steps: Sequence[Step]) -> Step | None:
    """Return what to put right first; None where nothing stands in the way."""
    return next((each for each in steps if each.is_bad), None)


def why(found: OwnLetter | OwnAddress) -> str | None:
    """Return the word for why mails do not arrive, None where there is none."""
    return f"no_mail_reason_{found.reason_code}" if found.reason_code in _REASONS else None


def _switched_on(number: CustomerNumber) -> Step:
    if number.settings.notify != "none":
        return _step("number", "on")
    return _step("number", "off_mine" if number.is_mine else "off", bad=True)


def _addressed(address: OwnAddress | None) -> Step:
    if address is None:
        return _step("address", "none", bad=True)
    return _step("address", address.state, bad=address.state != "in_use")


def _last(letters: Sequence[OwnLetter]) -> Step:
    if not letters:
        return Step("no_mail_letters_none", "open")
    last = letters[0]
    if last.failed:
        return _step("letters", last.state, bad=True)
    return Step("no_mail_letters_sent", "good")


def _step(what: str, how: str, *, bad: bool = False) -> Step:
    return Step(f"no_mail_{what}_{how}", "bad" if bad else "good")
