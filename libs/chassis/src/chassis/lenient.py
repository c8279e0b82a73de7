"""Keeps one unreadable message from cutting the line for all others.

The broker lets pass what pamqp cannot read: a timestamp in the year 584556019, a name that is not
UTF-8, a table nested without end. aiormq then drops the connection, the broker delivers it again,
and its neighbours are charged a delivery each time. Here such a message arrives with no properties
at all: it proves no sender, so the doormat refuses and parks it.
"""

from pamqp import base, decode

_strictly = base.BasicProperties.unmarshal


def read_leniently() -> None:
    """Let every AMQP connection of this process read what it can. Harmless when repeated."""
    base.BasicProperties.unmarshal = _properties  # type: ignore[assignment,method-assign]
    decode.METHODS["shortstr"] = _short_text


def _properties(properties: base.BasicProperties, flags: int, data: bytes) -> None:
    try:
        _strictly(properties, flags, data)
    except (ValueError, ArithmeticError, LookupError, RecursionError, OSError):
        for name in properties.__slots__:
            setattr(properties, name, None)


def _short_text(value: bytes) -> tuple[int, str]:
    end = value[0] + 1
    return end, value[1:end].decode("utf-8", "replace")
