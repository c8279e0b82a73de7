"""`python -m postbox`: the mail catcher on its two ports until it is told to stop."""

import argparse
import logging
import signal
import sys
from pathlib import Path
from types import FrameType

import uvicorn

from postbox import app

_GRACE_SECONDS = 5
# Longer than clients keep a line: who asks just as we hang up would get no answer.
_IDLE_SECONDS = 75


def main() -> None:
    """Run until SIGTERM or SIGINT; exits 0 then, and not 0 if a port cannot be had."""
    parser = argparse.ArgumentParser(prog="postbox", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--http-port", type=int, default=8125, help="page and API")
    parser.add_argument("--smtp-port", type=int, default=8126)
    parser.add_argument("--bounce-port", type=int, help="where mails come back to")
    parser.add_argument("--bounce-host", default="127.0.0.1", help="on which host")
    parser.add_argument("--store", type=Path, required=True, help="folder the mails are kept in")
    chosen = parser.parse_args()

    logging.basicConfig(level=logging.INFO, stream=sys.stdout, format="%(levelname)s %(message)s")
    for chatty in ("mail.log", "uvicorn", "asyncio"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
    # uvicorn stops on these by itself, then raises them again: that must end us in peace.
    signal.signal(signal.SIGTERM, _leave)
    signal.signal(signal.SIGINT, _leave)

    uvicorn.run(
        app.build(
            chosen.store,
            chosen.host,
            chosen.smtp_port,
            chosen.bounce_port,
            chosen.bounce_host,
        ),
        host=chosen.host,
        port=chosen.http_port,
        log_config=None,
        access_log=False,
        timeout_keep_alive=_IDLE_SECONDS,
        timeout_graceful_shutdown=_GRACE_SECONDS,
    )


def _leave(_signal: int, _frame: FrameType | None) -> None:
    sys.exit(0)


if __name__ == "__main__":
    main()
