"""Dutch, as it is written in Belgium."""

WORDS = {
    # signing in
    "sign_in_title": "Aanmelden",
    "choose_issuer": "Van wie krijgt u facturen?",
    "other_issuer": "Een andere afzender",
    "no_issuers": "Hier verstuurt nog niemand facturen.",
    "username": "Gebruikersnaam",
    "username_hint": "Meestal het e-mailadres waarop u facturen krijgt.",
    "password": "Wachtwoord",
    "forgotten": "Wachtwoord vergeten?",
    "username_forgotten": "Kent u uw gebruikersnaam niet meer? Vraag het aan {name} en houd een "
    "factuur bij de hand.",
    "or": "of",
    "passkey_sign_in": "Aanmelden met een passkey",
    "already_in": "U bent aangemeld als {email}.",
    "no_account": "Nog geen account?",
    "no_account_why": "U registreert vanuit een factuurmail. Zo weten we zeker dat u het bent.",
    "no_account_1": "Open de laatste mail met een factuur.",
    "no_account_2": "Kies de knop om de factuur te bekijken.",
    "no_account_3": "Kies ‘Registreren’ in het menu.",
    "no_account_4": "Vul uw gegevens in. Klaar in één minuut.",
    "no_account_free": "Registreren is gratis. Daarna ziet u alle facturen van de voorbije 7 "
    "jaar, voor al uw klantnummers, met één wachtwoord.",
    # the second step
    "second_step_title": "Tweede stap",
    "second_step_lead": "Uw wachtwoord klopt. Bevestig nog dat u het bent.",
    "totp_code": "Code uit uw app",
    "totp_code_hint": "De 6 cijfers die uw app nu toont.",
    "recovery_code": "Herstelcode",
    "recovery_code_hint": "Een van de codes die u bewaarde. Elke code werkt één keer.",
    "no_factor_at_hand": "Hebt u uw telefoon of sleutel niet bij de hand?",
    "use_recovery_code": "Aanmelden met een herstelcode",
    "confirm": "Bevestigen",
    "passkey": "Passkey",
    "passkey_title": "Uw passkey",
    "passkey_how": "Uw toestel vraagt om uw vingerafdruk, gezicht, pincode of sleutel.",
    "passkey_use": "Passkey gebruiken",
    "passkey_no_script": "Een passkey werkt alleen met JavaScript, en dat staat hier uit. Meld u "
    "aan met uw wachtwoord en een code.",
    "passkey_failed": "Dat lukte niet, of u brak het af. Probeer opnieuw of kies een andere "
    "manier.",
    "passkey_unknown": "Deze browser kan niet met passkeys werken.",
    "other_way": "Een andere manier",
    # a forgotten password
    "forgot_title": "Nieuw wachtwoord aanvragen",
    "forgot_lead": "We sturen een mail met een code. Daarmee kiest u een nieuw wachtwoord.",
    "send_mail": "Mail sturen",
    "look_in_mail": "Kijk in uw mail",
    "forgot_sent": "Hoort {address} bij een account, dan is er een mail onderweg met een code van "
    "8 cijfers.",
    "forgot_sent_unnamed": "Is er een account met deze gebruikersnaam, dan is er een mail "
    "onderweg met een code van 8 cijfers.",
    "mailed_code": "Code uit de mail",
    "mailed_code_hint": "8 cijfers, 10 minuten geldig.",
    "new_password": "Nieuw wachtwoord",
    "choose_password": "Kies een wachtwoord",
    "password_rule": "Minstens {least} tekens. Enkele woorden na elkaar zijn makkelijk te "
    "onthouden; cijfers of tekens hoeven niet.",
    "password_save": "Wachtwoord bewaren",
    "reset_ends": "Overal waar u nu aangemeld bent, wordt u afgemeld.",
    "no_mail": "Geen mail gekregen?",
    "no_mail_wait": "Een mail kan een minuut onderweg zijn. Kijk ook bij ongewenste mail.",
    "send_again": "Opnieuw sturen",
    "done_again": "Er is een nieuwe mail onderweg. De code uit de vorige werkt niet meer.",
    "done_wait": "De mail is nog maar net verstuurd. Wacht een minuut voor u een nieuwe vraagt.",
    "done_reset": "Uw nieuwe wachtwoord is bewaard. Meld u ermee aan.",
    "done_signed_out": "U bent afgemeld.",
    # registering
    "register_title": "Registreren",
    "register_lead": "Gratis, in één minuut. Daarna staan al uw facturen van de voorbije 7 jaar "
    "hier samen.",
    "email": "E-mailadres",
    "email_known": "Dit is het adres waarop u deze mail kreeg. Het wordt uw gebruikersnaam.",
    "first_name": "Voornaam",
    "last_name": "Naam",
    "mail_language": "Taal van uw mails",
    "register_sent": "We stuurden een code van 8 cijfers naar {address}.",
    "register_sent_unnamed": "We stuurden een code van 8 cijfers naar uw mailadres.",
    "register_link_too": "U kunt ook de knop in die mail gebruiken.",
    "make_account": "Account maken",
    "step_of": "Stap {step} van {steps}",
    "done_registered": "Uw account is klaar. Hier staan de documenten van al uw klantnummers.",
    # proofs of a mailbox
    "proof_register_title": "Kies uw wachtwoord",
    "proof_reset_title": "Kies een nieuw wachtwoord",
    "proof_staff_title": "Kies uw wachtwoord",
    "proof_staff_lead": "U werkt bij {name}. Na uw wachtwoord stelt u een tweede stap in.",
    "proof_account": "Account: {address}",
    "proof_email_confirm_title": "Nieuw e-mailadres bevestigen",
    "proof_email_confirm": "Voortaan meldt u zich aan met {address} en komen uw facturen daar aan.",
    "proof_email_confirm_act": "Adres bevestigen",
    "proof_email_cancel_title": "Wijziging van e-mailadres annuleren",
    "proof_email_cancel": "U blijft zich aanmelden met {address} en uw facturen blijven daar "
    "aankomen.",
    "proof_email_cancel_act": "Wijziging annuleren",
    "proof_email_cancel_after": "Hebt u de wijziging niet zelf gevraagd? Kies daarna ook een "
    "nieuw wachtwoord.",
    "done_email_confirmed": "Uw adres is nu {email}. Meld u er voortaan mee aan.",
    "done_email_cancelled": "Uw adres blijft {email}.",
    "gone_title": "Deze link werkt niet meer",
    "gone": "Hij is al gebruikt, te oud, of vervangen door een nieuwere mail.",
    "gone_register": "Hebt u al een account? Meld u aan. Zo niet, open uw laatste factuurmail en "
    "kies ‘Registreren’.",
    "gone_reset": "Vraag een nieuwe mail om uw wachtwoord te kiezen.",
    "gone_email_confirm": "Meld u aan en vraag de wijziging opnieuw, als ze nog nodig is.",
    "gone_email_cancel": "Deze wijziging kan niet meer geannuleerd worden. Hebt u ze niet zelf "
    "gevraagd? Vraag {name} om hulp.",
    "gone_staff": "Vraag een collega om u opnieuw uit te nodigen.",
    "lost_title": "Open de link uit uw mail opnieuw",
    "lost": "Deze pagina werkt een kwartier nadat u de link opende, en alleen in dezelfde "
    "browser. De link zelf is niet gebruikt.",
}
