"""German; long words carry soft hyphens where a phone would need them."""

WORDS = {
    # the list of customer numbers
    "customer_numbers_lead": "Je Kunden\u00adnummer: wer darüber entscheidet, und wer bei einem "
    "neuen Dokument eine E-Mail erhält.",
    "find_number": "Kunden\u00adnummer suchen",
    "clear_search": "Alle anzeigen",
    "sender": "Absender",
    "main_contact": "Haupt\u00adkontakt",
    "main_contact_you": "Sie",
    "in_portal": "Im Portal",
    "by_mail": "E-Mails",
    "frequency": "Wann",
    "with_the_mail": "Bei der E-Mail",
    "at_once": "Sofort",
    "not_for_now": "Vorerst nicht",
    "attached_pdf": "PDF",
    "attached_xml": "XML",
    "attached_both": "PDF und XML",
    "attached_none": "Nur ein Link",
    "no_number_found_title": "Keine Kunden\u00adnummer passt zu „{search}“",
    "no_number_found": "Suchen Sie nach einem Teil der Nummer oder des Namens.",
    # one customer number
    "number_title": "Kunden\u00adnummer {number}",
    "number_since": "Bei Ihnen seit {day}",
    "back_to_numbers": "Zurück zu den Kunden\u00adnummern",
    "mails_title": "E-Mails zu neuen Dokumenten",
    "mails_at_once": "Sofort, bei jedem neuen Dokument",
    "mails_none": "Vorerst nicht",
    "mails_none_hint": "Dann erhält niemand eine E-Mail. Die Dokumente stehen trotzdem im Portal.",
    "attach_title": "Was der E-Mail beiliegt",
    "attach_pdf": "Das PDF, zum Lesen",
    "attach_xml": "Das XML, für die Buch\u00adhaltung",
    "attach_hint": "Wählen Sie nichts, enthält die E-Mail nur einen Link zum Dokument.",
    "done_delivery": "Die Einstellungen von {number} sind gespeichert.",
    "own_attach_title": "Was Ihren E-Mails beiliegt",
    "own_attach_follow": "Wie vom Haupt\u00adkontakt gewählt",
    "done_attachments": "Was Ihren E-Mails zu {number} beiliegt, ist gespeichert.",
    "readers_title": "Wer sie sieht, und wer eine E-Mail erhält",
    "reader": "Name",
    "you": "Sie",
    "yes": "ja",
    "no": "nein",
    "change_readers": "Ändern, wer sie sieht",
    "decides_title": "Wer entscheidet",
    "you_decide": "Sie sind der Haupt\u00adkontakt: Sie entscheiden, wer diese Kunden\u00adnummer "
    "sieht.",
    "other_decides": "{name} ist der Haupt\u00adkontakt. Nur der Haupt\u00adkontakt kann diese "
    "Kunden\u00adnummer teilen oder ihre Einstellungen ändern.",
    "nobody_decides": "Diese Kunden\u00adnummer hat keinen Haupt\u00adkontakt. Fragen Sie den "
    "Absender.",
    # handing over
    "hand_over": "An jemand anderen übergeben",
    "hand_over_title": "{number} übergeben",
    "hand_over_to": "Wer wird Haupt\u00adkontakt?",
    "hand_over_what": "Von da an entscheidet nur diese Person, wer {number} sieht und wie E-Mails "
    "versandt werden. Sie sehen sie weiterhin und erhalten E-Mails, als geteilter Benutzer.",
    "hand_over_mail": "Sie erhalten beide eine E-Mail darüber. Um sie zurück\u00adzubekommen, "
    "fragen Sie den neuen Haupt\u00adkontakt.",
    "hand_over_nobody_title": "Es gibt niemanden, dem Sie sie übergeben können",
    "hand_over_nobody": "Teilen Sie diese Kunden\u00adnummer zuerst. Wer registriert ist, kann "
    "danach Haupt\u00adkontakt werden.",
    "hand_over_now": "Übergeben",
    "done_handed_over": "{name} ist jetzt Haupt\u00adkontakt von {number}.",
    "empty_person_id": "Wählen Sie, wer Haupt\u00adkontakt wird.",
    "rule_shared_user_not_registered": "Diese Person ist noch nicht registriert. Wählen Sie eine, "
    "die es ist.",
    # the matrix
    "shared_users_lead": "Wählen Sie je Kunden\u00adnummer, wer die Dokumente im Portal sieht und "
    "wer zu jedem neuen Dokument eine E-Mail erhält. Nur Sie können das ändern.",
    "add_user": "Benutzer hinzufügen",
    "gap_alone": "Die Kunden\u00adnummer {number} teilen Sie noch mit niemandem.",
    "gap_since": "Sie haben sie seit {day}. Neue Nummern werden nie von selbst geteilt.",
    "share_like": "Teilen wie {number}",
    "gaps_only": "Nur Nummern mit Lücken",
    "matrix_region": "Tabelle: für weitere Benutzer seitwärts schieben",
    "matrix_caption": "Wer welche Kunden\u00adnummer sieht: ein Kästchen für das Portal und eines "
    "für E-Mails",
    "matrix_by": "Je Benutzer",
    "turning_people": "Benutzer blättern",
    "people_previous": "Vorige Benutzer",
    "people_next": "Weitere Benutzer",
    "people_here": "Benutzer hier: {count}",
    "portal": "Portal",
    "mail": "E-Mail",
    "only_you": "Nur Sie sehen sie",
    "invited": "Eingeladen",
    "active": "Aktiv",
    "all_on": "Alle an",
    "all_off": "Alle aus",
    "all_on_for": "Alle an auf dieser Seite: {name}",
    "all_off_for": "Alle aus auf dieser Seite: {name}",
    "unsaved": "Noch nicht gespeichert:",
    "unsaved_elsewhere": "Änderungen auf anderen Seiten: {count}",
    "discard": "Verwerfen",
    "nothing_changed": "Es wurde nichts geändert.",
    "saved": "Gespeichert. Änderungen: {count}.",
    "undo": "Rückgängig machen",
    "undone": "Rückgängig gemacht. Alles ist wie zuvor.",
    "too_many_changes": "Das sind {count} Änderungen. Höchstens {most} werden auf einmal "
    "gespeichert.",
    "changed_meanwhile": "Inzwischen hat sich etwas geändert, daher wurde nichts gespeichert. "
    "Prüfen Sie es und speichern Sie erneut.",
    "matrix_hint": "Ein schraffiertes Kästchen bedeutet: Diese Person sieht diese "
    "Kunden\u00adnummer nicht. Wer nur E-Mails erhält, liest darin Betrag und Datum, öffnet das "
    "Dokument aber nicht.",
    "share_nobody_title": "Sie teilen noch mit niemandem",
    "share_nobody": "Fügen Sie eine Kollegin oder Ihren Steuer\u00adberater hinzu. Sichtbar sind "
    "nur die Kunden\u00adnummern, die Sie wählen; darüber geht eine E-Mail hinaus.",
    "share_nothing_title": "Sie haben nichts zu teilen",
    "share_nothing": "Nur der Haupt\u00adkontakt einer Kunden\u00adnummer kann sie teilen.",
    "no_gaps_title": "Es gibt keine Lücken",
    "no_gaps": "Jeder Benutzer sieht jede Kunden\u00adnummer.",
    # adding somebody
    "add_lead": "Diese Person erhält eine E-Mail und kann sofort nachsehen. Mit einem Konto sieht "
    "sie alles, was Sie teilen.",
    "email_address": "E-Mail-Adresse",
    "their_language": "Sprache der E-Mails",
    "what_they_get": "Was diese Person erhält",
    "get_portal": "Dokumente im Portal sehen",
    "get_mail": "Eine E-Mail zu jedem neuen Dokument",
    "of_which": "Von welchen Kunden\u00adnummern",
    "of_all": "Alle {count} Kunden\u00adnummern",
    "of_these": "Nur diese",
    "also_future": "Künftige Kunden\u00adnummern",
    "future_hint": "Eine neue Kunden\u00adnummer wird nie von selbst geteilt, außer Sie sagen es "
    "hier.",
    "future_portal": "Auch diese im Portal sehen",
    "future_mail": "Auch dazu E-Mails erhalten",
    "add_now": "Hinzufügen und E-Mail senden",
    "done_added": "{name} wurde hinzugefügt. Eine E-Mail an {email} ist unterwegs.",
    "empty_number": "Wählen Sie mindestens eine Kunden\u00adnummer.",
    "empty_get": "Wählen Sie mindestens eines: das Portal oder E-Mails.",
    "rule_is_main_contact": "Das ist Ihre eigene Adresse. Sie sehen Ihre Kunden\u00adnummern "
    "bereits.",
    "empty_their_first_name": "Geben Sie einen Vornamen ein.",
    "empty_their_last_name": "Geben Sie einen Nachnamen ein.",
    # one person
    "person_numbers_title": "Kunden\u00adnummern",
    "person_count": "Geteilte Kunden\u00adnummern: {count}",
    "back_to_sharing": "Zurück zu den geteilten Benutzern",
    "invitation_title": "Einladung",
    "invitation_open": "{name} hat noch kein Konto. Die E-Mail zu jedem neuen Dokument bringt die "
    "Einladung erneut.",
    "invite_again": "Einladung erneut senden",
    "done_invited": "Die Einladung an {email} ist unterwegs.",
    "their_details_title": "Name und Sprache",
    "details_theirs": "{name} hat ein Konto und verwaltet dort Namen und Sprache.",
    "done_their_details": "Die Angaben sind gespeichert.",
    "done_future_on": "{name} erhält auch neue Kunden\u00adnummern.",
    "done_future_off": "{name} erhält neue Kunden\u00adnummern nicht von selbst.",
    "remove": "Entfernen",
    "remove_title": "{name} entfernen?",
    "remove_what": "{name} sieht ab sofort keine Ihrer Kunden\u00adnummern mehr und erhält keine "
    "E-Mails mehr dazu. Kunden\u00adnummern: {count}.",
    "remove_links": "Links in früheren E-Mails öffnen nichts mehr. Was bereits "
    "herunter\u00adgeladen wurde, bleibt, wo es ist.",
    "remove_other": "Was andere mit {name} teilen, bleibt, wie es ist.",
    "remove_now": "Diesen Benutzer entfernen",
    "removed_title": "{name} wurde entfernt",
    "removed": "Kunden\u00adnummern, die {name} nicht mehr sieht: {count}.",
    "removed_undo": "Wieder teilen wie zuvor",
    # what identity refuses
    "rule_nothing_shared": "Mit dieser Person ist noch nichts geteilt. Teilen Sie zuerst eine "
    "Kunden\u00adnummer.",
    "rule_names_are_their_own": "Diese Person hat sich inzwischen registriert und verwaltet Namen "
    "und Sprache selbst.",
}
