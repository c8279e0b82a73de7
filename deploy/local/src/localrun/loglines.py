"""Turns the services' JSON log lines into something a person reads at a glance."""

import json
import re

# Shown in other words, or only of use to a search through the log files.
_LEFT_OUT = {"timestamp", "level", "event", "service", "exception", "message_id", "causation_id"}


# The last digits differ between ids that were made at the same moment; the first ones do not.
_ID = re.compile(r"\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{4}([0-9a-f]{8})\b")


def readable(line: str) -> str:
    """Return ``12:03:04 info document_accepted document_id=…``; other text as it is."""
    try:
        entry = json.loads(line)
    except ValueError:
        return line
    if not isinstance(entry, dict) or "event" not in entry:
        return line
    clock = str(entry.get("timestamp", ""))[11:19]
    words = [clock, f"{entry.get('level', ''):<7}", str(entry["event"])]
    facts = {key: value for key, value in entry.items() if key not in _LEFT_OUT}
    words += [f"{key}={_plain(value)}" for key, value in facts.items() if value is not None]
    if "exception" in entry:
        words.append(_reason(entry["exception"]))
    return " ".join(words).strip()


def _plain(value: object) -> str:
    text = _ID.sub(r"…\1", value if isinstance(value, str) else json.dumps(value))
    return json.dumps(text, ensure_ascii=False) if not text or " " in text else text


def _reason(exception: object) -> str:
    """Return the error itself, and the place it comes from; the whole trace is in the log file."""
    match exception:
        case [{"exc_type": kind, "exc_value": text, "frames": [*_, last]}, *_]:
            first = str(text).partition("\n")[0]
            return f"| {kind}: {first} ({last['filename']}:{last['lineno']})"
        case _:
            return f"| {str(exception).strip().splitlines()[-1]}"
