"""What all conversations share: the faults in force and the mails that are being stored."""

import asyncio
from collections.abc import Sequence

from postbox.faults import Faults
from postbox.returning import Returning
from postbox.store import Letter, Store


class Intake:
    """The way into the store; nothing on it is lost when the conversation it came by ends."""

    def __init__(self, store: Store, returning: Returning) -> None:
        """Lead into this store, without faults."""
        self.faults = Faults()
        self._store = store
        self._returning = returning
        self._storing: set[asyncio.Task[Letter]] = set()

    async def keep(self, sender: str, recipients: Sequence[str], source: bytes) -> Letter:
        """Store a mail even if the caller is cancelled meanwhile."""
        storing = asyncio.create_task(self._store.keep(sender, recipients, source))
        self._storing.add(storing)
        storing.add_done_callback(self._storing.discard)
        return await asyncio.shield(storing)

    def send_back(self, letter: Letter, source: bytes) -> None:
        """Report back what the faults say of a stored mail's recipients."""
        for recipient in letter.facts.recipients:
            reply = self.faults.comes_back(recipient)
            if reply is not None:
                self._returning.send_back(letter, source, recipient, reply)

    async def settled(self, timeout: float | None = None) -> None:  # noqa: ASYNC109 (gives up quietly)
        """Wait until every mail whose final dot has been read is in the store, or `timeout` s.

        A sender that lost its line asks whether its mail is here; while it is being written, no
        would be a lie.
        """
        if self._storing:
            await asyncio.wait(self._storing, timeout=timeout)
