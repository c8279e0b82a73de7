"""Dutch, as it is written in Belgium, in the form of respect."""

WORDS = {
    # turning pages
    "turning": "Bladeren",
    "previous": "Vorige",
    "next": "Volgende",
    "newer": "Nieuwer",
    "older": "Ouder",
    "on_this_page": "Op deze pagina: {count}",
    "apply": "Tonen",
    # the list of documents
    "newest_first": "Facturen en creditnota’s, nieuwste eerst",
    "all_numbers": "Alle klantnummers",
    "type_number": "Nummer of naam",
    "document_number": "Nummer",
    "no_due_date": "geen",
    "downloads": "Downloaden",
    "pdf_of": "{number} als pdf",
    "xml_of": "{number} als xml",
    "back_to_documents": "Terug naar documenten",
    # an empty list
    "no_documents_yet_title": "Er zijn nog geen documenten",
    "no_documents_yet": "Een nieuwe factuur of creditnota staat hier zodra ze naar u verstuurd is.",
    "fetching_title": "Uw documenten zijn onderweg",
    "fetching": "Dit klantnummer is daarnet toegevoegd. De documenten staan hier binnen enkele "
    "minuten.",
    "look_again": "Opnieuw kijken",
    "none_of_number_title": "Geen documenten van {number}",
    "none_of_number": "Naar dit klantnummer is nog niets verstuurd.",
    "not_yours_title": "U ziet klantnummer {number} niet",
    "not_yours": "Het is niet met u gedeeld. Vraag het aan de hoofdcontactpersoon.",
    "no_numbers_title": "U ziet geen enkel klantnummer",
    "no_numbers": "Er wordt niets meer met u gedeeld. Vraag het aan wie vroeger met u deelde.",
    # help
    "help_lead": "Hoe uitnodigingen, delen en instellingen werken. Eén pagina per vraag.",
    "help_search": "Zoeken in de hulp",
    "search": "Zoeken",
    "help_found": "Antwoorden op ‘{question}’",
    "help_none_title": "Geen antwoord op ‘{question}’",
    "help_none": "Probeer één woord, zoals ‘wachtwoord’ of ‘delen’.",
    "help_all": "Alle artikels",
    "help_ask": "Staat uw vraag er niet bij? Vraag het aan {name}. Het telefoonnummer staat op een "
    "factuur.",
    "help_ask_anyone": "Staat uw vraag er niet bij? Vraag het aan de afzender van uw facturen.",
}
