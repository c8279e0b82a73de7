"""The catalogue has every message once, under its own name, and says what each is for."""

import pytest

from contracts import catalogue, money
from contracts.message import Event
from contracts.refusal import Refused

MESSAGES = catalogue.messages()


def test_the_messages_outsiders_rely_on_are_there():
    names = {each.routing_key for each in MESSAGES}

    assert names >= {
        "identity.register-customer.v1",
        "identity.customer-registered.v1",
        "identity.command-refused.v1",
        "identity.issuer-changed.v1",
        "identity.person-changed.v1",
        "identity.customer-number-changed.v1",
        "documents.publish-document.v1",
        "documents.document-accepted.v1",
        "documents.document-published.v1",
        "notifications.recipient-unknown.v1",
    }


def test_no_two_messages_share_a_name():
    names = [each.routing_key for each in MESSAGES]

    assert len(set(names)) == len(names)


def test_a_message_of_a_test_is_not_in_the_catalogue():
    class BellRung(Event, owner="tower"):
        pass

    assert catalogue.is_message(BellRung)
    assert BellRung not in catalogue.messages()


def test_a_message_that_another_module_borrows_is_there_once(monkeypatch):
    before = catalogue.messages()

    monkeypatch.setattr(money, "Borrowed", before[0], raising=False)

    assert catalogue.messages() == before


def test_what_has_no_owner_does_not_travel():
    assert not catalogue.is_message(Event)
    assert not catalogue.is_message(Refused)


@pytest.mark.parametrize("message", MESSAGES)
def test_a_message_lives_in_the_module_of_its_owner(message):
    assert message.__module__ == f"contracts.{message.owner}"


@pytest.mark.parametrize("message", MESSAGES)
def test_a_message_says_in_a_sentence_what_it_is_for(message):
    assert catalogue.entry(message).endswith(".")
    assert catalogue.entry(message) != catalogue.entry(Event)


@pytest.mark.parametrize("message", [each for each in MESSAGES if each.subject_field])
def test_the_subject_of_a_message_is_a_field_it_always_has(message):
    assert message.model_fields[message.subject_field].is_required()
