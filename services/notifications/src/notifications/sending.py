"""Hand a letter to the relay once; between the body and its final dot it is marked.

A letter that was marked and never settled may have been sent: then the relay is asked, and only
what it does not have is sent again.
"""

from chassis.identifiers import now
from chassis.working import Mark
from notifications.composing import Letterpress, message_id
from notifications.composing_to_people import PersonalPress, ToPerson
from notifications.errors import (
    AddressUnusable,
    AnswerLost,
    EvidenceUnavailable,
    RelayUnavailable,
)
from notifications.evidence import Evidence
from notifications.in_hand import Absent, Answered, Claimed, Held, Lost, Outcome, Patience
from notifications.mailer import Envelope, Mailer
from notifications.replies import Fate, classify
from notifications.return_path import ReturnPaths


async def act(
    claimed: Claimed,
    mark: Mark,
    *,
    press: Letterpress,
    personal_press: PersonalPress,
    mailer: Mailer,
    evidence: Evidence | None,
    return_paths: ReturnPaths | None,
    patience: Patience,
) -> Outcome:
    """Hand a letter to the relay; one that it may have already is only asked about."""
    if claimed.marked:
        return await _ask(claimed, evidence, patience)
    facts = claimed.facts
    try:
        if isinstance(facts, ToPerson):
            content = personal_press.compose(facts, now())
        else:
            content = press.compose(facts, now())
        sender = return_paths.of(claimed.letter_id) if return_paths else facts.sender
        envelope = Envelope(sender, facts.recipient, content)
        reply = await mailer.submit(envelope, before_dot=mark)
    except AddressUnusable as unusable:
        return Answered(Fate.BAD_ADDRESS, str(unusable))
    except RelayUnavailable as away:
        return Answered(Fate.DEFERRED, f"the relay cannot be reached: {away}")
    except AnswerLost as lost:
        return Lost(f"the relay's answer was lost: {lost}")
    return Answered(classify(reply), f"{reply.code} {reply.text}"[:400])


async def _ask(claimed: Claimed, evidence: Evidence | None, patience: Patience) -> Outcome:
    if evidence is None:
        reason = "the relay's answer was lost, and it cannot be asked"
        return Absent(reason) if patience.resend_unknown else Held(reason)
    try:
        found = await evidence.has(message_id(claimed.letter_id, claimed.facts.sender))
    except EvidenceUnavailable as away:
        return Lost(f"the relay cannot be asked yet: {away}")
    if found:
        return Answered(Fate.ACCEPTED, "the relay has it, though its answer was lost")
    return Absent("the relay does not have it")
