"""Two runs on one machine never share a port."""

import contextlib
import socket
from collections.abc import Iterator

import pytest

from localrun.errors import CannotRun
from localrun.ports import OFFSETS, Ports, claim

FAR_FROM_ANY_SUITE = 27100


@contextlib.contextmanager
def listening(port: int) -> Iterator[None]:
    """Hold a port as some other program would."""
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        other.bind(("127.0.0.1", port))
        other.listen()
        yield


@contextlib.contextmanager
def claimed(base: int) -> Iterator[Ports]:
    """Claim a block for the length of a test."""
    ports = claim(base)
    try:
        yield ports
    finally:
        ports.claim.close()


def test_the_ports_are_those_that_outsiders_were_promised() -> None:
    """The offsets are part of the interfaces."""
    with claimed(FAR_FROM_ANY_SUITE) as ports:
        promised = [ports[name] - ports.base for name in ("portal", "postbox", "smtp", "amqp")]

    assert promised == [0, 25, 26, 30]


def test_a_second_and_a_third_process_of_a_service_have_ports_of_their_own() -> None:
    with claimed(FAR_FROM_ANY_SUITE) as ports:
        further = [
            ports.of_replica(service, number) - ports.base
            for number in (2, 3)
            for service in ("portal", "notifications")
        ]

    assert further == [50, 53, 60, 63]
    assert not set(further) & set(OFFSETS.values())


def test_one_busy_port_moves_the_whole_block_to_the_next_hundred() -> None:
    busy = FAR_FROM_ANY_SUITE + OFFSETS["documents"]

    with listening(busy), claimed(FAR_FROM_ANY_SUITE) as ports:
        assert ports.base == FAR_FROM_ANY_SUITE + 100


def test_a_second_run_moves_on_before_the_first_one_listens() -> None:
    with claimed(FAR_FROM_ANY_SUITE) as first, claimed(FAR_FROM_ANY_SUITE) as second:
        assert second.base == first.base + 100


def test_a_block_is_free_again_when_its_run_has_ended() -> None:
    with claimed(FAR_FROM_ANY_SUITE) as first:
        pass

    with claimed(FAR_FROM_ANY_SUITE) as second:
        assert second.base == first.base


def test_ports_that_the_kernel_gives_to_connections_are_never_used() -> None:
    with pytest.raises(CannotRun, match="no free block"):
        claim(32700)
