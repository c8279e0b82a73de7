"""Which ports a run uses: one block of a hundred, moved to the next free one when it is busy."""

import socket
from dataclasses import dataclass, field

from localrun.errors import CannotRun

SUITE_BASE = 8100
SERVERS_BASE = 18100

OFFSETS = {
    "portal": 0,
    "identity": 1,
    "documents": 2,
    "notifications": 3,
    "payments": 4,
    "credit": 5,
    "postbox": 25,
    "smtp": 26,
    "bounces": 27,
    "amqp": 30,
    "amqp_admin": 31,
    "epmd": 32,
    "distribution": 33,
    "postgres": 34,
    "amqp_metrics": 35,
    "prometheus": 36,
}
# The second process of a service is at +50, the third at +60.
_REPLICAS = 50
_REPLICA_STEP = 10
_CLAIM = 99
_BLOCK = 100

# Above this the kernel takes ports for outgoing connections, whenever it likes.
_CEILING = 32768


@dataclass(frozen=True)
class Ports:
    """A claimed block of ports.

    Its last port stays bound for as long as this object lives, so that of two runs that start at
    the same moment one moves on, long before their servers listen.
    """

    base: int
    claim: socket.socket = field(repr=False, compare=False)

    def __getitem__(self, name: str) -> int:
        """Return the port of a service or server."""
        return self.base + OFFSETS[name]

    def of_replica(self, service: str, number: int) -> int:
        """Return the port of a service's second, third, … process."""
        return self[service] + _REPLICAS + (number - 2) * _REPLICA_STEP


def claim(base: int) -> Ports:
    """Claim the first free block at ``base``, ``base + 100``, … Raises ``CannotRun``."""
    for start in range(base, _CEILING - _BLOCK, _BLOCK):
        claimed = _listen(start + _CLAIM)
        if claimed is None:
            continue
        if all(_is_free(start + offset) for offset in OFFSETS.values()):
            return Ports(start, claimed)
        claimed.close()
    raise CannotRun(f"no free block of ports between {base} and {_CEILING}")


def _is_free(port: int) -> bool:
    listening = _listen(port)
    if listening is None:
        return False
    listening.close()
    return True


def _listen(port: int) -> socket.socket | None:
    attempt = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    # Connections of an earlier run may still be closing; only a listener makes a port busy.
    attempt.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        attempt.bind(("127.0.0.1", port))
        attempt.listen(1)
    except OSError:
        attempt.close()
        return None
    return attempt
