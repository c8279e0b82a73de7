"""The door to help: the articles, for whoever is signed in and for whoever is not."""

from fastapi import APIRouter, Request, Response

from portal import article, plain_text
from portal.errors import NothingHere
from portal.signed_in import Whoever
from portal.web import LOOKING, Held, HelpfulRoute, show, spoken

PATH = "/help"
_LONGEST_QUESTION = 100

router = APIRouter(route_class=HelpfulRoute, include_in_schema=False)


@router.api_route(PATH, methods=LOOKING)
async def articles(request: Request, held: Held, whoever: Whoever, question: str = "") -> Response:
    """List the articles, or those that answer a question."""
    language = spoken(request, whoever.spoken if whoever else None)
    asked = plain_text.plain(question)[:_LONGEST_QUESTION]
    found = article.answering(held.articles.of(language), asked)
    return show(request, "help.html", whoever, question=asked, articles=found)


@router.api_route(PATH + "/{name}", methods=LOOKING)
async def one_article(name: str, request: Request, held: Held, whoever: Whoever) -> Response:
    """Show an article."""
    language = spoken(request, whoever.spoken if whoever else None)
    found = held.articles.find(language, name)
    if found is None:
        raise NothingHere
    return show(request, "article.html", whoever, read=found)
