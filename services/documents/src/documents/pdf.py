"""Looks into a PDF, however it was made: how many pages it has, and the XML files inside it."""

import io
import logging
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, islice

from pypdf import Configuration, PdfReader, apply_configuration
from pypdf.errors import DependencyError, FileNotDecryptedError, LimitReachedError, PyPdfError
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject, PdfObject, StreamObject

from documents.errors import XmlNotUnderstood

INVOICE_NAMES = ("factur-x.xml", "xrechnung.xml", "zugferd-invoice.xml")
"""What Factur-X and ZUGFeRD call the invoice, in lower case."""

_MOST_BYTES = 20_000_000
"""Of one stream once expanded, and of all XML files together."""
_MOST_FILES = 100
_MOST_NODES = 1_000
_LIMITS = Configuration(
    zlib_maximum_output_length=_MOST_BYTES,
    lzw_maximum_output_length=_MOST_BYTES,
    run_length_maximum_output_length=_MOST_BYTES,
    brotli_maximum_output_length=_MOST_BYTES,
    array_based_stream_maximum_output_length=_MOST_BYTES,
    stream_decoding_work_maximum_length=2 * _MOST_BYTES,
    page_tree_maximum_entries=20_000,
    page_tree_maximum_page_entries=200_000,
)
_WHATEVER_DAMAGE_CAUSES = (
    PyPdfError,
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    OSError,
    RuntimeError,
    TypeError,
    ValueError,
    struct.error,
    zlib.error,
)

# Its warnings on damaged files may repeat their text, which does not belong in a log.
logging.getLogger("pypdf").setLevel(logging.CRITICAL)


@dataclass(frozen=True, slots=True)
class XmlFile:
    """An XML file inside a PDF."""

    name: str
    content: bytes

    @property
    def is_called_invoice(self) -> bool:
        """Whether it has a name that the standards keep for the invoice."""
        return self.name.lower() in INVOICE_NAMES


@dataclass(frozen=True, slots=True)
class Inside:
    """What is inside a PDF."""

    pages: int
    xml_files: tuple[XmlFile, ...] = ()
    """Those with an invoice's name first."""


def look_inside(content: bytes) -> Inside:
    """Count the pages and take out the XML files.

    Raises ``XmlNotUnderstood`` for a PDF that is encrypted, damaged, or made to exhaust its reader.
    """
    try:
        with apply_configuration(_LIMITS):
            reader = PdfReader(io.BytesIO(content))
            pages = len(reader.pages)
            files = _xml_files(reader.root_object)
    except (FileNotDecryptedError, DependencyError) as wrong:
        raise XmlNotUnderstood("the PDF is encrypted") from wrong
    except LimitReachedError as wrong:
        raise XmlNotUnderstood("the PDF is larger inside than any invoice") from wrong
    except _WHATEVER_DAMAGE_CAUSES as wrong:
        raise XmlNotUnderstood(f"the PDF is damaged ({type(wrong).__name__})") from wrong
    return Inside(pages, tuple(sorted(files, key=lambda file: not file.is_called_invoice)))


def _xml_files(catalog: DictionaryObject) -> list[XmlFile]:
    files: dict[tuple[str, bytes], XmlFile] = {}
    size = 0
    for specification in _specifications(catalog):
        name = str(_value(specification, "/UF") or _value(specification, "/F") or "")
        streams = _value(specification, "/EF")
        stream = _value(streams, "/F") or _value(streams, "/UF")
        if not isinstance(stream, StreamObject) or not _is_xml(name, stream):
            continue
        content = stream.get_data()
        size += len(content)
        if size > _MOST_BYTES:
            raise LimitReachedError
        files.setdefault((name, content), XmlFile(name, content))
    return list(files.values())


def _is_xml(name: str, stream: StreamObject) -> bool:
    return name.lower().endswith(".xml") or str(_value(stream, "/Subtype")).lower().endswith("/xml")


def _specifications(catalog: DictionaryObject) -> Iterator[PdfObject | None]:
    """Give the first files of the catalog: by name, and those that PDF/A-3 and 4 associate with it.

    The tree of names may have branches at any depth; a hostile one runs in circles.
    """
    every = chain(_named(catalog), _items(_value(catalog, "/AF")))
    return map(_resolved, islice(every, _MOST_FILES))


def _named(catalog: DictionaryObject) -> Iterator[PdfObject]:
    waiting = [_value(_value(catalog, "/Names"), "/EmbeddedFiles")]
    for _ in range(_MOST_NODES):
        if not waiting:
            return
        node = waiting.pop()
        yield from _items(_value(node, "/Names"))[1::2]
        waiting.extend(_resolved(kid) for kid in reversed(_items(_value(node, "/Kids"))))


def _value(dictionary: PdfObject | None, key: str) -> PdfObject | None:
    return (
        _resolved(dictionary.raw_get(key))
        if isinstance(dictionary, DictionaryObject) and key in dictionary
        else None
    )


def _items(array: PdfObject | None) -> list[PdfObject]:
    return array[: 2 * _MOST_FILES] if isinstance(array, ArrayObject) else []


def _resolved(value: PdfObject | None) -> PdfObject | None:
    return value.get_object() if isinstance(value, IndirectObject) else value
