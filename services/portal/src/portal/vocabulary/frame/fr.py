"""French, as it is written in Belgium."""

WORDS = {
    # the frame of every page
    "error_title": "Erreur",
    "documents": "Documents",
    "customer_numbers": "Numéros de client",
    "shared_users": "Utilisateurs partagés",
    "help": "Aide",
    "help_here": "Aide pour cette page",
    "account_menu": "Mon compte",
    "sign_out": "Se déconnecter",
    "sign_in": "Se connecter",
    "close_menu": "Fermer le menu",
    "at_time": "{day} à {time}",
    "save": "Enregistrer",
    "cancel": "Annuler",
    "change": "Modifier",
    "continue": "Continuer",
    "back": "Retour",
    "back_to": "Retour : {page}",
    "busy": "Un instant",
    "show": "Afficher",
    "hide": "Masquer",
    "close": "Fermer",
    "optional": "facultatif",
    # errors of forms
    "form_refused": "Quelque chose ne va pas",
    "rule_other": "Ce n’est pas possible ainsi. Vérifiez et réessayez.",
    "empty_first_name": "Indiquez votre prénom.",
    "empty_last_name": "Indiquez votre nom.",
    "empty_email": "Indiquez une adresse e-mail.",
    "empty_username": "Indiquez votre nom d’utilisateur.",
    "empty_password": "Indiquez votre mot de passe.",
    "empty_current": "Indiquez votre mot de passe actuel.",
    "empty_new": "Choisissez un nouveau mot de passe.",
    "empty_code": "Indiquez le code.",
    "empty_address": "Indiquez la nouvelle adresse e-mail.",
    "empty_name": "Donnez-lui un nom.",
    "empty_understood": "Cochez que vous l’avez compris.",
    "rule_email": "Indiquez une adresse e-mail comme nom@exemple.be.",
    "rule_too_long": "C’est trop long.",
    "rule_too_short": "Choisissez un mot de passe plus long : au moins {least} caractères. "
    "Quelques mots à la suite conviennent bien.",
    "rule_too_easy": "Ce mot de passe est trop facile à deviner. Choisissez des mots sans lien "
    "entre eux.",
    "rule_too_common": "Ce mot de passe figure dans des listes de mots de passe courants. "
    "Choisissez-en un autre.",
    "rule_code_wrong": "Ce code n’est pas correct. Prenez le code du dernier e-mail.",
    "rule_code_unusable": "Ce code ne fonctionne plus : un code est valable 10 minutes et une "
    "seule fois. Demandez un nouvel e-mail.",
    "rule_proof_unusable": "Ce lien ne fonctionne plus : un lien fonctionne une seule fois et pas "
    "longtemps.",
    "rule_sign_in_refused": "Le nom d’utilisateur ou le mot de passe n’est pas correct. Réessayez "
    "ou choisissez un nouveau mot de passe.",
    "rule_second_step_refused": "Ce n’est pas correct. Prenez un nouveau code et réessayez.",
    "rule_proof_refused": "Ce n’est pas correct. Réessayez.",
    # pages that help
    "missing_title": "Cette page n’existe pas",
    "missing": "L’adresse n’est pas correcte, ou ce qui se trouvait ici concerne un numéro de "
    "client qui n’est pas partagé avec vous.",
    "missing_ask": "Un document vous manque ? Demandez-le au contact principal du numéro de "
    "client.",
    "to_start": "Vers vos documents",
    "not_allowed_title": "Vous n’y avez pas droit",
    "not_allowed": "Seul le contact principal du numéro de client peut le faire. Demandez-le à "
    "cette personne.",
    "strange_title": "Ceci ne venait pas de notre propre page",
    "strange": "Pour votre sécurité, rien n’a été fait. Rouvrez la page et réessayez.",
    "too_often_title": "C’était trop de fois de suite",
    "too_often_seconds": "Vous pourrez réessayer dans {count} secondes.",
    "too_often_minutes": "Vous pourrez réessayer dans {count} minutes.",
    "too_often_why": "C’est ainsi que nous arrêtons ceux qui devinent des mots de passe et des "
    "codes. Rien n’a été modifié.",
    "too_often_mail": "Mot de passe oublié ? Demandez un e-mail pour en choisir un nouveau.",
    "nothing_new_mail": "Envoyez-moi un nouvel e-mail",
    "nothing_new_mail_why": "Votre lien est trop ancien ? Nous en envoyons un nouveau à l’adresse "
    "que nous connaissons.",
    "renewed_title": "Consultez votre messagerie",
    "renewed": "Si le lien correspond à un numéro de client, un nouvel e-mail est en route vers "
    "l’adresse que nous connaissons.",
    "renewed_spam": "Rien dans les cinq minutes ? Regardez dans le courrier indésirable, ou "
    "demandez de l’aide à l’émetteur de la facture.",
}
