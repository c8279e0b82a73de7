"""What documents counts beside what every service counts."""

from collections.abc import Iterable

from prometheus_client import Counter, Gauge, Histogram

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
    "rendering, studying) and outcome (done, too_hard, failed).",
    ["kind", "outcome"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120),
)
workers_died = Counter(
    "postkamer_workers_died_total", "Workers that a job was the end of, by kind.", ["kind"]
)
exports = Counter(
    "postkamer_exports_total",
    "Exports that were taken away, by format (zip, csv, xlsx) and outcome (done, failed).",
    ["format", "outcome"],
)
duplicates = Counter(
    "postkamer_duplicates_total",
    "Duplicates that were made: of the PDF, of a rendition, or of a page of what is known.",
    ["of"],
)
studies_waiting = Gauge(
    "postkamer_studies_waiting",
    "Documents whose PDF is still to be read for its words, or whose XML is still to be judged.",
)
renditions = Counter(
    "postkamer_renditions_total",
    "Readable PDFs that were asked for: kept from before, made now, a cover for want of an XML, or "
    "none to be had.",
    ["how"],
)
grant_visible = Histogram(
    "postkamer_documents_grant_visible_seconds",
    "From when somebody was given a customer number to when its documents can be read here.",
    buckets=(0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800, 3600),
)

broken = Gauge(
    "postkamer_archive_broken",
    "What in the archive is not as it was, by kind: a file, a row, an event, or a day's head.",
    ["kind"],
)
whole_since = Gauge(
    "postkamer_archive_whole_timestamp_seconds",
    "Up to when everything in the archive was looked at again since, or when the first look began.",
)
looked_at = Counter(
    "postkamer_archive_looked_at_total",
    "Documents of the archive that were looked at again: are they as they were?",
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

for _kind in ("file", "row", "event", "head"):
    broken.labels(_kind)
for _how in ("published", "imported", "known"):
    archived.labels(_how)
for _flag in FLAGS:
    flagged.labels(_flag)
for _kind in ("reading", "rendering", "studying"):
    workers_died.labels(_kind)
    for _outcome in ("done", "too_hard", "failed"):
        jobs.labels(_kind, _outcome)
for _how in ("kept", "made", "cover", "none"):
    renditions.labels(_how)
for _format in ("zip", "csv", "xlsx"):
    for _outcome in ("done", "failed"):
        exports.labels(_format, _outcome)
for _of in ("pdf", "rendition", "cover"):
    duplicates.labels(_of)


def new_document(how: str, flags: Iterable[str]) -> None:
    """Count a document that was not in the archive before."""
    archived.labels(how).inc()
    for flag in flags:
        flagged.labels(flag).inc()
