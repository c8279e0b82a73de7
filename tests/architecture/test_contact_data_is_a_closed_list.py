"""What is known of people is a closed list: whoever adds a field to it changes this file too."""

import pytest

from contracts.identity import MainContact, PersonChanged
from contracts.notifications import WriteToPerson
from identity.models import Person as KnownPerson
from notifications.models import Person as WrittenTo

CONTACT = {"email", "language", "first_name", "last_name"}
OURS = {"person_id", "version", "registered", "state"}


def columns(noun):
    return set(noun.__table__.columns.keys())


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        (MainContact, CONTACT),
        (PersonChanged, CONTACT | OURS),
        (
            WriteToPerson,
            (CONTACT - {"email"})
            | {"recipient", "person_id", "issuer", "kind", "ticket", "proof", "facts", "asked_at"},
        ),
    ],
)
def test_messages_carry_the_named_contact_data_and_no_more(told, expected):
    """O-09, I-13"""
    assert set(told.model_fields) == expected


@pytest.mark.parametrize(
    ("noun", "expected"),
    [
        (KnownPerson, CONTACT | {"id", "issuer_group", "email_key", "own_fields", "words"} | OURS),
        (WrittenTo, CONTACT | OURS),
    ],
)
def test_so_do_the_tables_of_people(noun, expected):
    """O-09"""
    assert columns(noun) == expected - ({"person_id"} if noun is KnownPerson else set())


def test_no_service_but_those_two_keeps_contact_data():
    """O-09"""
    from documents.models import metadata as documents  # noqa: PLC0415 (only here)

    kept = {column for table in documents.tables.values() for column in table.columns}
    kept.discard(documents.tables["exports"].c.language)  # that of its headings, for a day
    assert not {column.name for column in kept} & (CONTACT | {"address", "phone"})
