"""Logging, set up once per process: one JSON object a line, with the trail's ids."""

import logging
import sys

import structlog

_NOISY = ("aio_pika", "aiormq", "httpx", "httpcore", "uvicorn", "faststream", "asyncio", "alembic")


# Locals of a frame may hold a message, an address, a secret: none of them belongs in a log.
_without_locals = structlog.processors.ExceptionRenderer(
    structlog.tracebacks.ExceptionDictTransformer(show_locals=False)
)


def set_up(service: str, level: str) -> None:
    """Make every log line of this process JSON on standard output.

    Lines of libraries below WARNING are left out: they tell steps, not facts.
    """
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _named(service),
        structlog.processors.StackInfoRenderer(),
        _without_locals,
    ]
    structlog.configure(
        processors=[*shared, structlog.processors.JSONRenderer()],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stdout),
        cache_logger_on_first_use=True,
    )
    to_json = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.JSONRenderer(),
        ],
    )
    lines = logging.StreamHandler(sys.stdout)
    lines.setFormatter(to_json)
    logging.basicConfig(handlers=[lines], level=level, force=True)
    for name in _NOISY:
        logging.getLogger(name).setLevel(logging.WARNING)


def _named(service: str) -> structlog.typing.Processor:
    def add(
        _logger: structlog.typing.WrappedLogger, _name: str, event: structlog.typing.EventDict
    ) -> structlog.typing.EventDict:
        event["service"] = service
        return event

    return add
