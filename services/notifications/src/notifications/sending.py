"""Hand a letter to the relay once; between the body and its final dot it is marked.

What goes with it is had from the archive first; while that is away the letter waits. A letter
that was marked and never settled may have been sent: then the relay is asked, and only what it does
not have is sent again.
"""

from chassis.identifiers import now
from chassis.working import Mark
from notifications.attachments import LEFT_OUT, NOTHING, WithIt
from notifications.composing import Letterpress, message_id
from notifications.composing_to_people import PersonalPress, ToPerson
from notifications.enclosing import Enclosures
from notifications.errors import (
    AddressUnusable,
    AnswerLost,
    ArchiveAway,
    EvidenceUnavailable,
    RelayUnavailable,
)
from notifications.evidence import Evidence
from notifications.in_hand import (
    Absent,
    Answered,
    Awaiting,
    Claimed,
    Held,
    Lost,
    Outcome,
    Patience,
)
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
    enclosures: Enclosures | None,
    evidence: Evidence | None,
    return_paths: ReturnPaths | None,
    patience: Patience,
) -> Outcome:
    """Hand a letter to the relay; one that it may have already is only asked about."""
    if claimed.marked:
        return await _ask(claimed, evidence, patience)

    async def hand_over(with_it: WithIt) -> Outcome:
        facts = claimed.facts
        if isinstance(facts, ToPerson):
            pieces: tuple[bytes, ...] = (personal_press.compose(facts, now()),)
        else:
            pieces = press.pieces(facts, now(), with_it)
        sender = return_paths.of(claimed.letter_id) if return_paths else facts.sender
        envelope = Envelope(sender, facts.recipient, pieces[0], pieces[1:])
        reply = await mailer.submit(envelope, before_dot=mark)
        return Answered(classify(reply), f"{reply.code} {reply.text}"[:400], with_it.note)

    async def send() -> Outcome:
        if claimed.enclose is None or enclosures is None:
            return await hand_over(LEFT_OUT if claimed.too_large else NOTHING)
        async with enclosures.of(claimed.enclose) as with_it:
            return await hand_over(with_it)

    try:
        return await send()
    except ArchiveAway as away:
        return Awaiting(str(away))
    except AddressUnusable as unusable:
        return Answered(Fate.BAD_ADDRESS, str(unusable))
    except RelayUnavailable as away:
        return Answered(Fate.DEFERRED, f"the relay cannot be reached: {away}")
    except AnswerLost as lost:
        return Lost(f"the relay's answer was lost: {lost}")


async def _ask(claimed: Claimed, evidence: Evidence | None, patience: Patience) -> Outcome:
    if evidence is None:
        reason = "the relay's answer was lost, and it cannot be asked"
        return Absent(reason) if patience.resend_unknown else Held(reason)
    try:
        found = await evidence.has(_message_id(claimed))
    except EvidenceUnavailable as away:
        return Lost(f"the relay cannot be asked yet: {away}")
    if found:
        return Answered(Fate.ACCEPTED, "the relay has it, though its answer was lost")
    return Absent("the relay does not have it")


def _message_id(claimed: Claimed) -> str:
    facts = claimed.facts
    resent = 0 if isinstance(facts, ToPerson) else facts.resent
    return message_id(claimed.letter_id, facts.sender, resent)
