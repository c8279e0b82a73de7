"""What every message passes: who sent it, can it be read, was it handled, one transaction."""

import asyncio
import json
from dataclasses import replace
from uuid import uuid4

import pytest
import sqlalchemy as sa
from pydantic import ValidationError

from chassis.database import Database
from chassis.doormat import Doormat, Stopping, Tolerance
from chassis.failures import Conflict, TryLater
from chassis.identifiers import new_id
from chassis.mailboxes import inbox, outbox
from chassis.testing import Delivered, RecordingFates, said


@pytest.fixture
def answers(database):
    """Return a function that reads what was said, in a transaction of its own."""

    async def read(*only):
        async with database.transaction() as session:
            return await said(session, *only)

    return read


@pytest.fixture
def doormat(service, gateways):
    """Return a function that lays a doormat before the toy's scale, on any database."""

    def lay(database, *, patience=0.0, stopping=None):
        return Doormat(
            service="toy",
            queue="toy.toy.weigh.v1",
            handler=service.handlers.all[0],
            refused=service.handlers.all[0].refused,
            database=database,
            gateways=gateways,
            fates=RecordingFates(),
            tolerance=Tolerance(("1s", "5s"), patience),
            stopping=stopping or asyncio.Event(),
        )

    return lay


def delivered(message, **how):
    given = {
        "body": message.body(),
        "exchange": "in.dl5",
        "routing_key": "toy.weigh.v1",
        "user_id": "dl5",
        "message_id": str(uuid4()),
    }
    return Delivered(**given | how)


async def test_a_message_delivered_thrice_is_handled_once(hear, toy, rows, answers):
    message_id, command = new_id(), toy.Weigh(parcel="a", grams=3)

    for _ in range(3):
        await hear(command, message_id=message_id)

    assert await rows() == 1
    assert [each.name for each in await answers()] == ["toy.weighed.v1", "toy.parcel-weighed.v1"]
    assert not hear.fates.parked


async def test_a_message_delivered_five_times_at_once_is_handled_once(hear, toy, rows, gateways):
    async def slowly(_command, _delivery):
        await asyncio.sleep(0.05)

    gateways.meanwhile = slowly
    message_id, command = new_id(), toy.Weigh(parcel="a", grams=3)

    await asyncio.gather(*(hear(command, message_id=message_id) for _ in range(5)))

    assert await rows() == 1
    assert await rows(inbox) == 1
    assert not hear.fates.retried


async def test_two_senders_may_choose_the_same_id(hear, toy, rows):
    message_id, command = new_id(), toy.Weigh(parcel="a", grams=3)

    await hear(command, message_id=message_id, sender="dl5")
    await hear(command, message_id=message_id, sender="dl7")

    assert await rows() == 2


async def test_an_id_used_for_another_body_is_refused_and_answered(hear, toy, rows, answers):
    message_id = new_id()
    await hear(toy.Weigh(parcel="a", grams=3), message_id=message_id)

    await hear(toy.Weigh(parcel="b", grams=4), message_id=message_id)

    [refused] = await answers(toy.WeighRefused)
    assert refused.routing_key == "dl5"
    assert refused.read(toy.WeighRefused).problems[0].rule == "message_id_reused"
    assert await rows() == 1
    assert len(hear.fates.parked) == 1


@pytest.mark.parametrize(
    ("body", "pointer", "rule"),
    [
        (b"not json: kwik kwak", "", "json_invalid"),
        (b"", "", "json_invalid"),
        (b"\xff\xfe{}", "", "json_invalid"),
        (b"[]", "", "model_type"),
        (b'{"grams": 1}', "/parcel", "missing"),
        (b'{"parcel": "a", "grams": "kwik kwak"}', "/grams", "int_parsing"),
        (b'{"parcel": ' * 100_000, "", "json_invalid"),
        (b"[" * 100_000, "", "json_invalid"),
    ],
    ids=["not-json", "empty", "not-utf8", "a-list", "missing", "wrong-type", "deep", "deeper"],
)
async def test_what_cannot_be_read_is_answered_with_pointer_and_rule_and_parked(
    hear, toy, rows, answers, body, pointer, rule
):
    message_id = new_id()

    await hear(body, of=toy.Weigh, message_id=message_id, correlation_id="their-own")

    [answer] = await answers()
    refused = answer.read(toy.WeighRefused)
    assert (answer.exchange, answer.routing_key) == ("outcomes", "dl5")
    assert answer.correlation_id == "their-own"
    assert refused.command_id == message_id
    assert (refused.problems[0].pointer, refused.problems[0].rule) == (pointer, rule)
    assert refused.problems[0].detail
    assert b"kwik" not in answer.body
    assert [type(each).__name__ for each in hear.fates.parked] == ["Unreadable"]
    assert not hear.fates.retried
    assert await rows(inbox) == 0


async def test_what_a_handler_refuses_leaves_an_answer_and_nothing_else(hear, toy, rows, answers):
    await hear(toy.Weigh(parcel="a", grams=-1))

    [answer] = await answers()
    problem = answer.read(toy.WeighRefused).problems[0]
    assert (problem.pointer, problem.rule) == ("/grams", "weight")
    assert problem.detail == "a parcel weighs something"
    assert await rows() == 0
    assert len(hear.fates.parked) == 1


async def test_a_refused_message_can_be_handled_later(hear, toy, rows, gateways):
    async def refuse(_command, _delivery):
        raise Conflict("not today", rule="closed")

    gateways.meanwhile = refuse
    message_id, command = new_id(), toy.Weigh(parcel="a", grams=3)
    await hear(command, message_id=message_id)

    gateways.meanwhile = toy.Hall().meanwhile
    await hear(command, message_id=message_id)

    assert await rows() == 1


async def test_a_refusal_heard_twice_is_answered_under_the_same_id(hear, toy, answers):
    message_id = new_id()

    for _ in range(2):
        await hear(toy.Weigh(parcel="a", grams=-1), message_id=message_id)

    assert len({each.message_id for each in await answers()}) == 1


async def test_a_defect_is_retried_and_never_answered(hear, toy, rows, gateways, answers):
    async def stumble(_command, _delivery):
        raise KeyError("where did I put it")

    gateways.meanwhile = stumble

    await hear(toy.Weigh(parcel="a", grams=3))

    assert [type(each) for each in hear.fates.retried] == [KeyError]
    assert not hear.fates.parked
    assert await answers() == []
    assert (await rows(), await rows(inbox)) == (0, 0)


async def test_a_defect_is_parked_after_the_last_pause_and_not_answered(
    hear, toy, gateways, answers
):
    async def stumble(_command, _delivery):
        raise KeyError("where did I put it")

    gateways.meanwhile = stumble
    message = delivered(
        toy.Weigh(parcel="a", grams=3),
        exchange="returns",
        user_id="toy",
        headers={"x-attempt": 2, "x-sender": "dl5"},
    )

    await hear.receive(message, toy.Weigh)

    assert [type(each) for each in hear.fates.parked] == [KeyError]
    assert await answers() == []


async def test_an_attempt_count_from_outside_is_not_believed(hear, toy, gateways):
    async def stumble(_command, _delivery):
        raise KeyError("where did I put it")

    gateways.meanwhile = stumble

    await hear(toy.Weigh(parcel="a", grams=3), headers={"x-attempt": 99})

    assert len(hear.fates.retried) == 1


async def test_what_may_work_later_is_tried_later(hear, toy, gateways):
    async def not_now(_command, _delivery):
        raise TryLater

    gateways.meanwhile = not_now

    await hear(toy.Weigh(parcel="a", grams=3))

    assert [type(each) for each in hear.fates.retried] == [TryLater]


async def test_a_shape_that_breaks_inside_a_handler_is_our_defect(hear, toy, gateways, answers):
    async def misread(_command, _delivery):
        toy.Weigh.read(b"{}")

    gateways.meanwhile = misread

    await hear(toy.Weigh(parcel="a", grams=3))

    assert [type(each) for each in hear.fates.retried] == [ValidationError]
    assert await answers() == []


@pytest.mark.parametrize(
    ("how", "rule"),
    [
        ({"user_id": None}, "user_id_missing"),
        ({"user_id": "dl7"}, "user_id"),
        ({"user_id": "dl55"}, "user_id"),
        ({"message_id": None}, "message_id"),
        ({"message_id": "invoice 12"}, "message_id"),
    ],
    ids=["no-user", "another-issuer", "a-name-alike", "no-id", "not-a-uuid"],
)
async def test_a_command_without_proof_is_refused_to_the_door_it_came_in_by(
    hear, toy, rows, answers, how, rule
):
    await hear.receive(delivered(toy.Weigh(parcel="a", grams=3), **how), toy.Weigh)

    [answer] = await answers()
    assert answer.routing_key == "dl5"
    assert answer.read(toy.WeighRefused).problems[0].rule == rule
    assert await rows() == 0
    assert len(hear.fates.parked) == 1


async def test_a_system_of_an_issuer_speaks_for_the_issuer(hear, toy, gateways):
    await hear(toy.Weigh(parcel="a", grams=3), user_id="dl5.sap")

    assert gateways.seen[0].sender == "dl5"


async def test_a_sender_written_by_an_outsider_is_ignored(hear, toy, gateways):
    await hear(toy.Weigh(parcel="a", grams=3), headers={"x-sender": "dl7"})

    assert gateways.seen[0].sender == "dl5"


async def test_a_copy_of_our_own_keeps_its_sender(hear, toy, gateways):
    command = toy.Weigh(parcel="a", grams=3)
    copy = delivered(command, exchange="returns", user_id="toy", headers={"x-sender": "dl5"})

    await hear.receive(copy, toy.Weigh)

    assert gateways.seen[0].sender == "dl5"


async def test_a_copy_that_another_service_wrote_is_refused(hear, toy, rows):
    command = toy.Weigh(parcel="a", grams=3)
    copy = delivered(command, exchange="returns", user_id="yard", headers={"x-sender": "dl5"})

    await hear.receive(copy, toy.Weigh)

    assert await rows() == 0
    assert [type(each).__name__ for each in hear.fates.parked] == ["SenderUnknown"]


async def test_an_event_is_believed_from_its_owner_only(hear, toy, rows, answers):
    arrived = toy.LorryArrived(lorry="1-ABC-234")
    await hear(arrived)

    await hear(arrived, user_id="toy")

    assert await rows() == 1
    assert [type(each).__name__ for each in hear.fates.parked] == ["SenderUnknown"]
    assert await answers() == []


async def test_the_owner_of_an_event_may_say_it_again_to_one_listener(hear, toy, gateways):
    await hear(toy.LorryArrived(lorry="1-ABC-234"), exchange="returns")

    assert gateways.seen[0].sender == "yard"


async def test_a_command_nobody_knows_is_answered_and_parked(hear, toy, answers):
    await hear(b"{}")

    [answer] = await answers()
    problem = answer.read(toy.CommandRefused).problems[0]
    assert (answer.routing_key, problem.rule) == ("dl5", "unknown_command")
    assert "nobody.knows.v1" in problem.detail
    assert len(hear.fates.parked) == 1


async def test_transactions_in_each_others_way_are_tried_again_at_once(hear, toy, rows, gateways):
    collisions = iter(["40001", "40P01"])

    async def collide(_command, delivery):
        if (code := next(collisions, None)) is not None:
            raised = f"do $$ begin raise exception using errcode = '{code}'; end $$"
            await delivery.session.execute(sa.text(raised))

    gateways.meanwhile = collide

    await hear(toy.Weigh(parcel="a", grams=3))

    assert await rows() == 1
    assert not hear.fates.retried


async def test_a_message_waits_in_hand_until_the_database_is_back(
    doormat, gate, url_through, toy, rows
):
    database = Database(url_through, connections=2)
    mat = doormat(database, patience=20)
    await gate.shut()

    handling = asyncio.create_task(mat.receive(delivered(toy.Weigh(parcel="a", grams=3))))
    await asyncio.sleep(0.7)
    still_waiting = not handling.done()
    await gate.open()
    await handling

    assert still_waiting
    assert await rows() == 1
    assert not mat._fates.retried
    await database.close()


async def test_a_connection_cut_in_the_middle_of_a_handler_costs_nothing(
    toy, rows, gateways, doormat, database
):
    cut = []

    async def lose(_command, delivery):
        if not cut:
            cut.append(True)
            await delivery.session.execute(sa.text("select pg_terminate_backend(pg_backend_pid())"))

    gateways.meanwhile = lose
    mat = doormat(database, patience=10)

    await mat.receive(delivered(toy.Weigh(parcel="a", grams=3)))

    assert await rows() == 1
    assert not mat._fates.retried


async def test_an_outage_uses_up_no_attempt(doormat, toy):
    nowhere = Database("postgresql+asyncpg://nobody@127.0.0.1:1/nothing")
    mat = doormat(nowhere)
    attempts = []

    async def remember(_message, **how):
        attempts.append((how["attempt"], how["pause"]))

    mat._fates.retry = remember
    command = toy.Weigh(parcel="a", grams=3)
    copy = {"exchange": "returns", "user_id": "toy"}

    await mat.receive(delivered(command))
    await mat.receive(delivered(command, **copy, headers={"x-attempt": 2, "x-sender": "dl5"}))

    assert attempts == [(0, "5s"), (2, "5s")]
    assert not mat._fates.parked
    await nowhere.close()


async def test_a_message_goes_back_untouched_when_the_process_stops_during_an_outage(doormat, toy):
    nowhere = Database("postgresql+asyncpg://nobody@127.0.0.1:1/nothing")
    stopping = asyncio.Event()
    mat = doormat(nowhere, patience=20, stopping=stopping)
    handling = asyncio.create_task(mat.receive(delivered(toy.Weigh(parcel="a", grams=3))))
    await asyncio.sleep(0.2)

    stopping.set()

    with pytest.raises(Stopping):
        await handling
    assert not mat._fates.retried
    await nowhere.close()


async def test_a_correlation_id_that_no_database_takes_stops_nothing(hear, toy, answers):
    await hear(toy.Weigh(parcel="a", grams=3), correlation_id="a\0b")

    assert [each.correlation_id for each in await answers()] == ["ab", "ab"]


async def test_a_handler_knows_what_its_message_belongs_to(hear, toy, gateways, answers):
    message_id = new_id()

    await hear(toy.Weigh(parcel="a", grams=3), message_id=message_id, correlation_id="order-7")

    event = (await answers(toy.ParcelWeighed))[0]
    assert gateways.seen[0].correlation_id == "order-7"
    assert event.correlation_id == "order-7"
    assert event.headers["causation_id"] == str(message_id)


async def test_nothing_is_left_of_a_handler_that_fails_after_it_spoke(hear, toy, rows, service):
    async def fail_at_the_end(_command, delivery):
        await delivery.session.execute(sa.text("select 1"))
        raise RuntimeError(json.dumps({"service": service.name}))

    hear._gateways.meanwhile = fail_at_the_end

    await hear(toy.Weigh(parcel="a", grams=3))

    assert await rows(outbox) == 0


@pytest.fixture
def together(doormat, database, toy, gateways):
    """Return a function that brings messages to one doormat at once, behind a first that is slow.

    It returns which transaction each parcel was weighed in, by parcel.
    """
    transactions = {}
    mat = doormat(database)

    async def note(command, delivery):
        transactions[command.parcel] = await delivery.session.scalar(
            sa.text("select pg_current_xact_id()::text")
        )
        if command.parcel == "first":
            await asyncio.sleep(0.2)

    gateways.meanwhile = note

    async def bring(*messages):
        first = asyncio.create_task(mat.receive(delivered(toy.Weigh(parcel="first", grams=1))))
        await asyncio.sleep(0.1)
        await asyncio.gather(first, *(mat.receive(each) for each in messages))
        return transactions

    bring.fates = mat._fates
    return bring


async def test_messages_that_come_at_once_share_a_transaction(together, toy, rows, answers):
    messages = [delivered(toy.Weigh(parcel=each, grams=1)) for each in "abcd"]

    transactions = await together(*messages)

    assert len({transactions[each] for each in "abcd"}) == 1
    assert transactions["first"] != transactions["a"]
    assert await rows() == await rows(inbox) == 5
    assert len(await answers(toy.Weighed)) == 5


async def test_each_of_those_that_share_a_transaction_follows_its_own_trail(together, toy, answers):
    messages = [
        delivered(toy.Weigh(parcel=each, grams=1), correlation_id=f"run-{each}") for each in "abc"
    ]

    await together(*messages)

    said_in = {
        each.read(toy.ParcelWeighed).parcel: each for each in await answers(toy.ParcelWeighed)
    }
    assert [said_in[each].correlation_id for each in "abc"] == ["run-a", "run-b", "run-c"]
    assert [said_in[each].headers["causation_id"] for each in "abc"] == [
        each.message_id for each in messages
    ]


async def test_one_that_is_refused_leaves_those_beside_it_whole(together, toy, rows, answers):
    messages = [delivered(toy.Weigh(parcel=each, grams=1)) for each in "ab"]
    messages.insert(1, delivered(toy.Weigh(parcel="bad", grams=-1)))

    transactions = await together(*messages)

    assert transactions["a"] != transactions["b"]
    assert await rows() == 3
    assert len(together.fates.parked) == 1
    assert not together.fates.retried
    assert len(await answers(toy.Weighed)) == 3
    assert len(await answers(toy.WeighRefused)) == 1


async def test_the_same_message_twice_among_those_at_once_is_handled_once(together, toy, rows):
    twice = delivered(toy.Weigh(parcel="a", grams=1))

    await together(twice, delivered(toy.Weigh(parcel="b", grams=1)), twice)

    assert await rows() == await rows(inbox) == 3


async def test_an_id_reused_among_those_at_once_is_refused_alone(together, toy, rows, answers):
    message_id = str(uuid4())
    one, other = (
        delivered(toy.Weigh(parcel=each, grams=1), message_id=message_id) for each in "ab"
    )

    transactions = await together(one, other, delivered(toy.Weigh(parcel="c", grams=1)))

    assert transactions["a"] == transactions["c"]
    assert await rows() == 3
    [refused] = await answers(toy.WeighRefused)
    assert refused.read(toy.WeighRefused).problems[0].rule == "message_id_reused"


async def test_those_at_once_are_obeyed_in_the_order_of_what_they_hold(
    database, service, gateways, toy
):
    obeyed = []
    handler = replace(service.handlers.all[0], order=lambda command, _: command.parcel)
    mat = Doormat(
        service="toy",
        queue="toy.toy.weigh.v1",
        handler=handler,
        refused=handler.refused,
        database=database,
        gateways=gateways,
        fates=RecordingFates(),
        tolerance=Tolerance(("1s",), 0),
        stopping=asyncio.Event(),
    )

    async def note(command, _delivery):
        obeyed.append(command.parcel)

    gateways.meanwhile = note

    await asyncio.gather(
        *(mat.receive(delivered(toy.Weigh(parcel=each, grams=1))) for each in "dbcae")
    )

    assert obeyed[-5:] == sorted(obeyed[-5:])
    assert set(obeyed) == set("abcde")
