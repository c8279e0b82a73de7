"""The door for the portal about help: what readers say of its articles (W-15)."""

from typing import Annotated
from uuid import UUID

from fastapi import Path, Security
from pydantic import BaseModel, IPvAnyAddress

from chassis import web
from chassis.tokens import Caller, who_calls
from identity import scopes, voters, voting
from identity.gateways import Gateways
from identity.starting import Opaque

router = web.router()

Portal = Annotated[Caller, Security(who_calls, scopes=[scopes.ACT])]
Held = Annotated[Gateways, web.Gateways]
Article = Annotated[str, Path(pattern=r"^[a-z][a-z0-9-]{0,99}$")]


class Person(BaseModel):
    """Somebody who is signed in."""

    person_id: UUID


class Browser(BaseModel):
    """Whatever a browser keeps of having voted before."""

    browser: Opaque


Voter = Person | Browser


class Asking(BaseModel):
    """Who looks at an article: None for who has never voted."""

    voter: Voter | None = None


class Vote(BaseModel):
    """What somebody says of an article; ``address`` is where from, for throttling alone."""

    voter: Voter
    helpful: bool
    address: IPvAnyAddress


class Votes(BaseModel):
    """How many found it useful, how many did not; and what the voter said."""

    yes: int
    no: int
    own: bool | None


@router.post("/v1/help-articles/{article}/look")
async def look(
    article: Article, asking: Asking, _portal: Portal, held: Held, session: web.Session
) -> Votes:
    """Tell what was said of an article."""
    names = _names(asking.voter, held) if asking.voter else []
    return Votes(**vars(await voting.look(session, article, names)))


@router.put("/v1/help-articles/{article}/vote")
async def vote(
    article: Article,
    said: Vote,
    _portal: Portal,
    held: Held,
    transactions: web.Transactions,
) -> Votes:
    """Say whether an article was useful; who said something before takes it back with that."""
    names = _names(said.voter, held)
    now = await voting.vote(transactions, article, names, said.address, helpful=said.helpful)
    return Votes(**vars(now))


def _names(voter: Voter, held: Gateways) -> list[bytes]:
    who = voter.person_id if isinstance(voter, Person) else voter.browser
    return voters.names_of(held.link_keys, who)
