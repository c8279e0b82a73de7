"""What each answer of a relay means: every row of the table, and any answer at all."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications.replies import Fate, Reply, classify

ROWS = [
    (250, "2.0.0 queued as 4F1", Fate.ACCEPTED),
    (250, "5.1.1 a code of another class says nothing", Fate.ACCEPTED),
    (251, "user not local; will forward", Fate.ACCEPTED),
    (421, "4.3.2 closing", Fate.DEFERRED),
    (421, "too busy", Fate.DEFERRED),
    (451, "4.3.0 try later", Fate.DEFERRED),
    (452, "4.3.1 insufficient system storage", Fate.DEFERRED),
    (450, "4.4.3 name service error", Fate.DEFERRED),
    (450, "4.1.1 unverified address", Fate.DEFERRED),
    (451, "local error in processing", Fate.DEFERRED),
    (450, "4.7.1 try again later", Fate.DEFERRED_SLOW),
    (421, "4.7.0 unusual rate of mail", Fate.DEFERRED_SLOW),
    (450, "4.2.0 Greylisted, see the help page", Fate.DEFERRED_SLOW),
    (451, "grey-listed for 300 seconds", Fate.DEFERRED_SLOW),
    (452, "4.2.2 over quota", Fate.MAILBOX_FULL),
    (552, "5.2.2 mailbox full", Fate.MAILBOX_FULL),
    (452, "mailbox is full", Fate.MAILBOX_FULL),
    (552, "requested mail action aborted", Fate.MAILBOX_FULL),
    (552, "mailbox size exceeds its quota", Fate.MAILBOX_FULL),
    (550, "5.1.1 user unknown", Fate.BAD_ADDRESS),
    (550, "5.1.2 no such domain", Fate.BAD_ADDRESS),
    (553, "5.1.3 bad syntax", Fate.BAD_ADDRESS),
    (556, "5.1.10 null MX", Fate.BAD_ADDRESS),
    (550, "5.4.4 unable to route", Fate.BAD_ADDRESS),
    (550, "5.4.7 delivery time expired", Fate.DEFERRED),
    (553, "5.6.7 address beyond ASCII", Fate.BAD_ADDRESS),
    (550, "5.5.0 requested action not taken: mailbox unavailable", Fate.BAD_ADDRESS),
    (550, "mailbox unavailable", Fate.BAD_ADDRESS),
    (554, "no such user here", Fate.BAD_ADDRESS),
    (554, "the recipient does not exist", Fate.BAD_ADDRESS),
    (551, "user not local", Fate.BAD_ADDRESS),
    (556, "domain does not accept mail", Fate.BAD_ADDRESS),
    (550, "5.2.1 mailbox disabled", Fate.INACTIVE),
    (550, "5.1.6 mailbox has moved", Fate.INACTIVE),
    (552, "5.2.3 message length exceeds the limit", Fate.TOO_LARGE),
    (552, "5.3.4 message too big for system", Fate.TOO_LARGE),
    (552, "message size exceeds fixed limit", Fate.TOO_LARGE),
    (550, "5.7.1 rejected", Fate.POLICY),
    (550, "5.7.26 unauthenticated sender", Fate.POLICY),
    (554, "5.7.9 not accepted for policy reasons", Fate.POLICY),
    (550, "5.7.515 access denied", Fate.POLICY),
    (550, "5.1.8 sender domain not found", Fate.POLICY),
    (554, "transaction failed", Fate.POLICY),
    (550, "blocked, listed by our spam filter", Fate.POLICY),
    (530, "authentication required", Fate.POLICY),
    (571, "go away", Fate.POLICY),
    (503, "5.5.1 bad sequence of commands", Fate.OUR_BUG),
    (554, "5.6.0 message content rejected", Fate.OUR_BUG),
    (500, "unrecognised command", Fate.OUR_BUG),
    (555, "parameters not recognised", Fate.OUR_BUG),
    (451, "5.7.1 a code of another class says nothing", Fate.DEFERRED),
    (0, "", Fate.DEFERRED),
]


@pytest.mark.parametrize(("code", "text", "fate"), ROWS)
def test_every_answer_has_its_fate(code: int, text: str, fate: Fate) -> None:
    """N-09."""
    assert classify(Reply.read(code, text)) is fate


def test_the_enhanced_code_is_read_from_the_words() -> None:
    reply = Reply.read(550, "5.1.1 <els@example.com>: unknown\n5.1.1 see the help page")

    assert reply == Reply(550, "5.1.1", "5.1.1 <els@example.com>: unknown 5.1.1 see the help page")


@pytest.mark.parametrize(
    "text",
    ["10.0.0.1 refused", "5.1.1.1 refused", "see 5.1.1", "5.1", "\N{ARABIC-INDIC DIGIT FIVE}.1.1"],
)
def test_other_figures_are_no_enhanced_code(text: str) -> None:
    assert Reply.read(550, text).enhanced is None


@given(code=st.integers(-99, 999), raw=st.binary(max_size=2000))
def test_any_bytes_as_answer_get_a_fate_and_can_be_stored(code: int, raw: bytes) -> None:
    reply = Reply.read(code, raw.decode("utf-8", "surrogateescape"))

    assert isinstance(classify(reply), Fate)
    assert "\x00" not in reply.text
    assert len(reply.text.encode("utf-8")) <= 2000
