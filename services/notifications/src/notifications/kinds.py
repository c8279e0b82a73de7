"""The kinds of mails about accounts: which there are, and which of them cannot wait."""

ERASED = "erased"
"""The last mail to a person: nothing of it is kept once it was sent."""

SOMEBODY_WAITS = frozenset({"register", "reset", "email_confirm", "already_registered"})
"""Somebody looks into their mailbox for these now."""

PROVING = frozenset({"register", "reset", "email_confirm", "staff"})
"""These are nothing without what proves the mailbox."""

KINDS = SOMEBODY_WAITS | {
    "email_changing",
    "email_changed",
    "password_changed",
    "second_factor_changed",
    "shared",
    "invitation",
    "main_contact_given",
    "staff",
    ERASED,
}
"""Every kind there are words for."""
