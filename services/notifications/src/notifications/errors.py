"""What can stand between a letter and its reader: a relay away, an answer lost, a bad address."""

from chassis.failures import Invalid


class KindUnknown(Invalid):
    """A mail was asked for that there are no words for: perhaps a newer release has them."""

    def __init__(self, kind: str) -> None:
        """Say which."""
        super().__init__(f"no mail is called {kind}", pointer="/kind", rule="unknown")


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


class AddressUnusable(Exception):
    """No relay can be given this address, so nothing was sent; only another address helps.

    The text says why and never repeats the address: it ends up in logs.
    """


class StoreAway(Exception):
    """What came back cannot be kept at the moment; who brought it should come again."""
