"""German; long words say where they may break."""

WORDS = {
    # turning pages
    "turning": "Blättern",
    "previous": "Zurück",
    "next": "Weiter",
    "newer": "Neuere",
    "older": "Ältere",
    "on_this_page": "Auf dieser Seite: {count}",
    "apply": "Anzeigen",
    # the list of documents
    "newest_first": "Rechnungen und Gutschriften, neueste zuerst",
    "all_numbers": "Alle Kunden\u00adnummern",
    "type_number": "Nummer oder Name",
    "document_number": "Nummer",
    "no_due_date": "keine",
    "downloads": "Herunterladen",
    "pdf_of": "{number} als PDF",
    "xml_of": "{number} als XML",
    "back_to_documents": "Zurück zu den Dokumenten",
    # an empty list
    "no_documents_yet_title": "Es gibt noch keine Dokumente",
    "no_documents_yet": "Eine neue Rechnung oder Gutschrift steht hier, sobald sie an Sie gesendet "
    "wird.",
    "fetching_title": "Ihre Dokumente sind unterwegs",
    "fetching": "Diese Kunden\u00adnummer wurde soeben hinzugefügt. Ihre Dokumente sind in wenigen "
    "Minuten hier.",
    "look_again": "Erneut nachsehen",
    "none_of_number_title": "Keine Dokumente zu {number}",
    "none_of_number": "An diese Kunden\u00adnummer wurde noch nichts gesendet.",
    "not_yours_title": "Sie sehen die Kunden\u00adnummer {number} nicht",
    "not_yours": "Sie ist nicht mit Ihnen geteilt. Fragen Sie den Haupt\u00adkontakt.",
    "no_numbers_title": "Sie sehen keine Kunden\u00adnummer",
    "no_numbers": "Mit Ihnen wird nichts mehr geteilt. Fragen Sie, wer bisher mit Ihnen geteilt "
    "hat.",
    # help
    "help_lead": "Wie Einladungen, Teilen und Einstellungen funktionieren. Eine Seite je Frage.",
    "help_search": "In der Hilfe suchen",
    "search": "Suchen",
    "help_found": "Antworten auf „{question}“",
    "help_none_title": "Keine Antwort auf „{question}“",
    "help_none": "Versuchen Sie ein Wort, etwa „Passwort“ oder „teilen“.",
    "help_all": "Alle Artikel",
    "help_ask": "Ihre Frage ist nicht dabei? Fragen Sie {name}. Die Telefon\u00adnummer steht auf "
    "einer Rechnung.",
    "help_ask_anyone": "Ihre Frage ist nicht dabei? Fragen Sie den Absender Ihrer Rechnungen.",
}
