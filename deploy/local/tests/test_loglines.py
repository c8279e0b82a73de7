"""A person reads log lines, a search reads the log files."""

from localrun.loglines import readable


def test_a_log_line_becomes_time_level_event_and_facts() -> None:
    line = (
        '{"event": "document_accepted", "level": "info", "service": "documents",'
        ' "timestamp": "2026-02-03T04:05:06.789Z", "number": "F 12", "files": 2}'
    )

    assert readable(line) == '04:05:06 info    document_accepted number="F 12" files=2'


def test_ids_are_short_on_the_terminal() -> None:
    line = '{"event": "letter_sent", "letter_id": "01a20033-5194-729e-a87b-060c16876f85"}'

    assert readable(line).split() == ["letter_sent", "letter_id=…16876f85"]


def test_a_failure_is_shown_by_its_cause_and_place() -> None:
    line = (
        '{"event": "handler_failed", "level": "error", "exception": [{"exc_type": "ValueError",'
        ' "exc_value": "no", "frames": [{"filename": "a.py", "lineno": 7}]}]}'
    )

    assert readable(line) == "error   handler_failed | ValueError: no (a.py:7)"


def test_what_is_not_a_log_line_stays_as_it_is() -> None:
    assert readable("Traceback (most recent call last):") == "Traceback (most recent call last):"
    assert readable("[1, 2]") == "[1, 2]"
