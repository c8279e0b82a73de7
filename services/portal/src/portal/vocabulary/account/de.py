"""German."""

WORDS = {
    # the account, at a glance
    "account_title": "Mein Konto",
    "account_sign_in": "Anmelden",
    "account_person": "Über Sie",
    "account_email": "E-Mail-Adresse",
    "account_email_pending": "Wartet auf Bestätigung von {address}",
    "account_password": "Passwort",
    "account_password_since": "Geändert am {day}",
    "account_password_none": "Kein Passwort",
    "account_language": "Sprache",
    "account_second_step": "Zweiter Schritt",
    "account_second_step_none": "Nicht eingerichtet",
    "account_names": "Name",
    "account_names_none": "Nicht angegeben",
    "account_sessions": "Wo Sie angemeldet sind",
    "account_sessions_see": "Ansehen",
    "account_data": "Ihre Daten",
    "account_data_what": "Herunterladen oder löschen",
    "set_up": "Einrichten",
    # e-mail
    "email_title": "E-Mail-Adresse ändern",
    "email_lead": "Das ändert auch Ihren Benutzernamen und wohin Ihre Rechnungen gehen.",
    "email_now": "Ihre jetzige Adresse",
    "email_new": "Neue E-Mail-Adresse",
    "email_steps": "Wir senden einen Link an die neue Adresse. Erst wenn Sie ihn bestätigen, "
    "ändert sich etwas. Ihre alte Adresse wird benachrichtigt.",
    "email_send": "Link senden",
    "email_waiting": "Wir haben einen Link an {address} gesendet. Bestätigen Sie ihn vor dem "
    "{until}. Bis dahin bleibt alles, wie es ist.",
    "email_drop": "Änderung abbrechen",
    "rule_address_yours": "Das ist schon Ihre Adresse.",
    "rule_address_taken": "Mit dieser Adresse ist schon jemand registriert. Wählen Sie eine "
    "andere.",
    "rule_password_short": "Wählen Sie erst ein Passwort mit mindestens 15 Zeichen: Ohne zweiten "
    "Schritt ist Ihres zu kurz.",
    "done_email_sent": "Ein Link ist an {address} unterwegs. Öffnen Sie ihn, um die Adresse zu "
    "bestätigen.",
    "done_email_dropped": "Die Änderung ist abgebrochen. Ihre Adresse bleibt, wie sie war.",
    # password
    "password_title": "Passwort ändern",
    "password_lead": "In anderen Browsern werden Sie abgemeldet.",
    "current_password": "Aktuelles Passwort",
    "rule_password_wrong": "Das aktuelle Passwort stimmt nicht.",
    "done_password": "Ihr neues Passwort ist gespeichert. In anderen Browsern sind Sie abgemeldet.",
    # language and details
    "language_title": "Sprache ändern",
    "language_lead": "Die Sprache dieser Seiten und der E-Mails, die Sie erhalten.",
    "done_language": "Ab jetzt schreiben wir Ihnen auf Deutsch.",
    "details_title": "Namen ändern",
    "details_lead": "So sprechen wir Sie an, und so erkennen Sie die Menschen, mit denen Sie "
    "teilen.",
    "done_details": "Ihr Name ist gespeichert.",
    # proving anew
    "prove_title": "Bestätigen Sie, dass Sie es sind",
    "prove_lead": "Für diese Änderung fragen wir noch einmal, damit niemand sonst sie vornehmen "
    "kann.",
    "prove_code_hint": "Ein Code aus Ihrer App oder ein Wiederherstellungs­code.",
    "prove_code": "Code",
    # the second step
    "factors_title": "Zweiter Schritt",
    "factors_lead": "Nach dem Passwort bestätigen Sie mit Ihrem Telefon oder einem Schlüssel. Wer "
    "nur Ihr Passwort kennt, kommt nicht hinein.",
    "factors_must": "Für Ihre Arbeit ist ein zweiter Schritt Pflicht. Richten Sie jetzt einen "
    "ein, um fortzufahren.",
    "factors_none": "Sie haben noch keinen zweiten Schritt. Sie können einen oder mehrere "
    "einrichten.",
    "factors_yours": "Was Sie verwenden",
    "factors_add": "Hinzufügen",
    "factor_totp": "App mit Codes",
    "factor_totp_what": "Eine App auf Ihrem Telefon zeigt jeweils einen neuen 6-stelligen Code. "
    "Funktioniert ohne Internet.",
    "factor_totp_add": "App hinzufügen",
    "factor_passkey_what": "Fingerabdruck, Gesicht, PIN oder ein Schlüssel. Am sichersten, und "
    "nichts abzutippen.",
    "factor_passkey_add": "Passkey hinzufügen",
    "factor_since": "Seit {day}",
    "factor_used": "zuletzt verwendet am {day}",
    "factor_unused": "noch nicht verwendet",
    "factor_remove": "Entfernen",
    "factor_remove_title": "{name} entfernen",
    "factor_remove_left": "Danach haben Sie noch {count} andere Wege für den zweiten Schritt.",
    "factor_remove_one": "Danach haben Sie noch 1 anderen Weg für den zweiten Schritt.",
    "factor_remove_last": "Das ist der einzige. Danach genügt Ihr Passwort, und Ihre "
    "Wiederherstellungscodes gelten nicht mehr.",
    "rule_last_second_factor": "Für Ihre Arbeit ist ein zweiter Schritt Pflicht. Fügen Sie erst "
    "einen anderen hinzu.",
    "done_factor_removed": "Der zweite Schritt ist entfernt.",
    "done_factor_added": "Der zweite Schritt ist eingerichtet. Beim nächsten Anmelden fragen wir "
    "danach.",
    "factor_name": "Name",
    "factor_name_hint": "Zum Wiedererkennen, etwa „Mein Telefon“.",
    "totp_title": "App mit Codes hinzufügen",
    "totp_scan": "Öffnen Sie Ihre App für Codes und scannen Sie dies.",
    "totp_qr": "QR-Code für Ihre App",
    "totp_secret": "Scannen klappt nicht? Tippen Sie diesen Schlüssel ab",
    "totp_open": "Auf diesem Gerät in der App öffnen",
    "totp_confirm": "Geben Sie den Code ein, den die App jetzt zeigt",
    "totp_confirm_act": "App bestätigen",
    "passkey_add_title": "Passkey hinzufügen",
    "passkey_make": "Passkey erstellen",
    "passkey_add_no_script": "Ein Passkey lässt sich nur mit JavaScript erstellen, das hier "
    "ausgeschaltet ist. Eine App mit Codes geht auch ohne.",
    "rule_passkey_unusable": "Dieser Passkey konnte nicht geprüft werden. Versuchen Sie es erneut.",
    # recovery codes
    "codes_title": "Ihre Wiederherstellungs­codes",
    "codes_lead": "Mit so einem Code kommen Sie ohne Telefon oder Schlüssel hinein. Jeder Code "
    "gilt einmal.",
    "codes_once": "Wir zeigen sie nur jetzt. Drucken Sie sie aus oder bewahren Sie sie sicher auf.",
    "codes_print": "Drucken",
    "codes_kept": "Ich habe sie aufbewahrt",
    "codes_for": "Wiederherstellungscodes von {email} bei {name}, erstellt am {day}",
    "codes_left": "Noch {count} Wiederherstellungscodes übrig.",
    "codes_left_one": "Noch 1 Wiederherstellungscode übrig.",
    "codes_left_none": "Ihre Wiederherstellungscodes sind aufgebraucht.",
    "codes_new": "Neue Wiederherstellungscodes erstellen",
    "codes_new_why": "Die bisherigen gelten dann nicht mehr.",
    # sessions
    "sessions_title": "Wo Sie angemeldet sind",
    "sessions_lead": "Etwas Unbekanntes dabei? Melden Sie es ab und wählen Sie ein neues Passwort.",
    "session_here": "Dieser Browser",
    "session_started": "Angemeldet am {when}",
    "session_seen": "zuletzt verwendet am {when}",
    "browser_on": "{browser} auf {system}",
    "session_end": "Abmelden",
    "sessions_end_others": "Überall sonst abmelden",
    "sessions_end_all": "Überall abmelden, auch hier",
    "sessions_only": "Sie sind sonst nirgends angemeldet.",
    "done_session_ended": "Dieser Browser ist abgemeldet.",
    "done_sessions_ended": "Alle anderen Browser sind abgemeldet.",
    "done_all_ended": "Sie sind überall abgemeldet.",
    # personal data
    "data_title": "Ihre Daten",
    "export_title": "Herunterladen",
    "export_what": "Alles, was wir über Sie speichern, in einer ZIP-Datei: Ihre Daten, "
    "Kundennummern, Anmeldungen und erhaltene E-Mails, als JSON und als CSV für eine Tabelle.",
    "export_act": "Meine Daten herunterladen",
    "erase_title": "Konto löschen",
    "erase_what": "Ihr Name, Ihre Adresse und Ihre Anmeldungen verschwinden. Dokumente bleiben "
    "bei {name}, solange das Gesetz es verlangt.",
    "erase_go": "Weiter zum Löschen meines Kontos",
    "erase_then": "Das geschieht",
    "erase_numbers": "Für {count} Kundennummern sind Sie der Haupt­ansprech­partner. Dort erhält "
    "dann niemand mehr eine Rechnung per E-Mail.",
    "erase_number": "Für 1 Kundennummer sind Sie der Haupt­ansprech­partner. Dort erhält dann "
    "niemand mehr eine Rechnung per E-Mail.",
    "erase_hand_over": "Kundennummern zuerst übergeben",
    "erase_signed_out": "Sie werden in {count} Browsern abgemeldet.",
    "erase_signed_out_one": "Sie werden in diesem Browser abgemeldet.",
    "erase_no_documents": "Sie können Ihre Dokumente hier nicht mehr öffnen.",
    "erase_no_undo": "Das kann nicht rückgängig gemacht werden.",
    "erase_mail": "Wir senden noch eine E-Mail an {email} zur Bestätigung.",
    "erase_understood": "Ich verstehe, dass das nicht rückgängig gemacht werden kann.",
    "erase_act": "Mein Konto löschen",
    "done_erased": "Ihr Konto ist gelöscht.",
}
