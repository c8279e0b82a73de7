"""What can stand between a letter and its reader: a relay away, an answer lost, a bad address."""


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
