"""Identity: issuers, customers, tokens and links."""

from deploy.monitoring.dashboards.every_service import (
    asked,
    behind,
    costs,
    failed,
    handling,
    of,
    rate,
    working,
)
from deploy.monitoring.dashboards.panels import Ask, Board, Curve, Row

_NAME = "identity"
_ITS = of(_NAME)


def board() -> Board:
    """Return its dashboard."""
    does = Row(
        "What does it do?",
        (
            Curve(
                "Customers told of, per second",
                (Ask(rate("postkamer_customers_total", "news", _ITS), "{{news}}"),),
                unit="cps",
                about="By billing systems: new, changed, or known already.",
                width=6,
            ),
            Curve(
                "Shared and unshared, per second",
                (Ask(rate("postkamer_shares_total", "change", _ITS), "{{change}}"),),
                unit="cps",
                width=6,
            ),
            Curve(
                "Links of mails, per second",
                (Ask(rate("postkamer_links_total", "outcome", _ITS), "{{outcome}}"),),
                unit="reqps",
                about="Refused is forged, expired or revoked: nobody is told which.",
                todo=("LinksRefused",),
                width=6,
            ),
            Curve(
                "Tokens for machines, per second",
                (Ask(rate("postkamer_tokens_total", "outcome", _ITS), "{{outcome}}"),),
                unit="reqps",
                todo=("ClientsRefused",),
                width=6,
            ),
        ),
    )
    people = Row(
        "How do people get in?",
        (
            Curve(
                "Signing in with a password, per second",
                (Ask(rate("postkamer_sign_ins_total", "outcome", _ITS), "{{outcome}}"),),
                unit="reqps",
                about="Refused is a wrong password or an address without an account: nobody is "
                "told which.",
                todo=("SignInsRefused",),
                width=6,
            ),
            Curve(
                "Sessions started and ended, per second",
                (Ask(rate("postkamer_sessions_total", "change", _ITS), "{{change}}"),),
                unit="cps",
                about="Ended by someone; those that are left alone end by themselves.",
                width=6,
            ),
            Curve(
                "Proofs of a mailbox, per second",
                (
                    Ask(
                        rate("postkamer_proofs_total", "kind, change", _ITS),
                        "{{kind}}, {{change}}",
                    ),
                    Ask(rate("postkamer_registrations_total", "service", _ITS), "registered"),
                ),
                unit="cps",
                width=6,
            ),
            Curve(
                "Tried too often, per second",
                (Ask(rate("postkamer_throttled_total", "bucket", _ITS), "{{bucket}}"),),
                unit="reqps",
                about="By what was counted: an account, a known browser, a visitor's address, the "
                "mails to a mailbox.",
                width=6,
            ),
        ),
    )
    return Board(
        _NAME,
        "Postkamer: identity",
        "Issuers, customer numbers, the people who may see them, tokens and links.",
        _NAME,
        (
            working(_NAME),
            does,
            people,
            behind(_NAME),
            failed(_NAME),
            asked(_NAME),
            costs(_NAME, handling(_NAME)),
        ),
    )
