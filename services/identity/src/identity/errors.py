"""What identity refuses, and why."""

from chassis.failures import Conflict, Invalid, NotFound


class IssuerUnknown(NotFound):
    """No such issuer was admitted."""

    def __init__(self, issuer: str) -> None:
        """Name it."""
        super().__init__(f"no issuer is called {issuer}", rule="issuer_unknown")


class CustomerOfAnotherIssuer(Invalid):
    """A customer number carries another issuer's prefix."""

    def __init__(self, customer_number: str, prefix: str) -> None:
        """Say which prefix it should be."""
        super().__init__(
            f"{customer_number} is not yours: your customer numbers begin with {prefix}-",
            pointer="/customer_number",
            rule="issuer_prefix",
        )


class CustomerNumberUnknown(NotFound):
    """There is no such customer number, or it is another issuer's."""

    def __init__(self, customer_number: str) -> None:
        """Name it."""
        super().__init__(
            f"no customer number {customer_number} is known here", rule="customer_number_unknown"
        )


class SharedUserUnknown(NotFound):
    """The customer number is not shared with that address."""

    def __init__(self) -> None:
        """Say so."""
        super().__init__("it is not shared with that address", rule="shared_user_unknown")


class IsTheMainContact(Conflict):
    """The main contact sees everything already."""

    def __init__(self) -> None:
        """Say so."""
        super().__init__(
            "that address is the main contact's, who sees everything already",
            rule="is_main_contact",
        )


class AddressUnusable(Invalid):
    """No mail can be sent to such an address."""

    def __init__(self, pointer: str, detail: str) -> None:
        """Say what is wrong with it."""
        super().__init__(detail, pointer=pointer, rule="email")


class LinkUnknown(NotFound):
    """A link opens nothing: forged, expired or revoked, and nobody learns which."""

    def __init__(self) -> None:
        """Say so."""
        super().__init__("this link opens nothing", rule="link_unknown")
