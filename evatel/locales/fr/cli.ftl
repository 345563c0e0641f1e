### Les textes de la ligne de commande, en français.

## Cadre
error-cause = { $message } : { $cause }
error-line = erreur : { $message }
hint-another-daemon = arrêter d'abord l'autre ; un seul service par base de données
hint-line = conseil : { $hint }
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

## evatel db, evatel secret
db-checked-fine = tout va bien ; révision { $revision }
db-exported =
    { $rows ->
        [one] { $rows } ligne écrite
       *[other] { $rows } lignes écrites
    }
db-imported =
    { $rows ->
        [one] { $rows } ligne reçue
       *[other] { $rows } lignes reçues
    } dans { $database }
db-migrated = le schéma est maintenant celui de cette version : { $ran }
db-pending = le schéma est plus ancien que cette version : `evatel db migrate` passe { $pending }
db-uptodate = le schéma était déjà celui de cette version
fault-account-legs = le compte `{ $owner }` compte { $legs } appels et a { $places } places
fault-dangling = une rangée renvoie à une autre qui n'existe pas : { $what }, vers { $missing }
fault-emergency-address = l'adresse d'urgence du numéro { $number } ne nomme aucune province : les services d'urgence n'en reçoivent aucune
fault-emergency-place = le lieu d'urgence du compte `{ $account }` a pour province `{ $province }`, qui n'en est pas une : ses appels d'urgence ne disent aucune adresse
fault-file = le fichier est endommagé : { $said }
fault-key-missing = un secret est scellé avec la clé `{ $key }`, qui n'est pas dans le fichier de clé
fault-no-key = il n'y a pas de clé pour les secrets de la base de données
fault-reference = la rangée { $row } de `{ $table }` renvoie à une rangée de `{ $parent }` qui n'existe pas
fault-reference-unnumbered = une rangée de `{ $table }` renvoie à une rangée de `{ $parent }` qui n'existe pas
fault-sealed = le secret dans { $table }.{ $column } de `{ $row }` a été changé par quelqu'un d'autre et ne peut être ouvert
fault-toll-legs = la limite `{ $owner }` compte { $legs } appels payants et a { $places } places
fault-trunk-calls = la ligne `{ $owner }` compte { $legs } appels et a { $places } places
db-would-import =
    { $rows ->
        [one] { $rows } rangée viendrait
       *[other] { $rows } rangées viendraient
    }
db-key-lacks = note : les secrets y sont scellés avec la clé `{ $key }`, que `{ $path }` n'a pas : mettez-y le fichier de clés de cette sauvegarde, ou nommez-le par `database.key_file`; d'ici là aucun téléphone ne peut s'enregistrer
secret-would-rotate =
    { $count ->
        [one] { $count } secret s'ouvre et serait scellé
       *[other] { $count } secrets s'ouvrent et seraient scellés
    } avec une nouvelle clé dans { $path }
fault-no-number = le compte `{ $account }` est en service sans le numéro par lequel on le joint
remedy-fault-account-legs = arrêtez le démon et exécutez dans la base : UPDATE accounts SET active_legs = { $places } WHERE id = '{ $owner }'
remedy-fault-dangling = `evatel db restore` une sauvegarde d'avant, ou refaites ce qui manque; d'ici là le démon ne démarre pas
remedy-fault-emergency-address = `evatel did address { $number } --street … --city … --province …` lui en donne une autre, `--clear` aucune à lui
remedy-fault-emergency-place = `evatel emergency set --account { $account } --callback NUMBER --street … --city … --province …` le règle de nouveau
remedy-fault-file = arrêtez le démon, gardez une copie du fichier, et `evatel db restore` la dernière sauvegarde
remedy-fault-key-missing = mettez le fichier qui a cette clé à `{ $path }`, ou nommez-le par `database.key_file`
remedy-fault-no-key = mettez le fichier de clés à `{ $path }`, ou nommez-le par `database.key_file`
remedy-fault-no-number-company = `evatel did add NUMBER --receptionist --user USER`, ou `evatel account set { $account } --status suspended`
remedy-fault-no-number-professional = `evatel did add NUMBER --user USER`, ou `evatel account set { $account } --status suspended`
remedy-fault-reference = `evatel db restore` une sauvegarde d'avant
remedy-fault-reference-unnumbered = `evatel db restore` une sauvegarde d'avant
remedy-fault-sealed = `evatel device secret { $row }` en donne un autre au téléphone
remedy-fault-toll-legs = arrêtez le démon et exécutez dans la base : UPDATE leg_counts SET toll_legs = { $places } WHERE owner = '{ $owner }'
remedy-fault-trunk-calls = arrêtez le démon et exécutez dans la base : UPDATE trunk_contracts SET calls = { $places } WHERE trunk_id = '{ $owner }'
row-account = compte
row-approved-country = pays approuvé
row-contact = contact
row-device = appareil
row-did = numéro
row-emergency-place = lieu d'urgence
row-limits = limites
row-office = bureau
row-presence = statuts
row-reseller = revendeur
row-restriction = règle
row-screening-entry = entrée de filtrage
row-user = utilisateur
file-there = `{ $path }` existe déjà
secret-rotated =
    { $count ->
        [one] { $count } secret scellé
       *[other] { $count } secrets scellés
    } avec la clé { $key } de { $path }

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
head-caller = APPELANT
head-day = JOUR
head-list = LISTE
head-owner = PROPRIÉTAIRE
head-user = UTILISATEUR
head-mac = MAC
head-model = MODÈLE
head-trunk = LIGNE
head-effect = EFFET
head-numbers = NUMÉROS
head-holds-for = VAUT POUR
head-set-by = FIXÉ PAR
head-hours = HEURES
head-outcome = ISSUE
head-about = DÉTAIL
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
head-as-whom = AU NOM DE
head-at = QUAND
head-billing = FACTURATION
head-default = PAR DÉFAUT
head-expires = EXPIRE
head-failures = ERREURS
head-key = CLÉ
head-locked = VERROUILLÉE JUSQU'À
head-login = CONNEXION
head-reseller = REVENDEUR
head-roles = RÔLES
head-scope = POUR
head-used = UTILISÉE
head-changed = CE QUI A CHANGÉ
head-what = QUOI
head-who = QUI
head-zone = FUSEAU
head-approves = PAYS À APPROUVER
head-classes = CLASSES
head-country = PAYS
head-joins-outside = RELIE DEHORS
head-legs-a-minute = APPELS/MIN
head-longest = DURÉE MAX (S)
head-minute-price = PRIX/MIN
head-priority = PRIORITÉ
head-spend-a-day = DÉPENSE/JOUR
head-toll-legs = APPELS PAYANTS
head-weight = POIDS

## Verbs
country-approved = Le compte { $account } peut appeler { $country }.
country-withdrawn = Le compte { $account } ne peut plus appeler { $country } sans approbation.
no-limits = aucune limite n'est fixée
route-ordinary = ordinaires
set-from-above = une règle est fixée par celui pour qui elle vaut ou par quelqu'un au-dessus
trunk-from-above = seuls le système et le revendeur choisissent les lignes
explain-allowed = permis
explain-denied = refusé
explain-needs-pin = le NIP est demandé
explain-decision = Décision : { $decision }, par { $rule }
explain-input = Donné :  { $input }
explain-class = Classe : { $class }
explain-number = Numéro : { $number }
explain-refused = Refusé : { $reason }
line-not-text = la ligne { $line } n'est pas en UTF-8, à partir de son octet { $byte }
line-too-long = la ligne { $line } a plus de { $most } octets
hint-lines = écrivez un élément par ligne, en UTF-8
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
story-enter = Ce qui a été dit et enregistré se montre avec `--enter` : comme administrateur du compte, et l'audit le dit.
transcript-closed = ce qui a été dit dans l'appel `{ $call }` n'est que pour son compte
transcript-none = rien n'est gardé dans `{ $folder }`
who-assistant = assistante
who-caller = appelant
who-callee = appelé
who-system = système

## Qui
ask-password = Nouveau mot de passe (15 caractères ou plus) :
dry-run = Essai à blanc : rien n'est changé.
key-once = La clé n'est montrée que cette fois : seule son empreinte est gardée.
key-secret = Clé : { $key }
login-unlocked = La connexion « { $login } » est de nouveau ouverte.
password-set = Mot de passe de « { $login } » changé ; ses sessions sont terminées.
reseller-address = Adresse : { $value }
reseller-closed =
    Revendeur « { $id } » fermé, avec { $accounts ->
        [one] { $accounts } de ses comptes
       *[other] { $accounts } de ses comptes
    }.
reseller-contact = Contact : { $value }
reseller-domain = Portail : { $value }
reseller-logo = Logo : { $value }
reseller-mail = Courriel : { $value }
reseller-mail-from = Les courriels viennent de : { $value }
reseller-number = Numéro : { $value }
reseller-product = Produit : { $value }
the-system = système

audit-more = `--json` et `--csv` disent tout, et d'où.

## evatel provision
head-file = FICHIER
head-change = CHANGEMENT
change-changed = changé
change-new = nouveau
change-same = pareil
provision-reloaded = Asterisk a relu : { $modules }
provision-restart = Certains fichiers ne sont lus qu'au démarrage d'Asterisk : démarrez-le, ou redémarrez-le quand aucun appel n'est en cours.
provision-away = Asterisk n'a pas été averti ({ $reason }) ; il lit les fichiers à son démarrage.
no-ari-password = `asterisk.ari_password` n'est pas défini

## evatel serve et doctor
serve-ready =
    prêt : Asterisk { $asterisk } par { $media }, { $dids ->
        [one] { $dids } numéro
       *[other] { $dids } numéros
    }, parole : { $speech }{ $synthetic ->
        [yes] , qui ne connaît que des voix de synthèse
       *[no] {""}
    }
serve-keys-only = touches seulement (pas de `speech.model_dir`)
serve-stopped = arrêté
severity-ok = bon
severity-warning = attention
severity-failure = PANNE
check-audio = chemin du son
check-brain = cerveau (modèles de langue)
check-configuration = configuration d'Asterisk
check-contacts = contacts
check-database = base de données
check-model = modèle de parole
check-modules = modules d'Asterisk
check-rows = données
check-skills = compétences
check-switch = Asterisk
check-voice = voix
doctor-finding = [{ $severity }] { $check } : { $seen }
doctor-works = Les appels marchent.
doctor-does-not-work = Dans cet état, les appels ne marchent pas.
doctor-audio = voyez le journal d'Asterisk ; avec `websocket` il se connecte à `asterisk.media_port`, comme `evatel provision apply` le lui a dit ; avec `websocket-server` son serveur HTTP doit admettre cette machine ; `asterisk.media` nomme les autres chemins du son
doctor-brain = voyez `[[brain.endpoints]]` dans les réglages : `url`, `model`, `api_key`, et `[egress]` pour les adresses qui ne sont pas publiques ; d'ici là, la grammaire décide seule
doctor-skills = voyez `[skills]` dans les réglages et docs/skills.md ; `evatel agent talk --skills FICHIER` essaie un fichier
doctor-skills-undone = définissez `skills.url`, où chaque commande est envoyée (docs/skills.md)
doctor-brain-unheard = définissez `speech.model_dir` : sans reconnaissance, il n'y a rien à demander
doctor-configuration = corrigez la valeur nommée, ou choisissez un autre `asterisk.root`
doctor-credentials = `evatel provision apply` écrit l'utilisateur et le mot de passe dans ari.conf ; redémarrez ensuite Asterisk, ou corrigez `asterisk.ari_user` et `asterisk.ari_password`
doctor-database = `evatel init` crée une base de données ; `--database` ou `database.url` en nomme une
doctor-drift = `evatel provision plan` montre la différence, `evatel provision apply` l'écrit
doctor-espeak = installez espeak-ng : `apt-get install espeak-ng`, ou `cargo xtask setup`
doctor-model = `speech.model_dir`, `speech.words`, `speech.vad` et `speech.voices` doivent nommer des dossiers de modèle complets (`evatel model check`) ; `cargo xtask setup` apporte les bibliothèques natives ; le programme doit être construit avec `--features sherpa`
doctor-modules = chargez-les dans modules.conf (`autoload=yes` charge tout ce qui est installé) et redémarrez Asterisk
doctor-no-device = `evatel device add --name NOM --user ID`, puis `evatel provision apply`
doctor-no-did = `evatel did add NUMÉRO`
doctor-no-emergency = `evatel emergency set --street … --city … --province QC --callback NUMÉRO`
doctor-no-model = définissez `speech.model_dir`, par exemple `models/phones`, qui ne connaît que des voix de synthèse ; `evatel model list` montre des modèles pour des personnes, que `speech.words` nomme à côté
doctor-no-switch = démarrez Asterisk, et vérifiez que son serveur HTTP est là où le dit `asterisk.ari_url`
doctor-no-trunk = `evatel trunk add --name NOM --peer ADRESSE --format national10`
doctor-provider = mettez `speech.provider` à `cpu`, ou placez à côté du programme un sherpa-onnx de la même version construit pour cette carte
doctor-too-old = installez Asterisk 22.8 ou plus récent ; `cargo xtask setup` en apporte un
doctor-unpronounceable = écrivez le nom en lettres comme il se dit ; d'ici là, on joint ce contact par les touches

## Quand, et qui sonne alors
schedule-local = { $local } à l'horloge de l'endroit
schedule-state = État : { $state }
schedule-rule = Règle : { $rule } { $about }
presence-set = Les règles de { $name } sont enregistrées.
status-now = { $name } : { $state }
office-set = L'horaire du bureau est enregistré.
office-open = Le bureau est ouvert.
office-closed = Le bureau est fermé.
evaluate-not-in-service = Le numéro n'est à personne : hors service
evaluate-rejected = L'appelant est refusé
evaluate-voicemail = Boîte vocale de { $owner }
evaluate-ring = { $step }. { $whom } sonne
evaluate-ring-for = { $step }. { $whom } sonne { $seconds } s
evaluate-then-voicemail = puis la boîte vocale de { $owner }
evaluate-line-form = ligne { $line }, colonne { $column } : un objet a `did` et, au besoin, `caller` et `at`, chacun une fois et chacun un texte
evaluate-line-json = ligne { $line }, colonne { $column } : ce n'est ni un numéro ni un objet JSON
evaluate-held = oui  { $tried }
evaluate-not = non  { $tried }
rule-number = Numéro en service
rule-block-list = Liste des appelants bloqués
rule-allow-list = Liste des appelants toujours admis
rule-override = Réglé à la main
rule-holiday = Jour férié
rule-special-period = Période spéciale
rule-weekly-hours = Horaire de la semaine
rule-otherwise = Reste du temps
rule-caller-rule = Règle du statut
rule-status-default = Comportement par défaut du statut
rule-no-rules = Aucune règle : le téléphone sonne
rule-gate = Droit d'appeler
rule-forward-loop = Écarté : déjà sur le chemin
rule-hop-limit = Écarté : trop de renvois se suivent
rule-nobody-there = Écarté : personne
rule-voicemail = Plus personne à faire sonner : boîte vocale
holiday-boxing-day = Lendemain de Noël
holiday-canada-day = Fête du Canada
holiday-christmas = Noël
holiday-civic-holiday = Premier lundi d'août
holiday-discovery-day = Jour de la Découverte
holiday-easter-monday = Lundi de Pâques
holiday-family-day = Jour de la famille
holiday-good-friday = Vendredi saint
holiday-indigenous-peoples-day = Journée nationale des peuples autochtones
holiday-labour-day = Fête du Travail
holiday-new-year = Jour de l'An
holiday-nunavut-day = Jour du Nunavut
holiday-remembrance-day = Jour du Souvenir
holiday-saint-jean = Fête nationale (Saint-Jean-Baptiste)
holiday-thanksgiving = Action de grâces
holiday-truth-and-reconciliation = Journée nationale de la vérité et de la réconciliation
holiday-victoria-day = Fête de la Reine (Journée nationale des patriotes au Québec)
import-format = le nom du fichier ne dit pas s'il est en CSV ou en vCard
remedy-count-fields = donnez autant de champs que l'en-tête
remedy-end-card = écrivez `END:VCARD` après chaque `BEGIN:VCARD`
remedy-give-name = donnez-lui un nom sur une ligne
remedy-give-number = donnez-lui un numéro public de dix chiffres, ou avec `+`
remedy-remove-duplicate = n'en laissez qu'un des deux
remedy-remove-formula = enlevez le premier caractère, par lequel les tableurs commencent une formule
remedy-shorten = laissez-en moins
file-unreadable = `{ $path }` ne peut pas être lu : { $reason }
file-too-large = `{ $path }` a plus de { $most } octets

## Conseils
hint-account-set = donnez ce qui change, comme `--language en` ou `--records-calls on` ; `evatel account set --help` montre tout
hint-add-trunk = ajoutez-en une : `evatel trunk add --name Carrier --peer 192.0.2.10 --format national10`
hint-set-by = donnez à `--set-by` le niveau du titulaire ou un niveau au-dessus : system, reseller, account, user
hint-allow = ajoutez `--system` ou `--reseller ID`, ou employez `--deny`
hint-already-there = rien n'a été changé ; choisissez-en une autre avec `--database`, ou déplacez d'abord celle-ci
hint-ari-away = Asterisk tourne-t-il, et son serveur HTTP est-il là où le dit `asterisk.ari_url` ? `evatel doctor` regarde de plus près
hint-ari-password = mettez-le dans le fichier de réglages ou dans `EVATEL_ASTERISK__ARI_PASSWORD` ; `evatel init` en crée un
hint-ari-rights = l'utilisateur dans ari.conf ne doit pas être en lecture seule, et son `acl` doit admettre cette machine
hint-ari-user = `evatel provision apply` écrit l'utilisateur et le mot de passe dans ari.conf ; redémarrez ensuite Asterisk, ou corrigez `asterisk.ari_user` et `asterisk.ari_password`
hint-busy = un autre programme tient la base de données ; essayez de nouveau
hint-callback = attribuez d'abord le numéro (`evatel did add`), ou donnez-en un que montre `evatel did list`
hint-displaced = arrêtez l'autre programme, ou donnez-lui une autre application : deux services sur un même Asterisk ont deux noms
hint-dump = rien n'a été changé ; refaites l'export avec `evatel db export`, ou prenez une autre sauvegarde
hint-file-there = rien n'a été changé ; donnez un autre nom, ou déplacez d'abord ce fichier
hint-document = corrigez ce qui est nommé, à cette ligne et colonne; `--help` du verbe montre un tel fichier
hint-file = vérifiez le chemin et votre droit de lire le fichier
hint-folder = vérifiez que le dossier existe et que vous pouvez y écrire
hint-foreign-folder = choisissez un autre `asterisk.root` ; une configuration écrite à la main n'est jamais écrasée
hint-forward = rien n'a été enregistré : corrigez le renvoi qui est nommé
hint-import = rien n'a été pris : corrigez ces lignes, puis essayez avec `--dry-run`
hint-import-format = donnez `--format csv` ou `--format vcard`
hint-in-use = retirez d'abord ce qui l'emploie
hint-instant = un instant a une date, une heure et un décalage ou `Z`
hint-no-country = `evatel limit countries` montre ceux qui sont approuvés
hint-no-emergency-place = `evatel emergency show` montre ceux qui sont là, `evatel emergency set` en fixe un
hint-no-item = `evatel catalog list` montre ce qui peut se vendre
hint-no-limits = `evatel limit show` montre ce qui est limité
hint-no-office = `evatel account list` montre les comptes; `evatel office set` donne un horaire à l'un d'eux
hint-no-presence = `evatel user list` montre les utilisateurs; `evatel presence set` donne des règles à l'un d'eux
hint-no-quote = `evatel quote list` montre les devis d'un compte, avec `--account` ceux d'un autre que le premier; `evatel quote confirm` veut le même `--account`
hint-missing = le verbe `list` du même nom montre ce qu'il y a
hint-name-trunk = donnez `--trunk` ; `evatel trunk list` les montre
hint-newer-schema = cette base de données est d'un Evatel plus récent : installez cette version, ou restaurez une copie d'avant ; rien n'a été changé
hint-key-lost = remettez le bon fichier de clé ; sans lui, les secrets sont perdus : retirez les appareils, créez une nouvelle clé avec `evatel secret rotate`, puis ajoutez-les de nouveau
hint-media = lancez `evatel provision apply`, qui l'écrit et le fait lire à Asterisk, ou dites `asterisk.media = "websocket-server"`
hint-metrics = choisissez une autre adresse avec `metrics.listen`, ou retirez-la ; un processus ne montre ses comptes qu'à une adresse
hint-no-database = créez-en une avec `evatel init` (sur un serveur PostgreSQL, `createdb` d'abord), ou dites où elle est avec `--database` ou `database.url`
hint-no-key = `database.key_file` ou l'accréditation systemd `evatel.key` dit où elle est ; `evatel secret rotate` crée la première
hint-not-a-database = nommez un autre fichier avec `--database` ou `database.url` ; celui-ci est resté tel quel
hint-pin = choisissez 4 à 12 chiffres, ni un seul chiffre répété ni une suite qui monte ou descend
hint-render = corrigez la valeur nommée, ou le gabarit dans `asterisk.templates_dir`
hint-settings = `evatel --help` nomme les fichiers lus ; l'environnement se lit comme `EVATEL_DATABASE__URL`
hint-settings-file = vérifiez `--config` et `EVATEL_CONFIG` ; `evatel init` crée le fichier
hint-speech = `cargo xtask setup` apporte les bibliothèques natives ; `speech.model_dir`, `speech.words`, `speech.vad` et `speech.voices` nomment des dossiers de modèles (`evatel model check` les essaie) ; sans eux, les messages et les touches marchent encore
hint-status = `evatel presence set --help` donne les statuts
hint-taken = le verbe `list` du même nom montre qui l'a ; retirez-le d'abord là
hint-country = donnez les deux lettres de l'ISO 3166-1; `evatel number explain NUMÉRO` dit la classe et le pays d'un numéro
hint-too-old = installez Asterisk 22.8 ou plus récent ; `cargo xtask setup` en apporte un
hint-unreachable = le serveur tourne-t-il, et hôte, port, utilisateur et mot de passe sont-ils justes ? Hors de cette machine, il faut TLS : un certificat reconnu, ou `sslrootcert=`
hint-until = donnez un moment encore à venir
hint-url = comme `--database sqlite:///srv/evatel/evatel.db` ou `postgres://evatel@db.example/evatel?passfile=/etc/evatel/db-password`
hint-enter = la ligne de commande entre d'elle-même où elle le peut ; un programme entre par `Acting::enter`
hint-last-administrator = `evatel user roles UTILISATEUR administrator` en nomme un autre
hint-default = c'est lui qu'entend un verbe sans `--account` ni `--reseller` : `evatel account set --status suspended` met le compte hors service
hint-no-number = une entreprise a besoin d'un numéro à sa réception, un professionnel d'un Numéro intelligent : `evatel did add NUMÉRO --user UTILISATEUR`, avec `--receptionist` pour une entreprise
hint-password = une phrase de quelques mots est assez longue et se retient bien
hint-reseller-set = dites quoi changer, par exemple `--billing self-billed` ; `evatel reseller set --help` montre tout
hint-secret = tapez-le sur une ligne, ou donnez-le sur l'entrée standard
hint-user-set = dites quoi changer, par exemple `--extension 110` ; `evatel user set --help` montre tout
hint-limit-set = donnez ce qui est limité, comme `--toll-legs 3`, ou `--toll-legs none` pour lever la limite ; `evatel limit set --help` montre tout
hint-route-set = donnez ce qui change, comme `--price 0.012` ; `evatel route set --help` montre tout
head-intent = INTENTION
head-slot = RÉPONSE
head-distance = DISTANCE
head-margin = MARGE
head-heard = ENTENDU
head-stable = RESTE
head-answered = A RÉPONDU
head-open = PEUT CHANGER
agent-unpronounceable = ne peut pas être nommé : { $name } ({ $reason })
agent-grammar-checked =
    { $added ->
        [one] { $added } phrase ajoutée
       *[other] { $added } phrases ajoutées
    }; paires d'intentions différentes qui se ressemblent à l'oreille : { $alike }.
agent-grammar-never = { $distance } (aucune n'est comprise)
hint-skills = docs/skills.md dit ce que contient un fichier de services
hint-dialogue = docs/dialogues.md dit ce que contient un fichier de dialogue
hint-grammar = un fichier de phrases a une table par langue et une liste par intention : `evatel agent grammar --help` en montre un
head-phrase = PHRASE
head-place = OÙ
agent-no-model = il n'y a pas de modèle pour entendre
agent-nothing-to-say = il n'y a rien à dire dans ce texte
agent-said = { $file } : { $seconds } s
hint-model = nommez-en un avec `--model`, par exemple `--model models/phones` (il ne connaît que des voix de synthèse), ou comme `speech.model_dir` dans les réglages
hint-wav = donnez un fichier WAV d'échantillons PCM ou flottants, de 64 Mio au plus ; `ffmpeg -i FICHIER out.wav` en fait un d'un autre son
hint-ssml = docs/speaking.md donne la liste des éléments ; sans --ssml, le texte est dit tel quel
hint-text = donnez un texte avec des mots, de 64 Kio au plus
hint-voice = `cargo xtask setup` installe espeak-ng
agent-no-device = l'utilisateur { $user } n'a pas de téléphone d'où appeler
agent-no-number = l'utilisateur { $user } n'a pas de numéro qu'on puisse appeler
agent-talked = L'appel est terminé.
agent-kept = L'appel est terminé ; le son est dans { $file }.
hint-device = `evatel device add` lui en donne un
hint-loopback = il faut un port sur 127.0.0.1 et un dossier temporaire
head-value = VALEUR
agent-nothing-read = il n'y a ni date, ni heure, ni numéro, ni montant, ni réponse dans ce texte
agent-line-too-long = elle a plus de { $most } octets
agent-no-choice = `--option` va avec `--expect choice`
hint-choice = ajoutez `--expect choice`, ou retirez les options
answered-beep = un bip de { $hz } Hz
answered-busy = tonalité d'occupation
answered-congestion = tonalité d'encombrement
answered-fax = un télécopieur
answered-human = une personne
answered-machine = un répondeur
answered-music = de la musique
answered-silence = le silence
answered-unclear = incertain
parse-yes-no = oui ou non
parse-digits = chiffres
parse-number = numéro
parse-amount = montant
parse-seconds = secondes
parse-time = heure
parse-date = date
parse-moment = moment
parse-intent = intention

## evatel did, itsp
head-by = PAR
head-calls = APPELS
head-calls-a-second = APPELS/S
head-done = ACTION
head-itsp = FSTI
head-until = JUSQU'AU
did-address-of-account = note : le numéro n'a pas d'adresse d'urgence à lui : les services d'urgence reçoivent celle de son compte (`evatel emergency show --account { $account }`); `evatel did address { $number } --street … --city … --province …` lui en donne une
did-no-address = note : les services d'urgence ne reçoivent AUCUNE adresse pour ce numéro : ni lui ni le compte { $account } n'en a; `evatel emergency set --account { $account } --callback { $number } --street … --city … --province …` la fixe
import-done =
    { $added ->
        [one] { $added } ajouté
       *[other] { $added } ajoutés
    }, { $same } déjà là, { $refused ->
        [one] { $refused } refusé
       *[other] { $refused } refusés
    }
import-would =
    { $added ->
        [one] { $added } serait ajouté
       *[other] { $added } seraient ajoutés
    }, { $same } déjà là, { $refused ->
        [one] { $refused } refusé
       *[other] { $refused } refusés
    }
import-nothing = Rien n'est pris : une rangée refusée écarte toutes les autres.
import-nothing-unless = Rien n'est pris : une rangée refusée écarte toutes les autres, sauf avec `{ $option }`.
import-more = … et { $count } de plus; `--json` les donne tous
import-progress =
    { $of ->
        [one] { $rows } sur { $of } ligne
       *[other] { $rows } sur { $of } lignes
    }
import-refused = ligne { $line }, { $field } : { $problem }; { $remedy }
remedy-ask-owner = retirez la ligne, ou faites d'abord libérer le numéro par son propriétaire
remedy-choose-one = donnez le revendeur ou l'utilisateur, pas les deux
remedy-name-trunk = nommez une ligne de fournisseur dans la rangée, ou avec `--trunk`
remedy-order-by-quote = importez-le sans utilisateur, dans la réserve, puis `evatel quote number` et `evatel quote confirm`
remedy-save-as-utf8 = enregistrez le fichier en UTF-8
remedy-shorten-line = terminez chaque rangée par un saut de ligne
remedy-split-file = coupez le fichier en deux
remedy-use-listed-id = prenez un identifiant que montre le verbe `list` de ce nom
remedy-write-e164 = écrivez-le comme `+15145550199`; dans un tableur, mettez la colonne en texte
catalog-import-done =
    { $added ->
        [one] { $added } ajouté
       *[other] { $added } ajoutés
    }, { $repriced } à un nouveau prix, { $same } déjà là, { $refused ->
        [one] { $refused } refusé
       *[other] { $refused } refusés
    }
catalog-import-would =
    { $added ->
        [one] { $added } serait ajouté
       *[other] { $added } seraient ajoutés
    }, { $repriced } à un nouveau prix, { $same } déjà là, { $refused ->
        [one] { $refused } refusé
       *[other] { $refused } refusés
    }
hint-catalog-columns = `evatel catalog import --help` montre les colonnes
remedy-choose-another-id = prenez un autre identifiant : d'un article qui est là, seul le prix change
remedy-give-id = donnez-lui un identifiant de lettres, de chiffres, de `-` et de `_`
remedy-pair-minutes = donnez les minutes avec les classes auxquelles elles servent, ou ni les unes ni les autres
remedy-use-listed-word = prenez un des mots énumérés
remedy-write-amount = écrivez les montants en chiffres avec un point, comme 12.50, et les minutes en chiffres
remedy-buy-seat = achetez d'abord des places : `evatel quote buy`, puis `evatel quote confirm`
remedy-choose-another-extension = prenez un autre poste, ou changez qui a celui-ci : `evatel user set`
remedy-give-extension = donnez un poste de 2 à 6 chiffres qui n'est ni un code comme 911 ni n'en commence un
remedy-give-zone = donnez un fuseau comme America/Toronto, ou aucun pour celui du compte
hint-user-columns = la première ligne nomme les colonnes : extension et name, et au besoin language, zone
hint-csv-columns = la première ligne nomme les colonnes : number, et au besoin trunk, reseller, user
hint-number-rests = `evatel did restore` le rend à qui l'avait; un autre l'aura quand son temps sera fini (`evatel did show`)
hint-number-taken = `evatel did show` dit où il en est; `evatel did release` et `evatel did remove` le laissent aller
hint-port-reason = `--reason` dit pourquoi l'autre opérateur refuse : evatel did port 5145550124 in-rejected --reason "le nom diffère"
hint-move = `evatel offer list --reseller …` montre ce qu'il vend et `evatel offer choose` le lui fait vendre; `evatel quote cancel` met fin à ce que le compte paie
move-subscription = { $item } : { $quantity } à { $after } par mois chez le nouveau revendeur dès le { $from }, { $before } jusque-là
move-number-along = { $number } : suit le compte ({ $status })
move-number-back = { $number } : était gardé pour le compte et retourne dans la réserve de l'ancien revendeur
move-exception = règle `{ $rule }` pour { $owner } : l'exception de l'ancien revendeur est retirée
move-pin = règle `{ $rule }` pour { $owner } : demande le NIP comme avant, et appartient désormais au compte
move-joins = limites de { $owner } : on ne joint plus deux personnes du dehors tant que le nouveau revendeur ne le permet pas
move-approval = pays { $country } : l'approbation de l'ancien revendeur est retirée
move-quotes = devis encore à confirmer, retirés : { $count }
hint-number-state = `evatel did show` et `evatel did history` disent où en est le numéro
hint-read = vérifiez le nom du fichier, et que vous pouvez le lire
hint-device-set = dites quoi changer, par exemple `--name Accueil`; `evatel device set --help` montre tout
hint-mac-taken = un téléphone n'est qu'un appareil à la fois : qui l'a le lâche d'abord, avec `evatel device set DEVICE --mac none` ou `evatel device remove`
hint-contact-set = dites quoi changer, par exemple `--number 514-555-0150`; `evatel contact set --help` montre tout
hint-restriction-set = dites quoi changer, par exemple `--deny FR`; `evatel restriction set --help` montre tout
hint-migrate-first = amenez-la d'abord à cette version : `evatel db migrate`
hint-trunk-set = dites quoi changer, par exemple `--peer 192.0.2.20`; `evatel trunk set --help` montre tout
itsp-limits = donnez `--itsp`, `--calls`, `--calls-a-second` ou `--no-limits`

## evatel catalog, offer, quote, subscription
head-amount = FACTURÉ MAINTENANT
head-days = JOURS
head-each = CHACUN
head-item = ARTICLE
head-monthly = PAR MOIS
head-once = UNE FOIS
head-quantity = QUANTITÉ
head-quote = DEVIS
head-resale = REVENTE
head-sold = EN VENTE
catalog-version = Catalogue, version { $version }
quote-sum = { $now } maintenant, { $monthly } par mois; à confirmer avant { $until } : evatel quote confirm { $quote } --account { $account }
quote-stale = périmé : { $why }
hint-offer = `evatel offer list` et `evatel catalog list` montrent ce qui est en vente; `evatel subscription list` ce qui est là
hint-price = un montant s'écrit en chiffres avec un point, comme 12.50; le prix d'une minute est CLASSE=MONTANT, comme international=0.035
hint-stale = redemandez avec les mêmes mots : `evatel quote buy`, `resize` ou `cancel`
hint-unpaid = `evatel offer list` montre ce que cela coûte; `evatel quote buy ARTICLE --quantity N` ou `evatel quote number`, puis `evatel quote confirm`

## evatel model
heading-form = Forme
heading-languages = Langues
heading-licence = Licence
heading-megabytes = Mo
heading-model = Modèle
heading-state = État
model-as-ear = Pour entendre avec lui, écrivez `model_dir = "{ $folder }"` sous `[speech]` dans les réglages.
model-as-voice = Pour parler avec lui, écrivez `{ $language } = "{ $folder }"` sous `[speech.voices]` dans les réglages.
model-as-vad = Pour trouver la parole avec lui, écrivez `vad = "{ $folder }"` sous `[speech]` dans les réglages.
model-as-words = Pour entendre des mots avec lui, écrivez `{ $language } = "{ $folder }"` sous `[speech.words]` dans les réglages ; `speech.model_dir` nomme toujours les phones qui servent à comparer les mots.
model-differs = { $name } : n'est plus tel qu'il a été installé
model-digesting = Comparaison de l'empreinte
model-downloading = Téléchargement
model-file-changed = changé : { $path }
model-file-extra = étranger au modèle : { $path }
model-file-missing = disparu : { $path }
model-in-use = utilisé
model-installed = installé
model-is-in-use = le modèle `{ $name }` est utilisé : `[speech]` des réglages le nomme
model-is-installed =
    `{ $name }` est installé dans { $folder } : { $files } fichiers, { $megabytes } Mo.
    SHA-256 de son archive : { $digest }
model-known = connu
model-licence = Licence : { $licence }
model-loads = Il se charge dans { $engine }.
model-none = Aucun modèle n'est installé dans { $folder }.
model-not-tried = Il n'a pas été essayé : ce programme est bâti sans bibliothèque de parole.
model-refused = { $name } : { $reason }
model-reinstall = remède : `evatel model remove { $name }`, puis installez-le de nouveau
model-size-unknown = inconnue
model-sound = { $name } : tel qu'il a été installé, et se charge dans { $engine }
model-synthetic = « { $folder } » est un petit modèle qui ne connaît que des voix de synthèse : les tests et la démonstration s'en servent, et il n'est pas fait pour reconnaître des personnes (models/phones/CARD.md).
model-unpacking = Décompression
model-what = `{ $what }` n'est ni un modèle connu, ni une URL, ni un fichier
model-whole = { $name } : tel qu'il a été installé
hint-model-again = relancez la même commande ; si cette machine n'a pas de sortie, téléchargez l'archive ailleurs et installez le fichier
hint-model-archive = prenez l'archive telle que ses auteurs la publient (.tar.gz ou .tar.bz2), ou faites-en une des seuls fichiers du modèle : `tar czf modele.tar.gz DOSSIER`
hint-model-busy = attendez qu'il ait fini, puis relancez la commande
hint-model-digest = comparez-la à celle que l'éditeur annonce, puis relancez la commande avec `--sha256 EMPREINTE` ; un téléchargement est gardé d'ici là. `--accept-unknown-digest` prend ce qui vient, quel qu'il soit
hint-model-in-use = faites d'abord nommer un autre modèle, ou aucun, par `speech.model_dir`, `speech.words`, `speech.vad` ou `speech.voices`, et relancez le démon
hint-model-list = `evatel model list --installed` montre ce qui est là
hint-model-manifest = retirez le dossier du modèle à la main et installez-le de nouveau
hint-model-name = donnez un nom avec `--name`
hint-model-room = faites de la place sur le disque, ou faites nommer par `speech.models_dir` un dossier d'un autre disque
hint-model-there = donnez-lui un autre nom avec `--name`, ou retirez d'abord l'autre avec `evatel model remove`
hint-model-trial = rien n'a été installé ni changé ; une autre archive du modèle, ou une faite pour sherpa-onnx 2, se chargera peut-être
hint-model-url = une URL est en https à une adresse publique ; une adresse de votre réseau se met dans `egress.allow`. Ou téléchargez l'archive vous-même et installez le fichier
hint-model-what = `evatel model list` montre les noms connus
hint-model-wrong = rien n'a été installé : l'archive a été changée en chemin, ou l'empreinte est celle d'une autre

# evatel agent test
agent-tested =
    { $passed ->
        [one] { $passed } réussi
       *[other] { $passed } réussis
    }, { $failed ->
        [one] { $failed } échoué
       *[other] { $failed } échoués
    }.
agent-no-scenario = il n'y a aucun scénario dans ce qui est nommé
agent-no-harness = `{ $program }`, qui joue les scénarios à travers un vrai Asterisk, n'est ni à côté de ce programme ni dans le PATH
agent-harness-failed = `{ $program }` s'est terminé sans rapport; ses propres lignes disent pourquoi
hint-harness = dans un dépôt d'Evatel, `cargo xtask scenarios` prépare un Asterisk, bâtit le programme à côté d'`evatel` et les joue
hint-scenario = docs/scenarios.md dit ce que contient un fichier de scénario
hint-transcript-enter = ajoutez `--enter` : comme administrateur du compte, et l'audit le dit
hint-transcript-none = c'est gardé sur la machine du démon, selon `[keeping]` et aussi longtemps
scenario-passed = réussi
scenario-failed = ÉCHOUÉ
