"""The door to help: the articles, for whoever is signed in and for whoever is not; and votes."""

import secrets
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Request, Response

from portal import article, plain_text
from portal.article import Article
from portal.entering_service import SignedInPerson
from portal.errors import NothingHere, ServiceAway
from portal.gateways import Gateways
from portal.look import IssuerLook
from portal.posted import Sent
from portal.signed_in import Whoever
from portal.web import ISSUER, LOOKING, Held, HelpfulRoute, Visiting, go, keep, show, spoken

PATH = "/help"
_LONGEST_QUESTION = 100
_LONGEST_VOTER = 100
_VOTER = "__Host-voter"
_HELPFUL = {"yes": True, "no": False}
_A_YEAR = 365 * 86_400

router = APIRouter(route_class=HelpfulRoute, include_in_schema=False)


@router.api_route(PATH, methods=LOOKING)
async def articles(
    request: Request, held: Held, whoever: Whoever, question: str = "", issuer: str = ""
) -> Response:
    """List the articles, or those that answer a question."""
    language = spoken(request, whoever.spoken if whoever else None)
    asked = plain_text.plain(question)[:_LONGEST_QUESTION]
    found = article.answering(held.articles.of(language), asked)
    helped_by = await issuer_of(request, held, whoever, issuer)
    return show(
        request,
        "help.html",
        whoever,
        question=asked,
        articles=found,
        issuer=helped_by,
        by=by(whoever, helped_by),
    )


@router.api_route(PATH + "/{name}", methods=LOOKING)
async def one_article(
    name: str, request: Request, held: Held, whoever: Whoever, issuer: str = ""
) -> Response:
    """Show an article."""
    language = spoken(request, whoever.spoken if whoever else None)
    found = _article(held, language, name)
    helped_by = await issuer_of(request, held, whoever, issuer)
    return show(
        request,
        "article.html",
        whoever,
        read=found,
        votes=await held.help.votes(name, _voter(request, whoever)),
        issuer=helped_by,
        by=by(whoever, helped_by),
    )


@router.post(PATH + "/{name}/vote")
async def vote(
    name: str, request: Request, held: Held, whoever: Whoever, visitor: Visiting, sent: Sent
) -> Response:
    """Keep whether an article was useful to its reader, who may say so without signing in."""
    _article(held, "en", name)
    asked = f"?{urlencode({'issuer': sent['issuer'][:40]})}" if sent["issuer"] else ""
    answer = go(f"{PATH}/{name}{asked}#vote")
    helpful = _HELPFUL.get(sent["helpful"])
    if helpful is None:
        return answer
    voter = _voter(request, whoever) or secrets.token_urlsafe(16)
    await held.help.vote(name, voter, visitor.address, helpful=helpful)
    if isinstance(voter, str):
        keep(answer, _VOTER, voter, _A_YEAR)
    return answer


async def issuer_of(
    request: Request, held: Gateways, signed: SignedInPerson | None, asked: str
) -> IssuerLook | None:
    """Return whose readers are helped: one's own issuer, that asked for, or the last signed in at.

    None where that is not known, or cannot be had just now.
    """
    if signed:
        return signed.issuer
    name = asked or request.cookies.get(ISSUER, "")
    if not (name.isascii() and name.isalnum()):
        return None
    try:
        return await held.identity.issuer(name)
    except (NothingHere, ServiceAway):
        return None


def by(signed: SignedInPerson | None, issuer: IssuerLook | None) -> str:
    """Return what keeps a stranger's issuer in the addresses of the help."""
    return "" if signed or issuer is None else f"?{urlencode({'issuer': issuer.issuer})}"


def _article(held: Gateways, language: str, name: str) -> Article:
    found = held.articles.find(language, name)
    if found is None:
        raise NothingHere
    return found


def _voter(request: Request, signed: SignedInPerson | None) -> UUID | str | None:
    if signed:
        return signed.person_id
    return request.cookies.get(_VOTER, "")[:_LONGEST_VOTER] or None
