"""Does together what is asked for at about the same time, in rounds, one after another.

Whoever asks while a round is under way is in the next one. So rounds are of one while it is calm,
and fill by themselves under load.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextvars import Context
from typing import Generic, TypeVar

T = TypeVar("T")
R = TypeVar("R")


class Together(Generic[T, R]):
    """Takes what is asked for, and has it done in rounds."""

    def __init__(
        self,
        do: Callable[[Sequence[T]], Awaitable[Sequence[R | Exception]]],
        *,
        at_most: int,
        breath: float = 0,
        apart: Callable[[Exception, int], bool] = lambda _error, _size: False,
    ) -> None:
        """Have ``do`` give each of a round its answer, in their order; at most so many at once.

        ``breath`` is how many seconds pass before each round, for what nobody waits for. ``apart``
        is asked of a round of several that failed, and its size: whether to do each alone then.
        """
        self._do = do
        self._at_most = at_most
        self._breath = breath
        self._apart = apart
        self._asked: list[tuple[T, asyncio.Future[R]]] = []
        self._rounds: asyncio.Task[None] | None = None

    async def ask(self, what: T) -> R:
        """Have it done in the next round. Raises its own error, or the one that ended its round."""
        answer: asyncio.Future[R] = asyncio.get_running_loop().create_future()
        self._asked.append((what, answer))
        if self._rounds is None:
            # In a context of its own: a round follows nobody's trail.
            self._rounds = asyncio.create_task(self._go_round(), context=Context())
        return await answer

    async def _go_round(self) -> None:
        try:
            while self._asked:
                if self._breath:
                    await asyncio.sleep(self._breath)
                at_hand = self._asked[: self._at_most]
                del self._asked[: self._at_most]
                await self._do_round(at_hand)
        finally:
            self._rounds = None

    async def _do_round(self, at_hand: Sequence[tuple[T, asyncio.Future[R]]]) -> None:
        answers: Sequence[R | Exception]
        try:
            answers = await self._answers([what for what, _ in at_hand])
        except asyncio.CancelledError:
            for _, waiting in at_hand:
                waiting.cancel()
            raise
        except Exception as error:  # noqa: BLE001 (whoever asked is told)
            answers = [error] * len(at_hand)
        for (_, waiting), answer in zip(at_hand, answers, strict=True):
            if waiting.done():
                continue  # whoever asked has left
            if isinstance(answer, Exception):
                waiting.set_exception(answer)
            else:
                waiting.set_result(answer)

    async def _answers(self, asked: Sequence[T]) -> Sequence[R | Exception]:
        try:
            return await self._do(asked)
        except Exception as error:
            if len(asked) == 1 or not self._apart(error, len(asked)):
                raise
        return [await self._alone(each) for each in asked]

    async def _alone(self, what: T) -> R | Exception:
        try:
            (answer,) = await self._do([what])
        except Exception as error:  # noqa: BLE001 (it is told to the one who asked)
            return error
        return answer
