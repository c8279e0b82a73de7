"""An auditor who sees nothing wrong is only worth something if he would see it."""

from localrun.auditing import misdelivered
from localrun.lease_company import Published

DOCUMENT = Published(
    "F100001", "an-id", {"els@customer.example": "nl", "jo@customer.example": "fr"}
)


def mail(to, about=DOCUMENT.number):
    return {"to": [to], "subject": f"Nieuwe factuur {about} van Meridiaan Lease"}


def test_one_mail_for_each_reader_is_all_well():
    mails = [mail("els@customer.example"), mail("jo@customer.example")]

    assert misdelivered(DOCUMENT, mails) == []


def test_mails_about_other_documents_do_not_count():
    mails = [mail("els@customer.example"), mail("jo@customer.example", about="F100002")]

    assert misdelivered(DOCUMENT, mails) == ["lost: F100001 to jo@customer.example"]


def test_a_second_mail_and_one_to_a_stranger_are_named():
    mails = [mail("els@customer.example"), mail("jo@customer.example")] * 2
    mails.append(mail("who@else.example"))

    assert misdelivered(DOCUMENT, mails) == [
        "twice: F100001 to els@customer.example",
        "twice: F100001 to jo@customer.example",
        "astray: F100001 to who@else.example",
    ]
