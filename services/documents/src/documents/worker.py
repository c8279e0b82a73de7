"""The child process that opens what strangers made: it may die, and nothing else dies with it.

``python -m documents.worker reading 512`` may use 512 MiB and answers, one by one, the jobs it is
given on standard input. It says nothing of a document but its answer.
"""

import contextlib
import ctypes
import hashlib
import json
import os
import resource
import signal
import sys
import traceback
from collections.abc import Callable, Sequence
from dataclasses import fields, is_dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any, BinaryIO

from documents import frames
from documents.errors import PageUnknown, XmlNotUnderstood

Answer = tuple[dict[str, Any], list[bytes]]

_PR_SET_PDEATHSIG = 1
_MIB = 1024 * 1024


def do(header: dict[str, Any], parts: Sequence[bytes]) -> Answer:
    """Do a job and answer it; what goes wrong is an answer too."""
    job: Callable[..., Answer] = _JOBS[header["job"]]
    try:
        return job(*parts, **header.get("how", {}))
    except XmlNotUnderstood as wrong:
        return {"answer": "not_understood", "reason": str(wrong)}, []
    except PageUnknown:
        return {"answer": "no_page"}, []
    except (MemoryError, RecursionError):
        return {"answer": "too_large"}, []
    except Exception as wrong:  # noqa: BLE001 (whatever it is, it must not take its words along)
        return {"answer": "failed", "reason": _place(wrong)}, []


def _read(content: bytes) -> Answer:
    from documents.understanding import understand  # noqa: PLC0415 (after the limit is set)

    understood = understand(content)
    invoice = understood.invoice
    inside: list[tuple[str, str, str | None, bytes]] = []
    if understood.xml is not None:
        inside.append(("embedded_xml", understood.xml_name or "", None, understood.xml))
    if invoice is not None:
        inside += [
            ("embedded_attachment", each.name, each.media_type, each.content)
            for each in invoice.enclosures
            if each.content is not None
        ]
        invoice = replace(
            invoice, lines=(), adjustments=(), vat=(), notes=(), payments=(), enclosures=()
        )
    header = {
        "answer": "done",
        "pages": understood.pages,
        "flags": understood.flags,
        "inside": [each[:-1] for each in inside],
    }
    return header, [_json(invoice), *(each[-1] for each in inside)]


def _invoice(content: bytes) -> Answer:
    from documents.understanding import read_xml  # noqa: PLC0415 (as above)

    return {"answer": "done"}, [_json(read_xml(content))]


def _render(content: bytes, language: Any) -> Answer:
    from documents.rendering import render  # noqa: PLC0415 (typst is heavy, and for these only)
    from documents.understanding import read_xml  # noqa: PLC0415 (as above)

    rendered = render(read_xml(content), language, source=hashlib.sha256(content).hexdigest())
    return {"answer": "done", "flags": list(rendered.flags)}, [rendered.pdf]


def _picture(content: bytes, page: int, width: int) -> Answer:
    from documents import picturing  # noqa: PLC0415 (as above)

    return {"answer": "done"}, [picturing.page(content, page, width)]


_JOBS: dict[str, Callable[..., Answer]] = {
    "read": _read,
    "invoice": _invoice,
    "render": _render,
    "picture": _picture,
}


def _json(thing: Any) -> bytes:
    return json.dumps(thing, default=_plain, ensure_ascii=False).encode()


def _plain(thing: Any) -> Any:
    """Return what JSON has no word for: no bytes, decimals as text, dates as ISO 8601 has them."""
    if isinstance(thing, Decimal):
        return f"{thing:f}"
    if isinstance(thing, date):
        return thing.isoformat()
    if is_dataclass(thing):
        known = ((each.name, getattr(thing, each.name)) for each in fields(thing))
        return {name: value for name, value in known if not isinstance(value, bytes)}
    raise TypeError(type(thing).__name__)


def _place(wrong: BaseException) -> str:
    """Return what went wrong and where, in our words only: its own may repeat the document."""
    frame = traceback.extract_tb(wrong.__traceback__)[-1]
    return f"{type(wrong).__name__} at {os.path.basename(frame.filename)}:{frame.lineno}"  # noqa: PTH119


def work(asked: BinaryIO, answered: BinaryIO, hello: dict[str, Any]) -> None:
    """Say hello, then answer jobs until there are no more."""
    answered.write(frames.written(hello))
    answered.flush()
    while prefix := asked.read(frames.LENGTHS.size):
        header, body = (asked.read(length) for length in frames.lengths(prefix))
        answer, parts = do(*frames.read(header, body))
        answered.write(frames.written(answer, parts))
        answered.flush()


def _ready(kind: str) -> dict[str, Any]:
    """Import what jobs of a kind need, before the first; return what to say of it."""
    from documents import understanding  # noqa: F401, PLC0415 (as above)

    if kind == "reading":
        return {}
    from documents import picturing, rendering  # noqa: F401, PLC0415 (as above)

    return {"version": rendering.VERSION}


def _confine(memory_mib: int) -> None:
    """Take what this process could do harm with: memory, dumps, and a life after its parent.

    Signals to end gently are for the parent, which still waits for answers then.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (memory_mib * _MIB, memory_mib * _MIB))


def main(kind: str, memory_mib: str) -> None:
    """Work for the parent process, until it closes the pipe."""
    _confine(int(memory_mib))
    # Libraries may print: nothing of theirs must reach the pipe, nor anything of a document a log.
    answered = os.fdopen(os.dup(1), "wb")
    hello = _ready(kind)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    with contextlib.suppress(BrokenPipeError):
        work(sys.stdin.buffer, answered, hello)


if __name__ == "__main__":
    main(*sys.argv[1:])
