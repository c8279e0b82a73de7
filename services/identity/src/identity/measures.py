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
    "Customer numbers that were shared or unshared with a person over HTTP.",
    ["change"],
)

for _outcome in ("opened", "refused"):
    links.labels(_outcome)
for _outcome in ("granted", "invalid_client", "invalid_scope", "unsupported_grant_type"):
    tokens.labels(_outcome)
for _news in ("new", "changed", "known"):
    customers.labels(_news)
for _change in ("shared", "unshared"):
    shares.labels(_change)
