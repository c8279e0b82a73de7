"""Dutch, as it is written in Belgium."""

WORDS = {
    # the account, at a glance
    "account_title": "Mijn account",
    "account_sign_in": "Aanmelden",
    "account_person": "Over u",
    "account_email": "E-mailadres",
    "account_email_pending": "Wacht op bevestiging van {address}",
    "account_password": "Wachtwoord",
    "account_password_since": "Gewijzigd op {day}",
    "account_password_none": "Geen wachtwoord",
    "account_language": "Taal",
    "account_second_step": "Tweede stap",
    "account_second_step_none": "Niet ingesteld",
    "account_names": "Naam",
    "account_names_none": "Niet ingevuld",
    "account_sessions": "Waar u aangemeld bent",
    "account_sessions_see": "Bekijken",
    "account_data": "Uw gegevens",
    "account_data_what": "Downloaden of wissen",
    "set_up": "Instellen",
    # e-mail
    "email_title": "E-mailadres wijzigen",
    "email_lead": "Dit verandert ook uw gebruikersnaam en waar uw facturen aankomen.",
    "email_now": "Uw adres nu",
    "email_new": "Nieuw e-mailadres",
    "email_steps": "We sturen een link naar het nieuwe adres. Pas als u die bevestigt, verandert "
    "er iets. Uw oude adres krijgt bericht.",
    "email_send": "Link sturen",
    "email_waiting": "We stuurden een link naar {address}. Bevestig hem vóór {until}. Tot dan "
    "blijft alles zoals het is.",
    "email_drop": "Wijziging annuleren",
    "rule_address_yours": "Dit is uw adres al.",
    "rule_address_taken": "Met dit adres is al iemand geregistreerd. Kies een ander adres.",
    "rule_password_short": "Kies eerst een wachtwoord van minstens 15 tekens: zonder tweede stap "
    "is het uwe te kort.",
    "done_email_sent": "Er is een link onderweg naar {address}. Open die om het adres te "
    "bevestigen.",
    "done_email_dropped": "De wijziging is geannuleerd. Uw adres blijft zoals het was.",
    # password
    "password_title": "Wachtwoord wijzigen",
    "password_lead": "In andere browsers wordt u afgemeld.",
    "current_password": "Huidig wachtwoord",
    "rule_password_wrong": "Het huidige wachtwoord klopt niet.",
    "done_password": "Uw nieuwe wachtwoord is bewaard. In andere browsers bent u afgemeld.",
    # language and details
    "language_title": "Taal wijzigen",
    "language_lead": "De taal van deze pagina’s en van de mails die u krijgt.",
    "done_language": "Vanaf nu schrijven we u in het Nederlands.",
    "details_title": "Naam wijzigen",
    "details_lead": "Zo spreken we u aan, en zo zien de mensen met wie u deelt wie u bent.",
    "done_details": "Uw naam is bewaard.",
    # proving anew
    "prove_title": "Bevestig dat u het bent",
    "prove_lead": "Voor deze wijziging vragen we het nog eens, zodat niemand anders ze kan doen.",
    "prove_code_hint": "Een code uit uw app, of een herstelcode.",
    "prove_code": "Code",
    # the second step
    "factors_title": "Tweede stap",
    "factors_lead": "Na uw wachtwoord bevestigt u met uw telefoon of een sleutel. Wie alleen uw "
    "wachtwoord kent, komt er dan niet in.",
    "factors_must": "Voor uw werk is een tweede stap verplicht. Stel er nu een in om verder te "
    "gaan.",
    "factors_none": "U hebt nog geen tweede stap. U kunt er een of meer instellen.",
    "factors_yours": "Wat u gebruikt",
    "factors_add": "Toevoegen",
    "factor_totp": "App met codes",
    "factor_totp_what": "Een app op uw telefoon toont telkens een nieuwe code van 6 cijfers. "
    "Werkt zonder internet.",
    "factor_totp_add": "App toevoegen",
    "factor_passkey_what": "Uw vingerafdruk, gezicht, pincode of een sleutel. Het veiligst, en "
    "niets over te typen.",
    "factor_passkey_add": "Passkey toevoegen",
    "factor_since": "Sinds {day}",
    "factor_used": "laatst gebruikt op {day}",
    "factor_unused": "nog niet gebruikt",
    "factor_remove": "Verwijderen",
    "factor_remove_title": "{name} verwijderen",
    "factor_remove_left": "Daarna hebt u nog {count} andere manieren voor de tweede stap.",
    "factor_remove_one": "Daarna hebt u nog 1 andere manier voor de tweede stap.",
    "factor_remove_last": "Dit is uw enige. Daarna is uw wachtwoord genoeg om binnen te komen, en "
    "werken uw herstelcodes niet meer.",
    "rule_last_second_factor": "Voor uw werk is een tweede stap verplicht. Voeg eerst een andere "
    "toe.",
    "done_factor_removed": "De tweede stap is verwijderd.",
    "done_factor_added": "De tweede stap is ingesteld. Bij de volgende keer aanmelden vragen we "
    "ernaar.",
    "factor_name": "Naam",
    "factor_name_hint": "Om hem te herkennen, zoals ‘Mijn telefoon’.",
    "totp_title": "App met codes toevoegen",
    "totp_scan": "Open uw app voor codes en scan dit.",
    "totp_qr": "QR-code voor uw app",
    "totp_secret": "Scannen lukt niet? Typ dan deze sleutel over",
    "totp_open": "Op dit toestel in de app openen",
    "totp_confirm": "Vul de code in die de app nu toont",
    "totp_confirm_act": "App bevestigen",
    "passkey_add_title": "Passkey toevoegen",
    "passkey_make": "Passkey maken",
    "passkey_add_no_script": "Een passkey maken kan alleen met JavaScript, en dat staat hier uit. "
    "Een app met codes werkt ook zonder.",
    "rule_passkey_unusable": "Deze passkey kon niet gecontroleerd worden. Probeer opnieuw.",
    # recovery codes
    "codes_title": "Uw herstelcodes",
    "codes_lead": "Met zo’n code komt u erin als u uw telefoon of sleutel niet hebt. Elke code "
    "werkt één keer.",
    "codes_once": "We tonen ze alleen nu. Druk ze af of bewaar ze waar alleen u bij kunt.",
    "codes_print": "Afdrukken",
    "codes_kept": "Ik heb ze bewaard",
    "codes_for": "Herstelcodes van {email} bij {name}, gemaakt op {day}",
    "codes_left": "Nog {count} herstelcodes over.",
    "codes_left_one": "Nog 1 herstelcode over.",
    "codes_left_none": "Uw herstelcodes zijn op.",
    "codes_new": "Nieuwe herstelcodes maken",
    "codes_new_why": "De vorige werken dan niet meer.",
    # sessions
    "sessions_title": "Waar u aangemeld bent",
    "sessions_lead": "Herkent u iets niet? Meld het af en kies een nieuw wachtwoord.",
    "session_here": "Deze browser",
    "session_started": "Aangemeld op {when}",
    "session_seen": "laatst gebruikt op {when}",
    "browser_on": "{browser} op {system}",
    "session_end": "Afmelden",
    "sessions_end_others": "Overal elders afmelden",
    "sessions_end_all": "Overal afmelden, ook hier",
    "sessions_only": "U bent nergens anders aangemeld.",
    "done_session_ended": "Die browser is afgemeld.",
    "done_sessions_ended": "Alle andere browsers zijn afgemeld.",
    "done_all_ended": "U bent overal afgemeld.",
    # personal data
    "data_title": "Uw gegevens",
    "export_title": "Downloaden",
    "export_what": "Alles wat we over u bewaren, in één zip: uw gegevens, klantnummers, "
    "aanmeldingen en de mails die u kreeg, als JSON en als CSV voor een rekenblad.",
    "export_act": "Mijn gegevens downloaden",
    "erase_title": "Account wissen",
    "erase_what": "Uw naam, adres en aanmeldingen verdwijnen. Documenten blijven bij {name} "
    "zolang de wet dat vraagt.",
    "erase_go": "Naar het wissen van mijn account",
    "erase_then": "Dit gebeurt er",
    "erase_numbers": "Van {count} klantnummers bent u de hoofdcontactpersoon. Daar krijgt dan "
    "niemand nog een factuur per mail.",
    "erase_number": "Van 1 klantnummer bent u de hoofdcontactpersoon. Daar krijgt dan niemand nog "
    "een factuur per mail.",
    "erase_hand_over": "Klantnummers eerst overdragen",
    "erase_signed_out": "U wordt afgemeld in {count} browsers.",
    "erase_signed_out_one": "U wordt afgemeld in deze browser.",
    "erase_no_documents": "U kunt uw documenten hier niet meer openen.",
    "erase_no_undo": "Dit kan niet ongedaan gemaakt worden.",
    "erase_mail": "We sturen nog één mail naar {email} om het te bevestigen.",
    "erase_understood": "Ik begrijp dat dit niet ongedaan gemaakt kan worden.",
    "erase_act": "Mijn account wissen",
    "done_erased": "Uw account is gewist.",
}
