"""Who calls, as every door for HTTP lets them in: readers of documents, of several kinds."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Security

from chassis import web
from chassis.sessions import PERSON
from chassis.tokens import Caller, ScopeMissing, who_calls
from documents import reading
from documents.models import Document
from documents.reader import Reader

READ = "documents:read"
WRITE = "documents:write"
NEWEST = "documents:newest"
PARTS = "documents:parts"

Guest = Annotated[Caller, Security(who_calls, scopes=[NEWEST])]


def reader(caller: Annotated[Caller, Security(who_calls)]) -> Reader:
    """Return who reads: an issuer's machine or staff, a person, who looks as one, or a guest."""
    if caller.person is not None:
        return Reader(person_id=caller.person.person_id)
    if caller.viewing is not None:
        viewing = caller.viewing
        return Reader(viewing.issuer, person_id=viewing.person_id, only_looks=True)
    if caller.issuer is None and PARTS in caller.scopes:
        return Reader(is_of_ours=True)
    issuer = caller.working_for()
    if READ in caller.scopes:
        return Reader(issuer)
    if NEWEST in caller.scopes and caller.claims.get("customer_number"):
        return Reader(issuer, newest_of=str(caller.claims["customer_number"]))
    raise ScopeMissing(READ)


AnyReader = Annotated[Reader, Depends(reader)]


def browser(of: AnyReader) -> Reader:
    """Return who may read more than one document: neither a guest nor a service of ours."""
    if of.newest_of is not None or of.is_of_ours:
        raise ScopeMissing(READ)
    return of


Browser = Annotated[Reader, Depends(browser)]


async def _found(document_id: UUID, of: AnyReader, transactions: web.Transactions) -> Document:
    async with transactions() as session:
        return await reading.document(session, of, document_id)


Found = Annotated[Document, Depends(_found)]
"""The document that is asked for; no transaction is open any more."""


def looker(of: AnyReader) -> Reader:
    """Return a person, or who looks as one."""
    if of.person_id is None:
        raise ScopeMissing(PERSON)
    return of


Looker = Annotated[Reader, Depends(looker)]


def marker(of: Looker) -> UUID:
    """Return the person who may change what is theirs; who looks as one changes nothing."""
    if of.person_id is None or of.only_looks:
        raise ScopeMissing(PERSON)
    return of.person_id


Marker = Annotated[UUID, Depends(marker)]
