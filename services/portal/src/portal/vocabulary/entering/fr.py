"""French, as it is written in Belgium."""

WORDS = {
    # signing in
    "sign_in_title": "Se connecter",
    "choose_issuer": "De qui recevez-vous des factures ?",
    "other_issuer": "Un autre émetteur",
    "no_issuers": "Personne n’envoie encore de factures ici.",
    "username": "Nom d’utilisateur",
    "username_hint": "Le plus souvent l’adresse e-mail à laquelle vous recevez vos factures.",
    "password": "Mot de passe",
    "forgotten": "Mot de passe oublié ?",
    "username_forgotten": "Vous ne connaissez plus votre nom d’utilisateur ? Adressez-vous à "
    "{name}, une facture à portée de main.",
    "or": "ou",
    "passkey_sign_in": "Se connecter avec une clé d’accès",
    "already_in": "Vous êtes connecté avec {email}.",
    "no_account": "Pas encore de compte ?",
    "no_account_why": "Vous vous inscrivez à partir d’un e-mail de facture. Ainsi nous sommes "
    "sûrs que c’est vous.",
    "no_account_1": "Ouvrez le dernier e-mail contenant une facture.",
    "no_account_2": "Choisissez le bouton pour consulter la facture.",
    "no_account_3": "Choisissez « S’inscrire » dans le menu.",
    "no_account_4": "Complétez vos données. Une minute suffit.",
    "no_account_free": "L’inscription est gratuite. Vous voyez ensuite toutes les factures des 7 "
    "dernières années, pour tous vos numéros de client, avec un seul mot de passe.",
    # the second step
    "second_step_title": "Deuxième étape",
    "second_step_lead": "Votre mot de passe est correct. Confirmez encore que c’est vous.",
    "totp_code": "Code de votre application",
    "totp_code_hint": "Les 6 chiffres que votre application affiche maintenant.",
    "recovery_code": "Code de secours",
    "recovery_code_hint": "Un des codes que vous avez conservés. Chaque code fonctionne une fois.",
    "no_factor_at_hand": "Votre téléphone ou votre clé n’est pas à portée de main ?",
    "use_recovery_code": "Se connecter avec un code de secours",
    "confirm": "Confirmer",
    "passkey": "Clé d’accès",
    "passkey_title": "Votre clé d’accès",
    "passkey_how": "Votre appareil demande votre empreinte, votre visage, votre code ou votre clé.",
    "passkey_use": "Utiliser la clé d’accès",
    "passkey_no_script": "Une clé d’accès ne fonctionne qu’avec JavaScript, désactivé ici. "
    "Connectez-vous avec votre mot de passe et un code.",
    "passkey_failed": "Cela n’a pas fonctionné, ou vous l’avez interrompu. Réessayez ou "
    "choisissez une autre voie.",
    "passkey_unknown": "Ce navigateur ne prend pas en charge les clés d’accès.",
    "other_way": "Une autre manière",
    # a forgotten password
    "forgot_title": "Demander un nouveau mot de passe",
    "forgot_lead": "Nous envoyons un e-mail contenant un code. Il vous permet de choisir un "
    "nouveau mot de passe.",
    "send_mail": "Envoyer l’e-mail",
    "look_in_mail": "Consultez votre messagerie",
    "forgot_sent": "Si {address} correspond à un compte, un e-mail avec un code de 8 chiffres est "
    "en route.",
    "forgot_sent_unnamed": "S’il existe un compte avec ce nom d’utilisateur, un e-mail avec un "
    "code de 8 chiffres est en route.",
    "mailed_code": "Code reçu par e-mail",
    "mailed_code_hint": "8 chiffres, valables 10 minutes.",
    "new_password": "Nouveau mot de passe",
    "choose_password": "Choisissez un mot de passe",
    "password_rule": "Au moins {least} caractères. Quelques mots à la suite se retiennent "
    "facilement ; chiffres et signes ne sont pas requis.",
    "password_save": "Enregistrer le mot de passe",
    "reset_ends": "Vous serez déconnecté partout où vous êtes connecté.",
    "no_mail": "Pas reçu d’e-mail ?",
    "no_mail_wait": "Un e-mail peut mettre une minute à arriver. Regardez aussi dans le courrier "
    "indésirable.",
    "send_again": "Renvoyer",
    "done_again": "Un nouvel e-mail est en route. Le code du précédent ne fonctionne plus.",
    "done_wait": "L’e-mail vient d’être envoyé. Attendez une minute avant d’en demander un autre.",
    "done_reset": "Votre nouveau mot de passe est enregistré. Connectez-vous avec celui-ci.",
    "done_signed_out": "Vous êtes déconnecté.",
    # registering
    "register_title": "S’inscrire",
    "register_lead": "Gratuit, en une minute. Ensuite, toutes vos factures des 7 dernières années "
    "se trouvent ici.",
    "email": "Adresse e-mail",
    "email_known": "C’est l’adresse à laquelle vous avez reçu cet e-mail. Elle sera votre nom "
    "d’utilisateur.",
    "first_name": "Prénom",
    "last_name": "Nom",
    "mail_language": "Langue de vos e-mails",
    "register_sent": "Nous avons envoyé un code de 8 chiffres à {address}.",
    "register_sent_unnamed": "Nous avons envoyé un code de 8 chiffres à votre adresse e-mail.",
    "register_link_too": "Vous pouvez aussi utiliser le bouton de cet e-mail.",
    "make_account": "Créer le compte",
    "step_of": "Étape {step} sur {steps}",
    "done_registered": "Votre compte est prêt. Voici les documents de tous vos numéros de client.",
    # proofs of a mailbox
    "proof_register_title": "Choisissez votre mot de passe",
    "proof_reset_title": "Choisissez un nouveau mot de passe",
    "proof_staff_title": "Choisissez votre mot de passe",
    "proof_staff_lead": "Vous travaillez chez {name}. Après votre mot de passe, vous configurez "
    "une deuxième étape.",
    "proof_account": "Compte : {address}",
    "proof_email_confirm_title": "Confirmer la nouvelle adresse e-mail",
    "proof_email_confirm": "Désormais vous vous connectez avec {address} et vos factures y "
    "arrivent.",
    "proof_email_confirm_act": "Confirmer l’adresse",
    "proof_email_cancel_title": "Annuler le changement d’adresse e-mail",
    "proof_email_cancel": "Vous continuez à vous connecter avec {address} et vos factures "
    "continuent d’y arriver.",
    "proof_email_cancel_act": "Annuler le changement",
    "proof_email_cancel_after": "Ce n’est pas vous qui l’avez demandé ? Choisissez ensuite aussi "
    "un nouveau mot de passe.",
    "done_email_confirmed": "Votre adresse est maintenant {email}. Connectez-vous désormais avec "
    "celle-ci.",
    "done_email_cancelled": "Votre adresse reste {email}.",
    "gone_title": "Ce lien ne fonctionne plus",
    "gone": "Il a déjà été utilisé, est trop ancien, ou remplacé par un e-mail plus récent.",
    "gone_register": "Vous avez déjà un compte ? Connectez-vous. Sinon, ouvrez votre dernier "
    "e-mail de facture et choisissez « S’inscrire ».",
    "gone_reset": "Demandez un nouvel e-mail pour choisir votre mot de passe.",
    "gone_email_confirm": "Connectez-vous et redemandez le changement s’il est encore nécessaire.",
    "gone_email_cancel": "Ce changement ne peut plus être annulé. Ce n’est pas vous qui l’avez "
    "demandé ? Demandez de l’aide à {name}.",
    "gone_staff": "Demandez à un collègue de vous inviter à nouveau.",
    "lost_title": "Rouvrez le lien de votre e-mail",
    "lost": "Cette page fonctionne un quart d’heure après l’ouverture du lien, et dans le même "
    "navigateur. Le lien lui-même n’a pas été utilisé.",
}
