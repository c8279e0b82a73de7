"""The token of a machine client: fetched when it is first needed, and again before it ends."""

import time
from collections.abc import Generator

import httpx

_SPARE_SECONDS = 60


class MachineToken(httpx.Auth):
    """Client credentials as httpx wants them; a load may outlive a token of ten minutes."""

    requires_response_body = True

    def __init__(self, client: dict[str, str]) -> None:
        """Take what ``add-client`` printed."""
        self._url = client["token_url"]
        self._login = httpx.BasicAuth(client["client_id"], client["client_secret"])
        self._token = ""
        self._good_until = 0.0

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Put a token on a request."""
        if time.monotonic() > self._good_until:
            wanted = httpx.Request("POST", self._url, data={"grant_type": "client_credentials"})
            answer = yield next(self._login.auth_flow(wanted))
            told = answer.raise_for_status().json()
            self._token = told["access_token"]
            self._good_until = time.monotonic() + float(told["expires_in"]) - _SPARE_SECONDS
        request.headers["Authorization"] = f"Bearer {self._token}"
        yield request
