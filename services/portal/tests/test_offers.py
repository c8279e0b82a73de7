"""What a reader can take away of a document."""

from portal.document import DocumentFile
from portal.offers import MOST_PICTURES, offered


def a_file(role, pages=None):
    return DocumentFile(
        role=role, name=role, media_type="", sha256=role[:1] * 64, size=1, pages=pages
    )


XML, PDF = a_file("original_xml"), a_file("original_pdf", pages=3)
INSIDE, ANNEX, ANNEX_INSIDE = (
    a_file(role) for role in ("embedded_xml", "attachment", "embedded_attachment")
)


def test_an_xml_alone_comes_with_a_rendition_and_is_the_invoice():
    """Q10, D-02"""
    offers = offered([XML], understood=True, itemised=True)

    assert (offers.xml, offers.pdf, offers.renditions, offers.xml_rules) == (XML, None, True, True)


def test_a_pdf_that_came_is_offered_instead_of_a_rendition():
    offers = offered([XML, PDF], understood=True, itemised=True)

    assert (offers.pdf, offers.renditions, offers.xml_rules) == (PDF, False, True)
    assert offers.pictures == 0


def test_an_xml_inside_a_pdf_is_offered_and_does_not_outrank_it():
    offers = offered([PDF, INSIDE], understood=True, itemised=True)

    assert (offers.pdf, offers.xml, offers.xml_rules) == (PDF, INSIDE, False)


def test_an_xml_that_was_not_understood_is_offered_and_rules_nothing():
    offers = offered([XML], understood=False, itemised=False)

    assert (offers.xml, offers.renditions, offers.xml_rules) == (XML, False, False)


def test_a_plain_pdf_is_shown_page_by_page():
    offers = offered([PDF], understood=False, itemised=False)

    assert (offers.pictures, offers.pages) == (3, 3)


def test_a_pdf_whose_pages_nobody_counted_shows_its_first():
    assert offered([a_file("original_pdf")], understood=False, itemised=False).pictures == 1


def test_a_pdf_whose_xml_has_only_totals_is_shown_too():
    offers = offered([PDF, INSIDE], understood=True, itemised=False)

    assert offers.pictures == 3


def test_of_a_thick_pdf_only_the_first_pages_are_shown():
    offers = offered([a_file("original_pdf", pages=400)], understood=False, itemised=False)

    assert (offers.pictures, offers.pages) == (MOST_PICTURES, 400)


def test_attachments_are_those_that_came_along_and_those_inside():
    files = [ANNEX_INSIDE, XML, ANNEX, a_file("of_a_later_version")]

    assert offered(files, understood=True, itemised=True).attachments == [ANNEX_INSIDE, ANNEX]
