"""What a token may be for, and which service it is meant for."""

from collections.abc import Iterable

FOR_ISSUERS = frozenset(
    {"documents:read", "documents:write", "identity:read", "identity:write", "notifications:read"}
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

_AUDIENCES = {"links": "identity", "accounts": "identity"}


def audience_of(scopes: Iterable[str]) -> list[str]:
    """Return the services that tokens with these scopes are for."""
    owners = {scope.partition(":")[0] for scope in scopes}
    return sorted({_AUDIENCES.get(owner, owner) for owner in owners})
