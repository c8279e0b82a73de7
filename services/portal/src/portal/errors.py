"""What can stand between a visitor and a page."""


class NothingHere(Exception):
    """A link opens nothing, or nothing any more; nobody learns which."""


class ServiceAway(Exception):
    """A service the page needs does not answer."""

    def __init__(self, service: str) -> None:
        """Name it."""
        super().__init__(service)
        self.service = service
