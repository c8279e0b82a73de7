"""Who is signed in: the cookie is resolved at identity for each request, so an end ends at once."""

from datetime import UTC, datetime, timedelta
from typing import Annotated

from fastapi import Depends, Request

from portal.entering_service import EnteringService, SignedInPerson
from portal.errors import NothingHere, NotSignedIn, ProofNeeded, SecondFactorMissing
from portal.web import SESSION

_LATELY = timedelta(minutes=5)
# A form is filled in after its page was shown.
_TO_FILL_IN = timedelta(minutes=2)


class _Resolving:
    """Resolves the cookie, with a token for each of these services."""

    def __init__(self, *audiences: str, whatever_must: bool = False) -> None:
        self._audiences = audiences
        self._whatever_must = whatever_must

    async def __call__(self, request: Request) -> SignedInPerson:
        """Return who is signed in. Raises ``NotSignedIn``, ``SecondFactorMissing``."""
        cookie = request.cookies.get(SESSION)
        if not cookie:
            raise NotSignedIn
        try:
            entering: EnteringService = request.app.state.gateways.entering
            signed = await entering.resolve(cookie, self._audiences)
        except NothingHere as ended:
            raise NotSignedIn from ended
        if signed.must and not self._whatever_must:
            raise SecondFactorMissing
        return signed


SignedIn = Annotated[SignedInPerson, Depends(_Resolving("identity"))]
"""For pages about the account and about sharing: ``signed.tokens["identity"]``."""

SignedInReader = Annotated[SignedInPerson, Depends(_Resolving("identity", "documents"))]
"""For pages with documents: ``signed.tokens["documents"]`` too."""

SignedInForExport = Annotated[SignedInPerson, Depends(_Resolving("identity", "notifications"))]
"""For all that is kept of a person, by every service that keeps something."""

SignedInToEnrol = Annotated[SignedInPerson, Depends(_Resolving("identity", whatever_must=True))]
"""For the pages where a second factor is set up: also for who may do nothing else yet."""


async def whoever(request: Request) -> SignedInPerson | None:
    """Return who is signed in, or None."""
    try:
        return await _Resolving("identity", whatever_must=True)(request)
    except NotSignedIn:
        return None


Whoever = Annotated[SignedInPerson | None, Depends(whoever)]
"""For pages that are for everybody."""


def must_have_proved(signed: SignedInPerson) -> None:
    """Have a person prove anew who it is, before a form is shown that asks for it.

    Raises ``ProofNeeded``.
    """
    if datetime.now(UTC) - signed.proved_at > _LATELY - _TO_FILL_IN:
        raise ProofNeeded
