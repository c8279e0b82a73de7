"""The commands of the local run: ``up``, ``demo``, ``stop``, ``with-servers`` and ``storm``."""

import argparse
import asyncio
import logging
import signal
import sys
import time
from collections.abc import Coroutine
from pathlib import Path

from localrun import demo, environment, roster, storm, suite, throwaway
from localrun.addresses import Addresses
from localrun.errors import CannotRun
from localrun.ledger import Promise
from localrun.running import unpacked_below
from localrun.terminal import Terminal

_ROOT = Path(__file__).resolve().parents[4]


def main() -> int:
    """Run one command; return its exit code."""
    asked = _parser().parse_args()
    folder = asked.folder.resolve()
    try:
        match asked.command:
            case "up":
                return _until_signalled(suite.run(_ROOT, folder), signalled=0)
            case "demo":
                return _until_signalled(_demo(folder, once=asked.once), signalled=int(asked.once))
            case "stop":
                return 0 if roster.stop(folder) else 1
            case "storm":
                return _until_signalled(_storm(folder, asked))
            case _:
                command = asked.rest[1:] if asked.rest[:1] == ["--"] else asked.rest
                return _until_signalled(throwaway.run(command, folder, unpacked_below(_ROOT)))
    except* CannotRun as reasons:
        sys.stderr.write("\n".join(_words(reasons)) + "\n")
    return 1


def _words(reason: BaseException) -> list[str]:
    """Return what the errors of a group say, however deep it is."""
    if isinstance(reason, BaseExceptionGroup):
        return [word for each in reason.exceptions for word in _words(each)]
    return [str(reason)]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m localrun", description=__doc__)
    parser.add_argument(
        "--folder", type=Path, default=_ROOT / ".run", help="where the run keeps its state"
    )
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("up", help="the suite, until Ctrl-C")
    shown = commands.add_parser("demo", help="the suite, and a billing system that publishes")
    shown.add_argument("--once", action="store_true", help="end when every mail has arrived")
    commands.add_parser("stop", help="end a suite that runs")
    failing = commands.add_parser("storm", help="a load while things fail, and an audit of it")
    failing.add_argument("--size", choices=storm.SIZES, default="modest")
    failing.add_argument("--seed", type=int, help="repeats what was drawn from it before")
    failing.add_argument(
        "--promise",
        type=Promise,
        choices=list(Promise),
        default=Promise.ONCE,
        help="once: the relay can be asked; hold and resend: it cannot",
    )
    beside = commands.add_parser("with-servers", help="run a command beside throw-away servers")
    beside.add_argument("rest", nargs=argparse.REMAINDER, metavar="-- COMMAND")
    return parser


async def _demo(folder: Path, *, once: bool) -> int:
    async def play(addresses: Addresses) -> int | None:
        given = environment.read_exports(folder / "env")
        arrived = await demo.play(addresses, given, once=once)
        return int(not arrived) if once else None

    return await suite.run(_ROOT, folder, play)


async def _storm(folder: Path, asked: argparse.Namespace) -> int:
    """Let a storm pass over a suite of its own; what it did is kept in the folder."""
    # Whoever publishes through a storm loses its line often; that is no news.
    for chatty in ("aio_pika", "aiormq"):
        logging.getLogger(chatty).setLevel(logging.CRITICAL)
    seed = int(time.time()) if asked.seed is None else asked.seed
    terminal = Terminal()
    terminal.step(f"a {asked.size} storm from seed {seed}; starting a suite for it")
    report = await storm.over_its_own_suite(
        folder,
        called="storm",
        seed=seed,
        size=storm.SIZES[asked.size],
        promise=asked.promise,
        tell=terminal.step,
    )
    kept = folder / "failures" / f"{asked.size}-{seed}-{asked.promise}.json"
    report.write(kept)
    terminal.write(f"\n{report.table()}\n")
    terminal.step(f"{'all as promised' if report.good else 'NOT as promised'}; kept in {kept}")
    return 0 if report.good else 1


def _until_signalled(work: Coroutine[None, None, int], signalled: int | None = None) -> int:
    """Run to the end, or to the first signal, after which the work still puts things in order.

    ``signalled`` is the exit code after a signal; without it, the usual 128 and the signal's
    number.
    """

    async def guarded() -> int:
        task = asyncio.ensure_future(work)
        told: list[signal.Signals] = []

        def tell(number: signal.Signals) -> None:
            if not told:
                task.cancel()
            told.append(number)

        loop = asyncio.get_running_loop()
        # Set outright, because a shell that starts a job in the background has it ignore SIGINT.
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            loop.add_signal_handler(number, tell, number)
        try:
            return await task
        except asyncio.CancelledError:
            return 128 + told[0] if signalled is None else signalled

    return asyncio.run(guarded())


sys.exit(main())
