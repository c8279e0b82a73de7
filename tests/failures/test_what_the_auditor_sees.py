"""An auditor who sees nothing wrong is only worth something if he would see it."""

from collections import Counter

import pytest

from localrun import ledger
from localrun.auditing import misdelivered
from localrun.lease_company import Published
from localrun.ledger import Claim, Facts, Letter, Promise

ELS, JO, GONE = "els@customer.example", "jo@customer.example", "gone@customer.example"
DOCUMENT = Published("F100001", "an-id", {ELS: "nl", JO: "fr"})
CLAIM = Claim("F100001", "an-id", (ELS,))


def mail(to, about=DOCUMENT.number):
    return {"to": [to], "subject": f"Nieuwe factuur {about} van Meridiaan Lease"}


def seen(mails=1, letters=("sent",), claim=CLAIM, promise=Promise.ONCE, resent=0, to=ELS):
    """Return what is said of one document and one reader."""
    facts = Facts(
        [claim],
        +Counter({(claim.number, to): mails}),
        [Letter(claim.number, to, state, "why", resent) for state in letters],
        promise,
        refuses=lambda address: address == GONE,
    )
    return [line for row in ledger.rows(facts) for line in row.lines()]


def test_one_mail_for_each_reader_is_all_well():
    assert misdelivered(DOCUMENT, [mail(ELS), mail(JO)]) == []
    assert seen() == []


def test_mails_about_other_documents_do_not_count():
    mails = [mail(ELS), mail(JO, about="F100002")]

    assert misdelivered(DOCUMENT, mails) == [f"lost: F100001 to {JO}"]


def test_a_second_mail_and_one_to_a_stranger_are_named():
    mails = [mail(ELS), mail(JO)] * 2 + [mail("who@else.example")]

    assert misdelivered(DOCUMENT, mails) == [
        f"twice: F100001 to {ELS} (2 mails)",
        f"twice: F100001 to {JO} (2 mails)",
        "astray: F100001 to who@else.example",
    ]


@pytest.mark.parametrize(
    ("claim", "kind"),
    [
        (Claim("F1", "an-id", (ELS,), confirmed=False), "stuck"),
        (Claim("F1", "an-id", (ELS,), answer=None), "stuck"),
        (Claim("F1", "an-id", (ELS,), answer=None, archived=0), "lost"),
        (Claim("F1", "an-id", (ELS,), answer="refused: why", archived=0), "lost"),
        (Claim("F1", "an-id", (ELS,), archived=0), "lost"),
        (Claim("F1", "an-id", (ELS,), archived=2), "twice"),
        (Claim("F1", "an-id", (ELS,), contradicted=True), "twice"),
    ],
)
def test_a_document_that_fared_ill_is_seen_though_its_mail_arrived(claim, kind):
    (line,) = seen(claim=claim)

    assert line.startswith(f"{kind}: F1 to {ELS} (")


@pytest.mark.parametrize(
    ("mails", "letters", "kinds"),
    [
        (0, ("sent",), ["lost"]),
        (0, (), ["lost"]),
        (1, (), ["lost"]),
        (1, ("owed",), ["stuck"]),
        (0, ("deferred",), ["stuck"]),
        (1, ("unknown",), ["stuck"]),
        (0, ("refused",), ["lost"]),
        (1, ("refused",), ["wrong"]),
        (0, ("withdrawn",), ["lost"]),
        (2, ("sent",), ["twice"]),
        (1, ("sent", "sent"), ["twice"]),
    ],
)
def test_a_letter_must_be_what_the_postbox_shows(mails, letters, kinds):
    assert [line.partition(":")[0] for line in seen(mails, letters)] == kinds


def test_a_letter_to_a_reader_whom_nobody_named_is_astray():
    assert seen(mails=0, to=JO) == [
        f"lost: F100001 to {ELS} (nobody owes it)",
        f"astray: F100001 to {JO} (a letter to nobody's reader)",
    ]


def test_an_address_that_the_relay_refuses_ends_refused_and_nothing_else_will_do():
    gone = Claim("F1", "an-id", (GONE,))

    said = {state: seen(0, (state,), gone, to=GONE) for state in ("refused", "unknown", "sent")}

    assert said["refused"] == []
    assert said["unknown"] == [f"stuck: F1 to {GONE} (the letter is unknown: why)"]
    assert said["sent"] == [f"lost: F1 to {GONE} (the letter says it was sent)"]


def test_held_letters_may_be_unknown_and_never_come_twice():
    assert seen(0, ("unknown",), promise=Promise.HOLD) == []
    assert seen(1, ("unknown",), promise=Promise.HOLD) == []
    assert seen(2, ("sent",), promise=Promise.HOLD, resent=1) == [
        f"twice: F100001 to {ELS} (2 mails)"
    ]
    assert seen(0, ("sent",), promise=Promise.HOLD) == [
        f"lost: F100001 to {ELS} (the letter says it was sent)"
    ]


def test_letters_that_are_sent_again_blindly_may_come_as_often_as_their_history_says():
    assert seen(2, ("sent",), promise=Promise.RESEND, resent=1) == []
    assert seen(3, ("sent",), promise=Promise.RESEND, resent=1) == [
        f"twice: F100001 to {ELS} (3 mails, sent again 1 times)"
    ]
    assert seen(2, ("sent",), promise=Promise.RESEND) == [f"twice: F100001 to {ELS} (2 mails)"]
    assert seen(0, ("unknown",), promise=Promise.RESEND) == [
        f"stuck: F100001 to {ELS} (the letter is unknown: why)"
    ]


def test_the_summary_counts_what_happened_and_what_is_wrong():
    claims = [Claim(f"F{each}", "an-id", (ELS, JO)) for each in range(3)]
    mails = Counter({(claim.number, reader): 1 for claim in claims for reader in (ELS, JO)})
    mails["F0", ELS] = 2
    letters = [Letter(number, reader, "sent") for number, reader in mails]

    summary = ledger.summary(ledger.rows(Facts(claims, mails, letters)))

    assert summary == {
        "documents": 3, "answered": 3, "archived": 3,
        "recipients": 6, "owed": 6, "sent": 6, "mails": 7, "resent": 0,
        "lost": 0, "twice": 1, "stuck": 0, "astray": 0, "wrong": 0,
    }  # fmt: skip
