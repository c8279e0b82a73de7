"""What can stand between a visitor and a page."""

from collections.abc import Sequence

from contracts.refusal import Problem


class NothingHere(Exception):
    """A link opens nothing, or nothing any more; nobody learns which."""


class ServiceAway(Exception):
    """A service the page needs does not answer."""

    def __init__(self, service: str) -> None:
        """Name it."""
        super().__init__(service)
        self.service = service


class NotSignedIn(Exception):
    """The page is for who is signed in."""


class HasAccount(Exception):
    """A mail's link is of someone who has an account: it shows nothing without signing in."""

    def __init__(self, issuer: str) -> None:
        """Name the issuer by whose door one enters."""
        super().__init__(issuer)
        self.issuer = issuer


class SecondFactorMissing(Exception):
    """Who is signed in may do nothing before there is a second factor."""


class ProofNeeded(Exception):
    """Who is signed in must prove anew who it is, for what was asked."""


class NotAllowed(Exception):
    """Who is signed in may not do what was asked."""


class FromElsewhere(Exception):
    """Another site sent this browser to do something here."""


class TooLarge(Exception):
    """More was sent than any form of ours holds."""


class TooOften(Exception):
    """It was asked too often."""

    def __init__(self, seconds: int) -> None:
        """Say after how many seconds it may be asked again."""
        super().__init__(seconds)
        self.seconds = seconds


class Refused(Exception):
    """A service did not do what was asked, and says what is wrong with it."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        """Keep what is wrong."""
        super().__init__(", ".join(f"{each.pointer} {each.rule}" for each in problems))
        self.problems = tuple(problems)

    def says(self, *rules: str) -> bool:
        """Tell whether one of these rules is what stands in the way."""
        return any(each.rule in rules for each in self.problems)
