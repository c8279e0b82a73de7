"""Proves what is asked of a browser that has a passkey, and which answers prove anything."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from services.identity.tests.software_key import SoftwareKey

from identity import passkeys
from identity.passkeys import PasskeyRefused, Passkeys

OURS = Passkeys("portal.test", ["https://portal.test", "https://www.portal.test"])
JAN = UUID("01930000-0000-7000-8000-000000000001")


def made(key):
    asked = OURS.ask_for_new(JAN, account="jan@example.com", name="Jan", known=[])
    return OURS.made(key.make(asked.options), asked.nonce)


def signed(key, new, *, sign_count=0, alone=False, **lies):
    asked = OURS.ask([new.id], alone=alone)
    answer = key.sign(asked.options, **lies)
    return OURS.signed(
        answer, asked.nonce, public_key=new.public_key, sign_count=sign_count, alone=alone
    )


def test_a_browser_makes_a_passkey_and_signs_with_it():
    key = SoftwareKey()

    new = made(key)

    assert (new.id, new.sign_count) == (key.id, 0)
    assert signed(key, new) == 1
    assert signed(key, new, sign_count=1) == 2


def test_what_is_asked_names_the_domain_the_person_by_id_and_the_keys_there_are():
    asked = OURS.ask_for_new(JAN, account="jan@example.com", name="Jan Peeters", known=[b"known"])

    assert asked.options["rp"]["id"] == "portal.test"
    assert asked.options["user"]["id"] == passkeys.webauthn.helpers.bytes_to_base64url(JAN.bytes)
    assert [each["id"] for each in asked.options["excludeCredentials"]] == ["a25vd24"]
    assert asked.options["authenticatorSelection"]["residentKey"] == "preferred"
    assert len(asked.nonce) >= 32


def test_each_time_something_else_is_to_be_signed():
    assert OURS.ask().nonce != OURS.ask().nonce


def test_alone_it_must_know_whose_finger_it_is():
    key = SoftwareKey(verified=False)
    new = made(key)

    assert OURS.ask(alone=True).options["userVerification"] == "required"
    assert signed(key, new) == 1
    with pytest.raises(PasskeyRefused):
        signed(key, new, sign_count=1, alone=True)


@pytest.mark.parametrize(
    "stranger",
    [
        SoftwareKey(origin="https://portal.test.evil.example"),
        SoftwareKey(origin="http://portal.test"),
        SoftwareKey(domain="evil.example"),
    ],
)
def test_another_page_or_another_domain_proves_nothing(stranger):
    asked = OURS.ask_for_new(JAN, account="jan@example.com", name="Jan", known=[])
    with pytest.raises(PasskeyRefused):
        OURS.made(stranger.make(asked.options), asked.nonce)

    honest = SoftwareKey()
    new = made(honest)
    honest.origin, honest.domain = stranger.origin, stranger.domain
    with pytest.raises(PasskeyRefused):
        signed(honest, new)


def test_both_of_our_origins_are_ours():
    key = SoftwareKey(origin="https://www.portal.test")

    assert signed(key, made(key)) == 1


def test_an_answer_to_another_question_proves_nothing():
    key = SoftwareKey()
    new = made(key)
    answer = key.sign(OURS.ask().options)

    with pytest.raises(PasskeyRefused):
        OURS.signed(answer, OURS.ask().nonce, public_key=new.public_key, sign_count=0)


def test_another_keys_signature_proves_nothing():
    mine, other = SoftwareKey(), SoftwareKey()
    new = made(mine)
    other.id = mine.id

    with pytest.raises(PasskeyRefused):
        signed(other, new)


def test_a_key_that_counts_backwards_was_copied():
    key = SoftwareKey(uses=6)
    new = made(key)

    assert signed(key, new, sign_count=6) == 7
    with pytest.raises(PasskeyRefused):
        signed(key, new, sign_count=8)


def test_a_key_that_never_counts_may_sign_again():
    key = SoftwareKey(counts=False)
    new = made(key)

    assert [signed(key, new), signed(key, new)] == [0, 0]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(), lambda inner: st.lists(inner, max_size=3)
)
FIELDS = ["clientDataJSON", "authenticatorData", "signature", "attestationObject", "userHandle"]


@given(
    field=st.sampled_from(FIELDS),
    lie=JSON | st.binary(max_size=200),
    outside=st.dictionaries(st.sampled_from(["id", "rawId", "type", "response"]), JSON, max_size=2),
)
def test_whatever_a_browser_answers_is_refused_and_breaks_nothing(field, lie, outside):
    key = SoftwareKey()
    asked = OURS.ask()
    answer = key.sign(asked.options, **{field: lie}) | outside

    for check in (
        lambda: OURS.made(answer, asked.nonce),
        lambda: OURS.signed(answer, asked.nonce, public_key=b"no key", sign_count=0),
    ):
        with pytest.raises(PasskeyRefused):
            check()


@pytest.mark.parametrize("answer", [{}, {"id": None}, {"id": 5}, {"id": []}])
def test_an_answer_without_a_name_is_refused(answer):
    with pytest.raises(PasskeyRefused):
        passkeys.id_of(answer)
