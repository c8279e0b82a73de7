"""What a relay's answer means for a letter: one table, read from top to bottom.

The enhanced code (RFC 3463) decides where it says something, then the basic code (RFC 5321),
and only then the words.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Self

from notifications.lines import one_line


class Fate(StrEnum):
    """What becomes of a letter after an answer."""

    ACCEPTED = "accepted"
    """The relay has it. A bounce may still overrule."""
    DEFERRED = "deferred"
    """Try again, with growing pauses."""
    DEFERRED_SLOW = "deferred_slow"
    """Greylisted or held back for policy: try again, but not soon."""
    MAILBOX_FULL = "mailbox_full"
    """Try again daily, then tell the issuer; the address stays in use."""
    BAD_ADDRESS = "bad_address"
    """Stop using this address and ask for another."""
    INACTIVE = "inactive"
    """The mailbox was closed or moved: a bad address once it has happened twice."""
    TOO_LARGE = "too_large"
    """Send it again as a link only."""
    POLICY = "policy"
    """Our reputation, set-up or credentials. Alarm; never blame or suppress the address."""
    OUR_BUG = "our_bug"
    """We spoke wrongly or sent a malformed mail. Park it and alarm."""


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer of a relay: `code` such as 550, `enhanced` such as "5.1.1", and its words."""

    code: int
    enhanced: str | None
    text: str

    @classmethod
    def read(cls, code: int, text: str) -> Self:
        """Read the answer from its code and words; the words are made safe to keep.

        An enhanced code whose class is not that of the basic code is not one (RFC 2034, 4).
        """
        found = _ENHANCED.match(text.lstrip())
        agrees = found is not None and int(found[1]) == code // 100
        return cls(code, found[0] if found and agrees else None, one_line(text))


_DONE, _LATER, _NEVER = 2, 4, 5
_ENHANCED = re.compile(r"([245])\.[0-9]{1,3}\.[0-9]{1,3}(?![0-9.])")

_BY_ENHANCED_CODE = {
    "4.2.2": Fate.MAILBOX_FULL,
    "5.2.2": Fate.MAILBOX_FULL,
    "5.1.1": Fate.BAD_ADDRESS,
    "5.1.2": Fate.BAD_ADDRESS,
    "5.1.3": Fate.BAD_ADDRESS,
    "5.1.10": Fate.BAD_ADDRESS,
    "5.4.4": Fate.BAD_ADDRESS,
    # A server gave up after days: its trouble was on the way, not at the address.
    "5.4.7": Fate.DEFERRED,
    # A mailbox beyond ASCII that the next relay cannot take (RFC 6531): the address, not the mail.
    "5.6.7": Fate.BAD_ADDRESS,
    "5.1.6": Fate.INACTIVE,
    "5.2.1": Fate.INACTIVE,
    "5.2.3": Fate.TOO_LARGE,
    "5.3.4": Fate.TOO_LARGE,
    # These two are about the sender's address, which is ours.
    "5.1.7": Fate.POLICY,
    "5.1.8": Fate.POLICY,
}
_BY_ENHANCED_SUBJECT = {
    "4.3": Fate.DEFERRED,
    "4.4": Fate.DEFERRED,
    "4.7": Fate.DEFERRED_SLOW,
    "5.5": Fate.OUR_BUG,
    "5.6": Fate.OUR_BUG,
    "5.7": Fate.POLICY,
}
# "Some protocol problem": large receivers say it for unknown mailboxes, so it decides nothing.
_SAYS_NOTHING = "5.5.0"

_BY_CODE = {
    421: Fate.DEFERRED,
    500: Fate.OUR_BUG,
    501: Fate.OUR_BUG,
    502: Fate.OUR_BUG,
    503: Fate.OUR_BUG,
    504: Fate.OUR_BUG,
    521: Fate.BAD_ADDRESS,
    530: Fate.POLICY,
    534: Fate.POLICY,
    535: Fate.POLICY,
    538: Fate.POLICY,
    551: Fate.BAD_ADDRESS,
    553: Fate.BAD_ADDRESS,
    555: Fate.OUR_BUG,
    556: Fate.BAD_ADDRESS,
}

_FULL = r"(mailbox|quota|inbox|storage).{0,40}(full|exceed|over)|(full|over).{0,20}(mailbox|quota)"
_LARGE = r"\b(message|mail)\b.{0,40}exceed|message size|too (big|large)"
_UNKNOWN = r"(user|recipient|mailbox|address).{0,40}(unknown|not found|not exist|n't exist)"
_UNKNOWN_TOO = r"(no such|unknown|invalid) (user|recipient|mailbox|address)|no mailbox"
_BLOCKED = r"spam|block(ed|list)|blacklist|reputation|policy|dmarc|\bspf\b|dkim|relay(ing)? denied"
_BY_WORDS = {
    _LATER: (
        (r"gr[ae]y-?list", Fate.DEFERRED_SLOW),
        (_FULL, Fate.MAILBOX_FULL),
    ),
    _NEVER: (
        (_LARGE, Fate.TOO_LARGE),
        (_FULL, Fate.MAILBOX_FULL),
        (_BLOCKED, Fate.POLICY),
        (_UNKNOWN, Fate.BAD_ADDRESS),
        (_UNKNOWN_TOO, Fate.BAD_ADDRESS),
    ),
}
# What a code means whose words say nothing either. Who knows no better blames ourselves.
_OTHERWISE = {550: Fate.BAD_ADDRESS, 552: Fate.MAILBOX_FULL}


def classify(reply: Reply) -> Fate:
    """Decide the fate of a letter that got `reply`. Every answer has one; none raises."""
    kind = reply.code // 100
    if kind == _DONE:
        return Fate.ACCEPTED
    if reply.enhanced is not None and reply.enhanced != _SAYS_NOTHING:
        subject = reply.enhanced.rpartition(".")[0]
        fate = _BY_ENHANCED_CODE.get(reply.enhanced) or _BY_ENHANCED_SUBJECT.get(subject)
        if fate is not None:
            return fate
    if reply.code in _BY_CODE:
        return _BY_CODE[reply.code]
    for words, fate in _BY_WORDS.get(kind, ()):
        if re.search(words, reply.text, re.IGNORECASE):
            return fate
    return _OTHERWISE.get(reply.code, Fate.POLICY if kind == _NEVER else Fate.DEFERRED)
