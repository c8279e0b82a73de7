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
