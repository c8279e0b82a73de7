"""What the portal counts beside what every service counts."""

from prometheus_client import Counter

looks = Counter(
    "postkamer_looks_total",
    "What readers asked for behind a mail's link, by what it is (document, register, file, "
    "rendition, picture) and what they got: it, nothing (the link opens nothing), or away (a "
    "service did not answer).",
    ["what", "got"],
)
invoices = Counter(
    "postkamer_invoices_shown_total",
    "Documents shown as a page, by how: with what its XML says, without (there is none that was "
    "understood), or later (it could not be had just now).",
    ["how"],
)
away = Counter(
    "postkamer_services_away_total", "Times a service did not answer the portal.", ["asked"]
)

WHAT = ("document", "register", "file", "rendition", "picture")

for _what in WHAT:
    for _got in ("it", "nothing", "away"):
        looks.labels(_what, _got)
for _how in ("with", "without", "later"):
    invoices.labels(_how)
for _service in ("identity", "documents"):
    away.labels(_service)
