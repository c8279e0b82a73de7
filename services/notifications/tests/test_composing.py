"""The mail about a new document: what it says in each language, and what cannot be slipped in."""

import dataclasses
import email
import email.policy
import re
from datetime import UTC, datetime
from decimal import Decimal
from email.message import EmailMessage
from html import unescape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from services.notifications.tests import make

from notifications.attachments import LEFT_OUT, Enclosure, WithIt
from notifications.composing import Letterpress, message_id
from notifications.errors import AddressUnusable

NOW = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
PRESS = Letterpress()
FACTS = make.new_document(
    payment_reference="+++202/6004/81758+++", link="https://portaal.meridiaan.example/f/2kX9"
)


def composed(**changed: object) -> EmailMessage:
    """Compose the mail for the facts above with some of them changed, as a receiver parses it."""
    raw = PRESS.compose(dataclasses.replace(FACTS, **changed), NOW)  # type: ignore[arg-type]
    message = email.message_from_bytes(raw, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    return message


def part(message: EmailMessage, kind: str) -> str:
    """Take the text or HTML of a mail; no-break spaces as plain ones, so that tests can be read."""
    body = message.get_body((kind,))
    assert body is not None
    text = body.get_content().replace("\r\n", "\n")
    return re.sub("[\N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}]", " ", text)


def words_of(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", html.partition("<h1")[2]))


@pytest.mark.parametrize(
    ("language", "subject", "amount", "due", "button"),
    [
        (
            "nl",
            (
                "Nieuwe factuur 2026-004817 van Meridiaan Lease: € 1.284,17,"
                " uiterlijk 12 december 2026"
            ),
            "€ 1.284,17",
            "12 december 2026",
            "Factuur bekijken",
        ),
        (
            "fr",
            (
                "Nouvelle facture 2026-004817 – Meridiaan Lease : 1 284,17 €,"
                " au plus tard le 12 décembre 2026"
            ),
            "1 284,17 €",
            "12 décembre 2026",
            "Voir la facture",
        ),
        (
            "de",
            (
                "Neue Rechnung 2026-004817 von Meridiaan Lease: 1.284,17 €,"
                " zahlbar bis 12. Dezember 2026"
            ),
            "1.284,17 €",
            "12. Dezember 2026",
            "Rechnung ansehen",
        ),
        (
            "en",
            "New invoice 2026-004817 from Meridiaan Lease: €1,284.17, pay by 12 December 2026",
            "€1,284.17",
            "12 December 2026",
            "View invoice",
        ),
    ],
)
def test_the_mail_is_in_the_language_of_its_reader(
    language: str, subject: str, amount: str, due: str, button: str
) -> None:
    """N-01, N-03."""
    message = composed(language=language)

    spaces = re.compile("[\N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}]")
    assert spaces.sub(" ", message["Subject"]) == subject
    assert message["Content-Language"] == language
    for body in (part(message, "plain"), words_of(part(message, "html"))):
        for fact in (
            amount,
            due,
            button,
            "Els Vandenbroucke",
            "Meridiaan Lease",
            "Bakkerij De Korenaar bv",
            "DL5-104233",
            "2026-004817",
            "+++202/6004/81758+++",
            "https://portaal.meridiaan.example/f/2kX9",
        ):
            assert fact in body


@pytest.mark.parametrize(
    ("language", "label", "button"),
    [
        ("nl", "In uw voordeel", "Creditnota bekijken"),
        ("fr", "En votre faveur", "Voir la note de crédit"),
        ("de", "Zu Ihren Gunsten", "Gutschrift ansehen"),
        ("en", "In your favour", "View credit note"),
    ],
)
@pytest.mark.parametrize("sign", [1, -1])
def test_a_credit_note_names_an_amount_in_the_reader_s_favour(
    language: str, label: str, button: str, sign: int
) -> None:
    credit = Decimal("96.80") * sign

    message = composed(language=language, type="credit_note", total=credit, amount_due=credit)

    for body in (part(message, "plain"), words_of(part(message, "html"))):
        assert label in body
        assert button in body
        assert body.count("96,80") + body.count("96.80") == 1
        assert "\N{MINUS SIGN}" not in body
        assert "+++202" not in body
        assert "12 dec" not in body.lower()


def test_the_amount_due_stands_first_and_the_total_beside_it_when_it_differs() -> None:
    text = part(composed(amount_due=Decimal(1000)), "plain")

    assert "Te betalen:      € 1.000,00\n" in text
    assert "Totaal:          € 1.284,17\n" in text
    assert "Totaal" not in part(composed(), "plain")


def test_an_invoice_with_nothing_left_to_pay_asks_for_nothing() -> None:
    text = part(composed(amount_due=Decimal(0)), "plain")

    assert "Te betalen:      € 0,00\n" in text
    assert "Totaal:          € 1.284,17\n" in text
    assert "Uiterlijk" not in text
    assert "Mededeling" not in text


def test_an_invoice_below_zero_is_in_the_reader_s_favour() -> None:
    message = composed(amount_due=Decimal("-12.5"))

    assert "In uw voordeel:  € 12,50\n" in part(message, "plain")
    assert "in uw voordeel" in message["Subject"]


def test_a_settled_credit_note_shows_what_it_was_about() -> None:
    text = part(composed(type="credit_note", amount_due=Decimal(0)), "plain")

    assert "Bedrag:          € 1.284,17\n" in text
    assert "€ 0,00" not in text


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("nl", "Met een gratis account vindt u ook al uw vroegere documenten."),
        ("fr", "Avec un compte gratuit, vous retrouvez aussi tous vos documents précédents."),
        ("de", "Mit einem kostenlosen Konto finden Sie auch"),
        ("en", "With a free account you also find all your earlier documents."),
    ],
)
def test_only_a_main_contact_without_account_is_invited(language: str, sentence: str) -> None:
    """N-05, I-12, I-16."""
    invited = composed(language=language, registered=False)
    registered = composed(language=language, registered=True)
    shared = composed(language=language, registered=False, role="shared", main_contact_name="An")

    for kind in ("plain", "html"):
        assert sentence in " ".join(part(invited, kind).split())
        for other in (registered, shared):
            assert sentence not in " ".join(part(other, kind).split())


@pytest.mark.parametrize(
    ("language", "item"),
    [
        ("nl", "‘Registreren’"),
        ("fr", "« S’inscrire »"),
        ("de", "„Registrieren“"),
        ("en", "‘Register’"),
    ],
)
def test_an_invitation_says_which_item_to_choose_behind_the_one_link(
    language: str, item: str
) -> None:
    """I-03, I-12: the third item of the menu behind "View invoice"."""
    message = composed(language=language, registered=False)

    html, text = part(message, "html"), part(message, "plain")
    assert re.findall(r'<a href="([^"]*)" class="press', html) == [FACTS.link]
    assert set(re.findall(r'href="(http[^"]*)"', html)) == {FACTS.link}
    assert re.findall(r"http\S+", text) == [FACTS.link]
    for each in (html, text):
        assert item in " ".join(each.replace("\N{NO-BREAK SPACE}", " ").split())


@pytest.mark.parametrize(
    ("language", "each", "one"),
    [
        ("nl", "voor elk klantnummer", "Eén account volstaat"),
        ("fr", "pour chaque numéro de client", "Un seul suffit"),
        ("de", "für jede Kundennummer", "Ein Konto genügt"),
        ("en", "for each customer number", "One account will do"),
    ],
)
def test_an_invitation_says_why_there_are_several_and_that_one_account_will_do(
    language: str, each: str, one: str
) -> None:
    """I-14, I-15."""
    text = " ".join(part(composed(language=language, registered=False), "plain").split())

    assert each in text
    assert one in text


@pytest.mark.parametrize(
    ("language", "reason", "several"),
    [
        ("nl", "u bent de hoofdcontactpersoon van klantnummer dl5-104233", "voor elk nummer"),
        ("fr", "vous êtes le contact principal du numéro de client dl5-104233", "par numéro"),
        ("de", "sie sind der hauptkontakt für die kundennummer dl5-104233", "für jede eine eigene"),
        ("en", "you are the main contact of customer number dl5-104233", "for each number"),
    ],
)
def test_the_mail_says_why_it_comes_and_why_several_can(
    language: str, reason: str, several: str
) -> None:
    """I-14."""
    message = composed(language=language)

    for kind in ("plain", "html"):
        bare = re.sub(r"<[^>]*>", "", part(message, kind))
        body = " ".join(bare.lower().split())
        assert reason in body
        assert several in body


def test_a_shared_user_reads_who_shares() -> None:
    known = part(composed(role="shared", main_contact_name="An Peeters"), "plain")
    unknown = part(composed(role="shared", main_contact_name=None), "plain")

    assert "An Peeters deelt klantnummer DL5-104233 met u." in " ".join(known.split())
    assert "Klantnummer DL5-104233 is met u gedeeld." in " ".join(unknown.split())


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("nl", "U hoeft niets te betalen."),
        ("fr", "Vous n’avez rien à payer."),
        ("de", "Sie müssen nichts bezahlen."),
        ("en", "There is nothing to pay."),
    ],
)
def test_who_need_not_pay_reads_so(language: str, sentence: str) -> None:
    credit = composed(language=language, type="credit_note")
    paid = composed(language=language, amount_due=Decimal(0))

    for kind in ("plain", "html"):
        assert sentence in part(credit, kind)
        assert sentence in part(paid, kind)
        assert sentence not in part(composed(language=language), kind)


@pytest.mark.parametrize("given", ["202600481758", "202/6004/81758", "+++202/6004/81758+++"])
def test_a_belgian_reference_is_shown_as_belgians_write_it(given: str) -> None:
    message = composed(payment_reference=given)

    assert "Mededeling:      +++202/6004/81758+++\n" in part(message, "plain")
    assert ">+++202/6004/81758+++</td>" in part(message, "html")


@pytest.mark.parametrize(
    ("name", "mark"),
    [
        ("Meridiaan Lease", "ML"),
        ("Wolkenhof", "W"),
        ("de Korenaar & Zonen", "DK"),
        ("& Zonen", "Z"),
        ("Élan 4 You", "É4"),
    ],
)
def test_the_mark_holds_the_first_letters_of_the_issuer_s_first_two_words(
    name: str, mark: str
) -> None:
    assert re.findall(
        r'aria-hidden="true"[^>]*>([^<]*)<', part(composed(issuer_name=name), "html")
    ) == [mark]


def test_an_issuer_without_a_letter_in_its_name_has_no_mark() -> None:
    assert 'aria-hidden="true"' not in part(composed(issuer_name="&"), "html")


@pytest.mark.parametrize("language", ["nl", "fr", "de", "en"])
@pytest.mark.parametrize("registered", [True, False])
def test_both_parts_say_the_same_in_the_same_words(language: str, registered: bool) -> None:
    message = composed(language=language, registered=registered, amount_due=Decimal(1000))

    html = unescape(words_of(part(message, "html")))
    text = part(message, "plain").partition("\n")[2]

    def bare(words: str) -> str:
        return re.sub(r"[\s:,]|--", "", words)

    addresses = re.findall(r'href="([^"]*)"', part(message, "html"))
    said_in_html = bare(f"{html} {' '.join(addresses)}")
    for sentence in re.split(r"(?<=[.?:;])\s|\n\n", text):
        assert bare(sentence) in said_in_html


def test_the_preheader_says_what_the_subject_lacks() -> None:
    html = part(composed(), "html")
    preheader = re.search(r'mso-hide:all;">(.*?)&#847;', html)

    assert preheader
    said = preheader[1]
    assert (
        said
        == "Voor Bakkerij De Korenaar bv, klantnummer DL5-104233. Mededeling +++202/6004/81758+++."
    )
    assert html.count("&#847;&zwnj;&nbsp;") > 50


@pytest.mark.parametrize("language", ["nl", "fr", "de", "en"])
def test_no_mail_loads_or_runs_anything(language: str) -> None:
    html = part(composed(language=language, registered=False), "html")

    assert not re.findall(r"<(?:img|script|link|iframe|object|form)\b|url\(|@import| on\w+=", html)
    assert set(re.findall(r'href="([^"]*)"', html)) == {FACTS.link}


@pytest.mark.parametrize("language", ["nl", "fr", "de", "en"])
def test_a_mail_is_small_and_its_structure_said_aloud(language: str) -> None:
    raw = PRESS.compose(dataclasses.replace(FACTS, language=language, registered=False), NOW)
    html = part(composed(language=language), "html")

    assert len(raw) < 20_000
    assert f'<html lang="{language}"' in html
    assert html.count("<h1") == 1
    for table in re.findall(r"<table[^>]*>", html):
        assert 'role="presentation"' in table or 'role="table"' in table


def test_the_headers_name_the_letter_and_keep_robots_quiet() -> None:
    message = composed()

    assert message["From"] == "Meridiaan Lease <facturen@meridiaan.example>"
    assert message["To"] == "Els Vandenbroucke <els@korenaar.example>"
    assert message["Message-ID"] == message_id(FACTS.letter_id, FACTS.sender)
    assert message["Date"].datetime == NOW
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["X-Auto-Response-Suppress"] == "All"
    assert message["List-Id"] == "<documents.dl5.meridiaan.example>"
    assert message["List-Unsubscribe"] == "<mailto:facturen@meridiaan.example?subject=DL5-104233>"
    assert "List-Unsubscribe-Post" not in message
    assert message["Feedback-ID"] == "dl5:document-published:postkamer"
    assert message["X-Correlation-ID"] == "6f1c2b"
    assert message.get_content_type() == "multipart/alternative"


def test_the_same_letter_gives_the_same_bytes() -> None:
    assert PRESS.compose(FACTS, NOW) == PRESS.compose(FACTS, NOW)


def test_the_message_is_seven_bit_with_short_lines_ending_in_crlf() -> None:
    raw = PRESS.compose(dataclasses.replace(FACTS, language="fr", first_name="Zoë " * 30), NOW)

    assert raw.isascii()
    assert b"\r" not in raw.replace(b"\r\n", b"")
    assert b"\n" not in raw.replace(b"\r\n", b"")
    assert max(map(len, raw.split(b"\r\n"))) <= 78


def test_who_wants_no_more_mails_can_write_to_any_sender() -> None:
    message = composed(sender="a+b&c?d@café.example", customer_number="DL5 1&2")

    assert (
        message["List-Unsubscribe"]
        == "<mailto:a+b%26c%3Fd@xn--caf-dma.example?subject=DL5%201%262>"
    )
    beyond = PRESS.compose(dataclasses.replace(FACTS, sender="zoë@x.example"), NOW)
    assert b"<mailto:zo%C3%AB@x.example?" in beyond


@pytest.mark.parametrize("label", ["a", "a" * 63])
def test_a_long_domain_leaves_the_message_id_whole(label: str) -> None:
    sender = f"facturen@{label}.{label}.example"

    message = composed(sender=sender)

    assert message["Message-ID"] == message_id(FACTS.letter_id, sender)


def test_what_others_wrote_is_escaped_in_html_and_plain_in_text() -> None:
    message = composed(issuer_name='<script>alert("x")</script> & Zn', number="<b>1</b>")

    assert "<script>" not in part(message, "html")
    assert "&lt;b&gt;1&lt;/b&gt;" in part(message, "html")
    assert '<script>alert("x")</script> & Zn' in part(message, "plain")


@pytest.mark.parametrize("accent", ["red;}</style><script>", "#0a6c74;x", "#0a6c74\n", "#٠a6c74"])
def test_a_mail_takes_true_colours_only(accent: str) -> None:
    html = part(composed(accent=accent), "html")

    assert "background-color:#1f4e79;color:#ffffff;" in html
    assert accent not in html


def test_a_mail_is_drawn_in_the_issuer_s_finished_colours_by_day_and_by_night() -> None:
    shades = {"hover": "#123456", "on_accent": "#010203", "soft": "#654321"}
    palette = {"accent": "#a00001", "text": "#a00002"} | shades
    night = {"accent": "#b00001", "text": "#b00002"} | shades

    html = part(composed(palette=palette | {"dark": night}), "html")

    head, _, body = html.partition("<body")
    assert "background-color:#a00001;color:#010203;" in body
    assert 'fillcolor="#a00001"' in body
    assert "color:#a00002;word-break" in body
    assert FACTS.accent not in html
    assert "#b0000" not in body
    assert head.count(".link { color: #b00002 !important; }") == 2
    assert ".solid { background-color: #b00001 !important; color: #010203 !important; }" in head


@pytest.mark.parametrize(
    ("recipient", "header"),
    [
        ("els@café.example", "els@xn--caf-dma.example"),
        ("els@straße.example", "els@xn--strae-oqa.example"),
        ("zoë@korenaar.example", "zoë@korenaar.example"),
    ],
)
def test_addresses_beyond_ascii_can_be_written(recipient: str, header: str) -> None:
    raw = PRESS.compose(dataclasses.replace(FACTS, recipient=recipient), NOW)

    assert f"<{header}>\r\n".encode() in raw


@pytest.mark.parametrize(
    "recipient",
    [
        "",
        "els",
        "@korenaar.example",
        "els@",
        "els@korenaar..example",
        "els@x.example\r\nBcc: other@x.example",
        "els\x00@x.example",
        "els@x.example> SIZE=1",
        "a@b@c.example",
        '"els x"@korenaar.example',
        ".els@korenaar.example",
        "els@[127.0.0.1]",
        "e" * 250 + "@korenaar.example",
        "\ud800@korenaar.example",
    ],
)
def test_what_is_no_address_is_refused_before_a_relay_sees_it(recipient: str) -> None:
    """N-09."""
    with pytest.raises(AddressUnusable):
        composed(recipient=recipient)


HOSTILE = st.one_of(
    st.text(max_size=80),
    st.lists(st.sampled_from(["\r", "\n", "\0", "\r\nBcc: x@y.example", '"', "<", ",", "é", "=?"]))
    .map("".join)
    .map(lambda text: f"A{text}Z"),
)


@settings(max_examples=60, deadline=None)
@given(name=HOSTILE, last=HOSTILE, issuer=HOSTILE, number=HOSTILE, correlation=HOSTILE)
def test_no_name_or_number_can_add_a_header(
    name: str, last: str, issuer: str, number: str, correlation: str
) -> None:
    expected = sorted(key for key, _ in composed().items())

    message = composed(
        first_name=name,
        last_name=last,
        issuer_name=issuer,
        issuer=issuer,
        number=number,
        customer_number=last,
        customer_name=last,
        payment_reference=name,
        correlation_id=correlation,
    )

    assert sorted(key for key, _ in message.items()) == expected
    assert message["To"].addresses[0].addr_spec == FACTS.recipient
    assert message["From"].addresses[0].addr_spec == FACTS.sender
    assert [len(message[header].addresses) for header in ("To", "From")] == [1, 1]
    assert len(list(message.iter_parts())) == 2


@pytest.mark.parametrize(
    "name", ['Peeters, "An" <x@y.example>', "Société Générale, Zoë & Cie ; SA"]
)
def test_a_name_with_marks_of_its_own_stays_one_name(name: str) -> None:
    message = composed(issuer_name=name, first_name=name, last_name=None)

    assert message["From"].addresses[0].display_name == name
    assert message["To"].addresses[0].display_name == name


@pytest.mark.parametrize("language", ["nl", "fr", "de", "en"])
def test_a_reader_without_a_name_is_greeted_all_the_same(language: str) -> None:
    message = composed(language=language, first_name=None, last_name=None, customer_name=None)

    assert message["To"] == FACTS.recipient
    assert "None" not in part(message, "plain")
    assert max(len(line) for line in part(message, "plain").splitlines()) <= 72


@pytest.mark.parametrize("language", ["nl", "fr", "de", "en"])
def test_no_space_of_a_subject_is_lost_or_doubled_by_folding(language):
    message = composed(language=language, issuer_name="Meridiaan Lease Belgium")

    subject = message["Subject"].replace("\xa0", " ").replace("\u202f", " ")

    assert "Meridiaan Lease Belgium" in subject
    assert "  " not in subject


FILE = Enclosure("pdf", "factuur.pdf", b"JVBERg==\r\n")
XML = Enclosure("xml", "factuur.xml", b"PGEvPg==\r\n")


@pytest.mark.parametrize(
    ("language", "with_it", "said"),
    [
        ("nl", WithIt((FILE, XML)), "De pdf en de xml zitten bij deze mail."),
        ("nl", WithIt((FILE,), missing=("xml",)), "De pdf zit bij deze mail. Van dit document is"),
        ("nl", LEFT_OUT, "De bestanden zijn te groot voor een mail."),
        ("fr", WithIt((XML,)), "Le XML est joint à cet e-mail"),
        ("fr", WithIt(missing=("pdf",)), "Il n’y a pas de PDF de ce document."),
        ("fr", LEFT_OUT, "Les fichiers sont trop volumineux pour un e-mail."),
        ("de", WithIt((FILE, XML)), "Das PDF und das XML liegen dieser E-Mail bei."),
        ("de", WithIt((FILE,)), "Das PDF liegt dieser E-Mail bei."),
        ("de", LEFT_OUT, "Die Dateien sind zu groß für eine E-Mail."),
        ("en", WithIt((FILE,)), "The PDF is attached."),
        ("en", WithIt((XML,)), "The XML is attached, for your accounting software."),
        ("en", LEFT_OUT, "The files are too large for an email."),
    ],
)
def test_the_mail_says_what_comes_with_it(language: str, with_it: WithIt, said: str) -> None:
    """D-03 N-07: in text and in HTML alike."""
    facts = dataclasses.replace(FACTS, language=language)  # type: ignore[arg-type]
    raw = PRESS.compose(facts, NOW, with_it)
    message = email.message_from_bytes(raw, policy=email.policy.default)
    assert isinstance(message, EmailMessage)

    assert said in " ".join(part(message, "plain").split())
    assert said in unescape(words_of(part(message, "html")))
    names = [each.get_filename() for each in message.iter_attachments()]
    assert names == [each.name for each in with_it.files]


@pytest.mark.parametrize("language", ["nl", "fr", "de", "en"])
def test_a_mail_with_a_link_only_says_nothing_of_files(language: str) -> None:
    message = composed(language=language)

    for kind in ("plain", "html"):
        assert not re.search(r"\b(pdf|xml)\b", words_of(f"<h1{part(message, kind)}"), re.IGNORECASE)
    assert message.get_content_type() == "multipart/alternative"


def test_a_mail_with_files_has_the_same_headers_and_stays_seven_bit() -> None:
    raw = PRESS.compose(FACTS, NOW, WithIt((FILE, XML)))
    message = email.message_from_bytes(raw, policy=email.policy.default)

    assert raw.isascii()
    assert all(len(line) <= 998 for line in raw.split(b"\r\n"))
    assert {name: value for name, value in message.items() if name != "Content-Type"} == {
        name: value for name, value in composed().items() if name != "Content-Type"
    }
    assert raw == b"".join(PRESS.pieces(FACTS, NOW, WithIt((FILE, XML))))


def test_one_that_is_sent_anew_has_a_message_id_of_its_own() -> None:
    again = dataclasses.replace(FACTS, resent=2)
    ids = [composed()["Message-ID"], composed(resent=2)["Message-ID"]]

    assert ids == [message_id(FACTS.letter_id, FACTS.sender, each) for each in (0, again.resent)]
    assert len(set(ids)) == 2
