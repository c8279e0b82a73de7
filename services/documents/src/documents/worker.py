"""The child process that opens what strangers made: it may die, and nothing else dies with it.

``python -m documents.worker reading 512`` may use 512 MiB and answers, one by one, the jobs it is
given on standard input. It says nothing of a document but its answer. What is ``studying`` does so
when nobody else wants the processor: nobody waits for it.
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
from documents.errors import NotStamped, PageUnknown, XmlNotUnderstood

Answer = tuple[dict[str, Any], list[bytes]]

STUDYING = "studying"

_PR_SET_PDEATHSIG = 1
_AFTER_OTHERS = 10
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
    except NotStamped as wrong:
        return {"answer": "not_stamped", "reason": str(wrong)}, []
    except (MemoryError, RecursionError):
        return {"answer": "too_large"}, []
    except Exception as wrong:  # noqa: BLE001 (whatever it is, it must not take its words along)
        return {"answer": "failed", "reason": _place(wrong)}, []


def _read(content: bytes) -> Answer:
    from documents import wording  # noqa: PLC0415 (after the limit is set)
    from documents.understanding import understand  # noqa: PLC0415 (as above)

    understood = understand(content)
    invoice, words = understood.invoice, ""
    inside: list[tuple[str, str, str | None, bytes]] = []
    if understood.xml is not None:
        inside.append(("embedded_xml", understood.xml_name or "", None, understood.xml))
    if invoice is not None:
        words = wording.of_invoice(invoice)
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
    return header, [_json(invoice), words.encode(), *(each[-1] for each in inside)]


def _invoice(content: bytes) -> Answer:
    from documents.understanding import read_xml  # noqa: PLC0415 (as above)

    return {"answer": "done"}, [_json(read_xml(content))]


def _render(content: bytes, language: Any, customer_number: str | None = None) -> Answer:
    from documents.rendering import render  # noqa: PLC0415 (typst is heavy, and for these only)
    from documents.understanding import read_xml  # noqa: PLC0415 (as above)

    source = hashlib.sha256(content).hexdigest()
    rendered = render(read_xml(content), language, source=source, customer_number=customer_number)
    return {"answer": "done", "flags": list(rendered.flags)}, [rendered.pdf]


def _cover(known: bytes, language: Any) -> Answer:
    from documents import cover, rendering  # noqa: PLC0415 (as above)

    rendered = rendering.render_cover(cover.Known.read(known), language)
    return {"answer": "done", "flags": list(rendered.flags)}, [rendered.pdf]


def _picture(content: bytes, page: int, width: int) -> Answer:
    from documents import picturing  # noqa: PLC0415 (as above)

    return {"answer": "done"}, [picturing.page(content, page, width)]


def _stamp(content: bytes, language: str) -> Answer:
    from documents import stamping  # noqa: PLC0415 (as above)

    return {"answer": "done"}, [stamping.stamp(content, language)]


def _words(content: bytes) -> Answer:
    from documents import pdf_words, sniffing, wording  # noqa: PLC0415 (as above)
    from documents.understanding import read_xml  # noqa: PLC0415 (as above)

    if sniffing.media_type(content) == "application/pdf":
        return {"answer": "done"}, [wording.joined(pdf_words.words(content)).encode()]
    return {"answer": "done"}, [wording.of_invoice(read_xml(content)).encode()]


def _judge(content: bytes, rules: str | None) -> Answer:
    from documents import judging  # noqa: PLC0415 (Saxon is heavy, and for these only)

    return {"answer": "done"}, [_json(judging.judge(content, rules))]


_JOBS: dict[str, Callable[..., Answer]] = {
    "read": _read,
    "invoice": _invoice,
    "render": _render,
    "cover": _cover,
    "picture": _picture,
    "stamp": _stamp,
    "words": _words,
    "judge": _judge,
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

    if kind != "rendering":
        return {}
    from documents import picturing, rendering, stamping  # noqa: F401, PLC0415 (as above)

    return {"version": rendering.VERSION}


def _confine(kind: str, memory_mib: int) -> None:
    """Take what this process could do harm with: memory, dumps, and a life after its parent.

    Signals to end gently are for the parent, which still waits for answers then. Saxon reserves
    far more addresses than it ever uses, so that what studies is held to what it uses.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    studies = kind == STUDYING
    memory = resource.RLIMIT_DATA if studies else resource.RLIMIT_AS
    resource.setrlimit(memory, (memory_mib * _MIB, memory_mib * _MIB))
    if studies:
        os.nice(_AFTER_OTHERS)


def main(kind: str, memory_mib: str) -> None:
    """Work for the parent process, until it closes the pipe."""
    _confine(kind, int(memory_mib))
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
