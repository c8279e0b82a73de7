"""The faults a postbox can be told to have, so that a sender's worst days can be rehearsed."""

import re
from collections.abc import Callable
from itertools import chain
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic_core import PydanticCustomError

LONGEST_DELAY_MS = 3_600_000
_REPLY = re.compile(r"[45]\d\d [ -~]+")


def _compiles(expression: str) -> str:
    try:
        re.compile(expression)
    except re.error as error:
        raise PydanticCustomError(
            "regular_expression", "Not a regular expression: {why}", {"why": str(error)}
        ) from error
    return expression


def _refuses(reply: str) -> str:
    # One printable line: what is put here goes to the sender as it stands.
    if _REPLY.fullmatch(reply) is None:
        raise PydanticCustomError(
            "refusing_reply", "Must be one line that begins with 4xx or 5xx and says why"
        )
    return reply


Expression = Annotated[str, AfterValidator(_compiles)]
RefusingReply = Annotated[str, AfterValidator(_refuses)]
Probability = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]


class Faults(BaseModel):
    """One whole set of faults; what is left out is off. They are not kept over a restart."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    rcpt: dict[Expression, RefusingReply] = Field(
        default={}, description="Regular expression found in a recipient's address → reply to RCPT"
    )
    refuse: dict[RefusingReply, Probability] = Field(
        default={}, description="Reply to RCPT → chance that it is given, whoever the recipient is"
    )
    bounce: dict[Expression, RefusingReply] = Field(
        default={},
        description="Regular expression found in a recipient's address → what is reported back of "
        "a mail that was taken: 4xx as a delay, 5xx as a failure",
    )
    delay_ms: int = Field(
        default=0,
        ge=0,
        le=LONGEST_DELAY_MS,
        description="Pause in ms between storing a mail and the reply to its final dot",
    )
    drop_before_dot: Probability = Field(
        default=0.0, description="Chance that the line is cut inside the body; nothing is stored"
    )
    drop_after_dot: Probability = Field(
        default=0.0, description="Chance that a mail is stored and the line cut without a reply"
    )
    down: bool = Field(
        default=False, description="The SMTP port refuses connections, and open ones are cut"
    )

    @property
    def any_on(self) -> bool:
        """Whether a mail may fare otherwise than well."""
        return self != Faults()

    def reply_to(self, recipient: str, chance: Callable[[], float]) -> str | None:
        """Return the reply of the first rule that matches, or None if the recipient is fine.

        Where no rule matches, ``chance`` is asked for a number from 0 to 1 for each refusal that
        is only likely.
        """
        sure = (reply for rule, reply in self.rcpt.items() if re.search(rule, recipient))
        likely = (reply for reply, odds in self.refuse.items() if chance() < odds)
        return next(chain(sure, likely), None)

    def comes_back(self, recipient: str) -> str | None:
        """Return what is reported back of a mail to this recipient, or None if it arrives."""
        found = (reply for rule, reply in self.bounce.items() if re.search(rule, recipient))
        return next(found, None)
