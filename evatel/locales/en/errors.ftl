#
## evatel-core/src/country.rs
invalid-country = `{ $value }` is no country: two capital letters of ISO 3166-1, such as `FR`

## evatel-core/src/egress.rs
invalid-listed = `{ $text }` is no address, no address with a port and no network; such as `10.1.2.0/24`, `127.0.0.1:11434` or `[::1]:8080`
refused-address = `{ $address }` is { $what }; where that is meant, the operator lists `{ $address }` in `egress.allow`
refused-credentials = the URL holds a user or a password: give the key by itself
refused-fragment = the URL has a fragment (`#…`), which no server would see: leave it away
refused-not-a-url = this is no URL ({ $reason }); such as `https://api.example/v1`
refused-no-address = the name `{ $host }` has no address
refused-plain = plain http to `{ $address }`: say https; only to addresses that the operator lists in `egress.allow` may it be http
refused-scheme = `{ $scheme }` is no way out: only https is, and http where the operator listed the address
refused-too-long = the URL is longer than { $most } bytes

## evatel-core/src/id.rs
invalid-id = `{ $given }` is no { $kind }: an id is 1 to { $max-id-len } of the characters a-z, A-Z, 0-9, `-`, `_`, `.`

## evatel-core/src/login.rs
invalid-login-name = `{ $given }` is no login name: 3 to 128 of the characters a-z, 0-9, `.`, `-`, `_`, `+`, `@`, and the first a letter or digit
invalid-password-control-character = a password has no control character
invalid-password-guessable = a password must not be one part repeated, nor hold the login name
invalid-password-too-long = a password has at most { $max-password-bytes } bytes
invalid-password-too-short = a password has at least { $min-password-chars } characters; a sentence is easier to keep than a word

## evatel-core/src/money.rs
money-error-currencies = { $one } and { $other } are two currencies: quote and bill each by itself
money-error-overflow = the amount is larger than can be kept: lower the price or the quantity

## evatel-core/src/name.rs
invalid-name-control-character = a name must be on one line: control character at position { $position }
invalid-name-empty = a name cannot be empty
invalid-name-too-long = a name has at most { $max-name-chars } characters, this one has { $chars }

## evatel-core/src/number.rs
invalid-number-character = `{ $given }` is no number: character `{ $character }` at position { $position }
invalid-number-length = `{ $given }` has { $digits } digits; { $expected }
invalid-number-north-american = `{ $given }` is no North American number: area code and exchange begin with 2 to 9
invalid-number-over-dialled = `{ $given }` has { $digits } digits; a number that begins so has at most { $most } with its country code
invalid-number-not-e164 = `{ $given }` is not E.164: write it as `+15145550199`
invalid-extension = `{ $value }` is no extension: 2 to 6 digits, not beginning with 0, and neither the beginning nor the continuation of 911, 112, 933, 988 or an N11 code, with or without a 9 before

## evatel-core/src/numbering.rs
unknown-country = `{ $country }` is no country of the numbering plans{ $meant }
unknown-country-meant = {": "}`{ $meant }` is meant

## evatel-core/src/office.rs
invalid-office = while `{ $state }`: { $reason }

## evatel-core/src/prefix.rs
invalid-prefix = `{ $value }` is no prefix: 1 to 15 digits of an international number, such as `+33` or `1900`

## evatel-core/src/screening.rs
invalid-caller-match-number = { $value }; or `anonymous`, or first digits as `+1900*`

## evatel-core/src/sheet.rs
row-error = line { $line }, { $field }: { $problem }
file-error-heading = line 1: `{ $given }` is no column or is there twice: use each of { $columns } once
file-error-heading-lacks = line 1: the heading needs the columns { $needed }
file-error-too-large = the file has { $bytes } bytes: { $most } at most; part it
file-error-too-many = line { $line }: more than { $most } rows; part the file
file-error-utf8 = line { $line }: the text is not UTF-8; save the file as UTF-8

## evatel-core/src/trunk.rs
invalid-peer = `{ $value }` is no peer address: write `192.0.2.10` or `192.0.2.10:5060` (an address, not a name)

## evatel-core/src/word.rs
unknown-word = `{ $given }` is no { $what }: use one of { $known }

## evatel-core/src/account/number.rs
invalid-user-no = `{ $given }` is no user number: it has 4 to 8 digits and does not begin with 0

## evatel-core/src/account/profile.rs
invalid-text = `{ $given }` is no { $what }: write it as `{ $example }`

## evatel-core/src/account/rules.rs
broken-default = the default { $what } cannot be closed: the system is used and sold through it
broken-closed-account = account `{ $account }` is closed: it takes no number
broken-closed-reseller = reseller `{ $reseller }` is closed: it takes no account
broken-last-administrator = the last administrator of a company cannot lose his role: give it to somebody else first
broken-roles-of-professional = a professional decides for himself: he has no roles

## evatel-core/src/account/status.rs
invalid-transition = an account that is `{ $from }` cannot become `{ $to }`: it can become { $next }

## evatel-core/src/device/mac.rs
invalid-mac = `{ $given }` is no MAC address of a telephone: write the 12 hexadecimal digits of its label, such as `80:5e:c0:12:34:56`

## evatel-core/src/dialogue/error.rs
fault-no-steps = a dialogue has no step: write at least one
fault-many = there are more than { $most } { $what }: take some away
fault-verbs = a step does exactly one of `say`, `play`, `ask`, `confirm`, `branch`, `call`, `note` and `run`: it has { $count } of them
fault-useless = `{ $field }` means nothing with `{ $verb }`: take it away
fault-needs = `{ $verb }` needs `{ $field }`: write it
fault-name = `{ $name }` is no name: use 1 to 40 of a-z, 0-9 and -, and none of `end`, `operator`
fault-twice = there is another { $what } `{ $name }`: give each its own name
fault-no-step = there is no step `{ $name }`: write one, or `end`, or `operator`
fault-no-operator = `operator` leads to nobody: write `operator: owner` or a number at the head of the dialogue
fault-no-slot = nothing asks for `{ $name }`: ask for it, or correct the name
fault-recording = `{ $name }` is a recording: it can be played and not { $verb }
fault-marks = `{ $name }` is a recording: it cannot be played within `<speak>`; say it in a step without marks
fault-sound = `{ $name }` is no sound file of the dialogue's folder: write the name of a WAV file in it, such as `hello.wav` or `sounds/hello.wav`
fault-no-skill = there is no skill `{ $name }`: write it in the file of skills, or correct the name
fault-priced = `{ $name }` costs something: whoever calls a number cannot agree to a price that its owner pays; take the step away, or the price
fault-takes = `{ $skill }` takes { $kind } `{ $answer }`, which nothing asks for: write a step that does
fault-brace = `{ $text }`: a brace is not closed; write an answer's name in braces, such as `{"{"}day{"}"}`
fault-key = `{ $key }` cannot be the key of an option: give each its own of 1 to 9
fault-number = whom to call: { $value }; write `owner` or a number such as +15145550123
fault-range = `{ $field }` is { $least } to { $most }
fault-no-answer = `{ $answer }` is no answer to `{ $slot }`: write one of { $known }
fault-no-branch = `{ $slot }` has no list of answers to branch by: branch by a choice or a yes-no
fault-same-kind = `{ $one }` and `{ $other }` are of one kind: who corrects one could mean the other; confirm them one after the other

## evatel-core/src/did/import.rs
did-file-error-heading = line 1: `{ $given }` is no column: use `number`, `trunk`, `reseller`, `user`
file-error-headings = line 1: the heading needs the column `number`, and each column once
file-error-read = line { $line }: the file cannot be read

## evatel-core/src/did/lifecycle.rs
refused-another-pool = `{ $number }` is not in this reseller's pool
refused-another-holder = `{ $number }` is reserved for somebody else
unmovable-not-sold = account pays for `{ $item }`, which reseller `{ $reseller }` does not sell: let him sell it, or cancel it first
unmovable-same = reseller `{ $reseller }` sells this account already
refused-over = `{ $number }` is { $status }: it is nobody's until it is ordered or taken in again
refused-not-free = `{ $number }` is { $status }: a customer is given one that is available, or reserved for him
refused-not-former-owner = `{ $number }` rests after a release: only its former owner may have it back before its time is over
refused-time = `{ $number }` cannot { $verb } until { $until }: { $reason }
refused-transition = `{ $number }` is { $status }: `{ $verb }` is for numbers that are { $states }

## evatel-core/src/directory/dangling.rs
dangling = { $what } points to { $missing }, which does not exist

## evatel-core/src/evaluation/save.rs
forward-refused-gate = a forward to { $value }: who may not call a number may not send callers there either
forward-refused-own-number = a forward to `{ $number }` would come back: it is a number of { $whose }; use `devices` or `user:USER` instead
forward-refused-oneself = a forward to oneself: use `devices`
forward-refused-unknown-user = a forward to `user:{ $value }`: there is no such user in this account

## evatel-core/src/holiday/rule.rs
invalid-rule = `{ $given }` is no rule for a holiday: write a date `2026-12-24`, each year `06-24` or `07-01 sunday-to-monday`, `1st mon sep` (1st to 4th, last), `mon before 05-25` or `easter-2` (up to { $max-from-easter } days)

## evatel-core/src/money/text.rs
invalid-money-form = `{ $given }` is no amount: write it as `{ $example }`
invalid-money-precision = `{ $given }` has more than 6 decimals
invalid-money-too-large = `{ $given }` is larger than can be kept: at most 9 million million
invalid-money-currency = `{ $given }` is no currency: use an ISO 4217 code such as `CAD` or `USD`

## evatel-core/src/number/format.rs
unknown-format = `{ $value }` is no number format: use `e164`, `national10` or `national11`

## evatel-core/src/number/plan.rs
invalid-area-code = `{ $value }` is no area code: three digits, the first 2 to 9, such as `514`

## evatel-core/src/offer/catalogue.rs
catalogue-error-known = the catalogue already has an item `{ $id }`
catalogue-error-missing = the catalogue has no item `{ $id }`
catalogue-error-retired = item `{ $id }` is retired: add a new one

## evatel-core/src/offer/choice.rs
choice-error-below = item `{ $item }` is sold for the catalogue's price or more: its { $component } price is below it
choice-error-fixed = item `{ $item }` is sold for the catalogue's price only
choice-error-money = item `{ $item }` has its price in another currency
choice-error-not-assigned = there is no item `{ $item }`

## evatel-core/src/offer/item.rs
invalid-price-included = included minutes need the classes that they are for, and the classes need minutes
invalid-price-negative = a price is not below zero: `{ $value }`

## evatel-core/src/offer/quote/error.rs
quote-error-idle = nothing would change
quote-error-number-twice = `{ $number }` stands there twice
quote-error-number-price = a number is sold where the offer has one item of the kind `number`: this account's has { $offered }
quote-error-of-number = `{ $subscription }` is paid for `{ $number }`: it ends with the month in which the number is released
quote-error-not-offered = there is no item `{ $item }` in this account's offer
quote-error-no-subscription = this account has no subscription `{ $subscription }` that goes on
quote-error-places-taken = the account has { $taken } of the kind `{ $kind }` and would pay for { $paid }: what takes the place is removed first
quote-error-quantity = a quantity is 1 to { $max-quantity }, not { $given }
quote-error-seat-for-user = a seat is the account's: it is bought for no user in particular
quote-error-twice = subscription `{ $subscription }` is changed twice: ask for one change of it
stale-another-account = there is no such quote
stale-catalogue = the catalogue has changed since (version { $quoted }, now { $present }): ask for a new quote
stale-costs = it costs { $due-now } now: somebody with the right to confirm it must do so
stale-expired = the quote held until { $expires-at }: ask for a new one
stale-gone = what was quoted cannot be had any more: { $value }
stale-price = the price of `{ $item }` has changed since: ask for a new quote
stale-quantity = how many there are of `{ $item }` has changed since: ask for a new quote

## evatel-core/src/offer/quote/places.rs
unpaid-no-place = one more of the kind `{ $kind }` costs: the account has { $taken } and pays for { $paid }, so { $missing } must be bought first, by a confirmed quote
unpaid-number = a number costs this account something: it is ordered, by a confirmed quote

## evatel-core/src/permission/grant.rs
refusal-enter-first = { $action } of { $matter } is done from within: enter the account first
refusal-has-administrator = the company has an administrator: he names the others
refusal-key-scope = this key is not for { $action } of { $matter }
refusal-missing = there is no such thing
refusal-needs-confirmation = { $action } of { $matter } may cost: somebody with the right to confirm it must do so
refusal-not-allowed = { $standings } may not do that ({ $action } of { $matter }): it is for { $allowed }
refusal-others-billing = this reseller's customers are billed by { $by }
refusal-private = { $matter } are read by the person himself only, not by who entered his account

## evatel-core/src/permission/scope.rs
invalid-key-scope = `{ $given }` is no scope of a key: write `*:read`, `*:write`, or matters such as `numbers:write call-log:read`

## evatel-core/src/policy/permit.rs
ledger-error-away = the ledger cannot be asked: { $value }
ledger-error-limit = `{ $owner }` has reached its limit of { $kind }
ledger-error-full = the account already has { $max } legs at once
ledger-error-trunk-full = trunk `{ $trunk }` is full: it has reached its cap of { $cap }
permit-expired = the permit for this leg has expired

## evatel-core/src/presence/forward.rs
invalid-target-number = { $value }; or `devices` for one's own telephones, or `user:USER` for a colleague
invalid-forward-budget = the steps ring { $seconds } s together: { $max-ring-seconds } s at most, or the carrier gives up before
invalid-forward-must-confirm = step { $step }: `{ $number }` is outside and must confirm (`"confirm": true`), or its voicemail takes the call
invalid-forward-legs = step { $step } rings { $legs } legs: 1 to { $max-legs-at-once }
invalid-forward-twice = step { $step } rings `{ $target }` twice
invalid-forward-seconds = step { $step } rings { $seconds } s: { $least } to { $most } s
invalid-forward-steps = { $steps } steps: 1 to { $max-steps }

## evatel-core/src/presence/rules.rs
invalid-presence-forward = status `{ $status }`, rule { $rule }: { $reason }
invalid-presence-too-many = { $given } { $what } are too many: { $most } at most
invalid-presence-twice = status `{ $status }` has rules twice: put them into one list
invalid-presence-unknown = the schedule names `{ $status }`, which is neither a predefined status nor among `statuses`: { $known }
invalid-presence-unreachable = status `{ $status }`, rule { $rule } is never reached: rule { $before } is for everybody
invalid-filter-caller = { $value }; or `everybody`, `vip`, `contacts` or `contact:CONTACT`

## evatel-core/src/restriction/matching.rs
invalid-match = `{ $value }` names no numbers: write `class:international`, `country:FR`, `code:411`, `prefix:33` or `prefix:33/9-12`

## evatel-core/src/schedule/clock.rs
invalid-time = `{ $given }` is no time of day: write hours and minutes from `00:00` to `24:00`, as `09:30`
unknown-zone = `{ $given }` is no time zone of the IANA database { $version }: write it as `America/Toronto`

## evatel-core/src/schedule/hours.rs
invalid-hours-days = `{ $given }` are no days: write each once, as `mon-fri`, `sat,sun` or `daily` (mon tue wed thu fri sat sun)
invalid-hours-empty = window `{ $window }` is empty: it must end at another time than it starts, and start before 24:00; the whole day is 00:00-24:00
invalid-hours-form = `{ $given }` is no window: write days, start and end, as `mon-fri 09:00-17:00`
invalid-hours-overlap = windows { $first } and { $second } overlap on { $day } at { $at }: end one where the other starts
invalid-hours-too-many = { $given } windows are too many: { $max-windows } at most
invalid-hours-window = window { $number }: { $reason }

## evatel-core/src/schedule/plan.rs
invalid-schedule-override = the override ends at { $until }, which is not after { $since }, where it begins
invalid-schedule-periods-overlap = special periods { $first } and { $second } both have { $day }: end one before the other begins
invalid-schedule-period = special period { $number }: { $reason }
invalid-schedule-period-reversed = special period { $number } ends on { $last }, before { $first }, where it begins
invalid-schedule-too-many-periods = { $given } special periods are too many: { $max-special-periods } at most
invalid-schedule-weekly = weekly hours: { $value }

## evatel-core/src/skill/errand.rs
unfit-kind = `{ $name }` is { $given }, and `{ $skill }` takes { $taken }
unfit-not-agreed = nobody agreed to what `{ $skill }` costs
invalid-saying-empty = the words are empty: leave them away
invalid-saying-long = the words have more than { $longest } characters: shorten them

## evatel-core/src/skill/error.rs
skill-name = `{ $name }` is no name: use 1 to 40 of a-z, 0-9 and -
skill-twice = there is another skill `{ $name }`: give each its own name
skill-no-language = nobody can order it: write `en:`, `fr:` or both, with `phrases` and `steps`
skill-first-phrase = the first phrase of `{ $language }` is what we say of the skill, too: write it without brackets, such as `{ $example }`
skill-price = `price`: { $value }
skill-no-price = `price` is more than nothing: take it away where the skill costs nothing
skill-unsaid = `price` { $price } cannot be said: write Canadian dollars and whole cents, such as `2.50 CAD`
skill-recording = `{ $name }` is a { $kind }, which is a recording: a skill takes what was understood
skill-not-asked = `{ $language }` has no step that asks for `{ $name }` as { $kind }: write `step: { $step }` with `ask: { $ask }`
skill-runs = `{ $language }` has no step `run: { $name }`, or one that runs another skill: its steps lead to itself

## evatel-store/src/error.rs
store-actor-gone = whoever asks has no rights here any more: log in again
store-already-there = `{ $place }` is already there
store-another-daemon = another daemon serves this database: it holds `{ $place }`
store-broken-number = the row of `{ $number }` contradicts itself
store-callback-not-own = `{ $number }` is no number of this account: the emergency operator must be able to ring it back
store-contact-taken = this user already has a contact `{ $name }`
store-contradiction = the database contradicts itself
store-database = the database failed
store-domain-taken = another reseller already has the domain `{ $domain }`
store-dump = the export cannot be used{ $line }: { $reason }
store-extension-taken = extension `{ $extension }` is already taken in this account
store-hash = the PIN cannot be hashed: { $value }
store-in-use = { $what } `{ $id }` is still used by { $by }
store-io = `{ $path }` cannot be used
store-key-life = a key lasts more than nothing and at most { $most-days } days
store-last-login = `{ $name }` is the last login of the default account: make another one first
store-login-taken = the login name `{ $name }` is already taken
store-mac-taken = the MAC address `{ $mac }` is another device's
store-key-file = `{ $path }` is no file of keys
store-key-missing = a secret was sealed with the key `{ $key }`, which is not in the key file
store-lost-race = `{ $number }` has just been changed by somebody else
store-overtaken = the { $what } has just been changed by somebody else
store-migration = the database cannot be brought to this version's schema: { $value }
store-missing = there is no { $what } `{ $id }`
store-newer-schema = the database has schema `{ $found }`; this version knows it up to `{ $known }`
store-no-more-user-numbers = no user number is left: they end at { $last }
store-no-database = there is no database at `{ $place }`
store-no-key = there is no key for the secrets in the database
store-not-a-database = `{ $place }` is no Evatel database: { $reason }
store-number-taken = `{ $number }` is already assigned
store-peer-taken = another trunk already has the peer `{ $peer }`
store-route-taken = trunk `{ $trunk }` already has a route for `{ $matches }`
store-limit-reached = a limit is reached
store-pool-exhausted = no database connection was free within { $seconds } s
store-random = the operating system gives no random bytes: { $value }
store-rehearsed = rehearsed, and taken back
store-repeated = { $what } `{ $id }` is already there
store-sealed = the secret in { $table }.{ $column } of `{ $row }` was changed by somebody else and cannot be opened
store-shutting-down = the program is ending; the statement was not run to its end
store-unreachable = the database cannot be reached: { $reason }
store-unsupported-url = no database can be opened by `{ $scheme }`: { $reason }

## evatel-store/src/pins.rs
store-invalid-pin-form = a PIN has 4 to 12 digits and nothing else
store-invalid-pin-guessable = a PIN must not be one digit repeated nor digits that count up or down

## evatel/src/media.rs
unknown-medium = `{ $word }` is no medium: say `audiosocket`, `rtp`, `websocket` or `websocket-server`
lost-no-section = Asterisk knows no section `{ $section }` of websocket_client.conf, by which it brings the sound of calls
lost-elsewhere = section `{ $section }` of Asterisk's websocket_client.conf leads to `{ $there }` and not to `{ $here }`
lost-silent = Asterisk does not say where its websocket_client.conf leads

## evatel/src/metrics.rs
metrics-error = metrics cannot be shown at `{ $address }`

## evatel/src/serve.rs
error-ari = the switch does not answer as it should
error-displaced = another program took the application `{ $app }`
error-brain = an endpoint of the brain cannot be made ready
error-folder = the folder `{ $path }` cannot be used
error-grammar = the grammar cannot be made ready
error-dialogue = a dialogue of `calls.dialogues` is none
error-dialogue-file = the dialogue in `{ $path }` cannot be read
error-greeting = the greeting in `{ $path }` cannot be played
error-skills = the skills of `skills.file` are none
error-skills-client = errands cannot be posted to `skills.url`: { $reason }
error-skills-file = the skills in `{ $path }` cannot be read
error-phrases = the phrases in `{ $path }` cannot be read
error-lexicon = words cannot be looked up
error-signals = the system's signals cannot be heard
error-speech = hearing or speaking cannot start
error-store = the database cannot be used

## evatel/src/settings.rs
error-no-file = there is no settings file `{ $path }`
error-value = setting `{ $key }`: { $reason }
error-unreadable = the settings cannot be read

## evatel/src/cli/failure.rs
failure-file = `{ $path }` cannot be written
failure-line = line { $number } of standard input: { $why }
failure-read = `{ $path }` cannot be read

## evatel-provision/src/escape.rs
unfit = `{ $given }` cannot stand in { $format }: { $character }

## evatel-provision/src/plan.rs
plan-error-foreign = `{ $folder }` holds a configuration that Evatel did not write (`{ $file }`)

## evatel-provision/src/render.rs
render-error-fill = the template of `{ $file }` cannot be filled in
render-error-read = the template `{ $file }` cannot be read from the template folder
render-error-template = the template of `{ $file }` is broken

## Sentences of the code that no `#[error]` holds
length-public = a public number has 10 digits, 11 with the 1 before, or 8 to 15 after `+` or 011 and the country code
broken-no-number-company = a company in production needs at least one number that its virtual receptionist answers: assign one first
broken-no-number-professional = a professional in production needs at least one Smart Number: assign one first
fault-at-step = step `{ $step }`: { $fault }
gate-refusal = `{ $number }` refused by rule `{ $rule }`
length-north-american = a North American number has 10 after the country code 1
length-international = an international number has 8 to 15 with its country code
length-most = no number has more than 15 with its country code
length-dialled = dial 10 or 11 digits, 011 and a country code, or an extension of 2 to 6 digits
time-over = that moment is over
time-thirty-days = a reservation lasts 30 days at most
time-not-over = its time is not over
dump-line = {" "}at line { $line }
dump-rows = { $written } rows were written and { $read } came back
whose-user = the same user
whose-colleague = a colleague
whose-office = the office
billed-by-reseller = the reseller itself
billed-by-system = the system
egress-no-host = no host
egress-port-zero = no port can be 0
egress-not-public = no public address
database-of-another = it holds another program's tables
database-no-file = it is no file

## Values of the command line
value-amount-alone = `{ $given }` is more than an amount: write the amount alone, and its currency as `--currency`
value-or-anonymous = { $reason }, or `anonymous`
invalid-province = `{ $value }` is no province or territory: use one of AB BC MB NB NL NS NT NU ON PE QC SK YT
value-number-whole = `{ $given }` is not E.164: write a whole number, such as `+15145550199` or `5145550199`
value-number-form = { $reason }; write it as `+15145550199` or `5145550199`
value-match = { $reason }, or a country such as `FR`, or first digits such as `+33`
value-or-none = { $reason }, or `none`
value-or-account = { $reason }, or `account`
value-count = `{ $given }` is no count: 0 to 1000000
value-calls = `{ $given }` is no number of calls: 1 to { $most }
value-length = `{ $given }` is no length: 1 to { $most } seconds
value-amount = `{ $given }` is no amount: write it as `0.012`
value-minute-price = `{ $given }` is too much for a minute: at most 4294.967295
value-switch = `{ $given }` is neither `on` nor `off`
value-instant = `{ $given }` is no instant: write it as `2026-12-24T10:00:00-05:00` or `2026-12-24T15:00:00Z`
value-time = `{ $given }` is no time: write `17:00`, `2026-12-24T17:00` or an instant such as `2026-12-24T22:00:00Z`
value-moment = { $reason }; write it as `2026-11-26T10:00[America/Toronto]`

## Rows of imports
import-heading-pair = `{ $one }` and `{ $other }`
import-person-extension = `{ $given }` is no extension
import-person-zone = `{ $given }` is no time zone
import-person-there = `{ $extension }` is there already, with `{ $what }`
thing-emergency-place = emergency place of account
import-too-many-rows = the file has more than { $most } rows
import-too-long = longer than { $most } bytes
import-fields = { $found } fields where the heading has { $wanted }
import-not-text = the text is not UTF-8
import-twice = `{ $number }` stands on line { $line } already
import-no-public = `{ $given }` is no public number
import-again = `{ $name }` is on line { $line } already
import-pool-or-user = a number goes to a reseller's pool or to a user
import-no-trunk = no trunk is named, here or with the command
import-another-reseller = `{ $reseller }` is not the reseller that this import is for
import-in-inventory = `{ $number }` is in the inventory already, and not as this row says
import-formula = `{ $given }` begins as a formula does
import-many = { $count } are too many: { $most } at most
import-no-number = there is no number
import-contact-digits = `{ $given }` has { $digits } digits; a contact has a public number
import-outside-card = `{ $given }` stands outside of a card
import-card-begins = another card begins before this one ends
import-card-ends = the card does not end
import-card-size = the card has { $bytes } bytes: { $most } at most
import-no-card = this is no vCard
import-item-there = `{ $item }` is there already, { $what }
import-item-retired = and retired
import-item-kind = of the kind `{ $kind }`
import-item-name = with the name `{ $name }` and the resale rule `{ $rule }`
import-minutes = `{ $given }` is no number of minutes

## JSON documents and the operating system
json-place = { $reason } at line { $line } column { $column }
json-field-missing = missing field `{ $field }`
json-field-twice = duplicate field `{ $field }`
json-field-unknown = unknown field `{ $field }`, expected { $known }
json-variant-unknown = unknown variant `{ $given }`, expected { $known }
json-one-of = one of { $known }
json-type = invalid type: { $found }, expected { $wanted }
json-value = expected value
json-end-object = EOF while parsing an object
json-end-list = EOF while parsing a list
json-end-text = EOF while parsing a string
json-end-value = EOF while parsing a value
json-trailing = trailing characters
json-key = key must be a string
json-document = `{ $path }`: { $reason }
os-none = No such file or directory (os error { $code })
os-denied = Permission denied (os error { $code })
os-folder = Is a directory (os error { $code })
os-not-folder = Not a directory (os error { $code })
os-full = No space left on device (os error { $code })
os-refused = Connection refused (os error { $code })
os-taken = Address already in use (os error { $code })

## Settings and the database's URL
url-file = a database needs a file: write `sqlite:///path/to/evatel.db`
url-path = a path has no control character and no `?`
url-usage = { $reason }; write `postgres://user:password@host/database` or `postgres:///database?host=/run/postgresql&user=user`
url-write = write `sqlite:///path/to/evatel.db` or `postgres://user@host/database`
url-leave-out = { $reason }; leave one out
url-two-users = it has two users
url-two-hosts = it has two hosts
url-two-passwords = it has a password and a `passfile`
url-no-user = it names no user
url-no-host = it names no host
url-no-database = it names no database
url-sslmode = `sslmode={ $given }` is unknown: `disable` or `verify-full`
url-parameter = `{ $given }` is unknown behind `?`: `host`, `passfile`, `sslmode`, `sslrootcert`, `user`
setting-rtp = the range must begin at 1024 or higher and end above its beginning
setting-port = a port is 1 to 65535
setting-seconds = { $least } to { $most } seconds
setting-calls = { $least } to { $most } calls
setting-ms = { $least } to { $most } ms
setting-processes = { $least } to { $most } processes
setting-no-endpoint = there is no `[[brain.endpoints]]` to ask: add one, or say `never`
setting-name = a name has 1 to 40 characters
setting-name-twice = two endpoints have this name
setting-price = no price is below zero
setting-currency = prices and limit must be of one currency
setting-cost = each endpoint needs `question_price` and `answer_price` for a limit on cost to hold
setting-key = `{ $name }`: the key in `{ $path }` cannot be used: { $reason }
setting-empty = the file is empty

## evatel/src/doctor.rs: findings
seen-database = revision { $revision }, numbers: { $numbers }
seen-no-trunk = no trunk
seen-no-number = no number
seen-no-device = the owner of `{ $number }` has no device
seen-no-address = account `{ $account }` has no emergency address
seen-rows = trunks, numbers, devices and emergency addresses are there
seen-up-to-date = `{ $folder }` is up to date
seen-differs = `{ $folder }` differs in { $files }
seen-modules = { $count } modules, all that calls need among them
seen-not-running = not running: { $modules }
seen-no-model = no model is set: keys only
seen-model = `{ $folder }`, { $engine } on `{ $provider }`
seen-model-synthetic = `{ $folder }`, { $engine } on `{ $provider }`: a small model that knows synthetic voices only and is not made to recognise people
seen-voice = espeak-ng speaks
seen-unpronounceable = `{ $name }` ({ $contact }): { $reason }
seen-contacts = { $count } can be called by name
seen-grammar = the built-in grammar alone
seen-no-skills = nothing beside calls can be ordered
seen-skills = { $skills }: orders are posted to `{ $server }`, which was not asked
seen-skills-undone = { $skills }: nobody does what is ordered
seen-unheard = endpoints are set and nothing is heard
seen-nobody-asked = nobody was asked
seen-tone = over `{ $medium }` a tone came back after { $ms } ms
seen-tone-lost = over `{ $medium }` a tone was sent and did not come back
seen-tone-then = { $first }; then { $second }
seen-tone-failed = over `{ $medium }`: { $reason }
seen-way = { $numbers } over { $trunk }, priority { $priority }
seen-rule = { $name }: { $effect } { $numbers }, set by { $level }
ari-bad-request = Asterisk refused `{ $request }`: { $message }
ari-closed = the connection to Asterisk is closed
ari-not-sent = `{ $request }` was not sent: { $reason }
ari-unknown = `{ $request }` may or may not have been done: { $reason }
ari-too-old = Asterisk { $found } is too old: { $needed } or newer is needed
ari-user = Asterisk does not accept user `{ $user }` with this password (ari.conf)
ari-not-ready = Asterisk is not ready: `{ $request }` gave { $status }: { $message }
ari-unexpected = `{ $request }` gave { $status }, which was not expected: { $message }

## What something is
by-many = a DID, an emergency place, a route or a restriction
kind-did-command = DID command
kind-did-status = DID status
kind-account-kind = account kind
kind-account-status = account status
kind-action = action
kind-billing-mode = billing mode
kind-cap = cap of a trunk
kind-column = column
kind-decision = decision
kind-direction = direction
kind-effect = effect
kind-field = field
kind-holiday = holiday
kind-item-kind = item kind
kind-answer = kind of answer
kind-row = kind of row
kind-language = language
kind-leg-cause = leg cause
kind-level = level
kind-limit = limit
kind-quote-line = line of a quote
kind-list = list
kind-matter = matter
kind-class = number class
kind-office-state = office state
kind-origin = origin
kind-outcome = outcome
kind-price-part = part of a price
kind-port-direction = port direction
kind-port-status = port status
kind-province = province or territory
kind-remedy = remedy
kind-resale = resale rule
kind-reseller-status = reseller status
kind-role = role
kind-rule = rule
kind-standing = standing
kind-status = status
kind-step = step of a schedule
kind-domain = domain
kind-mail = mail address
kind-web = address of the web
id-account = account id
id-api-key = API key id
id-call = call id
id-contact = contact id
id-device = device id
id-device-model = device model id
id-did = DID id
id-itsp = ITSP id
id-item = item id
id-leg = leg id
id-login = login id
id-port-request = port request id
id-quote = quote id
id-reseller = reseller id
id-reservation = reservation id
id-route = route id
id-restriction = restriction id
id-screening = screening id
id-session = session id
id-subscription = subscription id
id-trunk = trunk id
id-user = user id
thing-account = account
thing-api-key = API key
thing-approved-country = approved country
thing-call = call
thing-catalogue = catalogue
thing-contact = contact
thing-default-reseller = default reseller
thing-device = device
thing-did = DID
thing-itsp = ITSP
thing-item = item
thing-leg = leg
thing-limit-of = limit of
thing-login = login
thing-office = office of account
thing-owner = owner
thing-presence = presence of user
thing-quote = quote
thing-reseller = reseller
thing-restriction = restriction
thing-route = route
thing-screening = screening entry
thing-subscription = subscription
thing-trunk = trunk
thing-user = user
by-did = a DID
by-device-or-did = a device or a DID
by-place = an emergency place, as the number to ring back
by-trunk = a trunk
many-answers = answer
many-rules = rules
many-statuses = statuses
standing-system = system-admin
standing-reseller = reseller-admin
standing-administrator = administrator
standing-manager = office-manager
standing-receptionist = receptionist
standing-support = tech-support
standing-employee = employee
standing-professional = professional
standing-nobody = nobody
