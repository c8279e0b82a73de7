"""Headers and parts as bytes, read back by the standard library's parser."""

import email
import email.policy
from base64 import encodebytes
from binascii import a2b_base64
from email.header import decode_header, make_header
from email.headerregistry import Address
from email.message import EmailMessage

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from notifications import mime

WRITTEN = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]) | st.just(" ")).map(
    lambda text: " ".join(text.split())
)
"""What `one_line` leaves of names and subjects, with plain spaces only."""


def parsed(raw: bytes) -> EmailMessage:
    message = email.message_from_bytes(raw, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    return message


def name_of(raw: bytes) -> str:
    """Read the name in From; the newer parser puts spaces between the words of a long one."""
    header = email.message_from_bytes(raw, policy=email.policy.compat32)["From"]
    return str(make_header(decode_header(header))).rpartition("<")[0].strip()


def two_parts(*headers: str, text: str = "Text\n", html: str = "<p>Html</p>\n") -> bytes:
    return mime.two_parts(headers, "=_1", text=text, html=html)


@settings(deadline=None)
@given(name=WRITTEN, subject=WRITTEN, text=WRITTEN, html=WRITTEN)
@example(name="", subject="", text="", html="")
@example(
    name="é" * 90, subject="\N{GRINNING FACE}" * 40, text="=\n.\n\n.", html="  a \n" + "é" * 90
)
def test_ours_reads_as_the_standard_library_s_own_does(name, subject, text, html):
    theirs = EmailMessage(email.policy.SMTP)
    theirs["From"] = Address(name, "facturen", "meridiaan.example")
    theirs["Subject"] = subject
    theirs.set_content(f"{text}\n", cte="quoted-printable")
    theirs.add_alternative(f"{html}\n", subtype="html", cte="quoted-printable")
    theirs.set_boundary("=_1")

    ours = two_parts(
        mime.mailbox("From", name, "facturen@meridiaan.example"),
        mime.words("Subject", subject),
        text=f"{text}\n",
        html=f"{html}\n",
    )

    read = parsed(ours)
    assert read["Subject"] == theirs["Subject"] == subject
    assert [each.addr_spec for each in read["From"].addresses] == ["facturen@meridiaan.example"]
    assert name_of(ours) == name
    assert sorted(name.lower() for name in read) == sorted(name.lower() for name in theirs)
    assert [each.get_content_type() for each in read.walk()] == [
        each.get_content_type() for each in theirs.walk()
    ]
    for one, other in zip(read.iter_parts(), theirs.iter_parts(), strict=True):
        assert one.get_content().split("\r\n")[:-1] == other.get_content().split("\n")[:-1]
        assert one.get_content().endswith("\n")
        assert not one.defects
    assert not [*read.defects, *read["From"].defects, *read["Subject"].defects]
    assert ours.isascii()
    assert b"\r" not in ours.replace(b"\r\n", b"")
    assert b"\n" not in ours.replace(b"\r\n", b"")
    assert max(map(len, ours.split(b"\r\n"))) <= 76


def test_a_plain_subject_stays_plain():
    assert mime.words("Subject", "Invoice 12 of An") == "Subject: Invoice 12 of An\r\n"


def test_a_character_is_never_cut_in_two():
    header = mime.words("Subject", "\N{GRINNING FACE}" * 12)

    for word in header.removeprefix("Subject: ").split():
        assert set(a2b_base64(word[10:-2]).decode()) == {"\N{GRINNING FACE}"}


def test_an_address_beyond_ascii_is_written_as_it_is():
    raw = two_parts(mime.mailbox("To", "Zoë", "zoë@korenaar.example"))

    assert " <zoë@korenaar.example>\r\n".encode() in raw


@pytest.mark.parametrize(
    "value", ["a\r\nBcc: x@y.example", "a\nb", "a\rb", "a\0b", "é", "", " ", "a ", "x" * 1000]
)
def test_a_header_for_machines_takes_nothing_that_could_break_it(value):
    with pytest.raises(ValueError, match="X-Correlation-ID"):
        mime.exact("X-Correlation-ID", value)


@settings(deadline=None)
@given(st.text())
def test_no_words_can_end_a_header(text):
    for header in (mime.words("Subject", text), mime.mailbox("To", text, "a@b.example")):
        first, *more = header.removesuffix("\r\n").split("\r\n")

        assert first.startswith(("Subject: ", "To: "))
        assert all(line.startswith(" ") and line.strip() for line in more)
        assert "\r" not in "".join([first, *more])
        assert "\n" not in "".join([first, *more])


@pytest.mark.parametrize(
    "text", ["a\nb\n\nc", ".\n..\n", "From me\n", "x" * 200, "tab\t\nspace \n"]
)
def test_text_comes_back_line_by_line(text):
    part = parsed(two_parts(text=text)).get_body(("plain",))

    assert part is not None
    assert part.get_content().replace("\r\n", "\n").strip("\n") == text.strip("\n")


def a_file(name: str, content: bytes, media_type: str = "application/pdf") -> mime.File:
    return mime.File(name, media_type, encodebytes(content).replace(b"\n", b"\r\n"))


def with_files(*files: mime.File) -> bytes:
    headers = (mime.words("Subject", "Factuur"),)
    return b"".join(
        mime.with_files(headers, "=_1", text="Text\n", html="<p>Html</p>\n", files=files)
    )


NAMES = st.text(
    st.characters(codec="utf-8", exclude_categories=["C", "Z"]) | st.just(" "),
    min_size=1,
    max_size=85,
).map(lambda name: name.strip() or "a")


@settings(deadline=None)
@given(name=NAMES, content=st.binary(max_size=400))
@example(name="facture n\u00ba 12.pdf", content=b"%PDF")
@example(name="\u8acb" * 85, content=b"")
@example(name='a"; filename="b.exe', content=b"\r\n--=_m1--\r\n.\r\n")
@example(name="a'b%41*c.pdf", content=b"\0")
def test_files_are_read_back_byte_for_byte_under_their_names(name, content):
    """N-07: names as RFC 2231 writes them."""
    read = parsed(with_files(a_file(name, content), a_file("b.xml", b"<a/>", "application/xml")))

    body, pdf, xml = read.iter_parts()
    assert read.get_content_type() == "multipart/mixed"
    assert [each.get_content_type() for each in body.iter_parts()] == ["text/plain", "text/html"]
    assert pdf.get_content_disposition() == xml.get_content_disposition() == "attachment"
    assert (pdf.get_filename(), xml.get_filename()) == (name, "b.xml")
    assert (pdf.get_content_type(), xml.get_content_type()) == (
        "application/pdf",
        "application/xml",
    )
    assert (pdf.get_content(), xml.get_content()) == (content, b"<a/>")


def test_a_mail_with_files_says_the_same_as_one_without():
    without = parsed(two_parts())
    body = next(parsed(with_files(a_file("a.pdf", b"%"))).iter_parts())

    assert [each.get_content() for each in body.iter_parts()] == [
        each.get_content() for each in without.iter_parts()
    ]


def test_every_line_of_a_mail_with_files_is_ascii_crlf_and_short():
    lines = with_files(a_file("\u8acb" * 85, bytes(range(256)) * 8)).decode("ascii").split("\r\n")

    assert max(map(len, lines)) <= 78
    assert not any("\n" in each or "\r" in each for each in lines)


def test_the_content_of_files_is_not_copied():
    """One that is encoded once goes to every reader."""
    file = a_file("a.pdf", b"%PDF" * 1000)

    pieces = mime.with_files((), "=_1", text="T\n", html="H\n", files=[file, file])

    assert sum(each is file.content for each in pieces) == 2
