"""Takes the body of a request by hand: after its caller is known, and no further than a limit."""

from typing import TypeVar

from fastapi import HTTPException, Request
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError

from contracts.message import Message

M = TypeVar("M", bound=Message)


class TooLarge(HTTPException):
    """A body is larger than it may be: HTTP 413. What is left of it is not read."""

    def __init__(self, at_most: int) -> None:
        """Say how large it may be, in bytes."""
        detail = f"the body is larger than {at_most} bytes"
        super().__init__(413, detail, headers={"Connection": "close"})


async def take(request: Request, *, at_most: int) -> bytes:
    """Return the body. Raises ``TooLarge`` as soon as there is more than ``at_most`` bytes."""
    announced = request.headers.get("Content-Length", "")
    if announced.isdigit() and int(announced) > at_most:
        raise TooLarge(at_most)
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > at_most:
            raise TooLarge(at_most)
    return bytes(body)


def read(message: type[M], body: bytes) -> M:
    """Read a message that came by HTTP; what is wrong is told as any route tells it."""
    try:
        return message.read(body)
    except ValidationError as wrong:
        found = wrong.errors(include_url=False, include_context=False, include_input=False)
        raise RequestValidationError(
            [each | {"loc": ("body", *each["loc"])} for each in found]
        ) from None
