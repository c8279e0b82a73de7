"""The two living parts of a running postbox, as its doors ask for them."""

from typing import Annotated

from fastapi import Depends, Request

from postbox.sink import Sink
from postbox.store import Store


# Both are async because FastAPI would run them in a thread each time otherwise.
async def _store(request: Request) -> Store:
    store: Store = request.app.state.store
    return store


async def _sink(request: Request) -> Sink:
    sink: Sink = request.app.state.sink
    return sink


TheStore = Annotated[Store, Depends(_store)]
TheSink = Annotated[Sink, Depends(_sink)]
