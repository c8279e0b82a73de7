"""What a browser is called in the list of sessions."""

import pytest

from portal.browsers import name

_MOZILLA = "Mozilla/5.0"


@pytest.mark.parametrize(
    ("user_agent", "called"),
    [
        (
            f"{_MOZILLA} (Windows NT 10.0; Win64; x64; rv:140.0) Gecko Firefox/140.0",
            "Firefox on Windows",
        ),
        (f"{_MOZILLA} (Windows NT 10.0) Chrome/140.0 Safari/537.36 Edg/140.0", "Edge on Windows"),
        (f"{_MOZILLA} (X11; Linux x86_64) Chrome/140.0 Safari/537.36", "Chrome on Linux"),
        (
            f"{_MOZILLA} (iPhone; CPU iPhone OS 18 like Mac OS X) Version/18 Safari/604",
            "Safari on iPhone",
        ),
        (
            f"{_MOZILLA} (iPhone; CPU iPhone OS 18 like Mac OS X) CriOS/140 Safari/604",
            "Chrome on iPhone",
        ),
        (
            f"{_MOZILLA} (Linux; Android 15) SamsungBrowser/27 Chrome/130",
            "Samsung Internet on Android",
        ),
        (f"{_MOZILLA} (Macintosh; Intel Mac OS X 10_15) Version/18 Safari/605", "Safari on macOS"),
        ("", "Browser"),
        ("<script>alert(1)</script>", "Browser"),
        ("curl/8.0 (Windows)", "Browser on Windows"),
    ],
)
def test_a_browser_is_called_as_its_owner_would(user_agent, called):
    assert name(user_agent) == called
