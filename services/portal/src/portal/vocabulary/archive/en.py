"""English, as it is written in Britain."""

WORDS = {
    # turning pages
    "turning": "Pages",
    "previous": "Previous",
    "next": "Next",
    "newer": "Newer",
    "older": "Older",
    "on_this_page": "On this page: {count}",
    "apply": "Show",
    # the list of documents
    "newest_first": "Invoices and credit notes, newest first",
    "all_numbers": "All customer numbers",
    "type_number": "Number or name",
    "document_number": "Number",
    "no_due_date": "none",
    "downloads": "Download",
    "pdf_of": "{number} as PDF",
    "xml_of": "{number} as XML",
    "back_to_documents": "Back to documents",
    # an empty list
    "no_documents_yet_title": "There are no documents yet",
    "no_documents_yet": "A new invoice or credit note stands here as soon as it is sent to you.",
    "fetching_title": "Your documents are on their way",
    "fetching": "This customer number was added a moment ago. Its documents are here in a few "
    "minutes.",
    "look_again": "Look again",
    "none_of_number_title": "No documents of {number}",
    "none_of_number": "Nothing has been sent to this customer number so far.",
    "not_yours_title": "You do not see customer number {number}",
    "not_yours": "It is not shared with you. Ask its main contact.",
    "no_numbers_title": "You do not see any customer number",
    "no_numbers": "Nothing is shared with you any more. Ask whoever used to share it.",
    # help
    "help_lead": "How invitations, sharing and settings work. One page for each question.",
    "help_search": "Search in help",
    "search": "Search",
    "help_found": "Answers to ‘{question}’",
    "help_none_title": "No answer to ‘{question}’",
    "help_none": "Try one word, such as ‘password’ or ‘sharing’.",
    "help_all": "All articles",
    "help_ask": "Is your question not here? Ask {name}. You find the phone number on an invoice.",
    "help_ask_anyone": "Is your question not here? Ask the sender of your invoices.",
}
