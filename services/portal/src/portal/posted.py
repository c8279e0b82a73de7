"""A form as a browser sent it: every field in order, those of one name as often as they came."""

import json
from collections.abc import Sequence
from typing import Annotated, Any
from urllib.parse import parse_qsl
from uuid import UUID

from fastapi import Depends, Request
from starlette.requests import ClientDisconnect

from portal.errors import NothingHere, TooLarge

_MOST_FIELDS = 20_000


class Posted:
    """The fields of a form."""

    def __init__(self, fields: Sequence[tuple[str, str]]) -> None:
        """Keep them."""
        self.fields = tuple(fields)

    def __getitem__(self, name: str) -> str:
        """Return what a field holds, "" where there is none of this name."""
        return next(iter(self.all(name)), "")

    def all(self, name: str) -> list[str]:
        """Return what all fields of a name hold."""
        return [value for each, value in self.fields if each == name]

    @property
    def values(self) -> dict[str, str]:
        """Return what the form shows again where it is refused."""
        return {name: value.strip() for name, value in self.fields}

    def identifier(self, name: str) -> UUID | None:
        """Return the identifier that a field holds, None where it holds anything else."""
        try:
            return UUID(self[name])
        except ValueError:
            return None


def passkey(said: str) -> dict[str, Any]:
    """Return what a browser's own script said of a passkey; nothing where it is none."""
    try:
        found = json.loads(said)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


async def posted(request: Request) -> Posted:
    """Read the form that was sent. How many bytes it may have is checked before."""
    try:
        body = (await request.body()).decode("utf-8", "replace")
        return Posted(parse_qsl(body, keep_blank_values=True, max_num_fields=_MOST_FIELDS))
    except ClientDisconnect as left:
        # Nobody is there to read an answer.
        raise NothingHere from left
    except ValueError as error:
        raise TooLarge from error


Sent = Annotated[Posted, Depends(posted)]
