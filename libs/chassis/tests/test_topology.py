"""The broker as data: every queue can park, wait and be reached, and no outsider reaches a task."""

import pytest

from chassis.declaring import DeclarationRefused
from chassis.topology import (
    PAUSES,
    Exchange,
    Queue,
    Topology,
    of_issuer,
    parked_queue_of,
    queue_of,
    retry_exchange,
    rights_of_service,
)


@pytest.fixture
def topology(service, toy):
    return service.topology() + toy.yard.topology() + of_issuer("dl5") + of_issuer("dl7")


def reached_from(topology: Topology, exchange: str) -> set[str]:
    """Return the queues to which bindings lead from an exchange, over other exchanges too."""
    queues: set[str] = set()
    for each in topology.bindings:
        if each.source == exchange:
            queues |= {each.queue} if each.queue else reached_from(topology, str(each.exchange))
    for each in topology.exchanges:
        if each.name == exchange and (other := each.arguments.get("alternate-exchange")):
            queues |= reached_from(topology, other)
    return queues


def test_queues_are_named_after_their_listener_and_message(toy):
    assert queue_of("yard", toy.ParcelWeighed) == "yard.toy.parcel-weighed.v1"
    assert parked_queue_of("yard.toy.parcel-weighed.v1") == "yard.toy.parcel-weighed.v1.parked"


def test_every_queue_is_a_quorum_queue(topology):
    assert {each.arguments["x-queue-type"] for each in topology.queues} == {"quorum"}


def test_every_queue_a_service_hears_can_park_and_take_back(service, topology):
    bound = {(each.source, each.key, each.queue) for each in topology.bindings}
    arguments = {each.name: each.arguments for each in topology.queues}

    for queue in service.queues():
        assert ("parked", queue, parked_queue_of(queue)) in bound
        assert ("returns", queue, queue) in bound
        assert arguments[queue]["x-dead-letter-exchange"] == "parked"
        assert arguments[queue]["x-dead-letter-routing-key"] == queue
        assert arguments[queue]["x-delivery-limit"] >= 20


def test_a_parked_queue_is_declared_before_the_queue_that_needs_it(service, topology):
    order = [each.name for each in topology.queues]

    for queue in service.queues():
        assert order.index(parked_queue_of(queue)) < order.index(queue)


@pytest.mark.parametrize("pause", PAUSES)
def test_what_waits_comes_back_under_its_own_key(service, pause):
    queues = service.topology().queues
    [waits] = [each for each in queues if each.name == retry_exchange(pause)]

    assert waits.arguments["x-message-ttl"] == PAUSES[pause] * 1000
    assert waits.arguments["x-dead-letter-exchange"] == "returns"
    assert "x-dead-letter-routing-key" not in waits.arguments


def test_from_an_issuers_door_only_commands_are_reached(topology, toy):
    reached = reached_from(topology, "in.dl5")

    assert reached == {"toy.toy.weigh.v1", "toy.commands.unrouted"}
    assert queue_of("toy", toy.Tidy) not in reached


def test_an_unread_outcome_queue_is_bounded(topology):
    [outcomes] = [each for each in topology.queues if each.name == "out.dl5"]

    assert outcomes.arguments["x-overflow"] == "drop-head"
    assert outcomes.arguments["x-max-length"] > 0


def test_what_people_look_at_and_give_back_is_never_used_up(service, topology):
    seen = {parked_queue_of(queue) for queue in service.queues()} | {"out.dl5", "unheard"}

    for each in topology.queues:
        if each.name in seen:
            assert each.arguments["x-delivery-limit"] >= 1_000_000


async def test_declaring_twice_changes_nothing(vhost, service):
    async with vhost.admin() as admin:
        await admin.declare(service.topology())
        before = {each["name"]: each["arguments"] for each in await admin.queues()}

        await admin.declare(service.topology())

        assert {each["name"]: each["arguments"] for each in await admin.queues()} == before
        assert set(service.queues()) <= set(before)


async def test_a_thing_that_exists_otherwise_is_not_declared_over(vhost):
    async with vhost.admin() as admin:
        await admin.declare(Topology(exchanges=(Exchange("tasks", "topic"),)))

        with pytest.raises(DeclarationRefused, match="tasks"):
            await admin.declare(Topology(exchanges=(Exchange("tasks", "fanout"),)))


async def test_a_name_that_is_more_than_a_name_is_refused(vhost):
    async with vhost.admin() as admin:
        with pytest.raises(DeclarationRefused):
            await admin.declare_user("dl5/../admin", "secret", rights_of_service("toy"))


async def test_a_queue_with_signs_in_its_name_is_declared_under_that_name(vhost):
    async with vhost.admin() as admin:
        await admin.declare(Topology(queues=(Queue("a b+c", {"x-queue-type": "classic"}),)))

        assert [each["name"] for each in await admin.queues()] == ["a b+c"]
