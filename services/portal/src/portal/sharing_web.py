"""The door to sharing: the matrix of customer numbers and shared users, and each of these.

The matrix is one form. What it changes travels in the form while pages are turned, and is sent to
identity in one piece; the answer to that is the page itself, since the way back rides in it. To
send the same twice changes nothing more.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response

from portal import forms, matrix, plain_text, sharing, turning
from portal.customer_numbers import CustomerNumber, Switches
from portal.errors import NothingHere, Refused
from portal.forms import Form, Trouble
from portal.matrix import MOST_CHANGES, Change, Garbled
from portal.posted import Posted, Sent
from portal.sharing import Stale
from portal.sharing_service import Wanted
from portal.signed_in import SignedIn
from portal.turning import BEGINNING, Place
from portal.web import LOOKING, Held, HelpfulRoute, done, go, show
from portal.words import LANGUAGES

PATH = "/shared-users"
_ONE = PATH + "/{person_id}"
_LONGEST_SEARCH = 100
_ALL = Switches(portal=True, mail=True)

router = APIRouter(route_class=HelpfulRoute, include_in_schema=False)


@dataclass(frozen=True)
class View:
    """Which part of the matrix is looked at, and where it stands: its address."""

    search: str = ""
    gaps: bool = False
    place: Place = BEGINNING
    column: Place = BEGINNING
    person: UUID | None = None

    @property
    def wanted(self) -> Wanted:
        """Return what to ask for."""
        return Wanted(
            search=self.search,
            gaps=self.gaps,
            person=self.person,
            cursor=self.place.cursor,
            people_cursor=self.column.cursor,
        )

    @property
    def path(self) -> str:
        """Return where the form is sent."""
        return f"{PATH}/{self.person}" if self.person else PATH

    @property
    def address(self) -> str:
        """Return the address of just this part."""
        asked = {"search": self.search, "gaps": "yes" if self.gaps else ""}
        return turning.address(self.path, asked, self.place, self.column)

    def turned(self, act: str, sent: Posted) -> "View":
        """Return the view that a button of the form leads to."""
        if act == "previous":
            return replace(self, place=self.place.back())
        if act == "column_previous":
            return replace(self, column=self.column.back())
        if act == "next" and sent["next"]:
            return replace(self, place=self.place.on(sent["next"]))
        if act == "column_next" and sent["column_next"]:
            return replace(self, column=self.column.on(sent["column_next"]))
        if act == "search":
            return replace(self, place=BEGINNING)
        return self


def _looked_at(
    search: str = "",
    gaps: str = "",
    cursors: Annotated[list[str] | None, Query(alias="cursor")] = None,
    columns: Annotated[list[str] | None, Query(alias="column")] = None,
) -> View:
    return View(
        plain_text.plain(search)[:_LONGEST_SEARCH],
        bool(gaps),
        Place.read(cursors or []),
        Place.read(columns or []),
    )


LookedAt = Annotated[View, Depends(_looked_at)]


@router.api_route(PATH, methods=LOOKING)
async def matrix_page(request: Request, held: Held, signed: SignedIn, view: LookedAt) -> Response:
    """Show who sees which customer number."""
    return await _shown(request, held, signed, view, [])


@router.post(PATH)
async def change_matrix(request: Request, held: Held, signed: SignedIn, sent: Sent) -> Response:
    """Do what a button of the matrix says, and keep what is not saved."""
    return await _act(request, held, signed, sent, None)


@router.api_route(PATH + "/add", methods=LOOKING)
async def adding(request: Request, held: Held, signed: SignedIn) -> Response:
    """Ask with whom to share."""
    return await _ask_whom(request, held, signed, Form(), Posted([]))


@router.post(PATH + "/add")
async def add(request: Request, held: Held, signed: SignedIn, sent: Sent) -> Response:
    """Share with somebody new."""
    troubles = _troubles(sent, signed.email)
    if troubles:
        return await _ask_whom(request, held, signed, Form(sent.values, troubles), sent)
    token = signed.tokens["identity"]
    try:
        grants = await _grants(held, token, sent)
        person = await sharing.add(
            held.sharing, token, _described(sent), grants, _switches(sent, "future")
        )
    except Refused as refused:
        form = forms.refused(sent.values, refused)
        return await _ask_whom(request, held, signed, form, sent)
    return done(f"{PATH}/{person.person_id}", "added", name=person.name, email=person.email)


@router.api_route(_ONE, methods=LOOKING)
async def person_page(
    person_id: UUID, request: Request, held: Held, signed: SignedIn, view: LookedAt
) -> Response:
    """Show what somebody sees, and what is known about them."""
    return await _shown(request, held, signed, replace(view, person=person_id), [])


@router.post(_ONE)
async def change_person(
    person_id: UUID, request: Request, held: Held, signed: SignedIn, sent: Sent
) -> Response:
    """Do what a button of somebody's column says."""
    return await _act(request, held, signed, sent, person_id)


@router.post(_ONE + "/future")
async def share_future(person_id: UUID, held: Held, signed: SignedIn, sent: Sent) -> Response:
    """Share, or not, the customer numbers that are yet to come."""
    future = _switches(sent, "future")
    told = {"future": future.model_dump() if future else None}
    person = await held.sharing.change(signed.tokens["identity"], person_id, told)
    word = "future_on" if future else "future_off"
    return done(f"{PATH}/{person_id}", word, name=person.name)


@router.post(_ONE + "/details")
async def describe(
    person_id: UUID, request: Request, held: Held, signed: SignedIn, sent: Sent
) -> Response:
    """Change the name and language of somebody who has no account yet."""
    view = View(person=person_id)
    troubles = _without_name(sent)
    if troubles:
        form = Form(sent.values, troubles)
        return await _shown(request, held, signed, view, [], form=form)
    told = {key: each for key, each in _described(sent).items() if key != "email" and each}
    try:
        await held.sharing.change(signed.tokens["identity"], person_id, told)
    except Refused as refused:
        form = forms.refused(sent.values, refused)
        return await _shown(request, held, signed, view, [], form=form)
    return done(f"{PATH}/{person_id}", "their_details")


@router.post(_ONE + "/invite")
async def invite(person_id: UUID, request: Request, held: Held, signed: SignedIn) -> Response:
    """Send somebody the invitation again."""
    token = signed.tokens["identity"]
    person = await held.sharing.person(token, person_id)
    try:
        await held.sharing.invite(token, person_id)
    except Refused as refused:
        form = forms.refused({}, refused)
        return await _shown(request, held, signed, View(person=person_id), [], form=form)
    return done(f"{PATH}/{person_id}", "invited", email=person.email)


@router.api_route(_ONE + "/remove", methods=LOOKING)
async def removing(person_id: UUID, request: Request, held: Held, signed: SignedIn) -> Response:
    """Say what removing somebody means, before it is done."""
    try:
        person = await held.sharing.person(signed.tokens["identity"], person_id)
    except NothingHere:
        return go(PATH)
    return show(request, "remove.html", signed, person=person)


@router.post(_ONE + "/remove")
async def remove(person_id: UUID, request: Request, held: Held, signed: SignedIn) -> Response:
    """Share nothing with somebody any more, and offer the way back."""
    token = signed.tokens["identity"]
    try:
        person = await held.sharing.person(token, person_id)
        grants = await held.sharing.grants(token, person_id)
        await held.sharing.remove(token, person_id)
    except NothingHere:
        return go(PATH)
    return show(request, "removed.html", signed, person=person, grants=grants, state=matrix.state)


async def _shown(
    request: Request,
    held: Held,
    signed: SignedIn,
    view: View,
    pending: Sequence[Change],
    **facts: Any,
) -> Response:
    """Answer with the matrix or with one person's column of it."""
    token = signed.tokens["identity"]
    seen = await sharing.see(held.sharing, token, view.wanted, pending)
    given = {"person": seen.page.people[0]} if view.person else {}
    page = "person.html" if view.person else "sharing.html"
    told = {"outcome": None, "back": []} | given | facts
    return show(request, page, signed, seen=seen, view=view, most=MOST_CHANGES, **told)


async def _act(
    request: Request, held: Held, signed: SignedIn, sent: Posted, person: UUID | None
) -> Response:
    token = signed.tokens["identity"]
    view = View(
        plain_text.plain(sent["search"])[:_LONGEST_SEARCH],
        bool(sent["gaps"]),
        Place.read(sent.all("cursor")),
        Place.read(sent.all("column")),
        person,
    )
    act, _, of = sent["go"].partition(":")
    try:
        pending = matrix.read(sent.fields)
        undone = [each.undone for each in matrix.written_in(sent.all("done"))]
        if act == "save":
            return await _save(request, held, signed, view, pending)
        if act == "undo":
            await sharing.save(held.sharing, token, undone)
            return await _shown(request, held, signed, view, [], outcome="undone")
        if act == "like":
            number, _, model = of.partition(":")
            more = await sharing.like(held.sharing, token, number, model)
            view = View(search=number)
            pending = matrix.merged(pending, more)
        elif act in {"all_on", "all_off"}:
            now = _ALL if act == "all_on" else Switches()
            more = await sharing.tick(held.sharing, token, view.wanted, _identifier(of), now)
            pending = matrix.merged(pending, more)
        else:
            view = view.turned(act or "search", sent)
            if not pending:
                return go(view.address)
    except Stale:
        return await _shown(
            request, held, signed, view, [], outcome="changed_meanwhile", status=409
        )
    except Garbled as garbled:
        raise NothingHere from garbled
    return await _shown(request, held, signed, view, pending)


async def _save(
    request: Request, held: Held, signed: SignedIn, view: View, changes: Sequence[Change]
) -> Response:
    if not changes:
        return await _shown(request, held, signed, view, [], outcome="nothing_changed")
    if len(changes) > MOST_CHANGES:
        outcome = "too_many_changes"
        return await _shown(request, held, signed, view, changes, outcome=outcome, status=422)
    await sharing.save(held.sharing, signed.tokens["identity"], changes)
    return await _shown(request, held, signed, view, [], outcome="saved", back=changes)


async def _ask_whom(
    request: Request, held: Held, signed: SignedIn, form: Form, sent: Posted
) -> Response:
    return show(
        request,
        "adding.html",
        signed,
        form=form,
        numbers=await _mine(held, signed.tokens["identity"]),
        chosen=set(sent.all("number")),
        sent=bool(sent.fields),
    )


async def _mine(held: Held, token: str) -> list[CustomerNumber]:
    return [each for each in await held.sharing.all_numbers(token) if each.is_mine]


async def _grants(held: Held, token: str, sent: Posted) -> dict[str, Switches]:
    """Return what is to be shared: as it was before, or the same of each number."""
    before = sent.all("grant")
    if before:
        pairs = (each.partition(":") for each in before)
        return {number: matrix.switches(state) for state, _, number in pairs}
    chosen = _switches(sent, "get") or Switches()
    if sent["which"] == "all":
        return {each.customer_number: chosen for each in await _mine(held, token)}
    return dict.fromkeys(sent.all("number"), chosen)


def _troubles(sent: Posted, own: str) -> list[Trouble]:
    troubles = forms.empty(sent.values, "email")
    if sent["email"].strip().casefold() == own.casefold():
        troubles.append(Trouble("email", "rule_is_main_contact"))
    troubles += _without_name(sent)
    if sent.all("grant"):
        return troubles
    if not _switches(sent, "get"):
        troubles.append(Trouble("get_portal", "empty_get"))
    if sent["which"] != "all" and not sent.all("number"):
        troubles.append(Trouble("which", "empty_number"))
    return troubles


def _without_name(sent: Posted) -> list[Trouble]:
    return [
        Trouble(name, f"empty_their_{name}")
        for name in ("first_name", "last_name")
        if not sent[name].strip()
    ]


def _described(sent: Posted) -> dict[str, str | None]:
    language = sent["language"]
    return {
        "email": sent["email"].strip(),
        "first_name": plain_text.plain(sent["first_name"]),
        "last_name": plain_text.plain(sent["last_name"]),
        "language": language if language in LANGUAGES else None,
    }


def _switches(sent: Posted, name: str) -> Switches | None:
    """Return two boxes of a form; None where neither is ticked."""
    found = Switches(portal=bool(sent[f"{name}_portal"]), mail=bool(sent[f"{name}_mail"]))
    return found if found.portal or found.mail else None


def _identifier(written: str) -> UUID:
    try:
        return UUID(written)
    except ValueError as error:
        raise Garbled from error
