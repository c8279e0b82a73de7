"""Whatever the order in which they arrive, the same facts end in the same letters (decision 13)."""

from datetime import datetime, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chassis.identifiers import derived_id, new_id, now
from notifications import claiming, letter_queries
from notifications.in_hand import Patience
from notifications.linking import Links
from notifications.readership import Readership
from notifications.recipients import recipients

PATIENCE = Patience((timedelta(seconds=1),), timedelta(seconds=30), timedelta(seconds=1), False)
LINKS = Links("http://portal.test", b"k" * 32)
PEOPLE = 3


@st.composite
def histories(draw):
    """A life of one number: who was granted and removed when, and when documents came.

    Each act happens a minute after the one before.
    """
    person = st.integers(0, PEOPLE - 1)
    acts = st.one_of(
        st.tuples(st.just("register"), st.just(0)),
        st.tuples(st.just("grant"), person),
        st.tuples(st.just("remove"), person),
        st.tuples(st.just("publish"), st.just(0)),
    )
    told = draw(st.lists(acts, min_size=2, max_size=7))
    return [*told, ("publish", 0), ("register", 0)]


def messages_of(world, moment, history):
    """Return what identity and documents say of a history, in the order it happened."""
    main, people = new_id(), [new_id() for _ in range(PEOPLE)]
    said = [world.issuer(), world.person(main), *(world.person(each) for each in people)]
    registered, live, ended, version = False, {}, [], 0
    documents, snapshots = [], []
    for minute, (act, which) in enumerate(history, 1):
        person = people[which]
        if act == "publish":
            documents.append(world.document(moment(minute)))
            said.append(documents[-1])
            continue
        if act == "register":
            changed, registered = not registered, True
        elif act == "grant":
            changed = registered and person not in live
            if changed:
                live[person] = moment(minute)
        else:
            changed = person in live
            if changed:
                ended.append((person, live.pop(person), moment(minute)))
        if changed:
            version += 1
            snapshots.append(
                world.snapshot(
                    version,
                    main=(main, moment(0) - timedelta(days=9999)),
                    shared=[(who, since, True) for who, since in live.items()],
                    ended=list(ended),
                )
            )
            said.append(snapshots[-1])
    return said, documents, snapshots[-1]


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(history=histories(), data=st.data())
async def test_the_order_of_arrival_decides_nothing(
    hear, database, new_world, moment, history, data
):
    """I-21, N-02, decision 13"""
    world = new_world()
    said, documents, last = messages_of(world, moment, history)
    arriving = data.draw(st.permutations(said))
    again = data.draw(st.lists(st.sampled_from(said), max_size=3))
    recent = _recently(moment)

    for message in [*arriving, *again]:
        await hear(recent(message), message_id=_id_of(message))
    assert not hear.fates.parked
    assert not hear.fates.retried

    for document in documents:
        expected = {
            each.person_id for each in recipients(recent(last), recent(document).published_at)
        }
        assert await _claimable(database, document) == expected


def _recently(moment):
    """Return what moves a message to these days: only recent documents find late readers."""
    shift = now() - moment(60)

    def move(message):
        moved = message.model_dump()
        return type(message).model_validate(_shifted(moved, shift))

    return move


def _shifted(value, shift):
    if isinstance(value, datetime):
        return value + shift if value.year > 2000 else value
    if isinstance(value, dict):
        return {key: _shifted(each, shift) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_shifted(each, shift) for each in value]
    return value


def _id_of(message):
    return derived_id(message.routing_key, message.body())


async def _claimable(database, document):
    """Claim everything that is due, and return who would be written to about a document."""
    async with database.transaction() as session:
        await claiming.claim(session, 1000, patience=PATIENCE, links=LINKS, readership=Readership())
    async with database.transaction() as session:
        of = letter_queries.letters_of_document
        letters = [each.letter for each in await of(session, "dl5", document.document_id)]
    people = [each.person_id for each in letters if each.state != "withdrawn"]
    assert len(people) == len(set(people))
    return set(people)
