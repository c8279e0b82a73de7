"""What a token may be for, and which service it is meant for."""

from collections.abc import Iterable

from chassis.sessions import DESK

FOR_ISSUERS = frozenset(
    {
        "documents:archive",
        "documents:read",
        "documents:write",
        "identity:read",
        "identity:write",
        "notifications:read",
        "notifications:write",
    }
)
"""What a machine of an issuer may ask for."""

ACT = "accounts:act"
"""What the portal's own client is for, beside opening links: the ways into accounts."""

FOR_SERVICES = frozenset({"links:open", "documents:parts", ACT})
"""What one of our own services may ask for."""

NEWEST = "documents:newest"
"""What a guest's token is for: the newest document of one customer number."""

ME = "me"
"""What a person's token is for: what is theirs."""

AT_WORK = {
    "identity": frozenset({DESK}),
    "documents": frozenset({DESK, "documents:read"}),
    "notifications": frozenset({DESK, "notifications:read", "notifications:write"}),
}
"""What the token of somebody at work is for, at each service. At identity only what the desk does,
which is written down."""

FOR_ADMINS = {"documents": frozenset({"documents:archive"})}
"""What it is for beside that, where they decide for others too."""

_AUDIENCES = {"links": "identity", "accounts": "identity"}


def at_work(audience: str, *, admin: bool) -> frozenset[str]:
    """Return what the token of somebody at work is for at a service."""
    return AT_WORK[audience] | (FOR_ADMINS.get(audience, frozenset()) if admin else frozenset())


def audience_of(scopes: Iterable[str]) -> list[str]:
    """Return the services that tokens with these scopes are for."""
    owners = {scope.partition(":")[0] for scope in scopes}
    return sorted({_AUDIENCES.get(owner, owner) for owner in owners})
