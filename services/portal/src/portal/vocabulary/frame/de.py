"""German."""

WORDS = {
    # the frame of every page
    "error_title": "Fehler",
    "documents": "Dokumente",
    "customer_numbers": "Kunden­nummern",
    "shared_users": "Geteilte Benutzer",
    "help": "Hilfe",
    "help_here": "Hilfe zu dieser Seite",
    "account_menu": "Mein Konto",
    "sign_out": "Abmelden",
    "sign_in": "Anmelden",
    "close_menu": "Menü schließen",
    "at_time": "{day} um {time}",
    "save": "Speichern",
    "cancel": "Abbrechen",
    "change": "Ändern",
    "continue": "Weiter",
    "back": "Zurück",
    "back_to": "Zurück: {page}",
    "busy": "Einen Moment",
    "show": "Zeigen",
    "hide": "Verbergen",
    "close": "Schließen",
    "optional": "freiwillig",
    # errors of forms
    "form_refused": "Etwas stimmt noch nicht",
    "rule_other": "So ist das nicht möglich. Prüfen Sie es und versuchen Sie es erneut.",
    "empty_first_name": "Geben Sie Ihren Vornamen ein.",
    "empty_last_name": "Geben Sie Ihren Nachnamen ein.",
    "empty_email": "Geben Sie eine E-Mail-Adresse ein.",
    "empty_username": "Geben Sie Ihren Benutzernamen ein.",
    "empty_password": "Geben Sie Ihr Passwort ein.",
    "empty_current": "Geben Sie Ihr aktuelles Passwort ein.",
    "empty_new": "Wählen Sie ein neues Passwort.",
    "empty_code": "Geben Sie den Code ein.",
    "empty_address": "Geben Sie die neue E-Mail-Adresse ein.",
    "empty_name": "Geben Sie ihm einen Namen.",
    "empty_understood": "Kreuzen Sie an, dass Sie das verstanden haben.",
    "rule_email": "Geben Sie eine E-Mail-Adresse ein wie name@beispiel.be.",
    "rule_too_long": "Das ist zu lang.",
    "rule_too_short": "Wählen Sie ein längeres Passwort: mindestens {least} Zeichen. Einige "
    "Wörter hintereinander eignen sich gut.",
    "rule_too_easy": "Dieses Passwort ist zu leicht zu erraten. Wählen Sie Wörter, die nichts "
    "miteinander zu tun haben.",
    "rule_too_common": "Dieses Passwort steht in Listen häufiger Passwörter. Wählen Sie ein "
    "anderes.",
    "rule_code_wrong": "Dieser Code stimmt nicht. Nehmen Sie den Code aus der neuesten E-Mail.",
    "rule_code_unusable": "Dieser Code gilt nicht mehr: Ein Code gilt 10 Minuten und nur einmal. "
    "Fordern Sie eine neue E-Mail an.",
    "rule_proof_unusable": "Dieser Link gilt nicht mehr: Ein Link gilt nur einmal und nicht lange.",
    "rule_sign_in_refused": "Benutzername oder Passwort stimmt nicht. Versuchen Sie es erneut "
    "oder wählen Sie ein neues Passwort.",
    "rule_second_step_refused": "Das stimmt nicht. Nehmen Sie einen neuen Code und versuchen Sie "
    "es erneut.",
    "rule_proof_refused": "Das stimmt nicht. Versuchen Sie es erneut.",
    # pages that help
    "missing_title": "Diese Seite gibt es nicht",
    "missing": "Die Adresse stimmt nicht, oder was hier stand, gehört zu einer Kundennummer, die "
    "nicht mit Ihnen geteilt ist.",
    "missing_ask": "Fehlt Ihnen ein Dokument? Fragen Sie den Haupt­ansprech­partner der "
    "Kundennummer.",
    "to_start": "Zu Ihren Dokumenten",
    "not_allowed_title": "Das dürfen Sie hier nicht",
    "not_allowed": "Das kann nur der Haupt­ansprech­partner der Kundennummer. Fragen Sie diese "
    "Person.",
    "strange_title": "Das kam nicht von unserer eigenen Seite",
    "strange": "Zu Ihrer Sicherheit wurde nichts getan. Öffnen Sie die Seite neu und versuchen "
    "Sie es erneut.",
    "too_often_title": "Das war zu oft hintereinander",
    "too_often_seconds": "In {count} Sekunden können Sie es erneut versuchen.",
    "too_often_minutes": "In {count} Minuten können Sie es erneut versuchen.",
    "too_often_why": "So halten wir Leute auf, die Passwörter und Codes raten. Es wurde nichts "
    "geändert.",
    "too_often_mail": "Passwort vergessen? Fordern Sie eine E-Mail an, um ein neues zu wählen.",
    "nothing_new_mail": "Neue E-Mail an mich senden",
    "nothing_new_mail_why": "Ist Ihr Link zu alt? Dann senden wir einen neuen an die Adresse, die "
    "wir kennen.",
    "renewed_title": "Sehen Sie in Ihre E-Mail",
    "renewed": "Gehört der Link zu einer Kundennummer, ist eine neue E-Mail an die uns bekannte "
    "Adresse unterwegs.",
    "renewed_spam": "Kommt in fünf Minuten nichts an? Sehen Sie im Spam-Ordner nach oder fragen "
    "Sie den Absender der Rechnung.",
}
