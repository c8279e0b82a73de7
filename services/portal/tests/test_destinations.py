"""Where a visitor may be sent on to: to pages of ours, and never to another's."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.destinations import checked


@pytest.mark.parametrize(
    "address",
    [
        "/documents",
        "/documents/01930000-0000-7000-8000-00000000000d",
        "/documents?customer_number=DL5-1&cursor=a%2Fb",
        "/account/second-step/totp",
        "/customer-numbers/DL5-104233/settings",
        "/shared-users?search=caf%C3%A9",
        "/help/inviting",
    ],
)
def test_a_page_of_ours_may_be_come_back_to(address):
    assert checked(address) == address


@pytest.mark.parametrize(
    "address",
    [
        None,
        "",
        "/",
        "documents",
        "//evil.example/documents",
        "///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "https://evil.example/documents",
        "https:/documents",
        "javascript:alert(1)",
        "/documents\r\nLocation: https://evil.example",
        "/documents\t",
        " /documents",
        "/documents/../sign-out",
        "/documents/%2e%2e/sign-out",
        "/documents//evil.example",
        "/documents\\evil",
        "/documentsandmore",
        "/sign-out",
        "/sign-in/dl5",
        "/view/01930000.link",
        "/proof/reset/x",
        "/static/portal.js",
        "/documents#<script>",
        "/documents?a=\u202e",
        "/documents?" + "a" * 1000,
    ],
)
def test_anything_else_is_never_gone_to(address):
    assert checked(address) is None


@given(st.text())
def test_whatever_is_asked_only_a_path_below_our_own_pages_comes_of_it(address):
    found = checked(address)

    assert found is None or found.startswith(
        ("/documents", "/customer-numbers", "/shared-users", "/account", "/help")
    )
    assert found is None or found.isascii()
