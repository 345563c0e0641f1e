### L'aide de la ligne de commande, en français. L'anglais est celui des types des verbes (`evatel/src/cli`).
###
### Un verbe a sa page : `help-did-import` est celle d'`evatel did import`. Sa valeur est ce qu'il fait, chaque attribut
### dit un de ses arguments, `.argument-valeur` une valeur, `.after-help` ce qui suit ; `$code1`, `$code2` … y sont les
### lignes en retrait du texte anglais. Un argument que la page ne dit pas est dit par `shared`.

## Ce que clap dit lui-même
word-usage = Utilisation :
word-commands = Commandes :
word-arguments = Arguments :
word-options = Options :
word-global = Options communes :
word-default = [défaut : { $value }]
word-values = [valeurs : { $values }]
word-values-told = Valeurs :
word-example = Exemple :
word-examples = Exemples :
word-help = Affiche l'aide, ou celle de la commande nommée
word-help-more = Affiche l'aide (`--help` en dit davantage)
word-help-less = Affiche l'aide (`-h` la résume)

## Arguments refusés
refusal-error = erreur :
refusal-tip = conseil :
refusal-argument = l'argument { $argument } n'existe pas ici
refusal-conflict = l'argument { $argument } ne va pas avec { $others }
refusal-conflict-others = d'autres qui sont donnés
refusal-twice = l'argument { $argument } ne peut être donné qu'une fois
refusal-missing = il manque ce qui est requis :
refusal-no-value = { $argument } veut une valeur, et il n'y en a pas
refusal-no-verb = { $verb } veut une commande après lui, et il n'y en a pas
refusal-number = ce n'est pas un nombre entier
refusal-range = { $value } n'est pas de { $least } à { $most }
refusal-too-many = la valeur { $value } est de trop pour { $argument }
refusal-utf8 = un argument n'est pas écrit en UTF-8
refusal-value = la valeur { $value } ne va pas pour { $argument }
refusal-verb = la commande { $verb } n'existe pas
refusal-similar-argument = il y a un argument semblable : { $similar }
refusal-similar-value = il y a une valeur semblable : { $similar }
refusal-similar-verb = il y a une commande semblable : { $similar }
refusal-as-value = pour donner { $given } comme valeur, écrivez { $written }
refusal-exists = { $verb } existe
refusal-after-dashes = la commande { $verb } existe; enlevez le « -- » devant elle
refusal-help = Pour en savoir plus : { $help }

## Noms des valeurs
value-account = COMPTE
value-address = ADRESSE
value-after = NUMÉRO
value-amount = MONTANT
value-billing = MODE
value-call = APPEL
value-callback = NUMÉRO
value-caller = APPELANT
value-calls = NOMBRE
value-calls-a-second = NOMBRE
value-cause = CAUSE
value-city = VILLE
value-class = CLASSE
value-class-amount = CLASSE=MONTANT
value-classes = CLASSES
value-command = COMMANDE
value-contact = CONTACT
value-count = NOMBRE
value-country = PAYS
value-currency = DEVISE
value-callee = APPELÉ
value-days = JOURS
value-device = APPAREIL
value-did = NUMÉRO
value-domain = DOMAINE
value-entry = ENTRÉE
value-expect = QUESTION
value-extension = POSTE
value-file = FICHIER
value-file-folder = FICHIER|DOSSIER
value-file-toml = FICHIER.toml
value-file-wav = FICHIER.wav
value-file-yaml = FICHIER.yaml
value-filter = FILTRE
value-folder = DOSSIER
value-format = FORMAT
value-hours = HEURES
value-id = ID
value-instant = INSTANT
value-item = ARTICLE
value-items = ARTICLES
value-itsp = FSTI
value-key = CLÉ
value-kind = SORTE
value-language = LANGUE
value-level = NIVEAU
value-limit = NOMBRE
value-lines = LIGNES
value-list = LISTE
value-logo = URL
value-mac = MAC
value-mail = COURRIEL
value-mail-from = COURRIEL
value-max-legs = NOMBRE
value-minutes = MINUTES
value-model = MODÈLE
value-name = NOM
value-names = NOMS
value-name-url-file = NOM|URL|FICHIER
value-digest = EMPREINTE
value-npa = INDICATIF
value-number = NUMÉRO
value-numbers = NUMÉROS
value-operator = UTILISATEUR
value-peer = ADRESSE
value-phrase = PHRASE
value-pin = NIP
value-priority = PRIORITÉ
value-product = PRODUIT
value-province = PROVINCE
value-quantity = NOMBRE
value-quarantine-days = JOURS
value-quote = DEVIS
value-reason = RAISON
value-records-calls = OUI_NON
value-resale = REVENTE
value-reseller = REVENDEUR
value-restriction = RÈGLE
value-rfc3339 = RFC3339
value-roles = RÔLES
value-route = ROUTE
value-scope = PORTÉE
value-seconds = SECONDES
value-shell = SHELL
value-since = INSTANT
value-status = ÉTAT
value-step = ÉTAPE
value-street = RUE
value-string = CHAÎNE
value-subscription = ABONNEMENT
value-switch = ON_OFF
value-text = TEXTE
value-time = HEURE
value-time-zone = HEURE[FUSEAU]
value-trunk = LIGNE
value-until = INSTANT
value-url = URL
value-user = UTILISATEUR
value-weight = POIDS
value-year = ANNÉE
value-zone = FUSEAU

## Arguments qui se disent partout de même
shared =
    .account = Seulement ceux de ce compte
    .config = Fichier de réglages [défaut : $EVATEL_CONFIG, sinon ./evatel.toml s'il est là]
    .csv = En CSV
    .database = Base de données, plutôt que `database.url` des réglages, comme sqlite:///srv/evatel.db ou postgres://evatel@db/evatel
    .dry_run = Vérifie et montre ce qu'il en serait, sans rien changer
    .help = Affiche l'aide
    .item = L'article
    .json = Écrit un seul document JSON sur la sortie standard
    .lang = Langue des textes : fr ou en [défaut : $EVATEL_LANG, sinon celle de l'environnement]
    .limit = Au plus tant
    .log = Ce qui va au journal, comme info ou evatel=debug
    .name = Comment vous l'appelez
    .number = Le numéro
    .reseller = Seulement ceux de ce revendeur et de ses comptes
    .since = Seulement ceux depuis cet instant (RFC 3339)
    .system = Un administrateur du système
    .until = Seulement ceux d'avant cet instant (RFC 3339)
    .user = Seulement ceux de cet utilisateur
    .version = Affiche la version

## evatel
help = Une assistante vocale et ses règles, à côté de votre Asterisk.
    .after-help =
        Premiers pas :
        { $code1 }

        Codes de sortie : 0 c'est fait, 1 échec, 2 ce qui est demandé ne se peut pas.

help-init = Crée la base de données, ses premières données et un fichier de réglages
    .name = Nom du professionnel, comme l'assistante le dit
    .language = Langue de l'assistante : fr ou en
    .reseller = Nom du revendeur par défaut
    .zone = Fuseau horaire du professionnel
    .extension = Poste du professionnel

## evatel reseller
help-reseller = Revendeurs : comment ils facturent, ce que voient leurs clients
help-reseller-add = Ajoute un revendeur
    .name = Son nom commercial
    .address = Rue, ville, province et code postal, sur une ligne
    .billing = Qui facture ses clients : delegated (le système) ou self-billed (lui-même)
    .contact = La personne à qui s'adresser
    .domain = Domaine de son portail
    .logo = Où lire son logo, en HTTPS
    .mail = Courriel où le joindre
    .mail_from = Courriel d'où viennent ceux que reçoivent ses clients
    .number = Numéro où le joindre
    .product = Nom du produit, comme le voient ses clients
help-reseller-close = Ferme un revendeur et tous ses comptes; rien n'est effacé
    .reseller = Le revendeur
help-reseller-list = Liste les revendeurs
help-reseller-set = Change un revendeur
    .reseller = Le revendeur
    .name = Son nom commercial
    .address = Rue, ville, province et code postal, sur une ligne
    .billing = Qui facture ses clients : delegated (le système) ou self-billed (lui-même)
    .contact = La personne à qui s'adresser
    .domain = Domaine de son portail
    .logo = Où lire son logo, en HTTPS
    .mail = Courriel où le joindre
    .mail_from = Courriel d'où viennent ceux que reçoivent ses clients
    .number = Numéro où le joindre
    .product = Nom du produit, comme le voient ses clients
help-reseller-show = Montre un revendeur : où le joindre, ce que voient ses clients
    .reseller = Le revendeur

## evatel account
help-account = Comptes : langue, enregistrement, état
help-account-add = Ouvre un compte, à l'essai
    .name = Nom de l'entreprise ou de la personne
    .kind = company (entreprise) ou professional (professionnel)
    .language = Langue de l'assistante : fr ou en
    .reseller = Qui le vend [défaut : le revendeur qu'a créé init]
    .zone = Son fuseau horaire
help-account-close = Ferme un compte; rien n'est effacé
    .account = Le compte
help-account-list = Liste les comptes
    .reseller = Seulement ceux de ce revendeur
help-account-move = Donne un compte à un autre revendeur, avec ses numéros et ce qu'il paie
    .account = Le compte
    .to = Qui le vend désormais
    .after-help =
        Ce qui s'ensuit est dit : ses numéros et ses transferts le suivent, ce qu'il paie est partagé entre les deux à cet instant, et ce que l'ancien revendeur avait ouvert pour lui est fermé. --dry-run le dit d'avance.

        Exemple :
        { $code1 }
help-account-set = Change un compte
    .account = Le compte [défaut : celui qu'a créé init]
    .language = Langue de l'assistante : fr ou en
    .max_legs = Combien d'appels il peut avoir à la fois, de 0 à 10000
    .name = Son nom
    .records_calls = Enregistre ses appels, après l'avoir dit à chacun : on ou off
    .status = trial, pending, active, suspended ou closed
    .zone = Son fuseau horaire, comme America/Toronto

## evatel user
help-user = Utilisateurs, leurs rôles et leurs NIP
help-user-add = Ajoute un utilisateur à un compte; le premier d'une entreprise en devient l'administrateur
    .name = Nom, comme l'assistante le dit
    .extension = Poste, de 2 à 6 chiffres
    .account = Le compte [défaut : celui qu'a créé init]
help-user-clear-pin = Retire le NIP d'un utilisateur
    .user = L'utilisateur [défaut : celui qu'a créé init]
help-user-import = Prend des utilisateurs d'un fichier CSV, aussi souvent qu'on veut
    .file = Fichier CSV, ou - pour l'entrée standard
    .account = Le compte [défaut : celui qu'a créé init]
    .skip_refused = Prend les bonnes rangées même si d'autres sont refusées
    .after-help =
        La première ligne nomme les colonnes : extension et name, et au besoin language et zone; séparées par des virgules ou des points-virgules. Qui est déjà là, tel quel, y reste : un import interrompu se refait tout simplement. Un poste qu'un autre a est refusé avec sa ligne. Le premier employé d'une entreprise en devient l'administrateur; `evatel user roles` donne les leurs aux autres.

        Exemples :
        { $code1 }
help-user-list = Liste les utilisateurs
help-user-remove = Retire un utilisateur qui n'a ni appareil ni numéro
    .user = L'utilisateur
help-user-roles = Donne ses rôles à un employé
    .user = L'utilisateur
    .roles = administrator, office-manager, receptionist, tech-support, séparés par des virgules; ou none
help-user-set = Change un utilisateur
    .user = L'utilisateur [défaut : celui qu'a créé init]
    .extension = Poste, de 2 à 6 chiffres
    .language = Langue : fr ou en, ou account pour celle de son compte
    .name = Nom, comme l'assistante le dit
    .zone = Où il est, comme Europe/Paris, ou account pour le fuseau de son compte
help-user-set-pin = Fixe le NIP avec lequel un utilisateur se sert de l'assistante depuis tout téléphone
    .user = L'utilisateur [défaut : celui qu'a créé init]
    .pin = Le NIP; d'autres personnes sur cette machine peuvent le voir pendant que la commande s'exécute
    .after-help =
        Exemples :
        { $code1 }

        Sans --pin, le NIP est demandé sur l'entrée standard, où aucune liste de processus ne le montre.

## evatel login, apikey, audit
help-login = Noms et mots de passe
help-login-add = Crée une connexion pour quelqu'un; demande le mot de passe sur l'entrée standard
    .name = Ce qui se tape : de 3 à 128 caractères d'un courriel ou d'un mot
    .reseller = Un administrateur de ce revendeur
    .user = Cet utilisateur
help-login-list = Liste les connexions, et lesquelles sont verrouillées
help-login-remove = Retire une connexion et termine ses sessions
    .name = Le nom de la connexion
help-login-set-password = Change un mot de passe et termine les sessions de la connexion; le demande sur l'entrée standard
    .name = Le nom de la connexion
help-login-unlock = Rouvre une connexion que de mauvais mots de passe ont verrouillée
    .name = Le nom de la connexion
help-apikey = Clés pour des programmes
help-apikey-add = Crée une clé pour un programme, et ne la montre que cette fois
    .name = À quoi elle sert
    .scope = Ce qu'elle permet : *:read, *:write, ou des matières comme "numbers:write call-log:read"
    .days = Combien de jours elle dure, de 1 à 366
    .reseller = Un administrateur de ce revendeur
    .user = Cet utilisateur
help-apikey-list = Liste les clés, sans leurs secrets
help-apikey-revoke = Retire une clé sur-le-champ
    .key = L'identifiant de la clé : ce qui précède le trait de soulignement
help-audit = Ce qui a été fait, et par qui
help-audit-list = Liste ce qui a été fait, du plus récent au plus ancien : qui, au nom de qui, quoi, avant et après, d'où
    .before = Seulement ceux d'avant l'inscription qui a cette clé
    .object = Seulement ceux de l'objet qui a cet identifiant
    .after-help =
        Exemples :
        { $code1 }

        --before donne la page qui suit celle qui finit par cette clé.

## evatel catalog, offer, quote, subscription
help-catalog = Forfaits, options, appareils et frais
help-catalog-add = Ajoute un forfait, une option, des frais, ou ce que coûte un appareil, une personne ou un numéro
    .item = Son identifiant, comme plan-pro
    .kind = plan (forfait), option, device (appareil), seat (personne), number (numéro) ou fee (frais)
    .name = Ce que lisent les clients
    .currency = Code ISO 4217
    .one_off = Payé une fois pour chacun, quand il s'ajoute
    .monthly = Payé chaque mois pour chacun
    .per_minute = Ce que coûte une minute, par classe de numéros; peut se répéter
    .minutes = Minutes du mois qui ne coûtent rien de plus
    .to = Classe de numéros à laquelle valent ces minutes; peut se répéter
    .resale = Ce qu'un revendeur peut demander : at-least-list (au moins ce prix), fixed (ce prix) ou free (le sien)
help-catalog-import = Prend les articles d'un fichier CSV, tous ou aucun
    .file = Le fichier, ou - pour l'entrée standard
    .after-help =
        Exemples :
        { $code1 }

        La première ligne nomme les colonnes : item, kind, name, et au besoin currency, one_off, monthly, per_minute, minutes, to et resale, dans n'importe quel ordre, séparées par des virgules ou des points-virgules. Plusieurs classes sont séparées par |, comme canada=0.01|us48=0.02. Un article qui est déjà là ne change que de prix. Une seule ligne fautive, et rien n'est pris.
help-catalog-list = Liste tout ce qui est en vente, et ce qui ne l'est plus
help-catalog-reprice = Vend désormais un article à un autre prix
    .currency = Code ISO 4217
    .one_off = Payé une fois pour chacun, quand il s'ajoute
    .monthly = Payé chaque mois pour chacun
    .per_minute = Ce que coûte une minute, par classe de numéros; peut se répéter
    .minutes = Minutes du mois qui ne coûtent rien de plus
    .to = Classe de numéros à laquelle valent ces minutes; peut se répéter
help-catalog-retire = Ne vend plus un article; qui l'a le garde
help-offer = Ce que vend un revendeur, et à quel prix
help-offer-assign = Dit quels articles un revendeur peut vendre
    .reseller = À qui
    .all = Tout, et ce qui s'ajoutera plus tard
    .items = Les articles
help-offer-choose = Choisit si un revendeur vend un article, et à quel prix
    .reseller = De qui [défaut : le revendeur qu'a créé init]
    .hide = N'est pas vendu
    .list_price = Est vendu au prix du catalogue
    .currency = Code ISO 4217
    .one_off = Payé une fois pour chacun, quand il s'ajoute
    .monthly = Payé chaque mois pour chacun
    .per_minute = Ce que coûte une minute, par classe de numéros; peut se répéter
    .minutes = Minutes du mois qui ne coûtent rien de plus
    .to = Classe de numéros à laquelle valent ces minutes; peut se répéter
help-offer-list = Montre ce que vend un revendeur, et à quel prix
    .reseller = De qui [défaut : le revendeur qu'a créé init]
help-quote = Ce que coûte un changement, et dire oui
help-quote-buy = Dit ce qu'il en coûte d'acheter
    .quantity = Combien
    .user = Pour qui, si c'est pour un seul utilisateur
    .account = Qui paie [défaut : le compte qu'a créé init]
help-quote-cancel = Dit ce qu'il en est de mettre fin à un abonnement à la fin du mois
    .subscription = L'abonnement
    .account = De qui [défaut : le compte qu'a créé init]
help-quote-confirm = Dit oui à un devis : le facture et ouvre ses abonnements
    .quote = Le devis
    .account = De qui [défaut : le compte qu'a créé init]
help-quote-list = Liste les devis encore à l'heure, et lesquels sont périmés
    .account = De qui [défaut : le compte qu'a créé init]
    .after-help =
        Un devis est périmé si le catalogue, un prix ou ce qu'a le compte n'est plus le même : il ne se confirme plus, et son propre verbe en demande un nouveau.

        Exemples :
        { $code1 }
help-quote-number = Dit ce qu'il en coûte de mettre un numéro en service
    .user = Qui l'assistante cherche
    .receptionist = Le numéro principal du bureau : son horaire dit si cet utilisateur, le téléphoniste, est appelé
    .account = Qui paie [défaut : le compte qu'a créé init]
    .after-help =
        `evatel did list --on-offer` montre les numéros qu'on peut avoir.

        Exemples :
        { $code1 }
help-quote-resize = Dit ce qu'il en coûte d'avoir plus ou moins de quelque chose
    .subscription = L'abonnement
    .quantity = Combien en tout
    .account = De qui [défaut : le compte qu'a créé init]
help-subscription = Ce que les comptes ont acheté
help-subscription-billed = Liste ce qui a été facturé à un compte, ligne par ligne
    .account = Le compte [défaut : celui qu'a créé init]
help-subscription-list = Liste ce qu'un compte a acheté
    .account = Le compte [défaut : celui qu'a créé init]

## evatel itsp, trunk, route
help-itsp = Fournisseurs (FSTI) à qui lignes et numéros sont achetés
help-itsp-add = Ajoute un fournisseur
help-itsp-list = Liste les fournisseurs
help-itsp-line = Dit à qui est une ligne et ce qu'elle peut porter
    .trunk = La ligne
    .itsp = Le fournisseur à l'autre bout
    .calls = Appels à la fois, au plus
    .calls_a_second = Nouveaux appels en une seconde, au plus
    .no_limits = Autant qu'il en vient
help-itsp-lines = Liste à qui est chaque ligne et ce qu'elle peut porter
help-itsp-remove = Retire un fournisseur vers qui aucune ligne ne mène
    .itsp = Le fournisseur
help-itsp-set = Donne un autre nom à un fournisseur
    .itsp = Le fournisseur
help-trunk = Lignes vers des opérateurs
help-trunk-add = Ajoute une ligne vers un opérateur que l'on connaît à son adresse
    .peer = Adresse de l'opérateur, avec son port SIP si ce n'est pas 5060
    .format = Comment l'opérateur écrit les numéros : e164, national10 ou national11
help-trunk-list = Liste les lignes
help-trunk-remove = Retire une ligne que rien n'emploie
    .trunk = La ligne
help-trunk-set = Change une ligne; ce qui la nomme la garde
    .trunk = La ligne
    .peer = Adresse de l'opérateur, avec son port SIP si ce n'est pas 5060
    .format = Comment l'opérateur écrit les numéros : e164, national10 ou national11
    .after-help =
        `evatel provision apply` l'écrit dans la configuration d'Asterisk.

        Exemples :
        { $code1 }
help-route = Quelle ligne prend quels numéros, et dans quel ordre
help-route-add = Envoie des numéros par une ligne; sans route, la première ligne du compte les prend tous
    .numbers = Pour quels numéros
    .trunk = La ligne où elle mène [défaut : la seule]
    .classes = Classes qu'elle porte en plus de celle qu'elle nomme, séparées par des virgules [défaut : toutes, sauf celles qui se facturent à part ou servent aux abus]
    .priority = La plus basse est essayée d'abord
    .weight = Sa part entre routes de mêmes priorité et prix; 0 seulement quand les autres ne sont pas là
    .price = Prix d'une minute, six décimales au plus
    .after-help =
        Numéros : une classe (international), un pays (FR), un code de service (411), ou de premiers chiffres (+33, +33/9-12). Parmi les routes qui prennent un numéro, celle de la plus basse priorité passe d'abord, puis celle du plus bas prix, puis selon le poids; les autres servent de repli.

        Exemples :
        { $code1 }
help-route-list = Liste les routes
help-route-remove = Retire une route
    .route = La route
help-route-set = Change une route
    .route = La route
    .trunk = La ligne où elle mène
    .classes = Classes qu'elle porte en plus de celle qu'elle nomme, séparées par des virgules
    .priority = La plus basse est essayée d'abord
    .weight = Sa part entre routes de mêmes priorité et prix
    .price = Prix d'une minute, ou none

## evatel did, number
help-did = Numéros, de la commande jusqu'au jour où ils partent
help-did-add = Prend un numéro : en service pour un utilisateur, ou dans la réserve
    .trunk = La ligne par où il arrive [défaut : la seule]
    .user = Qui l'assistante cherche [défaut : l'utilisateur qu'a créé init]
    .receptionist = Le numéro principal du bureau : son horaire dit si l'utilisateur, son téléphoniste, est appelé
    .pool = Dans la réserve du revendeur
    .ordered = Commandé au fournisseur, pas encore là
    .port_in = Transféré d'un autre opérateur
    .reseller = Dans la réserve de qui [défaut : celle du compte de l'utilisateur]
help-did-address = Fixe ou efface l'adresse que les services d'urgence reçoivent pour un numéro
    .street = Numéro et rue, avec l'appartement
    .city = Ville
    .province = Province ou territoire, en deux lettres : AB BC MB NB NL NS NT NU ON PE QC SK YT
    .clear = N'a plus d'adresse à lui : celle du compte est donnée, s'il en a une
help-did-assign = Donne à un utilisateur un numéro, libre ou réservé
    .user = Qui l'assistante cherche
    .receptionist = Le numéro principal du bureau : son horaire dit si cet utilisateur, le téléphoniste, est appelé
help-did-history = Montre ce qui a été fait d'un numéro, et par qui
help-did-import = Prend des numéros d'un fichier CSV, aussi souvent qu'on veut
    .file = Fichier CSV, ou - pour l'entrée standard
    .trunk = La ligne des rangées qui n'en nomment pas [défaut : la seule]
    .reseller = Dans la réserve de qui [défaut : celle du revendeur qu'a créé init]
    .skip_refused = Prend les bonnes rangées même si d'autres sont refusées
    .after-help =
        La première ligne nomme les colonnes : number, et au besoin trunk, reseller et user; séparées par des virgules ou des points-virgules. Un numéro sans utilisateur va dans la réserve. Ce qui est déjà là, tel quel, y reste : un import interrompu se refait tout simplement. Un numéro qu'un autre a est refusé avec sa ligne, jamais déplacé.

        Exemples :
        { $code1 }
help-did-list = Liste les numéros
    .reseller = Seulement ceux de ce revendeur et de ses clients
    .status = Seulement ceux dans cet état
    .on_offer = Ceux qu'un compte peut commander [défaut : le compte qu'a créé init]
    .after = Seulement ceux d'après celui-ci : pour reprendre où une liste finit
help-did-move = Fait arriver un numéro par une autre ligne
    .trunk = La ligne par où il arrive désormais
    .after-help =
        `evatel provision apply` l'écrit dans la configuration d'Asterisk.

        Exemple :
        { $code1 }
help-did-port = Transfère un numéro d'un opérateur à l'autre, ou suit sa commande
    .step = Ce qui est arrivé
    .step-arrived = Le fournisseur a livré le numéro commandé
    .reason = Pourquoi l'autre opérateur refuse ; avec `in-rejected`
    .step-in-again = Un transfert refusé est demandé de nouveau
    .step-in-done = Il est venu de l'autre opérateur
    .step-in-rejected = L'autre opérateur refuse de le laisser partir
    .step-order = Il est commandé de nouveau
    .step-out = Il doit aller chez un autre opérateur
    .step-out-abandoned = Le transfert vers l'autre opérateur n'a pas eu lieu
    .step-out-done = Il est parti chez l'autre opérateur
    .step-return = Il est rendu au fournisseur, de la réserve ou pendant qu'il repose
    .reseller = Pour la réserve de qui il est commandé de nouveau [défaut : celle du revendeur qu'a créé init]
help-did-release = Libère un numéro : il repose, puis retourne dans la réserve de son revendeur
    .quarantine_days = Combien de jours il repose
help-did-remove = Retire un numéro de l'inventaire, son historique y reste : annule sa commande ou son transfert, ou le rend
help-did-reserve = Garde un numéro pour un compte, ou pour le revendeur lui-même
    .account = Pour qui [défaut : pour tout client du revendeur]
    .days = Pour combien de jours
help-did-restore = Rend un numéro qui repose à qui l'avait
    .user = Qui l'assistante cherche
    .receptionist = Le numéro principal du bureau : son horaire dit si cet utilisateur, le téléphoniste, est appelé
help-did-resume = Remet en service un numéro suspendu
help-did-retarget = Fait répondre au numéro un autre utilisateur du même compte
    .user = Qui l'assistante cherche
    .receptionist = Le numéro principal du bureau : son horaire dit si cet utilisateur, le téléphoniste, est appelé
help-did-show = Montre un numéro
help-did-suspend = Retire un numéro du service pour un temps
help-did-unreserve = Met fin à une réservation
help-number = Ce qu'est une chaîne comme numéro
help-number-explain = Dit ce qu'est une chaîne comme numéro : sa classe, sa forme E.164, ou pourquoi elle est refusée
    .string = Ce que quelqu'un a composé; `-` en lit une par ligne et répond à chacune par un objet JSON
    .area = L'indicatif régional qui complète sept chiffres

## evatel device, contact
help-device = Téléphones
help-device-add = Ajoute un téléphone et ne montre son secret que cette fois
    .user = À qui il est [défaut : l'utilisateur qu'a créé init]
    .model = Comment son fabricant l'appelle
    .mac = L'adresse MAC de son étiquette; un téléphone n'est qu'un appareil à la fois
help-device-list = Liste les téléphones
help-device-remove = Retire un téléphone
    .device = Le téléphone
help-device-secret = Donne un autre secret à un téléphone et ne le montre que cette fois
    .device = Le téléphone
    .after-help =
        Le secret d'avant n'ouvre plus rien une fois que `evatel provision apply` l'a dit à Asterisk.

        Exemple :
        { $code1 }
help-device-set = Change un téléphone, ou à qui il est
    .device = Le téléphone
    .user = À qui il est, un autre utilisateur du même compte
    .model = Comment son fabricant l'appelle, ou none
    .mac = L'adresse MAC de son étiquette, ou none
    .after-help =
        Un téléphone qui passe à un autre compte est d'abord lâché par le premier : `--mac none`, ou `evatel device remove`.

        Exemples :
        { $code1 }
help-contact = Personnes qu'un utilisateur appelle par leur nom
help-contact-add = Ajoute une personne qu'un utilisateur appelle par son nom
    .name = Nom, comme il s'écrit
    .number = Numéro
    .pronunciation = Le nom tel qu'il s'écrirait s'il s'écrivait comme il se dit
    .nickname = Un autre nom par lequel la demander; peut se répéter
    .also = Un autre numéro d'où elle peut appeler; peut se répéter
    .user = De qui elle devient le contact [défaut : l'utilisateur qu'a créé init]
    .shared = Partagé par tous les utilisateurs du compte de celui-ci
help-contact-list = Liste les contacts d'un compte et de ses utilisateurs
    .account = De qui [défaut : le compte qu'a créé init]
help-contact-set = Change un contact; il reste à qui il est
    .contact = Le contact
    .name = Nom, comme il s'écrit
    .number = Numéro
    .pronunciation = Le nom tel qu'il s'écrirait s'il s'écrivait comme il se dit, ou none
    .nickname = Un autre nom par lequel la demander; peut se répéter
    .no_nicknames = Par aucun autre nom
    .also = Un autre numéro d'où elle peut appeler; peut se répéter
    .no_others = D'aucun autre numéro
    .after-help =
        Surnoms et autres numéros prennent la place de ceux d'avant.

        Exemples :
        { $code1 }
help-contact-remove = Retire un contact
    .contact = Le contact
help-contact-import = Prend les contacts d'un fichier, tous ou aucun
    .file = Le fichier
    .format = Ce que c'est [défaut : selon son nom, .vcf ou .csv]
    .format-csv = name,pronunciation,nicknames,number,other_numbers
    .format-vcard = vCard 2.1 à 4.0
    .user = De qui ils deviennent les contacts [défaut : l'utilisateur qu'a créé init]
    .shared = Partagés par tous les utilisateurs du compte de celui-ci
    .after-help =
        Exemples :
        { $code1 }

        Un fichier CSV commence par les noms de ses colonnes : name, number, et au besoin pronunciation, nicknames, other_numbers (plusieurs, séparés par |). Une seule ligne fautive, et rien n'est pris; ce qui est déjà là reste tel quel.
help-contact-export = Écrit les contacts dans un fichier que reprend `import`
    .format = Ce qui s'écrit
    .format-csv = name,pronunciation,nicknames,number,other_numbers
    .format-vcard = vCard 2.1 à 4.0
    .user = De qui sont les contacts [défaut : l'utilisateur qu'a créé init]
    .shared = Partagés par tous les utilisateurs du compte de celui-ci

## evatel restriction, limit
help-restriction = Règles sur qui peut appeler quoi
help-restriction-add = Ajoute une règle; ce que quelqu'un ferme, seul lui et ceux au-dessus de lui le rouvrent
    .deny = Ferme ces numéros
    .require_pin = Demande le NIP de l'utilisateur
    .allow = Une exception; ouvre une classe fermée par défaut si c'est le système ou le revendeur qui la fixe
    .account = Pour un compte [défaut : celui qu'a créé init]
    .device = Pour ce qui se compose sur un appareil
    .reseller = Pour les comptes d'un revendeur
    .system = Pour tous
    .user = Pour un utilisateur
    .set_by = Qui la fixe, si c'est quelqu'un au-dessus : system, reseller, account ou user [défaut : celui pour qui elle vaut]
    .hours = Quand elle vaut, comme "mon-fri 18:00-08:00" [défaut : toujours]
    .zone = Le fuseau de ses heures, comme America/Toronto
    .trunk = La seule ligne pour ses numéros; avec --set-by system ou reseller
    .after-help =
        Numéros : une classe (alaska-hawaii, canada, high-risk, international, nanp-international, personal, premium, satellite, service-code, special, toll-free, unknown, us48, us-territory), un pays (FR), un code de service (411), ou de premiers chiffres (+33), de certaines longueurs seulement (+33/11, +33/9-12).

        Exemples :
        { $code1 }
help-restriction-explain = Dit ce qu'il adviendrait d'un appel, et par quelle règle
    .string = Ce qu'il compose; `-` en lit une par ligne et répond à chacune par un objet JSON
    .user = Qui compose [défaut : l'utilisateur qu'a créé init]
    .device = Sur quel appareil [défaut : son premier]
    .pin = Il a tapé son NIP
    .cause = D'où vient l'appel, comme dial, forward ou transfer-blind
    .at = Quand [défaut : maintenant]
help-restriction-list = Liste les règles
help-restriction-remove = Retire une règle
    .restriction = La règle
help-restriction-set = Change une règle; pour qui elle vaut et qui l'a fixée restent
    .restriction = La règle
    .deny = Ferme ces numéros
    .require_pin = Demande le NIP de l'utilisateur
    .allow = Une exception; ouvre une classe fermée par défaut si c'est le système ou le revendeur qui la fixe
    .hours = Quand elle vaut, comme "mon-fri 18:00-08:00"
    .zone = Le fuseau de ses heures, comme America/Toronto
    .always = Elle vaut à toute heure
    .trunk = La seule ligne pour ses numéros, ou none; là où le système ou le revendeur l'a fixée
help-limit = Ce que les appels payants de chacun peuvent coûter
help-limit-approve = Laisse un compte appeler un pays, là où ses limites demandent une approbation
    .country = Le pays, comme FR
    .account = Le compte [défaut : celui qu'a créé init]
help-limit-countries = Liste les pays approuvés pour un compte
    .account = Le compte [défaut : celui qu'a créé init]
help-limit-remove = Retire les limites de quelqu'un; celles d'au-dessus de lui valent encore
    .account = D'un compte [défaut, sauf pour show : celui qu'a créé init]
    .reseller = D'un revendeur : tous ses comptes ensemble
    .system = De tous les appels ensemble
    .user = D'un utilisateur
help-limit-set = Limite les appels payants de quelqu'un
    .account = D'un compte [défaut, sauf pour show : celui qu'a créé init]
    .reseller = D'un revendeur : tous ses comptes ensemble
    .system = De tous les appels ensemble
    .user = D'un utilisateur
    .toll_legs = Appels payants à la fois, au plus
    .legs_a_minute = Nouveaux appels payants en une minute, au plus
    .spend_a_day = Ce que les appels payants peuvent coûter en un jour (UTC), aux prix des routes
    .max_length = Durée d'un appel en secondes, au plus
    .approves_countries = Un pays demande une approbation avant d'être appelé : on ou off
    .joins_outside = Quelqu'un du dehors peut être relié à un autre du dehors : on, off ou none
    .after-help =
        Ce qui n'est pas nommé reste tel quel; `none` lève une limite. De toutes les limites au-dessus d'un appel, la plus serrée vaut.

        Exemples :
        { $code1 }
help-limit-show = Montre les limites de quelqu'un et de tous ceux au-dessous de lui
    .account = D'un compte [défaut, sauf pour show : celui qu'a créé init]
    .reseller = D'un revendeur : tous ses comptes ensemble
    .system = De tous les appels ensemble
    .user = D'un utilisateur
help-limit-withdraw = Reprend l'approbation d'un pays
    .country = Le pays, comme FR
    .account = Le compte [défaut : celui qu'a créé init]

## evatel presence, office, screening, evaluate
help-presence = Quel statut a un utilisateur et quand, et qui sonne alors
help-presence-set = Fixe les statuts d'un utilisateur, quand chacun vaut, et ce qu'il advient alors de ses appelants
    .file = Les règles, un document JSON
    .user = De qui [défaut : l'utilisateur qu'a créé init]
    .after-help =
        Exemple :
        { $code1 }

        Le fichier, avec un horaire comme le montre `evatel schedule explain --help` :
        { $code2 }
        Appelants : everybody, vip, contacts, contact:CONTACT, anonymous, +15145550142, +1900*

        Statuts : unavailable working in-meeting out-of-office vacation business-trip after-hours weekends, ou le sien avec des règles
help-presence-show = Montre ce qui a été fixé, comme le fichier que prend `set`
    .user = De qui [défaut : l'utilisateur qu'a créé init]
help-presence-status = Fixe à la main le statut de l'utilisateur, ou y renonce avec `auto`
    .status = Un statut, ou `auto` pour ce que dit l'horaire
    .until = Jusqu'à quand : une heure dans le fuseau de l'horaire, une date et heure locales ou un instant
    .user = De qui [défaut : l'utilisateur qu'a créé init]
help-presence-remove = Retire les règles : le téléphone de l'utilisateur sonne chaque fois qu'on l'appelle
    .user = De qui [défaut : l'utilisateur qu'a créé init]
help-office = Quand le bureau est ouvert
help-office-set = Fixe quand le bureau est ouvert, et ce qu'il advient de qui appelle son numéro principal
    .file = L'horaire, un document JSON
    .operator = Qui répond de ses renvois; l'horaire est celui de son compte [défaut : l'utilisateur qu'a créé init]
    .after-help =
        Exemple :
        { $code1 }

        Le fichier, avec un horaire comme le montre `evatel schedule explain --help` :
        { $code2 }
help-office-show = Montre ce qui a été fixé, comme le fichier que prend `set`
    .account = De qui [défaut : le compte qu'a créé init]
help-office-status = Ouvre ou ferme le bureau à la main, ou y renonce avec `auto`
    .status = `open` (ouvert), `closed` (fermé), ou `auto` pour ce que dit l'horaire
    .until = Jusqu'à quand : une heure à l'horloge du bureau, une date et heure locales ou un instant
    .account = De qui [défaut : le compte qu'a créé init]
help-office-remove = Retire l'horaire : le téléphoniste est appelé chaque fois qu'on appelle le numéro principal
    .account = De qui [défaut : le compte qu'a créé init]
help-screening = Appelants bloqués, toujours admis, ou importants
help-screening-add = Bloque des appelants, les admet toujours, ou les rend importants
    .list = La liste : allow (toujours admis), block (bloqués) ou vip (importants)
    .caller = Quels appelants : un numéro, de premiers chiffres comme `+1900*`, ou `anonymous`
    .user = Pour les appels de cet utilisateur [défaut : celui qu'a créé init]
    .account = Pour les appels de ce compte
    .system = Pour tous les appels
help-screening-list = Liste les entrées d'un compte et de ses utilisateurs
    .account = De qui [défaut : le compte qu'a créé init]
    .system = Celles qui valent pour tous les appels
help-screening-remove = Retire une entrée
    .entry = L'entrée
help-evaluate = Qui un appel ferait sonner à un instant donné, et par quelle règle
    .lines = `-` lit un numéro par ligne, ou un objet JSON avec `did`, `caller` et `at`, et répond à chacun par un objet JSON
    .did = Le numéro appelé
    .caller = Qui appelle : un numéro, ou `anonymous`
    .at = L'instant (RFC 3339) [défaut : maintenant]

## evatel schedule, holiday, emergency
help-schedule = Ce que dit un horaire
help-schedule-explain = Dit ce que valent les règles d'un horaire à un instant, et laquelle décide
    .file = L'horaire, un document JSON
    .at = L'instant (RFC 3339); `-` en lit un par ligne et répond à chacun par un objet JSON [défaut : maintenant]
    .after-help =
        Exemples :
        { $code1 }

        Le fichier :
        { $code2 }
help-holiday = Jours fériés
help-holiday-list = Liste les jours fériés d'une province ou d'un territoire
    .province = Deux lettres : ab bc mb nb nl ns nt nu on pe qc sk yt
    .year = De quelle année
help-emergency = Où vont les appels d'urgence et quel lieu ils disent
help-emergency-remove = Oublie le lieu d'urgence d'un compte
    .account = Le compte [défaut : celui qu'a créé init]
    .after-help =
        Les appels d'urgence sortent alors par la première ligne du compte et ne disent aucune adresse.

        Exemple :
        { $code1 }
help-emergency-set = Fixe l'adresse de voirie d'un compte, son numéro de rappel et la ligne de ses appels d'urgence
    .street = Numéro et rue, avec l'appartement
    .city = Ville
    .province = Province ou territoire, en deux lettres : AB BC MB NB NL NS NT NU ON PE QC SK YT
    .callback = Un des numéros du compte, que rappelle le téléphoniste d'urgence
    .trunk = La ligne qui joint le centre d'urgence [défaut : la seule]
    .account = Le compte [défaut : celui qu'a créé init]
help-emergency-show = Montre les lieux d'urgence

## evatel agent
help-agent = L'assistante vocale, essayée à l'oreille sans Asterisk
help-agent-grammar = Vérifie des phrases qui s'ajoutent à ce qui peut se dire, et dit lesquelles se ressemblent à l'oreille
    .files = Des fichiers de phrases qui s'ajoutent aux nôtres
    .skills = Des services dont les phrases sont aussi examinées [défaut : `skills.file` des réglages]
    .model = Le modèle de reconnaissance, dont les phones sont comparés [défaut : `speech.model_dir` des réglages]
    .after-help =
        Exemples :
        { $code1 }

        Un fichier a une table par langue et une liste de phrases par intention :
        { $code2 }

        `speech.grammar` des réglages nomme le fichier qu'emploient les appels. Sans fichier, c'est lui qui est regardé, ou nos phrases seules. Le code de sortie est 1 là où deux phrases sont si proches qu'aucune ne serait comprise.
help-agent-hear = Dit ce que l'assistante entend dans des fichiers de son, comme dans un appel
    .files = Fichiers WAV de toute fréquence; les canaux sont mélangés
    .expect = Ce que l'assistante a demandé
    .expect-accept-refuse = Prendre ou non un appel annoncé
    .expect-after-failure = Un message, un autre essai, ou la fin
    .expect-amount = Un montant d'argent
    .expect-choice = Une des options que donne `--option`
    .expect-command = Un ordre à l'assistante
    .expect-date = Un jour
    .expect-digits = Des chiffres
    .expect-duration = Une durée
    .expect-moment = Un jour et une heure
    .expect-name = Un nom dit librement
    .expect-number = Un numéro de téléphone
    .expect-time = Une heure du jour
    .expect-yes-no = Oui ou non
    .options = Ce qui peut être choisi : une phrase, ou plusieurs séparées par |, dont la première la nomme; peut se répéter
    .at = Quand c'était, avec son fuseau : ce que vaut « demain » [défaut : maintenant, ici]
    .contacts = Quelqu'un qui peut être nommé; peut se répéter
    .user = De qui les contacts de la base de données peuvent aussi être nommés
    .skills = Ce qui peut être commandé en dehors des appels [défaut : `skills.file` des réglages]
    .model = Le modèle de reconnaissance [défaut : `speech.model_dir` des réglages; sans modèle, seules les touches sont comprises]
    .words = Un modèle qui entend des mots, dont le son est comparé par les phones de l'autre [défaut : `speech.words` des réglages]
    .vad = Un modèle qui trouve la parole, celui de silero [défaut : `speech.vad` des réglages ; sans lui, un petit réseau intégré le fait]
    .partials = Montre aussi ce qui était entendu pendant que c'était dit : ce qui reste et ce qui pouvait encore changer
    .answered = Dit aussi qui a répondu, si le fichier commence par une réponse : une personne, une machine, un télécopieur, une tonalité
    .after-help =
        Exemples :
        { $code1 }

        Les réponses aux questions d'un dialogue sont comprises comme dans un appel : ce qui peut vouloir dire deux choses est les deux, et un dialogue demanderait. Ce qui est entendu dépend du modèle : le nôtre (models/phones) n'a appris que de voix de synthèse. Les noms sont comparés comme les disent le français et l'anglais, quelle que soit la langue.
help-agent-parse = Dit quels dates, heures, numéros et réponses sont dans un texte, comme dans ce que dit un appelant
    .text = Ce qui a été dit; `-` lit une phrase par ligne et répond à chacune par un objet JSON
    .at = Quand c'était, avec son fuseau [défaut : maintenant, ici]
    .model = Le modèle de reconnaissance, pour comparer ce qui a été dit à ce qui peut se dire à l'assistante
    .grammar = Un fichier de phrases qui s'ajoutent à ce qui peut se dire [défaut : `speech.grammar` des réglages]
    .after-help =
        Exemples :
        { $code1 }

        Avec --model, le son en est aussi comparé à ce qui peut se dire à l'assistante. Ce qui peut vouloir dire deux choses est les deux : un dialogue demanderait.
help-agent-say = Dit un texte dans un fichier de son, comme le dirait l'assistante
    .text = Ce qu'il faut dire; `-` le lit sur l'entrée standard
    .voice = Une voix que `model install` a apportée [défaut : celle de `speech.voices` pour la langue, sinon espeak-ng]
    .ssml = Le texte porte des marques de diction (SSML) : pauses, débit, dates, chiffres
    .output = Le fichier : 8 kHz, mono, 16 bits; celui qui y est déjà est remplacé
help-agent-talk = Tient un appel avec l'assistante sans Asterisk : des lignes tapées ou un fichier de son
    .caller = Qui appelle : le propriétaire de son téléphone, ou quelqu'un du dehors
    .caller-owner = L'utilisateur, de son téléphone
    .caller-stranger = Quelqu'un du dehors
    .user = De qui est l'assistante [défaut : l'utilisateur qu'a créé init]
    .did = Le numéro qu'appelle quelqu'un du dehors [défaut : le premier de l'utilisateur]
    .dialogue = Un dialogue qui répond à quelqu'un du dehors, à la place de l'assistante
    .skills = Ce qui peut être commandé à l'assistante en dehors des appels [défaut : `skills.file` des réglages]
    .callee = Ce que fait celui qui est appelé
    .callee-answers = Répond, et prend un appel annoncé
    .callee-busy = Est au téléphone
    .callee-no-answer = Laisse sonner
    .callee-refuses = Répond, et ne prend pas un appel annoncé
    .sound = Ce que dit l'appelant, en un fichier de son plutôt qu'en lignes tapées
    .output = Garde le son de l'appel : l'appelant à gauche, l'assistante à droite
    .model = Le modèle de reconnaissance [défaut : `speech.model_dir` des réglages; sans modèle, seules les touches sont comprises]
    .words = Un modèle qui entend des mots, dont le son est comparé par les phones de l'autre [défaut : `speech.words` des réglages]
    .vad = Un modèle qui trouve la parole, celui de silero [défaut : `speech.vad` des réglages ; sans lui, un petit réseau intégré le fait]
    .after-help =
        Chaque ligne tapée est dite par la voix de l'ordinateur dès que l'assistante se tait; une ligne de chiffres, de * et de # est tapée au clavier du téléphone. La fin de l'entrée (Ctrl-D) raccroche. Rien n'est écrit dans la base de données, et aucun NIP n'est le bon. Les serveurs de `[brain]` sont interrogés comme dans un appel, et ce que font les services est envoyé à `skills.url` aussi.

        Exemples :
        { $code1 }
help-agent-test = Joue contre l'assistante des conversations tirées de fichiers, et vérifie ce qui s'entend et quand
    .paths = Fichiers de scénarios, ou leurs dossiers (*.yaml, aussi dans les dossiers au-dessous)
    .real = Parle et entend avec la vraie voix et la vraie reconnaissance, en temps réel
    .asterisk = Les joue à travers un vrai Asterisk et le démon, avec `evatel-scenarios`
    .only = Ne joue que ceux dont le fichier ou le titre contient ceci
    .story = Raconte tout ce qui s'est passé, pas seulement ce qui a échoué
    .model = Le modèle de reconnaissance, dont les deux oreilles emploient les phones [défaut : `speech.model_dir` des réglages]
    .after-help =
        Exemples :
        { $code1 }

        Par défaut, l'oreille entend chaque ligne comme elle est écrite et l'horloge est virtuelle : une minute prend des millisecondes. Avec --real, les lignes sont dites par espeak-ng et entendues par la reconnaissance, en temps réel. Avec --asterisk, des appelants SIP les disent à travers un Asterisk propre à l'essai et le démon : par le programme evatel-scenarios d'un dépôt bâti, à côté de celui-ci ou dans le PATH; là, `cargo xtask scenarios` prépare ce qu'il lui faut. docs/scenarios.md dit ce que contient un fichier.

## evatel model
help-model = Modèles de parole : lesquels il y a, les installer, les vérifier et les retirer
help-model-check = Compare les modèles installés à ce qui a été installé, et essaie chacun dans un processus à part
    .names = Lesquels [défaut : tous ceux qui sont installés]
    .after-help =
        Exemples :
        { $code1 }

        Chaque fichier est comparé à son empreinte, puis le modèle est chargé dans un processus à part, où il entend ou dit quelque chose : un modèle qui met fin à son processus ne met fin à rien d'autre. Code de sortie 1 si l'un n'est pas tel qu'il a été installé ou est refusé.
help-model-install = Installe un modèle du catalogue, d'une URL ou d'une archive sur cette machine
    .what = Un nom que donne `evatel model list`, une URL, ou un fichier .tar.gz, .tar.bz2 ou .onnx
    .name = Comment le modèle s'appelle ici [défaut : le nom de l'archive]
    .sha256 = L'empreinte que l'archive doit avoir, comme l'écrit `sha256sum`
    .accept_unknown_digest = Prend l'archive quelle que soit son empreinte, si aucune n'est connue
    .after-help =
        Exemples :
        { $code1 }

        Si rien ne dit quel SHA-256 l'archive doit avoir, le sien est affiché et rien n'est installé; ce qui est téléchargé est gardé pour le prochain essai. Une URL est en https à une adresse publique, ou à ce que nomme `egress.allow` des réglages; si elle ne peut être jointe, installez d'un fichier.
help-model-list = Liste les modèles connus et ceux qui sont installés
    .installed = Seulement ce qui est installé
    .after-help =
        Exemples :
        { $code1 }

        Un modèle de la forme `phones` entend pour l'assistante (`speech.model_dir`), un de la forme `transducer` entend des mots (`speech.words`), un de la forme `vad` trouve la parole (`speech.vad`), et un de la forme `voice` parle (`speech.voices`).
help-model-remove = Retire un modèle installé
    .name = Lequel
    .after-help =
        Exemple :
        { $code1 }

        Un modèle que nomme `[speech]` dans les réglages n'est pas retiré.

## evatel call
help-call = Le journal des appels
help-call-export = Écrit le journal des appels, du plus ancien au plus récent, en CSV ou en un objet JSON par ligne
    .enter = Entre d'abord dans le compte de --account, et l'audit le dit
    .format = csv ou jsonl
    .format-csv = Valeurs séparées par des virgules (RFC 4180)
    .format-jsonl = Un objet JSON par ligne
    .after-help =
        Exemples :
        { $code1 }

        Avec --enter, comme administrateur du compte : les enregistrements aussi. Une cellule qu'un tableur prendrait pour une formule est écrite avec une apostrophe devant. Les appels au 988 ne sont jamais écrits.
help-call-list = Liste les appels du journal, du plus récent au plus ancien
    .open = Seulement ceux qui ne sont pas finis
    .refused = Seulement ceux qui ont été refusés
help-call-show = Raconte un appel : ses parties et ce qui a été dit
    .call = L'appel
    .enter = Entre d'abord dans le compte de l'appel, et l'audit le dit
    .after-help =
        Exemples :
        { $code1 }

        Avec --enter, comme administrateur du compte : ce qui a été dit et enregistré aussi.
help-call-transcript = Montre ce qui a été gardé d'un appel : ce qui a été dit et compris, à la milliseconde, avec les scores, et son enregistrement
    .call = L'appel
    .enter = Entre d'abord dans le compte de l'appel, et l'audit le dit
    .events = Ce qui s'est passé, aussi : tours de parole, messages, touches, étapes
    .after-help =
        Exemples :
        { $code1 }

        Sur la machine du démon, d'après `keeping.dir`. Les temps sont ceux du son de la partie : les mêmes que dans son fichier WAV s'il est enregistré depuis le début. Qui ne peut pas lire ce qui a été dit a besoin de --enter : comme administrateur du compte.

## evatel config, db, secret, provision, doctor, serve, completion
help-config = Montre les réglages en vigueur, sans les secrets
help-db = La base de données elle-même : son schéma, sa santé, et tout son contenu à sortir ou à entrer
help-db-backup = Écrit tout dans un nouveau fichier que vous seul pouvez lire, et le relit
    .file = Le fichier à créer; celui qui est déjà là n'est jamais écrasé
    .after-help =
        Exemples :
        { $code1 }

        Les secrets y sont chiffrés; gardez la clé ailleurs. Les enregistrements et les messages sont des fichiers à part.
help-db-check = Examine toute la base de données; le code de sortie est 1 si quelque chose ne va pas
help-db-export = Écrit tout en lignes de JSON, les mêmes pour SQLite et PostgreSQL
    .file = Le fichier à créer, ou - pour la sortie standard
help-db-import = Crée la base de données à partir d'un export, en entier ou pas du tout
    .file = Le fichier à lire, ou - pour l'entrée standard
    .after-help =
        Exemples :
        { $code1 }

        La base de données ne doit pas encore exister, ou être vide sur un serveur PostgreSQL. Ce qu'une version plus ancienne a écrit est mis au schéma de celle-ci.
help-db-migrate = Met le schéma à cette version
help-db-restore = Crée la base de données à partir d'une sauvegarde, en entier ou pas du tout
    .file = Le fichier à lire, ou - pour l'entrée standard
    .after-help =
        Exemples :
        { $code1 }

        La base de données ne doit pas encore exister, ou être vide sur un serveur PostgreSQL. Ce qu'une version plus ancienne a écrit est mis au schéma de celle-ci.
help-secret = La clé qui scelle les secrets de la base de données
help-secret-rotate = Crée une nouvelle clé, scelle de nouveau avec elle tous les secrets, et oublie l'ancienne
    .after-help =
        Exemples :
        { $code1 }

        La clé est dans `database.key_file`, sinon dans l'accréditation systemd `evatel.key`, sinon à côté du fichier SQLite. Gardez-en une copie à part de vos sauvegardes : l'une ne sert à rien sans l'autre.
help-provision = La configuration d'Asterisk, tirée de ces données
help-provision-apply = Écrit dans le dossier d'Asterisk ce qui a changé, et le fait relire à Asterisk s'il tourne
    .no_reload = N'avertit pas Asterisk
help-provision-plan = Montre ce que changerait apply, sans les secrets
help-provision-render = Écrit les fichiers à l'écran, ou dans un dossier de votre choix; ils contiennent des secrets
    .out = Dossier où écrire; doit être vide ou ne pas exister
help-doctor = Vérifie tout ce qu'il faut à un appel et dit que faire de chaque constat
help-serve = Fait tourner le service qui répond aux appels
help-completion = Écrit de quoi compléter ces mots dans un shell
    .shell = Quel shell
