"""The door for HTTP to what judges say of a document: advice, which keeps nothing out."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel

from chassis import web
from documents import reading, study_queries
from documents.callers import AnyReader
from documents.verdicts import Verdict

router = web.router()


class BrokenRule(BaseModel):
    """A rule that an XML breaks, and where; one that is not fatal makes no judge say no."""

    rule: str
    text: str
    where: str
    fatal: bool


class JudgesVerdict(BaseModel):
    """What one judge said of one file, by the rules of that day.

    ``judge`` is ``xsd`` or ``en16931``; ``passed`` is null where it could not say: the file is too
    long or too hard.
    """

    file_sha256: str
    judge: str
    rules_version: str
    judged_at: datetime
    passed: bool | None
    problems: list[BrokenRule]


class Verdicts(BaseModel):
    """What judges said of a document: nothing yet, or nothing ever where it has no XML of ours."""

    items: list[JudgesVerdict]


@router.get("/v1/documents/{document_id}/verdicts")
async def verdicts(document_id: UUID, of: AnyReader, session: web.Session) -> Verdicts:
    """Return what judges said of the XML of a document."""
    found = await reading.document(session, of, document_id)
    said = await study_queries.verdicts(session, found.id)
    return Verdicts(items=[_shown(each) for each in said])


def _shown(verdict: Verdict) -> JudgesVerdict:
    return JudgesVerdict(
        file_sha256=verdict.file_sha256,
        judge=verdict.judge,
        rules_version=verdict.rules_version,
        judged_at=verdict.judged_at,
        passed=verdict.passed,
        problems=[BrokenRule.model_validate(each) for each in verdict.problems],
    )
