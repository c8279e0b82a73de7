"""The words of the page, in the four languages that readers have; the languages they prefer."""

LANGUAGES = ("nl", "fr", "de", "en")

_LOCALES = {"nl": "nl_BE", "fr": "fr_BE", "de": "de_DE", "en": "en_GB"}

WORDS: dict[str, dict[str, str]] = {
    "nl": {
        "invoice": "Factuur",
        "credit_note": "Creditnota",
        "amount_due": "Te betalen",
        "in_your_favour": "In uw voordeel",
        "total": "Totaal incl. btw",
        "due_date": "Te betalen vóór",
        "issue_date": "Datum",
        "customer_number": "Klantnummer",
        "payment_reference": "Mededeling",
        "files": "Bestanden",
        "download": "Downloaden",
        "attachment": "Bijlage",
        "newest_only": "U ziet hier altijd het nieuwste document van dit klantnummer.",
        "nothing_title": "Deze link opent niets",
        "nothing": "De link is te oud, ingetrokken of niet volledig overgenomen. Open de knop in "
        "uw nieuwste mail, of vraag de afzender om een nieuwe.",
        "away_title": "Dit lukt nu niet",
        "away": "Er is een storing bij ons. Probeer het over enkele minuten opnieuw.",
        "language": "Taal",
    },
    "fr": {
        "invoice": "Facture",
        "credit_note": "Note de crédit",
        "amount_due": "À payer",
        "in_your_favour": "En votre faveur",
        "total": "Total TVA comprise",
        "due_date": "À payer avant le",
        "issue_date": "Date",
        "customer_number": "Numéro de client",
        "payment_reference": "Communication",
        "files": "Fichiers",
        "download": "Télécharger",
        "attachment": "Annexe",
        "newest_only": "Vous voyez toujours ici le document le plus récent de ce numéro de client.",
        "nothing_title": "Ce lien n’ouvre rien",
        "nothing": "Le lien est trop ancien, retiré ou incomplet. Ouvrez le bouton de votre mail "
        "le plus récent, ou demandez-en un nouveau à l’expéditeur.",
        "away_title": "Ce n’est pas possible pour le moment",
        "away": "Nous avons une panne. Réessayez dans quelques minutes.",
        "language": "Langue",
    },
    "de": {
        "invoice": "Rechnung",
        "credit_note": "Gutschrift",
        "amount_due": "Zu zahlen",
        "in_your_favour": "Zu Ihren Gunsten",
        "total": "Gesamtbetrag inkl. MwSt.",
        "due_date": "Zu zahlen bis",
        "issue_date": "Datum",
        "customer_number": "Kundennummer",
        "payment_reference": "Verwendungszweck",
        "files": "Dateien",
        "download": "Herunterladen",
        "attachment": "Anlage",
        "newest_only": "Sie sehen hier immer das neueste Dokument dieser Kundennummer.",
        "nothing_title": "Dieser Link öffnet nichts",
        "nothing": "Der Link ist zu alt, zurückgezogen oder unvollständig. Öffnen Sie die "
        "Schaltfläche in Ihrer neuesten Mail, oder bitten Sie den Absender um eine neue.",
        "away_title": "Das geht gerade nicht",
        "away": "Bei uns liegt eine Störung vor. Versuchen Sie es in einigen Minuten erneut.",
        "language": "Sprache",
    },
    "en": {
        "invoice": "Invoice",
        "credit_note": "Credit note",
        "amount_due": "Amount due",
        "in_your_favour": "In your favour",
        "total": "Total incl. VAT",
        "due_date": "Due by",
        "issue_date": "Date",
        "customer_number": "Customer number",
        "payment_reference": "Payment reference",
        "files": "Files",
        "download": "Download",
        "attachment": "Attachment",
        "newest_only": "This page always shows the newest document of this customer number.",
        "nothing_title": "This link opens nothing",
        "nothing": "The link is too old, withdrawn or incomplete. Use the button in your newest "
        "mail, or ask the sender for a new one.",
        "away_title": "This does not work right now",
        "away": "Something is out of order on our side. Try again in a few minutes.",
        "language": "Language",
    },
}


def locale_of(language: str) -> str:
    """Return the locale in which a language writes dates and amounts here."""
    return _LOCALES.get(language, "en_GB")


def preferred(accept_language: str) -> str:
    """Return the first of our languages that a browser asks for."""
    for part in accept_language.split(","):
        language = part.partition(";")[0].strip().partition("-")[0].lower()
        if language in LANGUAGES:
            return language
    return "en"
