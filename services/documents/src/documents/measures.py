"""What documents counts beside what every service counts."""

from collections.abc import Iterable

from prometheus_client import Counter, Histogram

archived = Counter(
    "postkamer_documents_total",
    "Documents that came in, by what came of it: published, imported, or known already.",
    ["how"],
)
flagged = Counter(
    "postkamer_documents_flagged_total",
    "Flags on documents that came in; a document with two counts under both.",
    ["flag"],
)
jobs = Histogram(
    "postkamer_worker_job_seconds",
    "How long a job of the workshop took, its wait for a worker included, by kind (reading, "
    "rendering) and outcome (done, too_hard, failed).",
    ["kind", "outcome"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120),
)
workers_died = Counter(
    "postkamer_workers_died_total", "Workers that a job was the end of, by kind.", ["kind"]
)
renditions = Counter(
    "postkamer_renditions_total",
    "Readable PDFs that were asked for: kept from before, made now, or none to be had.",
    ["how"],
)

FLAGS = (
    "amount_due_differs",
    "customer_number_differs",
    "due_date_differs",
    "file_name_changed",
    "files_left_out",
    "issue_date_differs",
    "media_type_differs",
    "number_differs",
    "number_reused",
    "payment_reference_differs",
    "pdf_not_understood",
    "pdf_with_two_invoices",
    "too_hard_to_read",
    "total_derived",
    "total_incl_vat_differs",
    "type_differs",
    "xml_and_pdf_differ",
    "xml_not_understood",
)
"""Every flag that this service can raise."""

for _how in ("published", "imported", "known"):
    archived.labels(_how)
for _flag in FLAGS:
    flagged.labels(_flag)
for _kind in ("reading", "rendering"):
    workers_died.labels(_kind)
    for _outcome in ("done", "too_hard", "failed"):
        jobs.labels(_kind, _outcome)
for _how in ("kept", "made", "none"):
    renditions.labels(_how)


def new_document(how: str, flags: Iterable[str]) -> None:
    """Count a document that was not in the archive before."""
    archived.labels(how).inc()
    for flag in flags:
        flagged.labels(flag).inc()
