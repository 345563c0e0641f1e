### Les textes de la ligne de commande, en français.

## Cadre
error-line = erreur : { $message }
hint-line = hint: { $hint }
yes = oui
no = non
everybody = tous
removed = « { $id } » est retiré.

## evatel init
init-database = La base de données « { $path } » est créée.
init-account = Compte { $account } : { $name }
init-user = Utilisateur { $user }, poste { $extension }
init-settings-made = Le fichier de réglages « { $path } » est créé, avec un nouveau mot de passe ARI.
init-settings-kept = Le fichier de réglages « { $path } » est gardé tel quel.
init-next = Ensuite : `evatel trunk add`, `evatel did add`, `evatel device add`, `evatel contact add`, `evatel emergency set`, `evatel provision apply`.

## En-têtes
head-id = ID
head-name = NOM
head-kind = SORTE
head-status = ÉTAT
head-language = LANGUE
head-records = ENREGISTRE
head-extension = POSTE
head-pin = NIP
head-account = COMPTE
head-peer = PAIR
head-format = FORMAT
head-number = NUMÉRO
head-user = UTILISATEUR
head-trunk = LIGNE
head-effect = EFFET
head-numbers = NUMÉROS
head-holds-for = VAUT POUR
head-address = ADRESSE
head-callback = RAPPEL
head-began = DÉBUT
head-call = APPEL
head-way = SENS
head-from = DE
head-to = À
head-decision = DÉCISION
head-rule = RÈGLE
head-length = DURÉE
head-end = FIN

## Verbes
nothing-to-change = rien à changer n'a été donné
no-trunk = il n'y a pas encore de ligne vers un opérateur
many-trunks = il y a plusieurs lignes : dites laquelle
allow-from-above = une ouverture ne compte que si elle vient du système ou du revendeur
no-emergency-place = Aucun lieu d'urgence n'est défini : les appels d'urgence partent alors par la première ligne du compte et ne donnent pas d'adresse.
ask-pin = Nouveau NIP (4 à 12 chiffres) :
pin-set = Le NIP de « { $user } » est défini.
pin-cleared = « { $user } » n'a plus de NIP.
device-user = Utilisateur SIP : { $user }
device-secret = Secret :          { $secret }
device-realm = Domaine :         { $realm }
device-once = Le secret n'est montré que cette fois : seule son empreinte est gardée. Faites `evatel provision apply` pour que le téléphone puisse s'enregistrer.

## evatel call show
story-call = Appel { $call }
story-leg = { $time }  { $way } de { $from } à { $to } ({ $cause })
story-allowed = {"              "}permis par la règle « { $rule } », pour « { $authoriser } »
story-refused = {"              "}refusé par la règle « { $rule } », pour « { $authoriser } »
story-ended = {"              "}fini à { $time } : { $cause } (Q.850 { $q850 }) { $length }
story-open = {"              "}pas fini
story-recording = {"              "}enregistrement : { $file }
who-assistant = assistante
who-caller = appelant
who-callee = appelé
who-system = système

## Conseils
hint-account-set = donnez ce qui change, comme `--language en` ou `--records-calls on` ; `evatel account set --help` montre tout
hint-add-trunk = ajoutez-en une : `evatel trunk add --name Carrier --peer 192.0.2.10 --format national10`
hint-allow = ajoutez `--system` ou `--reseller ID`, ou employez `--deny`
hint-already-there = rien n'a été changé ; choisissez un autre fichier avec `--database`, ou déplacez d'abord celui-ci
hint-busy = un autre programme tient la base de données ; essayez de nouveau
hint-callback = attribuez d'abord le numéro (`evatel did add`), ou donnez-en un que montre `evatel did list`
hint-folder = vérifiez que le dossier existe et que vous pouvez y écrire
hint-in-use = retirez d'abord ce qui l'emploie
hint-missing = le verbe `list` du même nom montre ce qu'il y a
hint-name-trunk = donnez `--trunk` ; `evatel trunk list` les montre
hint-newer-schema = cette base de données est d'un Evatel plus récent : installez cette version, ou restaurez une copie d'avant ; rien n'a été changé
hint-no-database = créez-en une avec `evatel init`, ou dites où elle est avec `--database` ou `database.url`
hint-not-a-database = nommez un autre fichier avec `--database` ou `database.url` ; celui-ci est resté tel quel
hint-pin = choisissez 4 à 12 chiffres, ni un seul chiffre répété ni une suite qui monte ou descend
hint-settings = `evatel --help` nomme les fichiers lus ; l'environnement se lit comme `EVATEL_DATABASE__URL`
hint-settings-file = vérifiez `--config` et `EVATEL_CONFIG` ; `evatel init` crée le fichier
hint-taken = le verbe `list` du même nom montre qui l'a ; retirez-le d'abord là
hint-url = comme `--database sqlite:///srv/evatel/evatel.db`
