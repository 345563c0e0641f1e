#
## evatel-core/src/country.rs
invalid-country = « { $value } » n'est pas un pays : deux lettres majuscules d'ISO 3166-1, comme `FR`

## evatel-core/src/egress.rs
invalid-listed = « { $text } » n'est ni une adresse, ni une adresse avec un port, ni un réseau ; écrivez par exemple `10.1.2.0/24`, `127.0.0.1:11434` ou `[::1]:8080`
refused-address = « { $address } » est { $what } ; si c'est voulu, l'exploitant l'inscrit dans `egress.allow`
refused-credentials = l'URL contient un utilisateur ou un mot de passe : donnez la clé à part
refused-fragment = l'URL a un fragment (`#…`), qu'aucun serveur ne verrait : enlevez-le
refused-not-a-url = ce n'est pas une URL ({ $reason }) ; écrivez par exemple `https://api.example/v1`
refused-no-address = le nom « { $host } » n'a pas d'adresse
refused-plain = http en clair vers « { $address } » : employez https ; seules les adresses inscrites par l'exploitant dans `egress.allow` admettent http
refused-scheme = « { $scheme } » n'est pas une voie permise : seul https l'est, et http si l'exploitant a inscrit l'adresse
refused-too-long = l'URL dépasse { $most } octets

## evatel-core/src/id.rs
invalid-id = « { $given } » n'est pas { $kind } : un identifiant a de 1 à { $max-id-len } caractères parmi a-z, A-Z, 0-9, `-`, `_`, `.`

## evatel-core/src/login.rs
invalid-login-name = « { $given } » n'est pas un nom de connexion : de 3 à 128 caractères parmi a-z, 0-9, `.`, `-`, `_`, `+`, `@`, le premier étant une lettre ou un chiffre
invalid-password-control-character = un mot de passe n'a pas de caractère de commande
invalid-password-guessable = un mot de passe ne doit ni répéter un même motif ni contenir le nom de connexion
invalid-password-too-long = un mot de passe a au plus { $max-password-bytes } octets
invalid-password-too-short = un mot de passe a au moins { $min-password-chars } caractères ; une phrase se retient mieux qu'un mot

## evatel-core/src/money.rs
money-error-currencies = { $one } et { $other } sont deux monnaies : faites un devis et une facture pour chacune
money-error-overflow = le montant est trop grand pour être gardé : baissez le prix ou la quantité

## evatel-core/src/name.rs
invalid-name-control-character = un nom doit tenir sur une ligne : caractère de commande en position { $position }
invalid-name-empty = un nom ne peut pas être vide
invalid-name-too-long = un nom a au plus { $max-name-chars } caractères, celui-ci en a { $chars }

## evatel-core/src/number.rs
invalid-number-character = « { $given } » n'est pas un numéro : caractère « { $character } » en position { $position }
invalid-number-length = « { $given } » a { $digits } chiffres ; { $expected }
invalid-number-north-american = « { $given } » n'est pas un numéro nord-américain : l'indicatif et le central commencent par 2 à 9
invalid-number-over-dialled = « { $given } » a { $digits } chiffres ; un numéro qui commence ainsi en a au plus { $most } avec l'indicatif du pays
invalid-number-not-e164 = « { $given } » n'est pas en E.164 : écrivez-le comme `+15145550199`
invalid-extension = « { $value } » n'est pas un poste : de 2 à 6 chiffres, sans 0 au début, et ni le début ni la suite de 911, 112, 933, 988 ou d'un code N11, avec ou sans 9 devant

## evatel-core/src/numbering.rs
unknown-country = « { $country } » n'est pas un pays des plans de numérotage{ $meant }
unknown-country-meant = {" "}: il s'agit sans doute de `{ $meant }`

## evatel-core/src/office.rs
invalid-office = à l'état « { $state } » : { $reason }

## evatel-core/src/prefix.rs
invalid-prefix = « { $value } » n'est pas un préfixe : de 1 à 15 chiffres d'un numéro international, comme `+33` ou `1900`

## evatel-core/src/screening.rs
invalid-caller-match-number = { $value } ; ou `anonymous`, ou des premiers chiffres comme `+1900*`

## evatel-core/src/sheet.rs
row-error = ligne { $line }, { $field } : { $problem }
file-error-heading = ligne 1 : « { $given } » n'est pas une colonne ou s'y trouve deux fois : employez chacune de { $columns } une fois
file-error-heading-lacks = ligne 1 : il faut à l'en-tête les colonnes { $needed }
file-error-too-large = le fichier a { $bytes } octets : { $most } au plus ; partagez-le
file-error-too-many = ligne { $line } : plus de { $most } rangées ; partagez le fichier
file-error-utf8 = ligne { $line } : le texte n'est pas en UTF-8 ; enregistrez le fichier en UTF-8

## evatel-core/src/trunk.rs
invalid-peer = « { $value } » n'est pas l'adresse d'un pair : écrivez `192.0.2.10` ou `192.0.2.10:5060` (une adresse, pas un nom)

## evatel-core/src/word.rs
unknown-word = « { $given } » n'est pas { $what } : employez l'un de { $known }

## evatel-core/src/account/number.rs
invalid-user-no = « { $given } » n'est pas un numéro d'utilisateur : il a de 4 à 8 chiffres et ne commence pas par 0

## evatel-core/src/account/profile.rs
invalid-text = « { $given } » n'est pas { $what } : écrivez comme `{ $example }`

## evatel-core/src/account/rules.rs
broken-default = { $what } par défaut ne peut pas être fermé : le système s'emploie et se vend par là
broken-closed-account = le compte « { $account } » est fermé : il ne prend pas de numéro
broken-closed-reseller = le revendeur « { $reseller } » est fermé : il ne prend pas de compte
broken-last-administrator = le dernier administrateur d'une entreprise ne peut pas perdre son rôle : donnez-le d'abord à quelqu'un d'autre
broken-roles-of-professional = un professionnel décide pour lui-même : il n'a pas de rôles

## evatel-core/src/account/status.rs
invalid-transition = un compte à l'état « { $from } » ne peut pas passer à « { $to } » : il peut passer à { $next }

## evatel-core/src/device/mac.rs
invalid-mac = « { $given } » n'est pas l'adresse MAC d'un téléphone : écrivez les 12 chiffres hexadécimaux de son étiquette, comme `80:5e:c0:12:34:56`

## evatel-core/src/dialogue/error.rs
fault-no-steps = un dialogue n'a pas d'étape : écrivez-en au moins une
fault-many = il y a plus de { $most } { $what } : enlevez-en
fault-verbs = une étape fait exactement l'un de `say`, `play`, `ask`, `confirm`, `branch`, `call`, `note` et `run` : elle en a { $count }
fault-useless = `{ $field }` ne veut rien dire avec `{ $verb }` : enlevez-le
fault-needs = il faut `{ $field }` à `{ $verb }` : écrivez-le
fault-name = « { $name } » n'est pas un nom : de 1 à 40 caractères parmi a-z, 0-9 et -, et ni `end` ni `operator`
fault-twice = il y a déjà { $what } « { $name } » : donnez à chacun son propre nom
fault-no-step = il n'y a pas d'étape « { $name } » : écrivez-en une, ou `end`, ou `operator`
fault-no-operator = `operator` ne mène à personne : écrivez `operator: owner` ou un numéro en tête du dialogue
fault-no-slot = rien ne demande « { $name } » : demandez-le, ou corrigez le nom
fault-recording = « { $name } » est un enregistrement : on peut le faire entendre et non { $verb }
fault-marks = « { $name } » est un enregistrement : on ne peut pas le faire entendre dans `<speak>` ; dites-le dans une étape sans balises
fault-sound = « { $name } » n'est pas un fichier de son du dossier du dialogue : écrivez le nom d'un fichier WAV qui s'y trouve, comme `hello.wav` ou `sounds/hello.wav`
fault-no-skill = il n'y a pas de service « { $name } » : écrivez-le dans le fichier des services, ou corrigez le nom
fault-priced = « { $name } » coûte quelque chose : qui appelle un numéro ne peut accepter un prix que paie son titulaire ; enlevez l'étape, ou le prix
fault-takes = « { $skill } » prend « { $answer } » ({ $kind }), que rien ne demande : écrivez une étape qui le fait
fault-brace = « { $text } » : une accolade n'est pas fermée ; écrivez le nom d'une réponse entre accolades, comme `{"{"}day{"}"}`
fault-key = « { $key } » ne peut pas être la touche d'un choix : donnez à chacun la sienne, de 1 à 9
fault-number = qui appeler : { $value } ; écrivez `owner` ou un numéro comme +15145550123
fault-range = `{ $field }` va de { $least } à { $most }
fault-no-answer = « { $answer } » n'est pas une réponse à « { $slot } » : écrivez l'une de { $known }
fault-no-branch = « { $slot } » n'a pas de liste de réponses par où bifurquer : bifurquez par un choix ou par un oui ou non
fault-same-kind = « { $one } » et « { $other } » sont d'une même sorte : qui corrige l'un pourrait vouloir dire l'autre ; faites-les confirmer l'un après l'autre

## evatel-core/src/did/import.rs
did-file-error-heading = ligne 1 : « { $given } » n'est pas une colonne : employez `number`, `trunk`, `reseller`, `user`
file-error-headings = ligne 1 : il faut à l'en-tête la colonne `number`, et chaque colonne une seule fois
file-error-read = ligne { $line } : le fichier ne peut pas être lu

## evatel-core/src/did/lifecycle.rs
refused-another-pool = « { $number } » n'est pas dans la réserve de ce revendeur
refused-another-holder = « { $number } » est gardé pour quelqu'un d'autre
unmovable-not-sold = le compte paie `{ $item }`, que le revendeur `{ $reseller }` ne vend pas : qu'il le vende, ou annulez-le d'abord
unmovable-same = le revendeur `{ $reseller }` vend déjà ce compte
refused-over = `{ $number }` est { $status } : il n'est à personne tant qu'il n'est pas commandé ou pris de nouveau
refused-not-free = `{ $number }` est { $status } : un client reçoit un numéro disponible, ou réservé pour lui
refused-not-former-owner = « { $number } » repose après une libération : seul son ancien titulaire peut le reprendre avant la fin de ce délai
refused-time = « { $number } » ne peut pas passer par `{ $verb }` jusqu'au { $until } : { $reason }
refused-transition = « { $number } » est à l'état « { $status } » : `{ $verb }` est pour les numéros à l'état « { $states } »

## evatel-core/src/directory/dangling.rs
dangling = { $what } renvoie à { $missing }, qui n'existe pas

## evatel-core/src/evaluation/save.rs
forward-refused-gate = un renvoi vers { $value } : qui ne peut pas appeler un numéro ne peut pas non plus y envoyer ses appelants
forward-refused-own-number = un renvoi vers « { $number } » reviendrait : c'est un numéro { $whose } ; employez plutôt `devices` ou `user:USER`
forward-refused-oneself = un renvoi à soi-même : employez `devices`
forward-refused-unknown-user = un renvoi vers `user:{ $value }` : il n'y a pas cet utilisateur dans ce compte

## evatel-core/src/holiday/rule.rs
invalid-rule = « { $given } » n'est pas une règle de jour férié : écrivez une date `2026-12-24`, de chaque année `06-24` ou `07-01 sunday-to-monday`, `1st mon sep` (1st à 4th, last), `mon before 05-25` ou `easter-2` (jusqu'à { $max-from-easter } jours)

## evatel-core/src/money/text.rs
invalid-money-form = « { $given } » n'est pas un montant : écrivez-le comme `{ $example }`
invalid-money-precision = « { $given } » a plus de 6 décimales
invalid-money-too-large = « { $given } » est trop grand pour être gardé : au plus 9 millions de millions
invalid-money-currency = « { $given } » n'est pas une monnaie : employez un code ISO 4217 comme `CAD` ou `USD`

## evatel-core/src/number/format.rs
unknown-format = « { $value } » n'est pas un format de numéro : employez `e164`, `national10` ou `national11`

## evatel-core/src/number/plan.rs
invalid-area-code = « { $value } » n'est pas un indicatif régional : trois chiffres, le premier de 2 à 9, comme `514`

## evatel-core/src/offer/catalogue.rs
catalogue-error-known = le catalogue a déjà un article « { $id } »
catalogue-error-missing = le catalogue n'a pas d'article « { $id } »
catalogue-error-retired = l'article « { $id } » est retiré : ajoutez-en un nouveau

## evatel-core/src/offer/choice.rs
choice-error-below = l'article « { $item } » se vend au prix du catalogue ou plus cher : son prix { $component } est au-dessous
choice-error-fixed = l'article « { $item } » se vend au prix du catalogue seulement
choice-error-money = l'article « { $item } » a son prix dans une autre monnaie
choice-error-not-assigned = il n'y a pas d'article « { $item } »

## evatel-core/src/offer/item.rs
invalid-price-included = aux minutes incluses il faut les classes pour lesquelles elles valent, et aux classes des minutes
invalid-price-negative = un prix n'est pas négatif : « { $value } »

## evatel-core/src/offer/quote/error.rs
quote-error-idle = rien ne changerait
quote-error-number-twice = « { $number } » s'y trouve deux fois
quote-error-number-price = un numéro se vend si l'offre a un seul article de la sorte `number` : celle de ce compte en a { $offered }
quote-error-of-number = « { $subscription } » se paie pour « { $number } » : il finit avec le mois où le numéro est libéré
quote-error-not-offered = il n'y a pas d'article « { $item } » dans l'offre de ce compte
quote-error-no-subscription = ce compte n'a pas d'abonnement « { $subscription } » en cours
quote-error-places-taken = le compte en a { $taken } de la sorte `{ $kind }` et en paierait { $paid } : enlevez d'abord ce qui prend la place
quote-error-quantity = une quantité va de 1 à { $max-quantity } : { $given } n'en est pas une
quote-error-seat-for-user = une place est au compte : on ne l'achète pour personne en particulier
quote-error-twice = l'abonnement « { $subscription } » est changé deux fois : demandez-en un seul changement
stale-another-account = il n'y a pas ce devis
stale-catalogue = le catalogue a changé depuis (version { $quoted }, maintenant { $present }) : demandez un nouveau devis
stale-costs = cela coûte { $due-now } tout de suite : quelqu'un qui a le droit de confirmer doit le faire
stale-expired = le devis valait jusqu'au { $expires-at } : demandez-en un nouveau
stale-gone = ce qui était au devis n'est plus offert : { $value }
stale-price = le prix de « { $item } » a changé depuis : demandez un nouveau devis
stale-quantity = le nombre de « { $item } » a changé depuis : demandez un nouveau devis

## evatel-core/src/offer/quote/places.rs
unpaid-no-place = un de plus de la sorte `{ $kind }` coûte : le compte en a { $taken } et en paie { $paid }; il faut donc d'abord en acheter { $missing }, par un devis confirmé
unpaid-number = un numéro coûte à ce compte : il se commande, par un devis confirmé

## evatel-core/src/permission/grant.rs
refusal-enter-first = { $action } ({ $matter }) se fait de l'intérieur : entrez d'abord dans le compte
refusal-has-administrator = l'entreprise a un administrateur : c'est lui qui nomme les autres
refusal-key-scope = cette clé n'est pas pour { $action } ({ $matter })
refusal-missing = cela n'existe pas
refusal-needs-confirmation = { $action } ({ $matter }) peut coûter : quelqu'un qui a le droit de confirmer doit le faire
refusal-not-allowed = non permis à { $standings } ({ $action }, { $matter }) : c'est pour { $allowed }
refusal-others-billing = les clients de ce revendeur sont facturés par { $by }
refusal-private = { $matter } : lu par la personne elle-même seulement, et non par qui est entré dans son compte

## evatel-core/src/permission/scope.rs
invalid-key-scope = « { $given } » n'est pas la portée d'une clé : écrivez `*:read`, `*:write`, ou des matières comme `numbers:write call-log:read`

## evatel-core/src/policy/permit.rs
ledger-error-away = le registre ne peut pas être consulté : { $value }
ledger-error-limit = « { $owner } » a atteint sa limite de { $kind }
ledger-error-full = le compte a déjà { $max } appels à la fois
ledger-error-trunk-full = la ligne « { $trunk } » est pleine : elle a atteint son plafond de { $cap }
permit-expired = le permis de cet appel a expiré

## evatel-core/src/presence/forward.rs
invalid-target-number = { $value } ; ou `devices` pour ses propres téléphones, ou `user:USER` pour un collègue
invalid-forward-budget = les étapes sonnent { $seconds } s en tout : { $max-ring-seconds } s au plus, sinon l'opérateur abandonne avant
invalid-forward-must-confirm = étape { $step } : « { $number } » est dehors et doit confirmer (`"confirm": true`), sinon sa boîte vocale prend l'appel
invalid-forward-legs = l'étape { $step } fait sonner { $legs } postes : de 1 à { $max-legs-at-once }
invalid-forward-twice = l'étape { $step } fait sonner « { $target } » deux fois
invalid-forward-seconds = l'étape { $step } sonne { $seconds } s : de { $least } s à { $most } s
invalid-forward-steps = { $steps } étapes : de 1 à { $max-steps }

## evatel-core/src/presence/rules.rs
invalid-presence-forward = statut « { $status } », règle { $rule } : { $reason }
invalid-presence-too-many = { $given } { $what }, c'est trop : { $most } au plus
invalid-presence-twice = le statut « { $status } » a des règles deux fois : mettez-les dans une seule liste
invalid-presence-unknown = l'horaire nomme « { $status } », qui n'est ni un statut prédéfini ni parmi `statuses` : { $known }
invalid-presence-unreachable = statut « { $status } » : la règle { $rule } n'est jamais atteinte : la règle { $before } est pour tous
invalid-filter-caller = { $value } ; ou `everybody`, `vip`, `contacts` ou `contact:CONTACT`

## evatel-core/src/restriction/matching.rs
invalid-match = « { $value } » ne nomme pas de numéros : écrivez `class:international`, `country:FR`, `code:411`, `prefix:33` ou `prefix:33/9-12`

## evatel-core/src/schedule/clock.rs
invalid-time = « { $given } » n'est pas une heure : écrivez heures et minutes de `00:00` à `24:00`, comme `09:30`
unknown-zone = « { $given } » n'est pas un fuseau de la base de l'IANA { $version } : écrivez-le comme `America/Toronto`

## evatel-core/src/schedule/hours.rs
invalid-hours-days = « { $given } » ne sont pas des jours : écrivez chacun une fois, comme `mon-fri`, `sat,sun` ou `daily` (mon tue wed thu fri sat sun)
invalid-hours-empty = la plage « { $window } » est vide : elle doit finir à une autre heure qu'elle commence, et commencer avant 24:00 ; la journée entière est 00:00-24:00
invalid-hours-form = « { $given } » n'est pas une plage : écrivez les jours, le début et la fin, comme `mon-fri 09:00-17:00`
invalid-hours-overlap = les plages { $first } et { $second } se chevauchent le { $day } à { $at } : finissez l'une où l'autre commence
invalid-hours-too-many = { $given } plages, c'est trop : { $max-windows } au plus
invalid-hours-window = plage { $number } : { $reason }

## evatel-core/src/schedule/plan.rs
invalid-schedule-override = le réglage à la main finit le { $until }, qui n'est pas après le { $since }, où il commence
invalid-schedule-periods-overlap = les périodes spéciales { $first } et { $second } ont toutes deux le { $day } : finissez l'une avant que l'autre commence
invalid-schedule-period = période spéciale { $number } : { $reason }
invalid-schedule-period-reversed = la période spéciale { $number } finit le { $last }, avant le { $first }, où elle commence
invalid-schedule-too-many-periods = { $given } périodes spéciales, c'est trop : { $max-special-periods } au plus
invalid-schedule-weekly = horaire de la semaine : { $value }

## evatel-core/src/skill/errand.rs
unfit-kind = « { $name } » est de la sorte { $given }, et « { $skill } » prend { $taken }
unfit-not-agreed = personne n'a accepté ce que coûte « { $skill } »
invalid-saying-empty = les paroles sont vides : enlevez-les
invalid-saying-long = les paroles ont plus de { $longest } caractères : raccourcissez-les

## evatel-core/src/skill/error.rs
skill-name = « { $name } » n'est pas un nom : de 1 à 40 caractères parmi a-z, 0-9 et -
skill-twice = il y a déjà un service « { $name } » : donnez à chacun son propre nom
skill-no-language = personne ne peut le commander : écrivez `en:`, `fr:` ou les deux, avec `phrases` et `steps`
skill-first-phrase = la première phrase de `{ $language }` est aussi ce que nous disons du service : écrivez-la sans crochets ni accolades, comme « { $example } »
skill-price = `price` : { $value }
skill-no-price = `price` doit être supérieur à zéro : enlevez-le là où le service ne coûte rien
skill-unsaid = le prix (`price`) { $price } ne peut pas se dire : écrivez des dollars canadiens et des cents entiers, comme `2.50 CAD`
skill-recording = « { $name } » est de la sorte { $kind }, un enregistrement : un service prend ce qui a été compris
skill-not-asked = `{ $language }` n'a pas d'étape qui demande « { $name } » comme { $kind } : écrivez `step: { $step }` avec `ask: { $ask }`
skill-runs = `{ $language }` n'a pas d'étape `run: { $name }`, ou en a une qui exécute un autre service : ses étapes mènent à lui-même

## evatel-store/src/error.rs
store-actor-gone = qui demande n'a plus de droits ici : connectez-vous de nouveau
store-already-there = « { $place } » est déjà là
store-another-daemon = un autre service sert cette base de données : il tient « { $place } »
store-broken-number = la rangée de « { $number } » se contredit
store-callback-not-own = « { $number } » n'est pas un numéro de ce compte : le répartiteur d'urgence doit pouvoir y rappeler
store-contact-taken = cet utilisateur a déjà un contact « { $name } »
store-contradiction = la base de données se contredit
store-database = la base de données a échoué
store-domain-taken = un autre revendeur a déjà le domaine « { $domain } »
store-dump = l'export ne peut pas servir{ $line } : { $reason }
store-extension-taken = le poste « { $extension } » est déjà pris dans ce compte
store-hash = l'empreinte du NIP ne peut pas être faite : { $value }
store-in-use = { $what } « { $id } » sert encore, { $by }
store-io = « { $path } » ne peut pas servir
store-key-life = une clé dure plus que rien et au plus { $most-days } jours
store-last-login = « { $name } » est la dernière connexion du compte par défaut : faites-en d'abord une autre
store-login-taken = le nom de connexion « { $name } » est déjà pris
store-mac-taken = l'adresse MAC « { $mac } » est celle d'un autre appareil
store-key-file = « { $path } » n'est pas un fichier de clés
store-key-missing = un secret a été scellé avec la clé « { $key } », qui n'est pas dans le fichier de clés
store-lost-race = « { $number } » vient d'être changé par quelqu'un d'autre
store-overtaken = { $what } : quelqu'un d'autre vient d'y changer quelque chose
store-migration = la base de données ne peut pas être amenée au schéma de cette version : { $value }
store-missing = { $what } « { $id } » n'existe pas
store-newer-schema = la base de données a le schéma « { $found } » ; cette version le connaît jusqu'à « { $known } »
store-no-more-user-numbers = il ne reste pas de numéro d'utilisateur : ils finissent à { $last }
store-no-database = il n'y a pas de base de données à « { $place } »
store-no-key = il n'y a pas de clé pour les secrets de la base de données
store-not-a-database = « { $place } » n'est pas une base de données d'Evatel : { $reason }
store-number-taken = « { $number } » est déjà attribué
store-peer-taken = une autre ligne a déjà le pair « { $peer } »
store-route-taken = la ligne « { $trunk } » a déjà une route pour « { $matches } »
store-limit-reached = une limite est atteinte
store-pool-exhausted = aucune connexion à la base de données ne s'est libérée en { $seconds } s
store-random = le système d'exploitation ne donne pas d'octets au hasard : { $value }
store-rehearsed = essayé, et défait
store-repeated = { $what } « { $id } » : déjà là
store-sealed = le secret dans { $table }.{ $column } de « { $row } » a été changé par quelqu'un d'autre et ne peut être ouvert
store-shutting-down = le programme s'arrête ; la commande n'a pas été menée à son terme
store-unreachable = la base de données ne peut pas être jointe : { $reason }
store-unsupported-url = aucune base de données ne s'ouvre par `{ $scheme }` : { $reason }

## evatel-store/src/pins.rs
store-invalid-pin-form = un NIP a de 4 à 12 chiffres et rien d'autre
store-invalid-pin-guessable = un NIP ne doit ni répéter un chiffre ni suivre l'ordre des chiffres, montant ou descendant

## evatel/src/media.rs
unknown-medium = « { $word } » n'est pas une voie du son : dites `audiosocket`, `rtp`, `websocket` ou `websocket-server`
lost-no-section = Asterisk ne connaît pas de section `{ $section }` de websocket_client.conf, par laquelle il apporte le son des appels
lost-elsewhere = la section `{ $section }` du websocket_client.conf d'Asterisk mène à `{ $there }` et non à `{ $here }`
lost-silent = Asterisk ne dit pas où mène son websocket_client.conf

## evatel/src/metrics.rs
metrics-error = les mesures ne peuvent pas être montrées à « { $address } »

## evatel/src/serve.rs
error-ari = Asterisk ne répond pas comme il devrait
error-displaced = un autre programme a pris l'application « { $app } »
error-brain = un point d'accès du cerveau ne peut pas être préparé
error-folder = le dossier « { $path } » ne peut pas servir
error-grammar = la grammaire ne peut pas être préparée
error-dialogue = un dialogue de `calls.dialogues` n'en est pas un
error-dialogue-file = le dialogue de « { $path } » ne peut pas être lu
error-greeting = le message d'accueil dans « { $path } » ne peut pas être joué
error-skills = les services de `skills.file` n'en sont pas
error-skills-client = rien ne peut être envoyé à `skills.url` : { $reason }
error-skills-file = les services de « { $path } » ne peuvent pas être lus
error-phrases = les phrases de « { $path } » ne peuvent pas être lues
error-lexicon = les mots ne peuvent pas être cherchés
error-signals = les signaux du système ne peuvent pas être entendus
error-speech = l'ouïe ou la voix ne peut pas démarrer
error-store = la base de données ne peut pas servir

## evatel/src/settings.rs
error-no-file = il n'y a pas de fichier de réglages « { $path } »
error-value = réglage `{ $key }` : { $reason }
error-unreadable = les réglages ne peuvent pas être lus

## evatel/src/cli/failure.rs
failure-file = « { $path } » ne peut pas être écrit
failure-line = ligne { $number } de l'entrée standard : { $why }
failure-read = « { $path } » ne peut pas être lu

## evatel-provision/src/escape.rs
unfit = « { $given } » ne peut pas figurer dans { $format } : { $character }

## evatel-provision/src/plan.rs
plan-error-foreign = « { $folder } » contient une configuration qu'Evatel n'a pas écrite (« { $file } »)

## evatel-provision/src/render.rs
render-error-fill = le gabarit de « { $file } » ne peut pas être rempli
render-error-read = le gabarit « { $file } » ne peut pas être lu dans le dossier des gabarits
render-error-template = le gabarit de « { $file } » est défectueux

## Sentences of the code that no `#[error]` holds
length-public = un numéro public a 10 chiffres, 11 avec le 1 devant, ou de 8 à 15 après `+` ou 011 et l'indicatif du pays
broken-no-number-company = à une entreprise en service il faut au moins un numéro auquel répond sa réceptionniste virtuelle : attribuez-en d'abord un
broken-no-number-professional = à un professionnel en service il faut au moins un numéro intelligent : attribuez-en d'abord un
fault-at-step = étape « { $step } » : { $fault }
gate-refusal = « { $number } » refusé par la règle `{ $rule }`
length-north-american = un numéro nord-américain en a 10 après l'indicatif 1
length-international = un numéro international en a de 8 à 15 avec l'indicatif du pays
length-most = aucun numéro n'en a plus de 15 avec l'indicatif du pays
length-dialled = composez 10 ou 11 chiffres, 011 et un indicatif de pays, ou un poste de 2 à 6 chiffres
time-over = ce moment est passé
time-thirty-days = une réservation dure au plus 30 jours
time-not-over = son délai n'est pas écoulé
dump-line = {" "}à la ligne { $line }
dump-rows = { $written } rangées ont été écrites et { $read } relues
whose-user = du même utilisateur
whose-colleague = d'un collègue
whose-office = du bureau
billed-by-reseller = le revendeur lui-même
billed-by-system = le système
egress-no-host = pas d'hôte
egress-port-zero = aucun port ne peut être 0
egress-not-public = une adresse qui n'est pas publique
database-of-another = elle contient les tables d'un autre programme
database-no-file = ce n'est pas un fichier

## Values of the command line
value-amount-alone = « { $given } » est plus qu'un montant : écrivez le montant seul, et sa monnaie avec `--currency`
value-or-anonymous = { $reason }, ou `anonymous`
invalid-province = « { $value } » n'est ni une province ni un territoire : employez l'un de AB BC MB NB NL NS NT NU ON PE QC SK YT
value-number-whole = « { $given } » n'est pas en E.164 : écrivez un numéro entier, comme `+15145550199` ou `5145550199`
value-number-form = { $reason } ; écrivez-le comme `+15145550199` ou `5145550199`
value-match = { $reason }, ou un pays comme `FR`, ou des premiers chiffres comme `+33`
value-or-none = { $reason }, ou `none`
value-or-account = { $reason }, ou `account`
value-count = « { $given } » n'est pas un nombre d'appels : de 0 à 1000000
value-calls = « { $given } » n'est pas un nombre d'appels : de 1 à { $most }
value-length = « { $given } » n'est pas une durée : de 1 à { $most } secondes
value-amount = « { $given } » n'est pas un montant : écrivez-le comme `0.012`
value-minute-price = « { $given } », c'est trop pour une minute : au plus 4294.967295
value-switch = « { $given } » n'est ni `on` ni `off`
value-instant = « { $given } » n'est pas un instant : écrivez-le comme `2026-12-24T10:00:00-05:00` ou `2026-12-24T15:00:00Z`
value-time = « { $given } » n'est pas un moment : écrivez `17:00`, `2026-12-24T17:00` ou un instant comme `2026-12-24T22:00:00Z`
value-moment = { $reason } ; écrivez-le comme `2026-11-26T10:00[America/Toronto]`

## Rows of imports
import-heading-pair = `{ $one }` et `{ $other }`
import-person-extension = « { $given } » n'est pas un poste
import-person-zone = « { $given } » n'est pas un fuseau
import-person-there = « { $extension } » est déjà là, avec « { $what } »
thing-emergency-place = le lieu d'urgence du compte
import-too-many-rows = le fichier a plus de { $most } rangées
import-too-long = plus de { $most } octets
import-fields = { $found } champs quand l'en-tête en a { $wanted }
import-not-text = le texte n'est pas en UTF-8
import-twice = « { $number } » est déjà à la ligne { $line }
import-no-public = « { $given } » n'est pas un numéro public
import-again = « { $name } » est déjà à la ligne { $line }
import-pool-or-user = un numéro va à la réserve d'un revendeur ou à un utilisateur
import-no-trunk = aucune ligne n'est nommée, ni ici ni avec la commande
import-another-reseller = « { $reseller } » n'est pas le revendeur pour qui se fait cet import
import-in-inventory = « { $number } » est déjà à l'inventaire, et pas comme le dit cette rangée
import-formula = « { $given } » commence comme une formule
import-many = { $count }, c'est trop : { $most } au plus
import-no-number = il n'y a pas de numéro
import-contact-digits = « { $given } » a { $digits } chiffres ; un contact a un numéro public
import-outside-card = « { $given } » est hors d'une carte
import-card-begins = une autre carte commence avant que celle-ci finisse
import-card-ends = la carte ne finit pas
import-card-size = la carte a { $bytes } octets : { $most } au plus
import-no-card = ce n'est pas une vCard
import-item-there = « { $item } » est déjà là, { $what }
import-item-retired = et retiré
import-item-kind = de la sorte `{ $kind }`
import-item-name = avec le nom « { $name } » et la règle de revente `{ $rule }`
import-minutes = « { $given } » n'est pas un nombre de minutes

## JSON documents and the operating system
json-place = { $reason } à la ligne { $line }, colonne { $column }
json-field-missing = il manque le champ `{ $field }`
json-field-twice = le champ `{ $field }` y est deux fois
json-field-unknown = le champ `{ $field }` n'existe pas : il y a { $known }
json-variant-unknown = la valeur « { $given } » n'existe pas : il y a { $known }
json-one-of = { $known }
json-type = { $found } au lieu de { $wanted }
json-value = il manque une valeur
json-end-object = l'objet n'est pas fini
json-end-list = la liste n'est pas finie
json-end-text = le texte n'est pas fini
json-end-value = il n'y a pas de valeur
json-trailing = il y a quelque chose après la fin
json-key = une clé doit être un texte
json-document = « { $path } » : { $reason }
os-none = il n'y a pas ce fichier ou ce dossier (erreur { $code })
os-denied = accès refusé (erreur { $code })
os-folder = c'est un dossier (erreur { $code })
os-not-folder = ce n'est pas un dossier (erreur { $code })
os-full = il n'y a plus de place sur le disque (erreur { $code })
os-refused = connexion refusée (erreur { $code })
os-taken = adresse déjà employée (erreur { $code })

## Settings and the database's URL
url-file = il faut un fichier à une base de données : écrivez `sqlite:///path/to/evatel.db`
url-path = un chemin n'a ni caractère de commande ni `?`
url-usage = { $reason } ; écrivez `postgres://user:password@host/database` ou `postgres:///database?host=/run/postgresql&user=user`
url-write = écrivez `sqlite:///path/to/evatel.db` ou `postgres://user@host/database`
url-leave-out = { $reason } ; enlevez l'un des deux
url-two-users = elle a deux utilisateurs
url-two-hosts = elle a deux hôtes
url-two-passwords = elle a un mot de passe et un `passfile`
url-no-user = elle ne nomme pas d'utilisateur
url-no-host = elle ne nomme pas d'hôte
url-no-database = elle ne nomme pas de base de données
url-sslmode = `sslmode={ $given }` est inconnu : `disable` ou `verify-full`
url-parameter = « { $given } » est inconnu après `?` : `host`, `passfile`, `sslmode`, `sslrootcert`, `user`
setting-rtp = la plage doit commencer à 1024 ou plus haut et finir au-dessus de son début
setting-port = un port va de 1 à 65535
setting-seconds = de { $least } à { $most } secondes
setting-calls = de { $least } à { $most } appels
setting-ms = de { $least } à { $most } ms
setting-processes = de { $least } à { $most } processus
setting-no-endpoint = il n'y a pas de `[[brain.endpoints]]` à interroger : ajoutez-en un, ou dites `never`
setting-name = un nom a de 1 à 40 caractères
setting-name-twice = deux points d'accès ont ce nom
setting-price = aucun prix n'est négatif
setting-currency = les prix et la limite doivent être d'une même monnaie
setting-cost = il faut `question_price` et `answer_price` à chaque point d'accès pour qu'une limite de coût tienne
setting-key = « { $name } » : la clé dans « { $path } » ne peut pas servir : { $reason }
setting-empty = le fichier est vide

## evatel/src/doctor.rs: findings
seen-database = révision { $revision }, numéros : { $numbers }
seen-no-trunk = aucune ligne
seen-no-number = aucun numéro
seen-no-device = le titulaire de « { $number } » n'a pas d'appareil
seen-no-address = le compte « { $account } » n'a pas d'adresse d'urgence
seen-rows = lignes, numéros, appareils et adresses d'urgence sont là
seen-up-to-date = « { $folder } » est à jour
seen-differs = « { $folder } » diffère en { $files }
seen-modules = { $count } modules, dont tous ceux que veulent les appels
seen-not-running = ne tournent pas : { $modules }
seen-no-model = aucun modèle n'est nommé : touches seulement
seen-model = « { $folder } », { $engine } sur `{ $provider }`
seen-model-synthetic = « { $folder } », { $engine } sur `{ $provider }` : un petit modèle qui ne connaît que des voix de synthèse et n'est pas fait pour reconnaître des personnes
seen-voice = espeak-ng parle
seen-unpronounceable = « { $name } » ({ $contact }) : { $reason }
seen-contacts = peuvent être appelés par leur nom : { $count }
seen-grammar = la grammaire seule
seen-no-skills = rien d'autre que des appels ne peut être commandé
seen-skills = { $skills } : les commandes sont envoyées à `{ $server }`, qui n'a pas été interrogé
seen-skills-undone = { $skills } : personne ne fait ce qui est commandé
seen-unheard = des points d'accès sont réglés et rien n'est entendu
seen-nobody-asked = personne n'a été interrogé
seen-tone = par `{ $medium }`, un son est revenu après { $ms } ms
seen-tone-lost = par `{ $medium }`, un son a été envoyé et n'est pas revenu
seen-tone-then = { $first }; puis { $second }
seen-tone-failed = par `{ $medium }` : { $reason }
seen-way = { $numbers } par { $trunk }, priorité { $priority }
seen-rule = { $name } : { $effect } { $numbers }, fixé par { $level }
ari-bad-request = Asterisk a refusé `{ $request }` : { $message }
ari-closed = la connexion à Asterisk est fermée
ari-not-sent = `{ $request }` n'a pas été envoyé : { $reason }
ari-unknown = on ne sait si `{ $request }` a été fait : { $reason }
ari-too-old = Asterisk { $found } est trop ancien : il faut { $needed } ou plus récent
ari-user = Asterisk n'accepte pas l'utilisateur « { $user } » avec ce mot de passe (ari.conf)
ari-not-ready = Asterisk n'est pas prêt : `{ $request }` a donné { $status } : { $message }
ari-unexpected = `{ $request }` a donné { $status }, ce qui n'était pas attendu : { $message }

## What something is
by-many = par un numéro, un lieu d'urgence, une route ou une règle
kind-did-command = une action sur un numéro
kind-did-status = un état de numéro
kind-account-kind = une sorte de compte
kind-account-status = un état de compte
kind-action = une action
kind-billing-mode = un mode de facturation
kind-cap = un plafond de ligne
kind-column = une colonne
kind-decision = une décision
kind-direction = un sens
kind-effect = un effet
kind-field = un champ
kind-holiday = un jour férié
kind-item-kind = une sorte d'article
kind-answer = une sorte de réponse
kind-row = une sorte de rangée
kind-language = une langue
kind-leg-cause = une cause d'appel
kind-level = un niveau
kind-limit = une limite
kind-quote-line = une ligne de devis
kind-list = une liste
kind-matter = une matière
kind-class = une classe de numéros
kind-office-state = un état du bureau
kind-origin = une origine
kind-outcome = une issue
kind-price-part = une partie d'un prix
kind-port-direction = un sens de portage
kind-port-status = un état de portage
kind-province = une province ou un territoire
kind-remedy = un remède
kind-resale = une règle de revente
kind-reseller-status = un état de revendeur
kind-role = un rôle
kind-rule = une règle
kind-standing = une qualité
kind-status = un statut
kind-step = une étape d'un horaire
kind-domain = un domaine
kind-mail = une adresse de courriel
kind-web = une adresse du web
id-account = l'identifiant d'un compte
id-api-key = l'identifiant d'une clé
id-call = l'identifiant d'un appel
id-contact = l'identifiant d'un contact
id-device = l'identifiant d'un appareil
id-device-model = l'identifiant d'un modèle d'appareil
id-did = l'identifiant d'un numéro
id-itsp = l'identifiant d'un opérateur
id-item = l'identifiant d'un article
id-leg = l'identifiant d'une branche d'appel
id-login = l'identifiant d'une connexion
id-port-request = l'identifiant d'une demande de portage
id-quote = l'identifiant d'un devis
id-reseller = l'identifiant d'un revendeur
id-reservation = l'identifiant d'une réservation
id-route = l'identifiant d'une route
id-restriction = l'identifiant d'une règle
id-screening = l'identifiant d'une entrée de filtrage
id-session = l'identifiant d'une session
id-subscription = l'identifiant d'un abonnement
id-trunk = l'identifiant d'une ligne
id-user = l'identifiant d'un utilisateur
thing-account = le compte
thing-api-key = la clé
thing-approved-country = le pays approuvé
thing-call = l'appel
thing-catalogue = le catalogue
thing-contact = le contact
thing-default-reseller = le revendeur par défaut
thing-device = l'appareil
thing-did = le numéro
thing-itsp = l'opérateur
thing-item = l'article
thing-leg = la branche d'appel
thing-limit-of = la limite de
thing-login = la connexion
thing-office = le bureau du compte
thing-owner = le titulaire
thing-presence = l'horaire des statuts de l'utilisateur
thing-quote = le devis
thing-reseller = le revendeur
thing-restriction = la règle
thing-route = la route
thing-screening = l'entrée de filtrage
thing-subscription = l'abonnement
thing-trunk = la ligne
thing-user = l'utilisateur
by-did = par un numéro
by-device-or-did = par un appareil ou un numéro
by-place = par un lieu d'urgence, comme numéro de rappel
by-trunk = par une ligne
many-answers = une réponse
many-rules = règles
many-statuses = statuts
standing-system = l'administrateur du système
standing-reseller = l'administrateur du revendeur
standing-administrator = l'administrateur
standing-manager = le gestionnaire du bureau
standing-receptionist = le réceptionniste
standing-support = le soutien technique
standing-employee = l'employé
standing-professional = le professionnel
standing-nobody = personne
