"""What processes cost: processor seconds and memory, of whole trees, seen from outside."""

import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

import psutil

_LOOK_SECONDS = 0.5
MEGABYTE = 1024 * 1024


def cpu_seconds(roots: Iterable[int]) -> float:
    """Return the processor time that trees have used; children that ended count with a parent."""
    total = 0.0
    for process in _trees(roots):
        with suppress(psutil.NoSuchProcess):
            used = process.cpu_times()
            total += used.user + used.system + used.children_user + used.children_system
    return total


def memory(roots: Iterable[int]) -> float:
    """Return the memory of trees in megabytes, where a shared page counts once (PSS)."""
    total = 0
    for process in _trees(roots):
        with suppress(psutil.NoSuchProcess, psutil.AccessDenied):
            total += process.memory_full_info().pss
    return total / MEGABYTE


@dataclass
class Peak:
    """The most memory seen so far, in megabytes."""

    megabytes: float = 0.0


@contextmanager
def watched(roots: Iterable[int]) -> Iterator[Peak]:
    """Look at the memory of trees now and then, until the block ends."""
    known, peak, over = list(roots), Peak(), threading.Event()

    def look() -> None:
        while True:
            peak.megabytes = max(peak.megabytes, memory(known))
            if over.wait(_LOOK_SECONDS):
                return

    looking = threading.Thread(target=look)
    looking.start()
    try:
        yield peak
    finally:
        over.set()
        looking.join()


def _trees(roots: Iterable[int]) -> Iterator[psutil.Process]:
    for root in roots:
        with suppress(psutil.NoSuchProcess):
            process = psutil.Process(root)
            yield process
            yield from process.children(recursive=True)
