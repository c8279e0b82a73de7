"""French, as it is written in Belgium."""

WORDS = {
    # the account, at a glance
    "account_title": "Mon compte",
    "account_sign_in": "Connexion",
    "account_person": "À propos de vous",
    "account_email": "Adresse e-mail",
    "account_email_pending": "En attente de confirmation de {address}",
    "account_password": "Mot de passe",
    "account_password_since": "Modifié le {day}",
    "account_password_none": "Pas de mot de passe",
    "account_language": "Langue",
    "account_second_step": "Deuxième étape",
    "account_second_step_none": "Non configurée",
    "account_names": "Nom",
    "account_names_none": "Non indiqué",
    "account_sessions": "Où vous êtes connecté",
    "account_sessions_see": "Consulter",
    "account_data": "Vos données",
    "account_data_what": "Télécharger ou effacer",
    "set_up": "Configurer",
    # e-mail
    "email_title": "Modifier l’adresse e-mail",
    "email_lead": "Cela modifie aussi votre nom d’utilisateur et l’adresse où arrivent vos "
    "factures.",
    "email_now": "Votre adresse actuelle",
    "email_new": "Nouvelle adresse e-mail",
    "email_steps": "Nous envoyons un lien à la nouvelle adresse. Rien ne change avant votre "
    "confirmation. Votre ancienne adresse est prévenue.",
    "email_send": "Envoyer le lien",
    "email_waiting": "Nous avons envoyé un lien à {address}. Confirmez-le avant le {until}. D’ici "
    "là, rien ne change.",
    "email_drop": "Annuler le changement",
    "rule_address_yours": "C’est déjà votre adresse.",
    "rule_address_taken": "Quelqu’un est déjà inscrit avec cette adresse. Choisissez-en une autre.",
    "rule_password_short": "Choisissez d’abord un mot de passe d’au moins 15 caractères : sans "
    "deuxième étape, le vôtre est trop court.",
    "done_email_sent": "Un lien est en route vers {address}. Ouvrez-le pour confirmer l’adresse.",
    "done_email_dropped": "Le changement est annulé. Votre adresse reste la même.",
    # password
    "password_title": "Modifier le mot de passe",
    "password_lead": "Vous serez déconnecté dans les autres navigateurs.",
    "current_password": "Mot de passe actuel",
    "rule_password_wrong": "Le mot de passe actuel n’est pas correct.",
    "done_password": "Votre nouveau mot de passe est enregistré. Vous êtes déconnecté des autres "
    "navigateurs.",
    # language and details
    "language_title": "Modifier la langue",
    "language_lead": "La langue de ces pages et des e-mails que vous recevez.",
    "done_language": "Désormais nous vous écrivons en français.",
    "details_title": "Modifier le nom",
    "details_lead": "C’est ainsi que nous vous appelons, et que ceux avec qui vous partagez vous "
    "reconnaissent.",
    "done_details": "Votre nom est enregistré.",
    # proving anew
    "prove_title": "Confirmez que c’est vous",
    "prove_lead": "Pour ce changement, nous le redemandons, afin que personne d’autre ne puisse "
    "le faire.",
    "prove_code_hint": "Un code de votre application, ou un code de secours.",
    "prove_code": "Code",
    # the second step
    "factors_title": "Deuxième étape",
    "factors_lead": "Après votre mot de passe, vous confirmez avec votre téléphone ou une clé. "
    "Qui ne connaît que votre mot de passe n’entre pas.",
    "factors_must": "Pour votre travail, une deuxième étape est obligatoire. Configurez-en une "
    "pour continuer.",
    "factors_none": "Vous n’avez pas encore de deuxième étape. Vous pouvez en configurer une ou "
    "plusieurs.",
    "factors_yours": "Ce que vous utilisez",
    "factors_add": "Ajouter",
    "factor_totp": "Application à codes",
    "factor_totp_what": "Une application sur votre téléphone affiche chaque fois un nouveau code "
    "de 6 chiffres. Fonctionne sans internet.",
    "factor_totp_add": "Ajouter une application",
    "factor_passkey_what": "Votre empreinte, votre visage, votre code ou une clé. Le plus sûr, et "
    "rien à recopier.",
    "factor_passkey_add": "Ajouter une clé d’accès",
    "factor_since": "Depuis le {day}",
    "factor_used": "utilisée le {day}",
    "factor_unused": "pas encore utilisée",
    "factor_remove": "Supprimer",
    "factor_remove_title": "Supprimer {name}",
    "factor_remove_left": "Il vous restera {count} autres moyens pour la deuxième étape.",
    "factor_remove_one": "Il vous restera 1 autre moyen pour la deuxième étape.",
    "factor_remove_last": "C’est le seul. Ensuite votre mot de passe suffit pour entrer, et vos "
    "codes de secours ne fonctionnent plus.",
    "rule_last_second_factor": "Pour votre travail, une deuxième étape est obligatoire. "
    "Ajoutez-en d’abord une autre.",
    "done_factor_removed": "La deuxième étape est supprimée.",
    "done_factor_added": "La deuxième étape est configurée. Nous la demanderons à la prochaine "
    "connexion.",
    "factor_name": "Nom",
    "factor_name_hint": "Pour la reconnaître, par exemple « Mon téléphone ».",
    "totp_title": "Ajouter une application à codes",
    "totp_scan": "Ouvrez votre application à codes et scannez ceci.",
    "totp_qr": "Code QR pour votre application",
    "totp_secret": "Impossible de scanner ? Recopiez cette clé",
    "totp_open": "Ouvrir dans l’application sur cet appareil",
    "totp_confirm": "Indiquez le code que l’application affiche",
    "totp_confirm_act": "Confirmer l’application",
    "passkey_add_title": "Ajouter une clé d’accès",
    "passkey_make": "Créer la clé d’accès",
    "passkey_add_no_script": "Créer une clé d’accès exige JavaScript, désactivé ici. Une "
    "application à codes fonctionne aussi sans.",
    "rule_passkey_unusable": "Cette clé d’accès n’a pas pu être vérifiée. Réessayez.",
    # recovery codes
    "codes_title": "Vos codes de secours",
    "codes_lead": "Un tel code vous permet d’entrer sans votre téléphone ou votre clé. Chaque "
    "code fonctionne une fois.",
    "codes_once": "Nous les montrons uniquement maintenant. Imprimez-les ou gardez-les en lieu "
    "sûr.",
    "codes_print": "Imprimer",
    "codes_kept": "Je les ai conservés",
    "codes_for": "Codes de secours de {email} chez {name}, créés le {day}",
    "codes_left": "Il reste {count} codes de secours.",
    "codes_left_one": "Il reste 1 code de secours.",
    "codes_left_none": "Vos codes de secours sont épuisés.",
    "codes_new": "Créer de nouveaux codes de secours",
    "codes_new_why": "Les anciens ne fonctionneront plus.",
    # sessions
    "sessions_title": "Où vous êtes connecté",
    "sessions_lead": "Quelque chose d’inconnu ? Déconnectez-le et choisissez un nouveau mot de "
    "passe.",
    "session_here": "Ce navigateur",
    "session_started": "Connecté le {when}",
    "session_seen": "utilisé le {when}",
    "browser_on": "{browser} sur {system}",
    "session_end": "Déconnecter",
    "sessions_end_others": "Déconnecter partout ailleurs",
    "sessions_end_all": "Déconnecter partout, ici aussi",
    "sessions_only": "Vous n’êtes connecté nulle part ailleurs.",
    "done_session_ended": "Ce navigateur est déconnecté.",
    "done_sessions_ended": "Tous les autres navigateurs sont déconnectés.",
    "done_all_ended": "Vous êtes déconnecté partout.",
    # personal data
    "data_title": "Vos données",
    "export_title": "Télécharger",
    "export_what": "Tout ce que nous gardons sur vous, en un zip : vos données, numéros de "
    "client, connexions et les e-mails reçus, en JSON et en CSV pour un tableur.",
    "export_act": "Télécharger mes données",
    "erase_title": "Effacer le compte",
    "erase_what": "Votre nom, votre adresse et vos connexions disparaissent. Les documents "
    "restent chez {name} aussi longtemps que la loi l’exige.",
    "erase_go": "Vers l’effacement de mon compte",
    "erase_then": "Voici ce qui se passe",
    "erase_numbers": "Vous êtes le contact principal de {count} numéros de client. Plus personne "
    "n’y recevra de facture par e-mail.",
    "erase_number": "Vous êtes le contact principal de 1 numéro de client. Plus personne n’y "
    "recevra de facture par e-mail.",
    "erase_hand_over": "Transmettre d’abord les numéros",
    "erase_signed_out": "Vous serez déconnecté de {count} navigateurs.",
    "erase_signed_out_one": "Vous serez déconnecté de ce navigateur.",
    "erase_no_documents": "Vous ne pourrez plus ouvrir vos documents ici.",
    "erase_no_undo": "Ceci ne peut pas être annulé.",
    "erase_mail": "Nous envoyons un dernier e-mail à {email} pour le confirmer.",
    "erase_understood": "Je comprends que ceci ne peut pas être annulé.",
    "erase_act": "Effacer mon compte",
    "done_erased": "Votre compte est effacé.",
}
