### Les textes de la ligne de commande, en français.

## Cadre
error-line = erreur : { $message }
hint-another-daemon = arrêter d'abord l'autre ; un seul service par base de données
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

## evatel db, evatel secret
db-checked-fine = tout va bien ; révision { $revision }
db-exported = { $rows } lignes écrites
db-imported = { $rows } lignes reçues dans { $database }
db-migrated = le schéma est maintenant celui de cette version : { $ran }
db-pending = le schéma est plus ancien que cette version : `evatel db migrate` passe { $pending }
db-uptodate = le schéma était déjà celui de cette version
file-there = `{ $path }` existe déjà
secret-rotated = { $count } secrets scellés avec la clé { $key } de { $path }

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
head-after = APRÈS
head-as-whom = AU NOM DE
head-at = QUAND
head-before = AVANT
head-billing = FACTURATION
head-default = PAR DÉFAUT
head-expires = EXPIRE
head-failures = ERREURS
head-key = CLÉ
head-locked = VERROUILLÉE JUSQU'À
head-login = CONNEXION
head-origin = D'OÙ
head-owner = À QUI
head-reseller = REVENDEUR
head-roles = RÔLES
head-scope = POUR
head-used = UTILISÉE
head-what = QUOI
head-who = QUI
head-zone = FUSEAU

## Verbs
country-approved = Le compte { $account } peut appeler { $country }.
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
reseller-closed = Revendeur « { $id } » fermé, avec { $accounts } de ses comptes.
reseller-contact = Contact : { $value }
reseller-domain = Portail : { $value }
reseller-logo = Logo : { $value }
reseller-mail = Courriel : { $value }
reseller-mail-from = Les courriels viennent de : { $value }
reseller-number = Numéro : { $value }
reseller-product = Produit : { $value }
the-system = système

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
serve-ready = prêt : Asterisk { $asterisk } par { $media }, { $dids } numéros, parole : { $speech }
serve-keys-only = touches seulement (pas de `speech.model_dir`)
serve-stopped = arrêté
severity-ok = bon
severity-warning = attention
severity-failure = PANNE
check-audio = chemin du son
check-configuration = configuration d'Asterisk
check-contacts = contacts
check-database = base de données
check-model = modèle de parole
check-modules = modules d'Asterisk
check-rows = données
check-switch = Asterisk
check-voice = voix
doctor-works = Les appels marchent.
doctor-does-not-work = Dans cet état, les appels ne marchent pas.
doctor-audio = voyez le journal d'Asterisk ; par websocket son serveur HTTP doit admettre cette machine, et `asterisk.media` nomme les autres chemins du son
doctor-configuration = corrigez la valeur nommée, ou choisissez un autre `asterisk.root`
doctor-credentials = `evatel provision apply` écrit l'utilisateur et le mot de passe dans ari.conf ; redémarrez ensuite Asterisk, ou corrigez `asterisk.ari_user` et `asterisk.ari_password`
doctor-database = `evatel init` crée une base de données ; `--database` ou `database.url` en nomme une
doctor-drift = `evatel provision plan` montre la différence, `evatel provision apply` l'écrit
doctor-espeak = installez espeak-ng : `apt-get install espeak-ng`, ou `cargo xtask setup`
doctor-model = `speech.model_dir` doit nommer un dossier de modèle complet ; `cargo xtask setup` apporte les bibliothèques natives ; le programme doit être construit avec `--features sherpa`
doctor-modules = chargez-les dans modules.conf (`autoload=yes` charge tout ce qui est installé) et redémarrez Asterisk
doctor-no-device = `evatel device add --name NOM --user ID`, puis `evatel provision apply`
doctor-no-did = `evatel did add NUMÉRO`
doctor-no-emergency = `evatel emergency set --street … --city … --province QC --callback NUMÉRO`
doctor-no-model = définissez `speech.model_dir`, par exemple `models/phones`
doctor-no-switch = démarrez Asterisk, et vérifiez que son serveur HTTP est là où le dit `asterisk.ari_url`
doctor-no-trunk = `evatel trunk add --name NOM --peer ADRESSE --format national10`
doctor-too-old = installez Asterisk 22.8 ou plus récent ; `cargo xtask setup` en apporte un
doctor-unpronounceable = écrivez le nom en lettres comme il se dit ; d'ici là, on joint ce contact par les touches

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
hint-folder = vérifiez que le dossier existe et que vous pouvez y écrire
hint-foreign-folder = choisissez un autre `asterisk.root` ; une configuration écrite à la main n'est jamais écrasée
hint-in-use = retirez d'abord ce qui l'emploie
hint-missing = le verbe `list` du même nom montre ce qu'il y a
hint-name-trunk = donnez `--trunk` ; `evatel trunk list` les montre
hint-newer-schema = cette base de données est d'un Evatel plus récent : installez cette version, ou restaurez une copie d'avant ; rien n'a été changé
hint-key-lost = remettez le bon fichier de clé ; sans lui, les secrets sont perdus : retirez les appareils, créez une nouvelle clé avec `evatel secret rotate`, puis ajoutez-les de nouveau
hint-no-database = créez-en une avec `evatel init` (sur un serveur PostgreSQL, `createdb` d'abord), ou dites où elle est avec `--database` ou `database.url`
hint-no-key = `database.key_file` ou l'accréditation systemd `evatel.key` dit où elle est ; `evatel secret rotate` crée la première
hint-not-a-database = nommez un autre fichier avec `--database` ou `database.url` ; celui-ci est resté tel quel
hint-pin = choisissez 4 à 12 chiffres, ni un seul chiffre répété ni une suite qui monte ou descend
hint-render = corrigez la valeur nommée, ou le gabarit dans `asterisk.templates_dir`
hint-settings = `evatel --help` nomme les fichiers lus ; l'environnement se lit comme `EVATEL_DATABASE__URL`
hint-settings-file = vérifiez `--config` et `EVATEL_CONFIG` ; `evatel init` crée le fichier
hint-speech = `cargo xtask setup` apporte les bibliothèques natives, `speech.model_dir` nomme le dossier du modèle ; sans lui, les messages et les touches marchent encore
hint-taken = le verbe `list` du même nom montre qui l'a ; retirez-le d'abord là
hint-too-old = installez Asterisk 22.8 ou plus récent ; `cargo xtask setup` en apporte un
hint-unreachable = le serveur tourne-t-il, et hôte, port, utilisateur et mot de passe sont-ils justes ? Hors de cette machine, il faut TLS : un certificat reconnu, ou `sslrootcert=`
hint-url = comme `--database sqlite:///srv/evatel/evatel.db` ou `postgres://evatel@db.example/evatel?passfile=/etc/evatel/db-password`
hint-enter = la ligne de commande entre d'elle-même où elle le peut ; un programme entre par `Acting::enter`
hint-last-administrator = `evatel user roles UTILISATEUR administrator` en nomme un autre
hint-no-number = assignez-en un avec `evatel did add NUMÉRO`, puis réessayez
hint-password = une phrase de quelques mots est assez longue et se retient bien
hint-reseller-set = dites quoi changer, par exemple `--billing self-billed` ; `evatel reseller set --help` montre tout
hint-secret = tapez-le sur une ligne, ou donnez-le sur l'entrée standard
hint-user-set = dites quoi changer, par exemple `--extension 110` ; `evatel user set --help` montre tout
head-intent = INTENTION
head-contact = CONTACT
head-distance = DISTANCE
head-margin = MARGE
head-heard = ENTENDU
agent-unpronounceable = ne peut pas être nommé : { $name } ({ $reason })
agent-no-model = il n'y a pas de modèle pour entendre
agent-nothing-to-say = il n'y a rien à dire dans ce texte
agent-said = { $file } : { $seconds } s
hint-model = nommez-en un avec `--model`, par exemple `--model models/phones`, ou comme `speech.model_dir` dans les réglages
hint-wav = donnez un fichier WAV d'échantillons PCM ou flottants, de 64 Mio au plus ; `ffmpeg -i FICHIER out.wav` en fait un d'un autre son
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

## evatel did, itsp
head-by = PAR
head-calls = APPELS
head-calls-a-second = APPELS/S
head-done = ACTION
head-itsp = FSTI
head-until = JUSQU'AU
did-no-address = note : le numéro n'a pas d'adresse d'urgence à lui : les services d'urgence reçoivent celle de son compte (`evatel emergency show`, `evatel did address`)
import-done = { $added } ajoutés, { $same } déjà là, { $refused } refusés
import-more = … et { $count } de plus; `--json` les donne tous
import-progress = { $rows } lignes sur { $of }
import-refused = ligne { $line }, { $field } : { $problem }; { $remedy }
remedy-ask-owner = retirez la ligne, ou faites d'abord libérer le numéro par son propriétaire
remedy-choose-one = donnez le revendeur ou l'utilisateur, pas les deux
remedy-count-fields = donnez autant de champs que l'en-tête
remedy-name-trunk = nommez une ligne de fournisseur dans la rangée, ou avec `--trunk`
remedy-remove-duplicate = gardez une des deux lignes
remedy-save-as-utf8 = enregistrez le fichier en UTF-8
remedy-shorten-line = terminez chaque rangée par un saut de ligne
remedy-split-file = coupez le fichier en deux
remedy-use-listed-id = prenez un identifiant que montre le verbe `list` de ce nom
remedy-write-e164 = écrivez-le comme `+15145550199`; dans un tableur, mettez la colonne en texte
hint-csv-columns = la première ligne nomme les colonnes : number, et au besoin trunk, reseller, user
hint-number-state = `evatel did show` et `evatel did history` disent où en est le numéro
hint-read = vérifiez le nom du fichier, et que vous pouvez le lire
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
quote-sum = { $now } maintenant, { $monthly } par mois; à confirmer avant { $until } : evatel quote confirm { $quote }
hint-offer = `evatel offer list` et `evatel catalog list` montrent ce qui est en vente; `evatel subscription list` ce qui est là
hint-price = un montant s'écrit en chiffres avec un point, comme 12.50; le prix d'une minute est CLASSE=MONTANT, comme international=0.035
hint-stale = redemandez avec les mêmes mots : `evatel quote buy`, `resize` ou `cancel`
