"""What a browser is called, as its owner would: "Firefox on Windows"."""

_BROWSERS = {
    "edg": "Edge",
    "opr/": "Opera",
    "samsungbrowser": "Samsung Internet",
    "vivaldi": "Vivaldi",
    "firefox": "Firefox",
    "fxios": "Firefox",
    "crios": "Chrome",
    "chromium": "Chromium",
    "chrome": "Chrome",
    "safari": "Safari",
}
# The first that fits: an iPad may say Mac OS too, and Android says Linux.
_SYSTEMS = {
    "iphone": "iPhone",
    "ipad": "iPad",
    "android": "Android",
    "windows": "Windows",
    "mac os": "macOS",
    "cros": "ChromeOS",
    "linux": "Linux",
}


def name(user_agent: str) -> str:
    """Return a browser's name and system, as far as it says them; never its own words."""
    said = user_agent.lower()
    browser = next((name for sign, name in _BROWSERS.items() if sign in said), "")
    system = next((name for sign, name in _SYSTEMS.items() if sign in said), "")
    return " on ".join(part for part in (browser or "Browser", system) if part)
