"""Dutch, as it is written in Belgium."""

WORDS = {
    # the frame of every page
    "error_title": "Fout",
    "documents": "Documenten",
    "customer_numbers": "Klantnummers",
    "shared_users": "Gedeelde gebruikers",
    "help": "Hulp",
    "help_here": "Hulp bij deze pagina",
    "account_menu": "Mijn account",
    "sign_out": "Afmelden",
    "sign_in": "Aanmelden",
    "close_menu": "Menu sluiten",
    "at_time": "{day} om {time}",
    "save": "Bewaren",
    "cancel": "Annuleren",
    "change": "Wijzigen",
    "continue": "Doorgaan",
    "back": "Terug",
    "back_to": "Terug naar {page}",
    "busy": "Even geduld",
    "show": "Tonen",
    "hide": "Verbergen",
    "close": "Sluiten",
    "optional": "niet verplicht",
    # errors of forms
    "form_refused": "Er is iets niet in orde",
    "rule_other": "Dit is zo niet mogelijk. Kijk het na en probeer opnieuw.",
    "empty_first_name": "Vul uw voornaam in.",
    "empty_last_name": "Vul uw naam in.",
    "empty_email": "Vul een e-mailadres in.",
    "empty_username": "Vul uw gebruikersnaam in.",
    "empty_password": "Vul uw wachtwoord in.",
    "empty_current": "Vul uw huidige wachtwoord in.",
    "empty_new": "Kies een nieuw wachtwoord.",
    "empty_code": "Vul de code in.",
    "empty_address": "Vul het nieuwe e-mailadres in.",
    "empty_name": "Geef het een naam.",
    "empty_understood": "Vink aan dat u dit begrijpt.",
    "rule_email": "Vul een e-mailadres in zoals naam@voorbeeld.be.",
    "rule_too_long": "Dit is te lang.",
    "rule_too_short": "Kies een langer wachtwoord: minstens {least} tekens. Enkele woorden na "
    "elkaar werken goed.",
    "rule_too_easy": "Dit wachtwoord is te makkelijk te raden. Kies woorden die niet bij elkaar "
    "horen.",
    "rule_too_common": "Dit wachtwoord staat in lijsten van veelgebruikte wachtwoorden. Kies een "
    "ander.",
    "rule_code_wrong": "Deze code klopt niet. Neem de code uit de nieuwste mail.",
    "rule_code_unusable": "Deze code werkt niet meer: een code is 10 minuten geldig en werkt één "
    "keer. Vraag een nieuwe mail.",
    "rule_proof_unusable": "Deze link werkt niet meer: een link werkt één keer en niet lang.",
    "rule_sign_in_refused": "De gebruikersnaam of het wachtwoord klopt niet. Probeer opnieuw of "
    "kies een nieuw wachtwoord.",
    "rule_second_step_refused": "Dit klopt niet. Neem een nieuwe code en probeer opnieuw.",
    "rule_proof_refused": "Dit klopt niet. Probeer opnieuw.",
    # pages that help
    "missing_title": "Deze pagina is er niet",
    "missing": "Het adres klopt niet, of wat hier stond hoort bij een klantnummer dat niet met u "
    "gedeeld is.",
    "missing_ask": "Mist u een document? Vraag het aan de hoofdcontactpersoon van het klantnummer.",
    "to_start": "Naar uw documenten",
    "not_allowed_title": "Dit mag u hier niet",
    "not_allowed": "Alleen de hoofdcontactpersoon van het klantnummer kan dit. Vraag het aan die "
    "persoon.",
    "strange_title": "Dit kwam niet van onze eigen pagina",
    "strange": "Voor uw veiligheid is er niets gedaan. Open de pagina opnieuw en probeer het nog "
    "eens.",
    "too_often_title": "Dat was te vaak na elkaar",
    "too_often_seconds": "U kunt het over {count} seconden opnieuw proberen.",
    "too_often_minutes": "U kunt het over {count} minuten opnieuw proberen.",
    "too_often_why": "Zo houden we mensen tegen die wachtwoorden en codes raden. Er is niets "
    "gewijzigd.",
    "too_often_mail": "Wachtwoord kwijt? Vraag een mail om een nieuw te kiezen.",
    "nothing_new_mail": "Stuur mij een nieuwe mail",
    "nothing_new_mail_why": "Is uw link te oud? Dan sturen we een nieuwe naar het adres dat we "
    "kennen.",
    "renewed_title": "Kijk in uw mail",
    "renewed": "Hoort de link bij een klantnummer, dan is er een nieuwe mail onderweg naar het "
    "adres dat we kennen.",
    "renewed_spam": "Komt er binnen vijf minuten niets? Kijk bij ongewenste mail, of vraag de "
    "afzender van de factuur om hulp.",
}
