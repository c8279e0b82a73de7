"""A worker that behaves as badly as it is told to: ``python unruly.py reading 64``."""

import os
import sys
import time

from documents import frames

NO_FRAMES = {
    "babble": b"Traceback (most recent call last)",
    "boast": frames.LENGTHS.pack(4_000_000_000, 4_000_000_000),
    "not_json": frames.LENGTHS.pack(4, 0) + b"{{{{",
    "miscount": frames.LENGTHS.pack(15, 3) + b'{"parts":[1,1]}' + b"abc",
}


def answer(header, parts=()):
    sys.stdout.buffer.write(frames.written(header, parts))
    sys.stdout.buffer.flush()


def write(content):
    sys.stdout.buffer.write(content)
    sys.stdout.buffer.flush()


def do(job, parts):
    match job["job"]:
        case "echo":
            answer({"answer": "done", "pid": os.getpid()}, parts)
        case "hang":
            time.sleep(600)
        case "die":
            os._exit(9)
        case "die_once":
            if not os.path.exists(job["mark"]):  # noqa: PTH110 (the least that does it)
                os.close(os.open(job["mark"], os.O_CREAT))
                os._exit(9)
            answer({"answer": "done"}, parts)
        case "half":
            write(frames.written({"answer": "done"}, [b"x" * 1000])[:-500])
            time.sleep(600)
        case "too_large" | "failed" as how:
            answer({"answer": how, "pid": os.getpid()})
        case how:
            write(NO_FRAMES[how])


def main(kind):
    if kind == "stillborn":
        sys.exit(3)
    answer({"pid": os.getpid(), "secret": os.environ.get("DOCUMENTS_SECRET")})  # noqa: TID251
    read = sys.stdin.buffer.read
    while prefix := read(frames.LENGTHS.size):
        header, body = frames.lengths(prefix)
        job, parts = frames.read(read(header), read(body))
        do(job, parts)


main(sys.argv[1])
