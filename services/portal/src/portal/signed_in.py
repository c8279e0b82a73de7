"""Who is signed in: the cookie is resolved at identity for each request, so an end ends at once."""

from datetime import UTC, datetime, timedelta
from typing import Annotated

from fastapi import Depends, Request

from portal.entering_service import EnteringService, SignedInPerson
from portal.errors import (
    NothingHere,
    NotSignedIn,
    ProofNeeded,
    Refused,
    SecondFactorMissing,
    ServiceAway,
    TooOften,
)
from portal.gateways import Gateways
from portal.web import LOOKING, SESSION

_LATELY = timedelta(minutes=5)
# A form is filled in after its page was shown.
_TO_FILL_IN = timedelta(minutes=2)


class _Resolving:
    """Resolves the cookie, with a token for each of these services.

    ``framed``: for a page with the menu, which says how much is unread. ``desk``: for staff at
    work alone.
    """

    def __init__(
        self,
        *audiences: str,
        whatever_must: bool = False,
        framed: bool = True,
        desk: bool = False,
    ) -> None:
        self._audiences = audiences
        self._whatever_must = whatever_must
        self._framed = framed
        self._desk = desk

    async def __call__(self, request: Request) -> SignedInPerson:
        """Return who is signed in. Raises ``NotSignedIn``, ``SecondFactorMissing``."""
        cookie = request.cookies.get(SESSION)
        if not cookie:
            raise NotSignedIn
        held: Gateways = request.app.state.gateways
        framed = self._framed and request.method in LOOKING
        audiences = dict.fromkeys((*self._audiences, *(["documents"] if framed else [])))
        signed = await _resolved(held.entering, cookie, tuple(audiences), desk=self._desk)
        if signed.must and not self._whatever_must:
            raise SecondFactorMissing
        if self._desk and not signed.desk_tokens:
            raise NothingHere
        return await _with_unread(held, signed) if framed and not signed.must else signed


async def _resolved(
    entering: EnteringService, cookie: str, audiences: tuple[str, ...], *, desk: bool
) -> SignedInPerson:
    try:
        return await entering.resolve(cookie, audiences, desk=desk)
    except NothingHere as ended:
        raise NotSignedIn from ended


async def _with_unread(held: Gateways, signed: SignedInPerson) -> SignedInPerson:
    """Return who is signed in with how much they have not read; a page can do without."""
    try:
        unread = await held.readership.unread(signed.tokens["documents"])
    except (NothingHere, Refused, ServiceAway, TooOften):
        return signed
    return signed.model_copy(update={"unread": unread})


SignedIn = Annotated[SignedInPerson, Depends(_Resolving("identity"))]
"""For pages about the account and about sharing: ``signed.tokens["identity"]``."""

SignedInReader = Annotated[SignedInPerson, Depends(_Resolving("identity", "documents"))]
"""For pages with documents: ``signed.tokens["documents"]`` too."""

SignedInTaker = Annotated[SignedInPerson, Depends(_Resolving("documents", framed=False))]
"""For files of documents: ``signed.tokens["documents"]`` alone."""

AtWork = Annotated[SignedInPerson, Depends(_Resolving("identity", desk=True))]
"""For the desk: ``signed.desk_tokens``; for everybody but staff it is not there."""

SignedInForExport = Annotated[SignedInPerson, Depends(_Resolving("identity", "notifications"))]
"""For all that is kept of a person, by every service that keeps something."""

SignedInToEnrol = Annotated[SignedInPerson, Depends(_Resolving("identity", whatever_must=True))]
"""For the pages where a second factor is set up: also for who may do nothing else yet."""


SignedInForMails = Annotated[
    SignedInPerson, Depends(_Resolving("identity", "notifications", framed=False))
]
"""For what is done with one's own mails."""


async def whoever(request: Request) -> SignedInPerson | None:
    """Return who is signed in, or None."""
    try:
        return await _Resolving("identity", whatever_must=True)(request)
    except NotSignedIn:
        return None


Whoever = Annotated[SignedInPerson | None, Depends(whoever)]
"""For pages that are for everybody."""


async def whoever_with_mails(request: Request) -> SignedInPerson | None:
    """Return who is signed in, with a token for their own mails, or None."""
    try:
        return await _Resolving("identity", "notifications", whatever_must=True)(request)
    except NotSignedIn:
        return None


WhoeverWithMails = Annotated[SignedInPerson | None, Depends(whoever_with_mails)]
"""For the page for everybody that looks at one's own mails."""


def must_have_proved(signed: SignedInPerson) -> None:
    """Have a person prove anew who it is, before a form is shown that asks for it.

    Raises ``ProofNeeded``.
    """
    if datetime.now(UTC) - signed.proved_at > _LATELY - _TO_FILL_IN:
        raise ProofNeeded
