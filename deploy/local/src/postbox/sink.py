"""The SMTP port: opened, closed, and taken down and up again as the faults say."""

import asyncio

from postbox.conversation import Conversation
from postbox.faults import Faults
from postbox.intake import Intake

_GRACE_SECONDS = 5
_LAST_WORDS_SECONDS = 0.1


class Sink:
    """The listener and its open lines."""

    def __init__(self, intake: Intake, host: str, port: int) -> None:
        """Prepare to listen; with port 0 the first `open` picks one, and it stays the same."""
        self.intake = intake
        self.host = host
        self.port = port
        self._listener: asyncio.Server | None = None
        self._open_lines: set[Conversation] = set()
        self._changing = asyncio.Lock()

    async def open(self) -> None:
        """Listen; an OSError says that the port cannot be had."""
        self._listener = await asyncio.get_running_loop().create_server(
            lambda: Conversation(self.intake, self._open_lines), self.host, self.port, backlog=512
        )
        self.port = self._listener.sockets[0].getsockname()[1]

    async def close(self) -> None:
        """Refuse connections, answer for what is being stored, then hang up."""
        self._stop_listening()
        await self.intake.settled(_GRACE_SECONDS)
        await asyncio.sleep(_LAST_WORDS_SECONDS)
        for line in list(self._open_lines):
            line.hang_up()

    async def apply(self, faults: Faults) -> None:
        """Put the whole set in force; an OSError says that the port could not be had again."""
        async with self._changing:
            if not faults.down and self._listener is None:
                await self.open()
            self.intake.faults = faults
            if faults.down:
                self._stop_listening()
                for line in list(self._open_lines):
                    line.cut()

    def _stop_listening(self) -> None:
        if self._listener is not None:
            self._listener.close()
            self._listener = None
