"""French, as it is written in Belgium."""

WORDS = {
    # turning pages
    "turning": "Pages",
    "previous": "Précédent",
    "next": "Suivant",
    "newer": "Plus récents",
    "older": "Plus anciens",
    "on_this_page": "Sur cette page : {count}",
    "apply": "Afficher",
    # the list of documents
    "newest_first": "Factures et notes de crédit, les plus récentes d’abord",
    "all_numbers": "Tous les numéros de client",
    "type_number": "Numéro ou nom",
    "document_number": "Numéro",
    "no_due_date": "aucune",
    "downloads": "Télécharger",
    "pdf_of": "{number} en PDF",
    "xml_of": "{number} en XML",
    "back_to_documents": "Retour aux documents",
    # an empty list
    "no_documents_yet_title": "Il n’y a pas encore de documents",
    "no_documents_yet": "Une nouvelle facture ou note de crédit figure ici dès qu’elle vous est "
    "envoyée.",
    "fetching_title": "Vos documents arrivent",
    "fetching": "Ce numéro de client vient d’être ajouté. Ses documents seront ici dans quelques "
    "minutes.",
    "look_again": "Regarder à nouveau",
    "none_of_number_title": "Aucun document pour {number}",
    "none_of_number": "Rien n’a encore été envoyé à ce numéro de client.",
    "not_yours_title": "Vous ne voyez pas le numéro de client {number}",
    "not_yours": "Il n’est pas partagé avec vous. Demandez-le à son contact principal.",
    "no_numbers_title": "Vous ne voyez aucun numéro de client",
    "no_numbers": "Plus rien n’est partagé avec vous. Demandez-le à qui partageait avec vous.",
    # help
    "help_lead": "Comment fonctionnent les invitations, le partage et les réglages. Une page par "
    "question.",
    "help_search": "Chercher dans l’aide",
    "search": "Chercher",
    "help_found": "Réponses à «\u00a0{question}\u00a0»",
    "help_none_title": "Aucune réponse à «\u00a0{question}\u00a0»",
    "help_none": "Essayez un seul mot, comme «\u00a0mot de passe\u00a0» ou «\u00a0partage\u00a0».",
    "help_all": "Tous les articles",
    "help_ask": "Votre question n’y est pas ? Demandez à {name}. Le numéro de téléphone figure sur "
    "une facture.",
    "help_ask_anyone": "Votre question n’y est pas ? Demandez à l’expéditeur de vos factures.",
}
