"""German."""

WORDS = {
    # signing in
    "sign_in_title": "Anmelden",
    "choose_issuer": "Von wem erhalten Sie Rechnungen?",
    "other_issuer": "Ein anderer Absender",
    "no_issuers": "Hier versendet noch niemand Rechnungen.",
    "username": "Benutzername",
    "username_hint": "Meist die E-Mail-Adresse, an die Ihre Rechnungen gehen.",
    "password": "Passwort",
    "forgotten": "Passwort vergessen?",
    "username_forgotten": "Benutzernamen vergessen? Fragen Sie {name} und halten Sie eine "
    "Rechnung bereit.",
    "or": "oder",
    "passkey_sign_in": "Mit einem Passkey anmelden",
    "already_in": "Sie sind als {email} angemeldet.",
    "no_account": "Noch kein Konto?",
    "no_account_why": "Sie registrieren sich von einer Rechnungs-E-Mail aus. So wissen wir "
    "sicher, dass Sie es sind.",
    "no_account_1": "Öffnen Sie die letzte E-Mail mit einer Rechnung.",
    "no_account_2": "Wählen Sie die Schaltfläche zum Ansehen der Rechnung.",
    "no_account_3": "Wählen Sie „Registrieren“ im Menü.",
    "no_account_4": "Geben Sie Ihre Daten ein. In einer Minute fertig.",
    "no_account_free": "Die Registrierung ist kostenlos. Danach sehen Sie alle Rechnungen der "
    "letzten 7 Jahre, für alle Ihre Kundennummern, mit einem Passwort.",
    # the second step
    "second_step_title": "Zweiter Schritt",
    "second_step_lead": "Ihr Passwort stimmt. Bestätigen Sie noch, dass Sie es sind.",
    "totp_code": "Code aus Ihrer App",
    "totp_code_hint": "Die 6 Ziffern, die Ihre App jetzt zeigt.",
    "recovery_code": "Wiederherstellungs­code",
    "recovery_code_hint": "Einer der Codes, die Sie aufbewahrt haben. Jeder gilt einmal.",
    "no_factor_at_hand": "Telefon oder Schlüssel nicht zur Hand?",
    "use_recovery_code": "Mit einem Wiederherstellungscode anmelden",
    "confirm": "Bestätigen",
    "passkey": "Passkey",
    "passkey_title": "Ihr Passkey",
    "passkey_how": "Ihr Gerät fragt nach Fingerabdruck, Gesicht, PIN oder Schlüssel.",
    "passkey_use": "Passkey verwenden",
    "passkey_no_script": "Ein Passkey funktioniert nur mit JavaScript, das hier ausgeschaltet "
    "ist. Melden Sie sich mit Passwort und Code an.",
    "passkey_failed": "Das hat nicht geklappt oder wurde abgebrochen. Versuchen Sie es erneut "
    "oder wählen Sie einen anderen Weg.",
    "passkey_unknown": "Dieser Browser unterstützt keine Passkeys.",
    "other_way": "Ein anderer Weg",
    # a forgotten password
    "forgot_title": "Neues Passwort anfordern",
    "forgot_lead": "Wir senden eine E-Mail mit einem Code. Damit wählen Sie ein neues Passwort.",
    "send_mail": "E-Mail senden",
    "look_in_mail": "Sehen Sie in Ihre E-Mail",
    "forgot_sent": "Gehört {address} zu einem Konto, ist eine E-Mail mit einem 8-stelligen Code "
    "unterwegs.",
    "forgot_sent_unnamed": "Gibt es ein Konto mit diesem Benutzernamen, ist eine E-Mail mit einem "
    "8-stelligen Code unterwegs.",
    "mailed_code": "Code aus der E-Mail",
    "mailed_code_hint": "8 Ziffern, 10 Minuten gültig.",
    "new_password": "Neues Passwort",
    "choose_password": "Wählen Sie ein Passwort",
    "password_rule": "Mindestens {least} Zeichen. Einige Wörter hintereinander merkt man sich "
    "leicht; Ziffern und Zeichen sind nicht nötig.",
    "password_save": "Passwort speichern",
    "reset_ends": "Überall, wo Sie angemeldet sind, werden Sie abgemeldet.",
    "no_mail": "Keine E-Mail erhalten?",
    "no_mail_wait": "Eine E-Mail kann eine Minute unterwegs sein. Sehen Sie auch im Spam-Ordner "
    "nach.",
    "send_again": "Erneut senden",
    "done_again": "Eine neue E-Mail ist unterwegs. Der Code aus der vorigen gilt nicht mehr.",
    "done_wait": "Die E-Mail wurde eben erst gesendet. Warten Sie eine Minute, bevor Sie eine "
    "neue anfordern.",
    "done_reset": "Ihr neues Passwort ist gespeichert. Melden Sie sich damit an.",
    "done_signed_out": "Sie sind abgemeldet.",
    # registering
    "register_title": "Registrieren",
    "register_lead": "Kostenlos, in einer Minute. Danach finden Sie hier alle Ihre Rechnungen der "
    "letzten 7 Jahre.",
    "email": "E-Mail-Adresse",
    "email_known": "An diese Adresse ging diese E-Mail. Sie wird Ihr Benutzername.",
    "first_name": "Vorname",
    "last_name": "Nachname",
    "mail_language": "Sprache Ihrer E-Mails",
    "register_sent": "Wir haben einen 8-stelligen Code an {address} gesendet.",
    "register_sent_unnamed": "Wir haben einen 8-stelligen Code an Ihre E-Mail-Adresse gesendet.",
    "register_link_too": "Sie können auch die Schaltfläche in der E-Mail verwenden.",
    "make_account": "Konto erstellen",
    "step_of": "Schritt {step} von {steps}",
    "done_registered": "Ihr Konto ist bereit. Hier finden Sie die Dokumente aller Ihrer "
    "Kundennummern.",
    # proofs of a mailbox
    "proof_register_title": "Wählen Sie Ihr Passwort",
    "proof_reset_title": "Wählen Sie ein neues Passwort",
    "proof_staff_title": "Wählen Sie Ihr Passwort",
    "proof_staff_lead": "Sie arbeiten bei {name}. Nach Ihrem Passwort richten Sie einen zweiten "
    "Schritt ein.",
    "proof_account": "Konto: {address}",
    "proof_email_confirm_title": "Neue E-Mail-Adresse bestätigen",
    "proof_email_confirm": "Künftig melden Sie sich mit {address} an, und Ihre Rechnungen kommen "
    "dort an.",
    "proof_email_confirm_act": "Adresse bestätigen",
    "proof_email_cancel_title": "Änderung der E-Mail-Adresse abbrechen",
    "proof_email_cancel": "Sie melden sich weiterhin mit {address} an, und Ihre Rechnungen kommen "
    "weiterhin dort an.",
    "proof_email_cancel_act": "Änderung abbrechen",
    "proof_email_cancel_after": "Haben Sie die Änderung nicht selbst verlangt? Wählen Sie danach "
    "auch ein neues Passwort.",
    "done_email_confirmed": "Ihre Adresse ist jetzt {email}. Melden Sie sich künftig damit an.",
    "done_email_cancelled": "Ihre Adresse bleibt {email}.",
    "gone_title": "Dieser Link gilt nicht mehr",
    "gone": "Er wurde bereits verwendet, ist zu alt oder durch eine neuere E-Mail ersetzt.",
    "gone_register": "Haben Sie schon ein Konto? Melden Sie sich an. Wenn nicht, öffnen Sie Ihre "
    "letzte Rechnungs-E-Mail und wählen Sie „Registrieren“.",
    "gone_reset": "Fordern Sie eine neue E-Mail an, um Ihr Passwort zu wählen.",
    "gone_email_confirm": "Melden Sie sich an und verlangen Sie die Änderung erneut, falls sie "
    "noch nötig ist.",
    "gone_email_cancel": "Diese Änderung kann nicht mehr abgebrochen werden. Haben Sie sie nicht "
    "selbst verlangt? Fragen Sie {name}.",
    "gone_staff": "Bitten Sie einen Kollegen, Sie neu einzuladen.",
    "lost_title": "Öffnen Sie den Link aus Ihrer E-Mail erneut",
    "lost": "Diese Seite gilt eine Viertelstunde nach dem Öffnen des Links, und nur im selben "
    "Browser. Der Link selbst ist nicht verbraucht.",
}
