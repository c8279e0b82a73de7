"""Proves what the guided check says of the facts, and what it names first (N-09, N-10)."""

from datetime import UTC, datetime
from uuid import UUID

import pytest

from portal import no_mail
from portal.customer_numbers import CustomerNumber
from portal.own_letters import OwnAddress, OwnLetter
from portal.words import LANGUAGES, WORDS

AT = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
ID = UUID(int=1)
GOOD = OwnAddress(address="an@example.com")
STOPPED = OwnAddress(address="an@example.com", state="stopped", reason_code="bad_address")


def a_number(*, role="main", mail=True, notify="at_once"):
    return CustomerNumber.model_validate(
        {
            "customer_number": "DL5-1",
            "name": "Garage",
            "issuer": {"issuer": "dl5", "name": "Delta"},
            "role": role,
            "mail": mail,
            "main_contact": None,
            "portal_count": 0,
            "mail_count": 0,
            "settings": {"notify": notify},
            "since": AT,
        }
    )


def a_letter(state="sent", number="DL5-1", reason_code=None, document_id=ID):
    return OwnLetter(
        letter_id=ID,
        customer_number=number,
        document_id=document_id,
        state=state,
        reason_code=reason_code,
        updated_at=AT,
    )


def words(steps):
    return [each.word.removeprefix("no_mail_") for each in steps]


def test_where_all_is_well_only_the_readers_own_mailbox_is_left():
    """N-10"""
    steps = no_mail.check(a_number(), GOOD, [a_letter()])

    assert words(steps) == ["number_on", "address_in_use", "letters_sent", "spam"]
    assert no_mail.cause(steps) is None
    assert steps[-1].verdict == "open"


@pytest.mark.parametrize(
    ("number", "address", "letters", "cause"),
    [
        (a_number(notify="none"), GOOD, [a_letter()], "number_off_mine"),
        (a_number(role="shared", notify="none"), GOOD, [], "number_off"),
        (a_number(role="shared", mail=False), GOOD, [], "own_off"),
        (a_number(), STOPPED, [a_letter("bounced")], "address_stopped"),
        (a_number(), OwnAddress(address="a@b.example", state="paused"), [], "address_paused"),
        (a_number(), None, [], "address_none"),
        (a_number(), GOOD, [a_letter("refused"), a_letter()], "letters_refused"),
        (a_number(), GOOD, [a_letter("bounced")], "letters_bounced"),
        (a_number(notify="none"), STOPPED, [a_letter("bounced")], "number_off_mine"),
    ],
)
def test_what_comes_first_in_the_way_is_named(number, address, letters, cause):
    """N-09"""
    found = no_mail.cause(no_mail.check(number, address, letters))

    assert found is not None
    assert words([found]) == [cause]


def test_a_mail_that_failed_before_one_that_arrived_is_no_cause():
    steps = no_mail.check(a_number(), GOOD, [a_letter("sent"), a_letter("bounced")])

    assert no_mail.cause(steps) is None


def test_no_mail_at_all_is_for_the_reader_to_understand():
    steps = no_mail.check(a_number(), GOOD, [])

    assert "letters_none" in words(steps)
    assert no_mail.cause(steps) is None


def test_only_the_last_mails_about_the_number_are_told_of():
    letters = [a_letter(number="DL5-2"), *[a_letter()] * 7, a_letter(number=None)]

    about = no_mail.about(letters, a_number())

    assert len(about) == no_mail.SHOWN
    assert {each.customer_number for each in about} == {"DL5-1"}


@pytest.mark.parametrize(
    ("state", "may"),
    [("sent", True), ("refused", True), ("bounced", True), ("unknown", False), ("new", False)],
)
def test_what_may_be_under_way_is_not_offered_again(state, may):
    assert a_letter(state).may_be_sent_again is may
    assert not a_letter(state, document_id=None).may_be_sent_again


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_step_and_reason_has_its_words(language):
    """N-09"""
    steps = set()
    for number in (a_number(role="shared", mail=mail) for mail in (True, False)):
        for notify in (number, a_number(notify="none"), a_number(role="shared", notify="none")):
            for address in (GOOD, STOPPED, OwnAddress(address="a@b", state="paused"), None):
                for state in ("sent", "unknown", "refused", "bounced"):
                    steps |= set(no_mail.check(notify, address, [a_letter(state)]))
    steps |= set(no_mail.check(a_number(), GOOD, []))
    reasons = [no_mail.why(a_letter(reason_code=each)) for each in ("bad_address", "policy")]

    assert len(steps) > 12
    for word in [*(each.word for each in steps), *reasons]:
        assert WORDS[language][word]
    for code in no_mail._REASONS:
        assert f"no_mail_reason_{code}" in WORDS[language]


def test_a_reason_nobody_has_words_for_is_left_out():
    assert no_mail.why(a_letter(reason_code="something_new")) is None
    assert no_mail.why(a_letter()) is None
