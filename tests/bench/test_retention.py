"""What bounds a table is read from the code, so a table that nothing bounds is found."""

import importlib

import pytest
from bench import retention


@pytest.mark.parametrize("service", ["identity", "documents", "notifications"])
def test_the_mailboxes_are_emptied_and_the_rows_of_the_rest_are_known_or_not(service):
    assert {"inbox", "outbox"} <= retention.deleted_from(service)
    assert retention.why_bounded(service, "inbox") == "rows are deleted"
    assert retention.why_bounded(service, "a table that nothing bounds") is None


def test_answers_are_forgotten_where_there_are_any():
    assert retention.why_bounded("documents", "answered_requests") == "rows are deleted"
    assert retention.why_bounded("identity", "answered_requests") is None


@pytest.mark.parametrize("service", ["identity", "documents", "notifications"])
def test_every_table_is_bounded_or_may_grow(service):
    tables = importlib.import_module(f"{service}.models").metadata.tables

    assert [name for name in tables if retention.why_bounded(service, name) is None] == []


def test_the_archive_and_who_is_known_may_grow():
    assert retention.why_bounded("documents", "documents") == "the archive"
    assert retention.why_bounded("notifications", "people") == "a row for each that is known"
    assert retention.why_bounded("identity", "documents") is None


def test_the_audit_is_not_the_services_own_to_delete():
    """The database forgets it after its time; what people have is theirs to take away."""
    assert retention.why_bounded("identity", "audit_entries") == "the database forgets it"
    assert retention.why_bounded("identity", "second_factors") == "a few rows for each person"
    assert retention.why_bounded("identity", "sessions") == "rows are deleted"
    assert not {"audit_entries", "audit_seals"} & retention.deleted_from("identity")
