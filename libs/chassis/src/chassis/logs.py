"""Logging, set up once per process: one JSON object a line, with the trail's ids."""

import logging
from typing import Any, TextIO

import structlog

from chassis.database import in_words

_NOISY = ("httpx", "httpcore", "uvicorn", "faststream", "asyncio", "alembic")
# They tell a lost connection a dozen times, as errors; `broker_away` and `broker_back` do it once,
# and so do `collector_away` and `collector_back`.
_SILENT = ("aio_pika", "aiormq", "opentelemetry.exporter", "opentelemetry.sdk._shared_internal")

_chain_of = structlog.tracebacks.ExceptionDictTransformer(show_locals=False)


def _without_values(
    exc_info: structlog.typing.ExcInfo,
) -> list[dict[str, Any]]:
    """Tell an exception without what was in it: a message, an address, a secret.

    Locals of a frame hold values, and so do the words of a database ("Key (email)=(…)").
    """
    told = _chain_of(exc_info)
    error: BaseException | None = exc_info[1]
    for each in told:
        if error is None:
            break
        each["exc_value"] = in_words(error)
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return told


_exceptions = structlog.processors.ExceptionRenderer(_without_values)


def set_up(service: str, level: str, stream: TextIO) -> None:
    """Make every log line of this process JSON on a stream.

    Lines of libraries below WARNING are left out: they tell steps, not facts.
    """
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _named(service),
        structlog.processors.StackInfoRenderer(),
        _exceptions,
    ]
    structlog.configure(
        processors=[*shared, structlog.processors.JSONRenderer()],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(stream),
        cache_logger_on_first_use=True,
    )
    to_json = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.JSONRenderer(),
        ],
    )
    lines = logging.StreamHandler(stream)
    lines.setFormatter(to_json)
    logging.basicConfig(handlers=[lines], level=level, force=True)
    for name in _NOISY:
        logging.getLogger(name).setLevel(logging.WARNING)
    for name in _SILENT:
        logging.getLogger(name).setLevel(logging.CRITICAL)


def _named(service: str) -> structlog.typing.Processor:
    def add(
        _logger: structlog.typing.WrappedLogger, _name: str, event: structlog.typing.EventDict
    ) -> structlog.typing.EventDict:
        event["service"] = service
        return event

    return add
