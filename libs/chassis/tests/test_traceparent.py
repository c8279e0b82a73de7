"""The header that says where something stands in a trace, as W3C Trace Context has it."""

import pytest

from chassis import traceparent

TRACE, SPAN = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"


@pytest.mark.parametrize(
    ("given", "read"),
    [
        (f"00-{TRACE}-{SPAN}-01", f"00-{TRACE}-{SPAN}-01"),
        (f"00-{TRACE}-{SPAN}-00", f"00-{TRACE}-{SPAN}-00"),
        (f"00-{TRACE}-{SPAN}-ff", f"00-{TRACE}-{SPAN}-03"),
        (f"cc-{TRACE}-{SPAN}-01", f"00-{TRACE}-{SPAN}-01"),
        (f"cc-{TRACE}-{SPAN}-01-what-comes", f"00-{TRACE}-{SPAN}-01"),
    ],
    ids=["sampled", "not-sampled", "unknown-flags", "later", "later-and-longer"],
)
def test_a_traceparent_is_read(given, read):
    assert traceparent.read(given) == read


@pytest.mark.parametrize(
    "given",
    [
        None,
        "",
        7,
        b"00",
        f"00-{TRACE}-{SPAN}",
        f"00-{TRACE}-{SPAN}-01-more",
        f"00-{TRACE}-{SPAN}-01\n",
        f" 00-{TRACE}-{SPAN}-01",
        f"ff-{TRACE}-{SPAN}-01",
        f"00-{TRACE.upper()}-{SPAN}-01",
        f"00-{'0' * 32}-{SPAN}-01",
        f"00-{TRACE}-{'0' * 16}-01",
        f"00-{TRACE[:-1]}-{SPAN}-01",
        f"00-{TRACE}-{SPAN}-0g",
        "00-" + "a" * 100_000,
    ],
)
def test_anything_else_is_none(given):
    assert traceparent.read(given) is None


def test_a_new_trace_is_one_of_its_own_that_others_may_record():
    one, other = traceparent.begin(), traceparent.begin()

    assert traceparent.read(one) == one
    assert one.endswith("-01")
    assert traceparent.trace_id(one) != traceparent.trace_id(other)
    assert one.startswith(f"00-{traceparent.trace_id(one)}-")
