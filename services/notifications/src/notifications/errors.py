"""What can stand between a letter and its reader: a relay away, an answer lost, a bad address."""

from chassis.failures import Conflict, Invalid, NotFound


class KindUnknown(Invalid):
    """A mail was asked for that there are no words for: perhaps a newer release has them."""

    def __init__(self, kind: str) -> None:
        """Say which."""
        super().__init__(f"no mail is called {kind}", pointer="/kind", rule="unknown")


class ListOfNothing(Invalid):
    """Letters were asked for of nothing, or of two things at once."""

    def __init__(self) -> None:
        """Say of what they can be."""
        super().__init__(
            "say document_id or customer_number, one of them", pointer="/document_id", rule="one_of"
        )


class LetterUnknown(NotFound):
    """There is no such letter, or not for who asks."""

    def __init__(self) -> None:
        """Say no more: whose it is would be told."""
        super().__init__("there is no such letter", rule="letter_unknown")


class LetterUnderWay(Conflict):
    """A letter is still to be sent, or was sent a moment ago."""

    def __init__(self) -> None:
        """Say so."""
        super().__init__("this letter is under way", rule="letter_under_way")


class LetterWithdrawn(Conflict):
    """A letter is not sent at all, for its reader has no right to it."""

    def __init__(self) -> None:
        """Say so."""
        super().__init__("this letter's reader is not to be told", rule="letter_withdrawn")


class AddressStopped(Conflict):
    """No letter goes to an address any more, until it is another or was freed."""

    def __init__(self, fate: str) -> None:
        """Say for which fate."""
        super().__init__(f"its address is stopped: {fate}", rule="address_stopped")


class ResentOften(Conflict):
    """A letter was sent anew as often as one may be."""

    def __init__(self) -> None:
        """Say so."""
        super().__init__("this letter was sent anew too often", rule="resent_often")


class ProofMissing(Invalid):
    """A mail that proves a mailbox was asked for without its proof."""

    def __init__(self, kind: str) -> None:
        """Say of which kind."""
        super().__init__(f"a mail of kind {kind} needs a proof", pointer="/proof", rule="missing")


class RelayUnavailable(Exception):
    """No relay has the mail and none can have it: the line failed before the final dot.

    Trying again is safe.
    """


class AnswerLost(Exception):
    """The final dot was written and no answer came: the relay may have the mail or not.

    Trying again may send it twice; ask the relay first, or leave it unknown.
    """


class EvidenceUnavailable(Exception):
    """The relay cannot be asked about a mail at the moment; ask again later."""


class ArchiveAway(Exception):
    """A document's files cannot be had at the moment, so its letter waits; ask again later."""


class FileTooLarge(Exception):
    """A file is larger than a mail may hold."""


class AddressUnusable(Exception):
    """No relay can be given this address, so nothing was sent; only another address helps.

    The text says why and never repeats the address: it ends up in logs.
    """


class StoreAway(Exception):
    """What came back cannot be kept at the moment; who brought it should come again."""
