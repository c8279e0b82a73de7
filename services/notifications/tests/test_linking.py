"""Links in mails: the same for every try, and only as good as the key."""

from datetime import date
from uuid import UUID

from chassis.signing import is_signed
from notifications.linking import Links

TICKET = UUID("01930000-0000-7000-8000-000000000001")
KEY = b"k" * 32


def test_a_link_is_a_ticket_a_day_and_a_signature_of_both_and_their_purpose():
    link = Links("http://portal.test/", KEY).to(TICKET, date(2026, 11, 21))

    address, ticket = link.rsplit("/", 1)
    claim, day, mac = ticket.split(".")
    assert address == "http://portal.test/view"
    assert (claim, day) == (str(TICKET), "2026-11-21")
    assert is_signed([KEY], mac, claim, day, "view")
    assert not is_signed([KEY], mac, claim, "2026-11-22", "view")
    assert not is_signed([KEY], mac, claim, day, "register")
    assert not is_signed([b"x" * 32], mac, claim, day, "view")


def test_the_same_letter_always_gets_the_same_link():
    links = Links("http://portal.test", KEY)

    assert links.to(TICKET, date(2026, 11, 21)) == links.to(TICKET, date(2026, 11, 21))


PINNED = (bytes(range(32)), UUID("01930000-0000-7000-8000-000000000001"), "register")
"""The example that identity's test of its credentials has, too: both sides make the same of it."""


def test_a_proof_is_what_identity_makes_of_it_too():
    """Decision 15."""
    key, credential_id, kind = PINNED
    links = Links("http://portal.test/", key)

    address, proof = links.proving(credential_id, kind).rsplit("/", 1)
    assert address == "http://portal.test/proof/register"
    assert proof == (
        "01930000-0000-7000-8000-000000000001.8aqZ5Rj4glp_BdyetOoG29k2TGjeBNk_80P8gvo3z20"
    )
    assert links.code(credential_id, kind) == "19929053"


def test_a_proof_is_good_for_its_purpose_and_its_credential_alone():
    """Guide 1.6 line 20."""
    key, credential_id, kind = PINNED
    links, other = Links("http://portal.test", key), UUID(int=credential_id.int + 1)

    made = {
        (links.proving(of, purpose).rsplit(".", 1)[1], links.code(of, purpose))
        for of in (credential_id, other)
        for purpose in (kind, "reset")
    }
    assert len({mac for mac, _ in made}) == 4
    assert len({code for _, code in made}) == 4


def test_codes_are_eight_digits_even_where_they_begin_with_nothing():
    links = Links("http://portal.test", KEY)
    codes = [links.code(UUID(int=each), "reset") for each in range(500)]

    assert all(len(code) == 8 and code.isdigit() for code in codes)
    assert any(code.startswith("0") for code in codes)


def test_people_are_led_to_their_issuers_own_pages():
    links = Links("http://portal.test/", KEY)

    assert links.sign_in("dl5") == "http://portal.test/sign-in/dl5"
    assert links.forgotten("dl5") == "http://portal.test/forgot/dl5"
