"""Mails about accounts: what each says in each language, and what cannot be slipped into them."""

import email
import email.policy
import re
from datetime import timedelta
from email.message import EmailMessage
from html import unescape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from services.notifications.tests import make

from notifications.composing import message_id
from notifications.composing_to_people import PersonalPress
from notifications.errors import AddressUnusable
from notifications.kinds import KINDS

PRESS = PersonalPress()
LANGUAGES = ("nl", "fr", "de", "en")
EVERY_MAIL = [(kind, language) for kind in sorted(KINDS) for language in LANGUAGES]
PROVING = ("register", "reset", "email_confirm", "email_changing", "staff")
ALERTING = ("email_changed", "password_changed", "second_factor_changed")


def composed(kind: str, *, now=make.ASKED, **changed: object) -> EmailMessage:
    """Compose a mail of a kind, as a receiver parses it."""
    raw = PRESS.compose(make.to_person(kind, **changed), now)
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


def text_of(message: EmailMessage) -> str:
    return " ".join(part(message, "plain").split())


@pytest.mark.parametrize(("kind", "language"), EVERY_MAIL)
def test_every_mail_says_something_everywhere_and_no_markup_is_left_over(kind, language):
    message = composed(kind, language=language)
    text, html = part(message, "plain"), part(message, "html")

    for whole in (message["Subject"], text, html):
        assert not re.search(r"\{\{|\{%|\{#|%\}|\}\}|None|Undefined|\[\]|duration-", whole)
    assert not re.search(r"[<>]|&\w+;| \| |\]", text)
    assert "Meridiaan Lease" in message["Subject"]
    assert message["Content-Language"] == language
    assert re.search(r"<title>[^<]{5,}</title>", html)
    assert re.search(r'mso-hide:all;">[^<&]{10,}', html)
    assert len(words_of(html)) > 200


@pytest.mark.parametrize(("kind", "language"), EVERY_MAIL)
def test_both_parts_say_the_same_in_the_same_words(kind, language):
    message = composed(kind, language=language)

    def bare(words: str) -> str:
        return re.sub(r"[\s:,]|--", "", words)

    html = part(message, "html")
    addresses = " ".join(re.findall(r'href="([^"]*)"', html))
    said_in_html = bare(unescape(f"{words_of(html)} {addresses}"))
    for sentence in re.split(r"(?<=[.?:;])\s|\n\n|\n(?=http)", part(message, "plain")):
        if sentence.strip() not in part(message, "plain").split("\n")[0]:
            assert bare(sentence) in said_in_html


@pytest.mark.parametrize(("kind", "language"), EVERY_MAIL)
def test_every_mail_says_that_nobody_asks_for_a_password_and_what_to_do_if_it_was_not_you(
    kind, language
):
    never, not_you = {
        "nl": ("nooit om uw wachtwoord", r"(Was|Verwacht) u dit niet\?"),
        "fr": (
            "Nous ne vous demandons jamais",
            r"Ce n’était pas vous \?|Vous ne l’attendiez pas \?",
        ),
        "de": ("nie nach Ihrem Passwort", r"Waren Sie das nicht\?|Haben Sie das nicht erwartet\?"),
        "en": ("never ask for your password", r"(Was this not you|Did you not expect this)\?"),
    }[language]

    body = text_of(composed(kind, language=language))

    assert never in body
    assert re.search(not_you + r" \S+", body)


@pytest.mark.parametrize(("kind", "language"), EVERY_MAIL)
def test_a_mail_is_small_loads_nothing_and_its_lines_are_short(kind, language):
    raw = PRESS.compose(make.to_person(kind, language=language), make.ASKED)
    html = part(composed(kind, language=language), "html")

    assert len(raw) < 20_000
    assert raw.isascii()
    assert max(map(len, raw.split(b"\r\n"))) <= 78
    assert not re.findall(r"<(?:img|script|link|iframe|object|form)\b|url\(|@import| on\w+=", html)
    for line in part(composed(kind, language=language), "plain").splitlines():
        assert len(line) <= 72 or "://" in line


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", ["register", "reset"])
def test_a_code_stands_in_two_groups_with_how_long_it_is_good(kind, language):
    """Guide 1.2: eight digits, ten minutes; a link of 24 hours beside them."""
    minutes, hours = {
        "nl": ("10 minuten", "24 uur"),
        "fr": ("10 minutes", "24 heures"),
        "de": ("10 Minuten", "24 Stunden"),
        "en": ("10 minutes", "24 hours"),
    }[language]

    message = composed(kind, language=language, code="01234567")

    for body in (part(message, "plain"), words_of(part(message, "html"))):
        assert body.count("0123 4567") == 1
        assert minutes in body
        assert hours in body
    assert "monospace" in part(message, "html")


@pytest.mark.parametrize("kind", ["register", "reset"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_code_stands_neither_in_the_subject_nor_in_what_a_locked_phone_shows(kind, language):
    message = composed(kind, language=language)
    shown_first = part(message, "html").partition("<h1")[0]

    for shown in (message["Subject"], shown_first, str(message["From"])):
        assert not re.search(r"\d{4} ?\d{4}", shown.replace("1d232b", ""))


def test_a_code_that_is_too_old_by_the_time_of_writing_is_left_out():
    late = make.ASKED + timedelta(minutes=10)

    message = composed("register", now=late)
    text = text_of(message)

    assert "1234 5678" not in text
    assert "Uw code" not in text
    assert "Gebruik de knop om verder te gaan." in text
    assert make.PROOF["link"] in text


def test_a_mail_that_was_late_says_how_long_is_left():
    text = text_of(composed("register", now=make.ASKED + timedelta(minutes=7)))

    assert "De code is 3 minuten geldig." in text


@pytest.mark.parametrize("kind", PROVING)
def test_the_one_button_leads_to_what_proves_the_mailbox(kind):
    html = part(composed(kind), "html")

    assert set(re.findall(r'<a href="([^"]*)" class="press', html)) == {make.PROOF["link"]}
    assert html.count('class="press') == 1


@pytest.mark.parametrize("kind", ALERTING)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_mail_that_tells_of_a_change_says_when(kind, language):
    """I-08, I-10, guide 1.6 line 12."""
    when = {
        "nl": "22 november 2026 om 14.30 uur",
        "fr": "22 novembre 2026 à 14 h 30",
        "de": "22. November 2026 um 14:30 Uhr",
        "en": "22 November 2026 at 14:30",
    }

    assert when[language] in text_of(composed(kind, language=language))


def test_without_a_known_time_zone_the_hour_is_said_to_be_utc():
    assert "om 13.30 uur (UTC)" in text_of(composed("password_changed", time_zone=None))
    assert "om 13.30 uur (UTC)" in text_of(composed("password_changed", time_zone="No/Where"))


@pytest.mark.parametrize("kind", ["password_changed", "second_factor_changed", "email_changing"])
def test_whoever_did_not_do_it_is_led_to_a_new_password(kind):
    message = composed(kind)

    for body in ("plain", "html"):
        assert "https://portaal.meridiaan.example/forgot/dl5" in part(message, body)


def test_the_old_address_reads_which_new_one_was_asked_for_and_can_cancel_for_three_days():
    """I-08."""
    text = text_of(composed("email_changing"))

    assert "els.v@korenaar.example" in text
    assert "Wijziging annuleren:" in text
    assert "nog 3 dagen" in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_shared_user_reads_who_shares_which_numbers_and_what_they_get(language):
    """I-19, I-20."""
    message = composed("shared", language=language)
    more = {"nl": "3 klantnummers", "fr": "3 numéros", "de": "3 Kundennummern", "en": "3 more"}
    portal = {"nl": "portaal", "fr": "portail", "de": "Portal", "en": "portal"}

    assert "An Peeters" in message["Subject"]
    for body in (part(message, "plain"), words_of(part(message, "html"))):
        assert len(set(re.findall(r"DL5-\d+", body.replace(message["Subject"], "")))) == 10
        assert more[language] in body
        assert portal[language] in body


def test_a_shared_user_without_account_is_shown_the_way_to_one_and_one_with_it_is_not():
    """I-19, I-15."""
    new, known = composed("shared"), composed("shared", facts={"by": "An", "registered": "yes"})

    assert f"{make.DOCUMENTS['link']}/register" in part(new, "plain")
    assert "/register" not in part(known, "plain")
    assert "Meld u aan met dit" in text_of(known)


def test_who_only_gets_mails_has_no_button_to_the_portal():
    """I-22."""
    message = composed(
        "shared", link="https://portaal.meridiaan.example/sign-in/dl5", opens_documents=False
    )

    assert "portaal.meridiaan.example" not in part(message, "html")
    assert "U krijgt een mail zodra er een nieuw document is." in text_of(message)


@pytest.mark.parametrize(
    ("you", "title"),
    [("to", "U bent nu hoofdcontactpersoon"), ("from", "U hebt een klantnummer overgedragen")],
)
def test_both_sides_of_a_hand_over_read_what_it_means_for_them(you, title):
    """I-17, I-18."""
    facts = make.OF_KIND["main_contact_given"]["facts"] | {"you": you}

    text = text_of(composed("main_contact_given", facts=facts))

    assert text.startswith(title)
    for fact in ("DL5-104233", "An Peeters", "Els Vandenbroucke"):
        assert fact in text


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "facts",
    [
        {"change": "added", "factor": "passkey", "name": "Laptop"},
        {"change": "removed", "factor": "totp"},
        {"change": "recovery_codes_made"},
        {"change": "recovery_code_used", "left": "3"},
        {"change": "recovery_code_used", "left": "0"},
        {"change": "something new"},
        {},
    ],
)
def test_each_change_of_a_second_step_has_words_of_its_own(language, facts):
    message = composed("second_factor_changed", language=language, facts=facts)
    others = composed("second_factor_changed", language=language, facts={"change": "something"})

    assert "None" not in text_of(message)
    if facts.get("change") not in (None, "something new"):
        assert text_of(message) != text_of(others)


def test_the_last_mail_says_what_is_kept_and_leads_nowhere():
    """Decision 17."""
    message = composed("erased")

    assert "zo lang de wet dat vraagt" in text_of(message)
    assert "http" not in part(message, "plain")
    assert "<a " not in part(message, "html")


def test_the_headers_name_the_letter_and_no_list():
    """Guide 2.5: not on security mails."""
    facts = make.to_person("reset")
    message = composed("reset")

    assert message["From"] == "Meridiaan Lease <facturen@meridiaan.example>"
    assert message["To"] == "Els Vandenbroucke <els@korenaar.example>"
    assert message["Message-ID"] == message_id(facts.letter_id, facts.sender)
    assert message["Date"].datetime == make.ASKED
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["X-Auto-Response-Suppress"] == "All"
    assert message["Feedback-ID"] == "dl5:reset:postkamer"
    assert message["X-Correlation-ID"] == "6f1c2b"
    assert message.get_content_type() == "multipart/alternative"


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_no_mail_about_an_account_names_a_list(kind):
    assert [
        name for name in composed(kind) if name.lower().startswith(("list-", "precedence"))
    ] == []


def test_the_same_letter_gives_the_same_bytes():
    facts = make.to_person("shared")

    assert PRESS.compose(facts, make.ASKED) == PRESS.compose(facts, make.ASKED)


def test_a_secret_is_not_in_what_a_log_would_show_of_the_facts():
    shown = repr(make.to_person("register"))

    assert "12345678" not in shown
    assert make.PROOF["link"] not in shown


@pytest.mark.parametrize(
    ("name", "greeting"),
    [
        ("Els", "Beste Els"),
        ("els@korenaar.example", "Beste els@korenaar.example"),
        ("https://evil.example win", "Beste klant"),
        ("Go to evil.example now", "Beste klant"),
        ("evil.example/prize", "Beste klant"),
        ("J.P. Jansen", "Beste J.P. Jansen"),
    ],
)
def test_a_name_that_leads_somewhere_is_not_repeated_to_others(name, greeting):
    message = composed("shared", first_name=name, last_name=None, facts={"by": name})

    assert f"\n{greeting}\n" in part(message, "plain")
    assert "evil" not in part(message, "plain") + message["Subject"] + str(message["To"])


def test_a_name_cannot_pass_for_a_link_or_a_row_of_ours():
    facts = {"by": "[Click] x | y\n\n[Click] x", "customer_numbers": "DL5-1"}

    message = composed("shared", facts=facts)

    assert "[Click] x | y [Click] x deelt facturen" in text_of(message)
    html = part(message, "html")
    assert set(re.findall(r'href="([^"]*)"', html)) == {
        make.DOCUMENTS["link"],
        f"{make.DOCUMENTS['link']}/register",
    }


HOSTILE = st.one_of(
    st.text(max_size=80),
    st.lists(
        st.sampled_from(
            [
                "\r",
                "\n",
                "\0",
                "\r\nBcc: x@y.example",
                '"',
                "<",
                ",",
                "é",
                "=?",
                " | ",
                "{{",
                "{%",
                "]",
            ]
        )
    )
    .map("".join)
    .map(lambda text: f"A{text}Z"),
)
KEYS = ("by", "customer_numbers", "customer_number", "from", "to", "you", "name", "left", "change")


@settings(max_examples=120, deadline=None)
@given(
    kind=st.sampled_from(sorted(KINDS)),
    language=st.sampled_from(LANGUAGES),
    name=HOSTILE,
    last=HOSTILE,
    issuer=HOSTILE,
    correlation=HOSTILE,
    facts=st.dictionaries(st.sampled_from(KEYS), HOSTILE),
)
def test_no_name_or_fact_can_add_a_header_or_a_part(
    kind, language, name, last, issuer, correlation, facts
):
    """Guide 1.6 line 40."""
    expected = sorted(key for key, _ in composed(kind).items())

    message = composed(
        kind,
        language=language,
        first_name=name,
        last_name=last,
        issuer_name=issuer,
        issuer=issuer,
        correlation_id=correlation,
        facts=facts,
    )

    assert sorted(key for key, _ in message.items()) == expected
    assert message["To"].addresses[0].addr_spec == "els@korenaar.example"
    assert message["From"].addresses[0].addr_spec == "facturen@meridiaan.example"
    assert [len(message[header].addresses) for header in ("To", "From")] == [1, 1]
    assert len(list(message.iter_parts())) == 2
    html = part(message, "html")
    assert html.count("<h1") == 1
    assert set(re.findall(r'href="([^"]*)"', html)) <= _places(kind)


def _places(kind: str) -> set[str]:
    facts = make.to_person(kind)
    return {facts.link, f"{facts.link}/register", facts.forgotten}


@pytest.mark.parametrize(
    "recipient",
    ["", "els", "els@x.example\r\nBcc: other@x.example", "els\x00@x.example", "a@b@c.d"],
)
def test_what_is_no_address_is_refused_before_a_relay_sees_it(recipient):
    """N-09, guide 1.6 line 40."""
    with pytest.raises(AddressUnusable):
        composed("register", recipient=recipient)


def test_what_others_wrote_is_escaped_in_html_and_plain_in_text():
    message = composed(
        "shared", facts={"by": '<b>An</b> & "Zn"'.replace("/", ""), "registered": "no"}
    )

    assert "<b>" not in part(message, "html").partition("<h1")[2]
    assert "&lt;b&gt;An" in part(message, "html")
    assert '<b>An<b> & "Zn"' in part(message, "plain")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_reader_without_a_name_is_greeted_all_the_same(language):
    message = composed("register", language=language, first_name=None, last_name=None)

    assert message["To"] == "els@korenaar.example"
    assert "None" not in part(message, "plain")
