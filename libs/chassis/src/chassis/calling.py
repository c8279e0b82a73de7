"""Calls to other services over HTTP: each carries the trail, and is a span of its own."""

import httpx

from chassis import conventions, tracing, trail


class Following(httpx.AsyncBaseTransport):
    """A transport for ``httpx.AsyncClient``; ``inner`` is what it sends by, else the network."""

    def __init__(self, inner: httpx.AsyncBaseTransport | None = None) -> None:
        """Send by this transport."""
        self._inner = inner or httpx.AsyncHTTPTransport(trust_env=False)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request with the headers that carry the trail."""
        told = conventions.of_request(request.method)
        with tracing.step(conventions.method_of(request.method), "client", told) as span:
            request.headers.update(trail.current().in_requests())
            answer = await self._inner.handle_async_request(request)
            if span.told:
                span.note(conventions.of_server(request.url.host, request.url.port))
                span.note(conventions.of_answer(answer.status_code))
            if answer.is_error:
                span.failed(str(answer.status_code))
            return answer

    async def aclose(self) -> None:
        """Close what it sends by."""
        await self._inner.aclose()
