"""Says by its exit code whether the service of this container is ready: the image's HEALTHCHECK.

    python -I -S healthy.py [PORT [PATH]]

Without a port it asks the service where that listens. The standard library's smallest client,
because this runs every few seconds.
"""

import os
import sys
from http.client import HTTPConnection

TIMEOUT_SECONDS = 4
LONGEST_REASON = 500


def main() -> int:
    """Ask; print what is wrong, for `docker inspect`."""
    port, path = (*sys.argv[1:], *(None, None))[:2]
    if port is None:
        port = os.environ[f"{os.environ['SERVICE'].upper()}_HTTP_PORT"]
    connection = HTTPConnection("127.0.0.1", int(port), timeout=TIMEOUT_SECONDS)
    try:
        connection.request("GET", path or "/health/ready")
        answer = connection.getresponse()
        print(answer.status, answer.read(LONGEST_REASON).decode(errors="replace"))
    except OSError as away:
        print(away)
        return 1
    return 0 if answer.status == 200 else 1  # noqa: PLR2004


sys.exit(main())
