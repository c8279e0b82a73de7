"""Who gets a letter: the rule, asked of one snapshot and one moment."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from chassis.identifiers import new_id
from contracts.identity import CustomerNumberChanged, EndedClaim
from notifications.recipients import recipients

moments = st.datetimes(
    min_value=datetime(2026, 11, 1),  # noqa: DTZ001 (strategies add the zone)
    max_value=datetime(2026, 11, 30),  # noqa: DTZ001
    timezones=st.just(UTC),
)
A_MOMENT = timedelta(microseconds=1)


def who(found):
    return [each.person_id for each in found]


def test_the_main_contact_and_every_shared_user_who_wants_mail_get_a_letter(world, moment):
    """N-02, I-22"""
    main, shared, quiet = new_id(), new_id(), new_id()
    snapshot = world.snapshot(
        main=(main, moment(0)), shared=[(shared, moment(1), True), (quiet, moment(1), False)]
    )

    found = recipients(snapshot, moment(5))

    assert who(found) == [main, shared]
    assert [each.role for each in found] == ["main", "shared"]


def test_a_claim_counts_from_its_first_moment_and_not_from_its_last(world, moment):
    main, gone = new_id(), new_id()
    snapshot = world.snapshot(main=(main, moment(3)), ended=[(gone, moment(1), moment(3))])

    assert who(recipients(snapshot, moment(3))) == [main]
    assert who(recipients(snapshot, moment(3) - A_MOMENT)) == [gone]
    assert who(recipients(snapshot, moment(1))) == [gone]
    assert who(recipients(snapshot, moment(1) - A_MOMENT)) == []


def test_nobody_gets_a_letter_for_a_number_whose_mails_are_switched_off(world, moment):
    """N-04"""
    snapshot = world.snapshot(main=(new_id(), moment(0)), notify="never")

    assert recipients(snapshot, moment(1)) == []


def test_mails_of_a_number_that_are_on_again_are_about_what_comes_after(world, moment):
    """N-04"""
    main = new_id()
    gone = [(new_id(), moment(0), moment(6))]
    snapshot = world.snapshot(main=(main, moment(0)), ended=gone)
    snapshot = snapshot.model_copy(update={"notify_since": moment(3)})

    assert recipients(snapshot, moment(3) - A_MOMENT) == []
    assert who(recipients(snapshot, moment(3))) == [main, gone[0][0]]


def test_mails_of_a_shared_user_that_are_on_again_are_about_what_comes_after(world, moment):
    """I-22"""
    main, shared = new_id(), new_id()
    snapshot = world.snapshot(main=(main, moment(0)), shared=[(shared, moment(1), True)])
    (claim,) = snapshot.shared_users
    claims = (claim.model_copy(update={"mail_since": moment(4)}),)
    snapshot = snapshot.model_copy(update={"shared_users": claims})

    assert who(recipients(snapshot, moment(4) - A_MOMENT)) == [main]
    assert who(recipients(snapshot, moment(4))) == [main, shared]


def test_a_shared_user_who_became_the_main_contact_gets_one_letter(world, moment):
    person = new_id()
    snapshot = world.snapshot(main=(person, moment(3)), ended=[(person, moment(0), moment(3))])

    assert who(recipients(snapshot, moment(2))) == [person]
    assert who(recipients(snapshot, moment(4))) == [person]


@given(since=moments, until=moments, published=moments)
def test_everyone_is_told_exactly_when_their_claim_held(since, until, published):
    person = new_id()
    snapshot = _snapshot(ended=[(person, since, until)])

    assert (who(recipients(snapshot, published)) == [person]) == (since <= published < until)


def _snapshot(**claims):
    """Make a snapshot without a fixture: hypothesis runs many examples in one test."""
    return CustomerNumberChanged(
        customer_number="DL5-1",
        issuer="dl5",
        version=1,
        changed_at=datetime(2026, 11, 1, tzinfo=UTC),
        state="active",
        name="x",
        country="BE",
        ended=tuple(
            EndedClaim(person_id=who, ticket=who, since=since, until=until)
            for who, since, until in claims["ended"]
        ),
    )
