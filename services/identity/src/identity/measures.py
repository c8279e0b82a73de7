"""What identity counts beside what every service counts."""

from prometheus_client import Counter

links = Counter(
    "postkamer_links_total",
    "Mail links that were asked for, by what came of it: opened, or refused for being forged, "
    "expired or revoked.",
    ["outcome"],
)
tokens = Counter(
    "postkamer_tokens_total",
    "Tokens that machines asked for, by what came of it: granted, or the OAuth error.",
    ["outcome"],
)
customers = Counter(
    "postkamer_customers_total",
    "Customer numbers that billing systems told of, by what it meant: new, changed, or known "
    "(nothing new, or older than what is known).",
    ["news"],
)
shares = Counter(
    "postkamer_shares_total",
    "Claims on customer numbers that were given to shared users, or taken back.",
    ["change"],
)
sign_ins = Counter(
    "postkamer_sign_ins_total",
    "Tries to sign in with a password, by what came of it: done, refused, or asked for a second "
    "step.",
    ["outcome"],
)
sessions = Counter(
    "postkamer_sessions_total",
    "Sessions of people, by what happened to them: started, or ended by someone.",
    ["change"],
)
proofs = Counter(
    "postkamer_proofs_total",
    "Proofs of a mailbox, by kind and what happened to them: sent, used, or refused.",
    ["kind", "change"],
)
registrations = Counter(
    "postkamer_registrations_total",
    "People who registered by the link of a mail.",
)
throttled = Counter(
    "postkamer_throttled_total",
    "Tries that were refused because there were too many, by what they were counted by.",
    ["bucket"],
)

for _outcome in ("opened", "refused"):
    links.labels(_outcome)
for _outcome in ("granted", "invalid_client", "invalid_scope", "unsupported_grant_type"):
    tokens.labels(_outcome)
for _news in ("new", "changed", "known"):
    customers.labels(_news)
for _change in ("shared", "unshared"):
    shares.labels(_change)
for _outcome in ("done", "refused", "second_step"):
    sign_ins.labels(_outcome)
for _change in ("started", "ended"):
    sessions.labels(_change)
for _kind in ("register", "reset", "email_confirm", "email_cancel", "staff"):
    for _change in ("sent", "used", "refused"):
        proofs.labels(_kind, _change)
for _bucket in (
    "account",
    "device",
    "visitor",
    "mailbox",
    "second_step",
    "proof",
    "sharing",
    "invitation",
):
    throttled.labels(_bucket)
