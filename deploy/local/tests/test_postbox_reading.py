"""Whatever the bytes of a mail, it can be read, and what is read can be written as UTF-8."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postbox import reading

FRAGMENTS = [
    b"Content-Type: multipart/mixed; boundary=b\r\n",
    b"Content-Type: message/rfc822\r\n",
    b"Content-Type: message/delivery-status\r\n",
    b"Content-Type: text/plain; charset=utf-7\r\n",
    b"Content-Type: text/html; charset=idna\r\n",
    b"Content-Type: text/plain; charset=rot13\r\n",
    b"Content-Transfer-Encoding: base64\r\n",
    b"Content-Transfer-Encoding: uuencode\r\n",
    b"Content-Disposition: attachment; filename*0*=utf-8''%ff; filename*1=x\r\n",
    b"Subject: =?utf-8?b?gA?= =?x?q?=ff?= =?utf-7?q?+2AA-?=\r\n",
    b"From: =?utf-8?q?=3Ca=40x=3E?= <\xff@\xe9>\r\n",
    b"Message-ID: <<>\r\n",
    b"--b\r\n",
    b"--b--\r\n",
    b"\r\n",
    b"+2AA- \xff\x00\r\n",
]


@given(st.lists(st.sampled_from(FRAGMENTS) | st.binary(max_size=20), max_size=30))
def test_any_bytes_can_be_read(fragments: list[bytes]) -> None:
    source = b"".join(fragments)

    content = reading.content(source)
    texts = [text for header in reading.headers(source) for text in header]
    texts += [content.text or "", content.html or "", reading.language(source) or ""]
    texts += [text for part in content.attachments for text in (part.name, part.media_type)]
    texts += [reading.address(value) for _, value in reading.raw_headers(source)]

    "".join(texts).encode()


def test_parts_nested_beyond_reason_are_left_in_the_source() -> None:
    levels = 2000
    source = b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n)
        for n in range(levels)
    )

    content = reading.content(source)

    assert content.attachments == []


def test_a_mail_inside_a_mail_is_an_attachment() -> None:
    source = (
        b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nouter\r\n"
        b"--b\r\nContent-Type: message/rfc822\r\n\r\nSubject: inner\r\n\r\ninner\r\n--b--\r\n"
    )

    content = reading.content(source)

    assert content.text is not None
    assert content.text.strip() == "outer"
    assert [part.media_type for part in content.attachments] == ["message/rfc822"]
    assert b"Subject: inner" in content.attachments[0].content


@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("=?utf-8?q?Gr=C3=BC=C3=9Fe?= =?iso-8859-1?q?_=E9?=", "Grüße é"),
        ("Gr\u00fc\u00dfe", "Grüße"),
        ("=?utf-8?b?not base64?=", "=?utf-8?b?not base64?="),
        ("folded\r\n  line", "folded  line"),
    ],
)
def test_a_header_is_shown_as_people_read_it(header: str, value: str) -> None:
    source = f"Subject: {header}\r\n\r\n".encode()

    assert reading.headers(source) == [("Subject", value)]
