# Ce que l'assistant dit au téléphone. Vouvoiement, phrases courtes : la première s'entend pendant que la suivante se prépare.
accept-or-refuse = Pour accepter, dites accepte ou faites le 1. Pour refuser, dites refuse ou faites le 2.
after-failure-choices = Dites message, réessaie ou fin. Ou faites le 1, le 2 ou le 3.
ask-command = Qui dois-je appeler?
ask-name = Qui appelle, s'il vous plaît?
ask-pin = Entrez votre code, puis le carré.
assistant-greeting = Bonjour.
call-from = Un appel de
call-from-unknown = Un appel d'une personne qui n'a pas dit son nom.
calling = J'appelle { $name }.
confirm-call = Appeler { $name }?
confirm-emergency = Appeler le 9 1 1?
confirm-number = Appeler le { $number }?
confirm-which = Appeler { $name }, au { $number }?
confirm-keys = Pour oui, faites le 1; pour non, le 2.
connecting = Je vous mets en communication.
goodbye = Au revoir.
greeting = Bonjour. Vous êtes bien chez { $owner }.
help = Dites appelle, puis le nom de la personne ou un numéro. Dites répète pour entendre de nouveau, ou fin pour terminer. Pour le clavier, faites le 0.
hold = Un instant, je joins { $owner }.
keypad-menu = Pour épeler un nom, faites le 1. Pour composer un numéro, faites le 2. Pour réentendre ce menu, faites le 0. Pour revenir, faites l'étoile.
keypad-no-match = Aucun contact ne s'épelle ainsi.
keypad-no-number = Ce n'est pas un numéro de téléphone.
keypad-number = Composez le numéro, puis le carré.
keypad-pick = Pour { $name }, faites le { $digit }.
keypad-skills = Pour ce que je sais faire d'autre, faites le 3.
keypad-spell = Épelez le nom au clavier, puis faites le carré.
leave-message = Laissez votre message après le signal. Faites le carré pour terminer.
message-kept = Votre message est enregistré.
not-understood = Désolé, je n'ai pas compris.
nothing-heard = Je n'ai rien entendu.
one-moment = Un instant.
outcome-busy = { $name } est déjà en ligne.
outcome-declined = { $name } ne peut pas prendre votre appel.
outcome-no-answer = { $name } ne répond pas.
outcome-unreachable = { $name } n'est pas joignable en ce moment.
pin-locked = Trop d'essais. Réessayez plus tard.
pin-wrong = Ce code n'est pas le bon.
recording-notice = Cet appel est enregistré.
refused-account = Ce compte est suspendu. L'appel n'est pas possible.
refused-class = { $class ->
    [alaska-hawaii] Les appels en Alaska et à Hawaï ne sont pas permis sur ce compte.
    [canada] Les appels au Canada ne sont pas permis sur ce compte.
    [high-risk] Les appels vers ce pays ne sont pas permis sur ce compte.
    [international] Les appels à l'étranger ne sont pas permis sur ce compte.
    [nanp-international] Les appels vers les Antilles ne sont pas permis sur ce compte.
    [personal] Les appels vers les numéros personnels ne sont pas permis sur ce compte.
    [premium] Les appels surtaxés ne sont pas permis sur ce compte.
    [satellite] Les appels par satellite ne sont pas permis sur ce compte.
    [toll-free] Les appels sans frais ne sont pas permis sur ce compte.
    [us48] Les appels aux États-Unis ne sont pas permis sur ce compte.
    [us-territory] Les appels vers ce territoire ne sont pas permis sur ce compte.
   *[other] Les appels de ce genre ne sont pas permis sur ce compte.
}
refused-emergency = Le 9 1 1 ne peut être appelé que de votre propre appareil.
refused-limit = Trop d'appels sont en cours. Réessayez dans un moment.
refused-lines = Toutes les lignes sont occupées. Réessayez dans un moment.
refused-no-authority = Je regrette, seul le titulaire peut appeler d'ici.
refused-other = Cet appel n'est pas possible en ce moment.
refused-pin = Cet appel demande votre NIP.
skill-agree = Dois-je le faire?
skill-done = C'est fait.
skill-failed = Désolé, cela n'a pas marché.
skill-price = Cela coûte
skill-refused = Ce n'est pas possible.
# Dialogues of operators.
did-you-mean = Voulez-vous dire :
keys-amount = Entrez le montant en cents, puis le carré.
keys-date = Entrez le jour et le mois, en quatre chiffres.
keys-digits = Entrez les chiffres, puis le carré.
keys-duration = Entrez le nombre de minutes, puis le carré.
keys-moment = Entrez le jour, le mois, l'heure et les minutes, en huit chiffres.
keys-time = Entrez l'heure et les minutes, en quatre chiffres.
what-to-change = Que faut-il changer? Dites-le, ou faites le 2 pour recommencer.
whole-name = Plusieurs contacts portent ce nom. Dites le prénom et le nom, s'il vous plaît.
# Réponses, comme on les dit.
value-amount = { $cents ->
    [0] { $dollars } { $dollars ->
        [one] dollar
       *[other] dollars
    }
   *[other] { $dollars } { $dollars ->
        [one] dollar
       *[other] dollars
    } et { $cents } { $cents ->
        [one] cent
       *[other] cents
    }
}
value-date = { $weekday } { $day ->
    [1] 1er
   *[other] { $day }
} { $month }
value-date-of-year = { $day ->
    [1] 1er
   *[other] { $day }
} { $month } { $year }
value-days = { $count } { $count ->
    [one] jour
   *[other] jours
}
value-hours = { $count } { $count ->
    [one] heure
   *[other] heures
}
value-minutes = { $count } { $count ->
    [one] minute
   *[other] minutes
}
value-moment = { $date } à { $time }
value-no = non
value-seconds = { $count } { $count ->
    [one] seconde
   *[other] secondes
}
value-time = { $minute ->
    [0] { $hour ->
        [0] minuit
        [1] 1 heure
        [12] midi
       *[other] { $hour } heures
    }
   *[other] { $hour } { $hour ->
        [one] heure
       *[other] heures
    } { $minute }
}
value-yes = oui
