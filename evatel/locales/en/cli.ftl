### The texts of the command line, in English.

## Frame
error-cause = { $message }: { $cause }
error-line = error: { $message }
hint-another-daemon = stop the other one first; one daemon serves one database
hint-line = hint: { $hint }
yes = yes
no = no
everybody = everybody
removed = Removed `{ $id }`.

## evatel init
init-database = Database `{ $path }` made.
init-account = Account { $account }: { $name }
init-user = User { $user }, extension { $extension }
init-settings-made = Settings `{ $path }` made, with a new ARI password.
init-settings-kept = Settings `{ $path }` kept as they are.
init-next = Next: `evatel trunk add`, `evatel did add`, `evatel device add`, `evatel contact add`, `evatel emergency set`, `evatel provision apply`.

## evatel db, evatel secret
db-checked-fine = nothing is wrong; revision { $revision }
db-exported =
    { $rows ->
        [one] { $rows } row written
       *[other] { $rows } rows written
    }
db-imported =
    { $rows ->
        [one] { $rows } row came
       *[other] { $rows } rows came
    } to { $database }
db-migrated = the schema is of this version now: { $ran }
db-pending = the schema is older than this version: `evatel db migrate` runs { $pending }
db-uptodate = the schema was of this version already
fault-account-legs = account `{ $owner }` counts { $legs } legs and has { $places } places
fault-dangling = { $what } points to { $missing }, which does not exist
fault-emergency-address = the emergency address of number { $number } names no province: emergency services are told none
fault-emergency-place = the emergency place of account `{ $account }` has `{ $province }` for its province, which is none: its emergency calls tell no address
fault-file = the file is damaged: { $said }
fault-key-missing = a secret was sealed with the key `{ $key }`, which is not in the key file
fault-no-key = there is no key for the secrets in the database
fault-reference = `{ $table }` row { $row } points to a missing row of `{ $parent }`
fault-reference-unnumbered = a row of `{ $table }` points to a missing row of `{ $parent }`
fault-sealed = the secret in { $table }.{ $column } of `{ $row }` was changed by somebody else and cannot be opened
fault-toll-legs = limit `{ $owner }` counts { $legs } toll legs and has { $places } places
fault-trunk-calls = trunk `{ $owner }` counts { $legs } calls and has { $places } places
db-would-import =
    { $rows ->
        [one] { $rows } row would come
       *[other] { $rows } rows would come
    }
db-key-lacks = note: the secrets in it were sealed with the key `{ $key }`, which `{ $path }` does not have: put the key file that belongs to this backup there, or name it as `database.key_file`; until then no telephone can register
secret-would-rotate =
    { $count ->
        [one] { $count } secret can
       *[other] { $count } secrets can
    } be opened and would be sealed with a new key in { $path }
fault-no-number = account `{ $account }` is in service without the number by which it is reached
remedy-fault-account-legs = stop the daemon and run in the database: UPDATE accounts SET active_legs = { $places } WHERE id = '{ $owner }'
remedy-fault-dangling = `evatel db restore` a backup from before, or make what is missing anew; until then the daemon does not start
remedy-fault-emergency-address = `evatel did address { $number } --street … --city … --province …` gives it another one, `--clear` none of its own
remedy-fault-emergency-place = `evatel emergency set --account { $account } --callback NUMBER --street … --city … --province …` sets it anew
remedy-fault-file = stop the daemon, keep a copy of the file, and `evatel db restore` the last backup
remedy-fault-key-missing = put the key file that has this key at `{ $path }`, or name it as `database.key_file`
remedy-fault-no-key = put the key file at `{ $path }`, or name it as `database.key_file`
remedy-fault-no-number-company = `evatel did add NUMBER --receptionist --user USER`, or `evatel account set { $account } --status suspended`
remedy-fault-no-number-professional = `evatel did add NUMBER --user USER`, or `evatel account set { $account } --status suspended`
remedy-fault-reference = `evatel db restore` a backup from before
remedy-fault-reference-unnumbered = `evatel db restore` a backup from before
remedy-fault-sealed = `evatel device secret { $row }` gives the telephone another one
remedy-fault-toll-legs = stop the daemon and run in the database: UPDATE leg_counts SET toll_legs = { $places } WHERE owner = '{ $owner }'
remedy-fault-trunk-calls = stop the daemon and run in the database: UPDATE trunk_contracts SET calls = { $places } WHERE trunk_id = '{ $owner }'
row-account = account
row-approved-country = approved country
row-contact = contact
row-device = device
row-did = number
row-emergency-place = emergency place
row-limits = limits
row-office = office
row-presence = presence
row-reseller = reseller
row-restriction = restriction
row-screening-entry = screening entry
row-user = user
file-there = `{ $path }` is already there
secret-rotated =
    { $count ->
        [one] { $count } secret is
       *[other] { $count } secrets are
    } sealed with key { $key } in { $path }

## Headings
head-id = ID
head-name = NAME
head-kind = KIND
head-status = STATUS
head-language = LANGUAGE
head-records = RECORDS CALLS
head-extension = EXTENSION
head-pin = PIN
head-account = ACCOUNT
head-peer = PEER
head-format = FORMAT
head-number = NUMBER
head-caller = CALLER
head-day = DAY
head-list = LIST
head-owner = OWNER
head-user = USER
head-mac = MAC
head-model = MODEL
head-trunk = TRUNK
head-effect = EFFECT
head-numbers = NUMBERS
head-holds-for = HOLDS FOR
head-set-by = SET BY
head-hours = HOURS
head-outcome = OUTCOME
head-about = ABOUT
head-address = ADDRESS
head-callback = RINGS BACK
head-began = BEGAN
head-call = CALL
head-way = WAY
head-from = FROM
head-to = TO
head-decision = DECISION
head-rule = RULE
head-length = LENGTH
head-end = END
head-as-whom = AS
head-at = WHEN
head-billing = BILLING
head-default = DEFAULT
head-expires = EXPIRES
head-failures = WRONG
head-key = KEY
head-locked = LOCKED UNTIL
head-login = LOGIN
head-reseller = RESELLER
head-roles = ROLES
head-scope = FOR
head-used = USED
head-changed = CHANGED
head-what = WHAT
head-who = WHO
head-zone = ZONE
head-approves = COUNTRIES NEED APPROVAL
head-classes = CLASSES
head-country = COUNTRY
head-joins-outside = JOINS OUTSIDE
head-legs-a-minute = LEGS/MIN
head-longest = LONGEST (S)
head-minute-price = PRICE/MIN
head-priority = PRIORITY
head-spend-a-day = SPEND/DAY
head-toll-legs = TOLL LEGS
head-weight = WEIGHT

## Verbs
country-approved = Account { $account } may call { $country }.
country-withdrawn = Account { $account } may call { $country } no more without approval.
no-limits = no limits are set
route-ordinary = ordinary
set-from-above = a rule is set by whom it holds for or by somebody above
trunk-from-above = only the system and the reseller choose trunks
explain-allowed = allowed
explain-denied = denied
explain-needs-pin = needs the PIN
explain-decision = Decision: { $decision }, by { $rule }
explain-input = Given:   { $input }
explain-class = Class:   { $class }
explain-number = Number:  { $number }
explain-refused = Refused: { $reason }
line-not-text = line { $line } is not UTF-8, from its byte { $byte } on
line-too-long = line { $line } has more than { $most } bytes
hint-lines = write one item a line, in UTF-8
nothing-to-change = nothing to change was given
no-trunk = there is no trunk yet
many-trunks = there are several trunks: say which
allow-from-above = an opening counts only from the system or the reseller
no-emergency-place = No emergency place is set: emergency calls then leave by the account's first trunk and tell no address.
ask-pin = New PIN (4 to 12 digits):
pin-set = PIN of `{ $user }` set.
pin-cleared = `{ $user }` has no PIN any more.
device-user = SIP user: { $user }
device-secret = Secret:   { $secret }
device-realm = Realm:    { $realm }
device-once = The secret is shown this once: only its digest is kept. Run `evatel provision apply` to let the telephone register.

## evatel call show
story-call = Call { $call }
story-leg = { $time }  { $way } from { $from } to { $to } ({ $cause })
story-allowed = {"              "}allowed by rule `{ $rule }`, for `{ $authoriser }`
story-refused = {"              "}refused by rule `{ $rule }`, for `{ $authoriser }`
story-ended = {"              "}ended { $time }: { $cause } (Q.850 { $q850 }) { $length }
story-open = {"              "}not ended
story-recording = {"              "}recording: { $file }
story-enter = What was said and recorded is told with `--enter`: as the account's administrator, and the audit tells so.
transcript-closed = what was said in call `{ $call }` is for its account
transcript-none = nothing is kept in `{ $folder }`
who-assistant = assistant
who-caller = caller
who-callee = callee
who-system = system

## Who
ask-password = New password (15 characters or more):
dry-run = Dry run: nothing is changed.
key-once = The key is shown this once: only its digest is kept.
key-secret = Key: { $key }
login-unlocked = Login `{ $login }` is open again.
password-set = Password of `{ $login }` set; its sessions have ended.
reseller-address = Address: { $value }
reseller-closed =
    Reseller `{ $id }` closed, and { $accounts ->
        [one] one of its accounts
       *[other] { $accounts } of its accounts
    }.
reseller-contact = Contact: { $value }
reseller-domain = Portal: { $value }
reseller-logo = Logo: { $value }
reseller-mail = Mail: { $value }
reseller-mail-from = Mails come from: { $value }
reseller-number = Number: { $value }
reseller-product = Product: { $value }
the-system = system

audit-more = `--json` and `--csv` tell all of it, from where too.

## evatel provision
head-file = FILE
head-change = CHANGE
change-changed = changed
change-new = new
change-same = same
provision-reloaded = Asterisk has read again: { $modules }
provision-restart = Some files are read only when Asterisk starts: start it, or restart it when no call is up.
provision-away = Asterisk was not told ({ $reason }); it reads the files when it starts.
no-ari-password = `asterisk.ari_password` is not set

## evatel serve and doctor
serve-ready =
    ready: Asterisk { $asterisk } over { $media }, { $dids ->
        [one] { $dids } number
       *[other] { $dids } numbers
    }, speech: { $speech }{ $synthetic ->
        [yes] , which knows synthetic voices only
       *[no] {""}
    }
serve-keys-only = keys only (no `speech.model_dir`)
serve-stopped = stopped
severity-ok = ok
severity-warning = warning
severity-failure = FAILURE
check-audio = audio path
check-brain = brain (language models)
check-configuration = Asterisk's configuration
check-contacts = contacts
check-database = database
check-model = speech model
check-modules = Asterisk's modules
check-rows = rows
check-skills = skills
check-switch = Asterisk
check-voice = voice
doctor-finding = [{ $severity }] { $check }: { $seen }
doctor-works = Calls work.
doctor-does-not-work = Calls do not work as things are.
doctor-audio = see what Asterisk logs; with `websocket` it connects to `asterisk.media_port` as `evatel provision apply` told it, with `websocket-server` its HTTP server must let this machine in; `asterisk.media` names the other ways of the sound
doctor-brain = see `[[brain.endpoints]]` in the settings: `url`, `model`, `api_key`, and `[egress]` for addresses that are not public; until then the grammar decides alone
doctor-skills = see `[skills]` in the settings and docs/skills.md; `evatel agent talk --skills FILE` tries a file
doctor-skills-undone = set `skills.url`, to which each order is posted (docs/skills.md)
doctor-brain-unheard = set `speech.model_dir`: without a recogniser there is nothing to ask about
doctor-configuration = correct the value that is named, or choose another `asterisk.root`
doctor-credentials = `evatel provision apply` writes user and password into ari.conf; restart Asterisk after it, or correct `asterisk.ari_user` and `asterisk.ari_password`
doctor-database = `evatel init` makes a database; `--database` or `database.url` names one
doctor-drift = `evatel provision plan` shows the difference, `evatel provision apply` writes it
doctor-espeak = install espeak-ng: `apt-get install espeak-ng`, or `cargo xtask setup`
doctor-model = `speech.model_dir`, `speech.words`, `speech.vad` and `speech.voices` must name whole model folders (`evatel model check`); `cargo xtask setup` brings the native libraries; the program must be built with `--features sherpa`
doctor-modules = load them in modules.conf (`autoload=yes` loads all that are installed) and restart Asterisk
doctor-no-device = `evatel device add --name NAME --user ID`, then `evatel provision apply`
doctor-no-did = `evatel did add NUMBER`
doctor-no-emergency = `evatel emergency set --street … --city … --province QC --callback NUMBER`
doctor-no-model = set `speech.model_dir`, such as `models/phones`, which knows synthetic voices only; `evatel model list` shows models for people, which `speech.words` names beside it
doctor-no-switch = start Asterisk, and check that its HTTP server is where `asterisk.ari_url` says
doctor-no-trunk = `evatel trunk add --name NAME --peer ADDRESS --format national10`
doctor-provider = set `speech.provider` to `cpu`, or put a sherpa-onnx built for that card, of the same version, beside the program
doctor-too-old = install Asterisk 22.8 or newer; `cargo xtask setup` brings one
doctor-unpronounceable = write the name with letters as it is said; until then the contact can be reached by keys

## When, and who is rung then
schedule-local = { $local } on the clock there
schedule-state = State: { $state }
schedule-rule = Rule: { $rule } { $about }
presence-set = The rules of { $name } were set.
status-now = { $name }: { $state }
office-set = The hours of the office were set.
office-open = The office is open.
office-closed = The office is closed.
evaluate-not-in-service = The number is nobody's: not in service
evaluate-rejected = The caller is refused
evaluate-voicemail = Voicemail of { $owner }
evaluate-ring = { $step }. { $whom } rings
evaluate-ring-for = { $step }. { $whom } rings for { $seconds } s
evaluate-then-voicemail = then voicemail of { $owner }
evaluate-line-form = line { $line }, column { $column }: an object has `did` and, where wanted, `caller` and `at`, each once and each a text
evaluate-line-json = line { $line }, column { $column }: this is neither a number nor a JSON object
evaluate-held = yes  { $tried }
evaluate-not = no   { $tried }
rule-number = Number in service
rule-block-list = Block list
rule-allow-list = Allow list
rule-override = Set by hand
rule-holiday = Holiday
rule-special-period = Special period
rule-weekly-hours = Weekly hours
rule-otherwise = Rest of the time
rule-caller-rule = Rule of the status
rule-status-default = Default of the status
rule-no-rules = No rules: the telephone rings
rule-gate = Leave to call
rule-forward-loop = Left out: already on the way
rule-hop-limit = Left out: too many forward to each other
rule-nobody-there = Left out: nobody there
rule-voicemail = Nobody left to ring: voicemail
holiday-boxing-day = Boxing Day
holiday-canada-day = Canada Day
holiday-christmas = Christmas Day
holiday-civic-holiday = Civic Holiday
holiday-discovery-day = Discovery Day
holiday-easter-monday = Easter Monday
holiday-family-day = Family Day
holiday-good-friday = Good Friday
holiday-indigenous-peoples-day = National Indigenous Peoples Day
holiday-labour-day = Labour Day
holiday-new-year = New Year's Day
holiday-nunavut-day = Nunavut Day
holiday-remembrance-day = Remembrance Day
holiday-saint-jean = National Holiday (Saint-Jean-Baptiste)
holiday-thanksgiving = Thanksgiving
holiday-truth-and-reconciliation = National Day for Truth and Reconciliation
holiday-victoria-day = Victoria Day (Patriots' Day in Québec)
import-format = the file's name does not say whether it is CSV or vCard
remedy-count-fields = give as many fields as the heading has
remedy-end-card = write `END:VCARD` after each `BEGIN:VCARD`
remedy-give-name = give it a name on one line
remedy-give-number = give it a public number of ten digits, or with `+`
remedy-remove-duplicate = leave one of the two
remedy-remove-formula = take away the first character, with which spreadsheets begin a formula
remedy-shorten = leave fewer
file-unreadable = `{ $path }` cannot be read: { $reason }
file-too-large = `{ $path }` has more than { $most } bytes

## Hints
hint-account-set = give what to change, such as `--language en` or `--records-calls on`; `evatel account set --help` shows all
hint-add-trunk = add one: `evatel trunk add --name Carrier --peer 192.0.2.10 --format national10`
hint-set-by = give `--set-by` the level of the owner or one above it: system, reseller, account, user
hint-allow = add `--system` or `--reseller ID`, or use `--deny`
hint-already-there = nothing was changed; choose another with `--database`, or move this one away first
hint-ari-away = is Asterisk running, and is its HTTP server where `asterisk.ari_url` says? `evatel doctor` looks closer
hint-ari-password = set it in the settings file or as `EVATEL_ASTERISK__ARI_PASSWORD`; `evatel init` makes one
hint-ari-rights = the user in ari.conf must not be read-only, and its `acl` must let this machine in
hint-ari-user = `evatel provision apply` writes user and password into ari.conf; restart Asterisk after it, or correct `asterisk.ari_user` and `asterisk.ari_password`
hint-busy = another program holds the database; try again
hint-callback = assign the number first (`evatel did add`), or give one that `evatel did list` shows
hint-displaced = stop the other program, or give it another application: two daemons on one Asterisk need two names
hint-dump = nothing was changed; make the export anew with `evatel db export`, or take another backup
hint-file-there = nothing was changed; give another name, or move this file away first
hint-document = correct what is named, at that line and column; the verb's `--help` shows such a file
hint-file = check the path and that you may read the file
hint-folder = check that the folder is there and that you may write into it
hint-foreign-folder = choose another `asterisk.root`; a configuration that somebody wrote by hand is never overwritten
hint-forward = nothing was saved: correct the forward that is named
hint-import = nothing was taken in: correct these lines, and try with `--dry-run`
hint-import-format = give `--format csv` or `--format vcard`
hint-in-use = remove what uses it first
hint-instant = an instant has a date, a time and an offset or `Z`
hint-no-country = `evatel limit countries` shows those that are approved
hint-no-emergency-place = `evatel emergency show` shows what is there, `evatel emergency set` makes one
hint-no-item = `evatel catalog list` shows what there is to sell
hint-no-limits = `evatel limit show` shows what is limited
hint-no-office = `evatel account list` shows the accounts; `evatel office set` gives one hours
hint-no-presence = `evatel user list` shows the users; `evatel presence set` gives one rules
hint-no-quote = `evatel quote list` shows the quotes of an account, with `--account` those of another than the first; `evatel quote confirm` wants the same `--account`
hint-missing = the `list` verb of the same noun shows what is there
hint-name-trunk = give `--trunk`; `evatel trunk list` shows them
hint-newer-schema = this database belongs to a newer Evatel: install that version, or restore a copy from before; nothing was changed
hint-key-lost = put the right key file back; without it the secrets are lost for good: remove the devices, make a new key with `evatel secret rotate`, and add them anew
hint-media = run `evatel provision apply`, which writes it and lets Asterisk read it, or say `asterisk.media = "websocket-server"`
hint-metrics = choose another address with `metrics.listen`, or leave it out; one process can show its counts at one address only
hint-no-database = make one with `evatel init` (on a PostgreSQL server with `createdb` before), or say where it is with `--database` or `database.url`
hint-no-key = `database.key_file` or the systemd credential `evatel.key` says where it is; `evatel secret rotate` makes a first one
hint-not-a-database = name another file with `--database` or `database.url`; this one was left as it is
hint-pin = choose 4 to 12 digits that are not one digit repeated and do not count up or down
hint-render = correct the value that is named, or the template in `asterisk.templates_dir`
hint-settings = `evatel --help` names the files that are read; the environment is read as `EVATEL_DATABASE__URL` and the like
hint-settings-file = check `--config` and `EVATEL_CONFIG`; `evatel init` makes the file
hint-speech = `cargo xtask setup` brings the native libraries; `speech.model_dir`, `speech.words`, `speech.vad` and `speech.voices` name folders of models (`evatel model check` tries them); without them prompts and keys still work
hint-status = `evatel presence set --help` lists the statuses
hint-taken = the `list` verb of the same noun shows who has it; remove it there first
hint-country = give the two letters of ISO 3166-1; `evatel number explain NUMBER` names the class and the country of a number
hint-too-old = install Asterisk 22.8 or newer; `cargo xtask setup` brings one
hint-unreachable = does the server run, and are host, port, user and password right? Off this machine TLS is needed: a certificate that is trusted, or `sslrootcert=`
hint-until = give a time that is still to come
hint-url = such as `--database sqlite:///srv/evatel/evatel.db` or `postgres://evatel@db.example/evatel?passfile=/etc/evatel/db-password`
hint-enter = the command line enters by itself where it can; a program enters with `Acting::enter`
hint-last-administrator = `evatel user roles USER administrator` makes another one
hint-default = it is what a verb without `--account` or `--reseller` means: `evatel account set --status suspended` takes the account out of service
hint-no-number = a company needs a number at its receptionist, a professional a Smart Number: `evatel did add NUMBER --user USER`, with `--receptionist` for a company
hint-password = a sentence of several words is long enough and easy to keep
hint-reseller-set = give what to change, such as `--billing self-billed`; `evatel reseller set --help` shows all
hint-secret = type it on one line, or give it on standard input
hint-user-set = give what to change, such as `--extension 110`; `evatel user set --help` shows all
hint-limit-set = give what to limit, such as `--toll-legs 3`, or `--toll-legs none` to lift it; `evatel limit set --help` shows all
hint-route-set = give what to change, such as `--price 0.012`; `evatel route set --help` shows all
head-intent = INTENT
head-slot = SLOT
head-distance = DISTANCE
head-margin = MARGIN
head-heard = HEARD
head-stable = STAYS
head-answered = ANSWERED
head-open = MAY CHANGE
agent-unpronounceable = cannot be named: { $name } ({ $reason })
agent-grammar-checked =
    { $added ->
        [one] { $added } phrase
       *[other] { $added } phrases
    } added; pairs of different intents that sound alike: { $alike }.
agent-grammar-never = { $distance } (neither is understood)
hint-skills = docs/skills.md says what a file of skills holds
hint-dialogue = docs/dialogues.md says what a dialogue file holds
hint-grammar = a file of phrases has one table a language and one list an intent: `evatel agent grammar --help` shows one
head-phrase = PHRASE
head-place = WHERE
agent-no-model = there is no model to hear with
agent-nothing-to-say = there is nothing to say in this text
agent-said = { $file }: { $seconds } s
hint-model = name one with `--model`, such as `--model models/phones` (it knows synthetic voices only), or as `speech.model_dir` in the settings
hint-wav = give a WAV file with PCM or float samples, 64 MiB at most; `ffmpeg -i FILE out.wav` makes one of other sound
hint-ssml = docs/speaking.md lists the elements; without --ssml the text is said as it stands
hint-text = give a text with words in it, 64 KiB at most
hint-voice = `cargo xtask setup` installs espeak-ng
agent-no-device = user { $user } has no telephone to call from
agent-no-number = user { $user } has no number that can be called
agent-talked = The call is over.
agent-kept = The call is over; its sound is in { $file }.
hint-device = `evatel device add` gives him one
hint-loopback = a port on 127.0.0.1 and a temporary folder are needed
head-value = VALUE
agent-nothing-read = no date, time, number, amount or answer is in this text
agent-line-too-long = it has more than { $most } bytes
agent-no-choice = `--option` is for `--expect choice`
hint-choice = add `--expect choice`, or leave the options away
answered-beep = a beep of { $hz } Hz
answered-busy = a busy tone
answered-congestion = a tone of congestion
answered-fax = a fax
answered-human = a person
answered-machine = a machine
answered-music = music
answered-silence = silence
answered-unclear = unclear
parse-yes-no = yes or no
parse-digits = digits
parse-number = number
parse-amount = amount
parse-seconds = seconds
parse-time = time
parse-date = date
parse-moment = moment
parse-intent = intent

## evatel did, itsp
head-by = BY
head-calls = CALLS
head-calls-a-second = CALLS/S
head-done = DONE
head-itsp = ITSP
head-until = UNTIL
did-address-of-account = note: the number has no emergency address of its own: emergency services are told the place of its account (`evatel emergency show --account { $account }`); `evatel did address { $number } --street … --city … --province …` gives it one
did-no-address = note: emergency services are told NO address for this number: neither it nor account { $account } has one; `evatel emergency set --account { $account } --callback { $number } --street … --city … --province …` sets it
import-done = { $added } added, { $same } there already, { $refused } refused
import-would = { $added } would be added, { $same } there already, { $refused } refused
import-nothing = Nothing is taken in: a row that is refused keeps all out.
import-nothing-unless = Nothing is taken in: a row that is refused keeps all out, unless `{ $option }` is given.
import-more = … and { $count } more; `--json` gives all of them
import-progress =
    { $of ->
        [one] { $rows } of { $of } row
       *[other] { $rows } of { $of } rows
    }
import-refused = line { $line }, { $field }: { $problem }; { $remedy }
remedy-ask-owner = take the row out, or have the number's owner release it first
remedy-choose-one = give the reseller or the user, not both
remedy-name-trunk = name a trunk in the row, or with `--trunk`
remedy-order-by-quote = import it without a user, into the pool, then `evatel quote number` and `evatel quote confirm`
remedy-save-as-utf8 = save the file as UTF-8
remedy-shorten-line = end each row with a line break
remedy-split-file = part the file in two
remedy-use-listed-id = use an id that the `list` verb of that noun shows
remedy-write-e164 = write it as `+15145550199`; in a spreadsheet, format the column as text
catalog-import-done = { $added } added, { $repriced } repriced, { $same } there already, { $refused } refused
catalog-import-would = { $added } would be added, { $repriced } repriced, { $same } there already, { $refused } refused
hint-catalog-columns = `evatel catalog import --help` shows the columns
remedy-choose-another-id = take another id: of an item that is there only the price changes
remedy-give-id = give it an id of letters, digits, `-` and `_`
remedy-pair-minutes = give minutes with the classes that they are for, or neither
remedy-use-listed-word = use one of the words that are listed
remedy-write-amount = write amounts as digits with a point, such as 12.50, and minutes as digits
remedy-buy-seat = buy more places first: `evatel quote buy`, then `evatel quote confirm`
remedy-choose-another-extension = take another extension, or change whoever has this one: `evatel user set`
remedy-give-extension = give an extension of 2 to 6 digits that is no code such as 911 and does not begin as one
remedy-give-zone = give a zone such as America/Toronto, or none for the account's
hint-user-columns = the first line names the columns: extension and name, and optionally language, zone
hint-csv-columns = the first line names the columns: number, and optionally trunk, reseller, user
hint-number-rests = `evatel did restore` gives it back to its former owner; anybody else gets it when its time is over (`evatel did show`)
hint-number-taken = `evatel did show` tells where it stands; `evatel did release` and `evatel did remove` let it go
hint-port-reason = `--reason` says why the other carrier refuses: evatel did port 5145550124 in-rejected --reason "the name differs"
hint-move = `evatel offer list --reseller …` shows what he sells and `evatel offer choose` lets him sell it; `evatel quote cancel` ends what the account pays for
move-subscription = { $item }: { $quantity } for { $after } a month each with the new reseller from { $from }, { $before } until then
move-number-along = { $number }: goes along ({ $status })
move-number-back = { $number }: was kept for the account and goes back to the old reseller's pool
move-exception = rule `{ $rule }` for { $owner }: the old reseller's exception is removed
move-pin = rule `{ $rule }` for { $owner }: asks for the PIN as before, and is the account's own from now on
move-joins = limits of { $owner }: parties outside are not joined any more until the new reseller allows it
move-approval = country { $country }: the old reseller's approval is removed
move-quotes = quotes that could still be confirmed, removed: { $count }
hint-number-state = `evatel did show` and `evatel did history` tell where the number stands
hint-read = check the file's name, and that you may read it
hint-device-set = give what to change, such as `--name Accueil`; `evatel device set --help` shows all
hint-mac-taken = one telephone is one device at a time: whoever has it lets go of it first, with `evatel device set DEVICE --mac none` or `evatel device remove`
hint-contact-set = give what to change, such as `--number 514-555-0150`; `evatel contact set --help` shows all
hint-restriction-set = give what to change, such as `--deny FR`; `evatel restriction set --help` shows all
hint-migrate-first = bring it to this version first: `evatel db migrate`
hint-trunk-set = give what to change, such as `--peer 192.0.2.20`; `evatel trunk set --help` shows all
itsp-limits = give `--itsp`, `--calls`, `--calls-a-second` or `--no-limits`

## evatel catalog, offer, quote, subscription
head-amount = BILLED NOW
head-days = DAYS
head-each = EACH
head-item = ITEM
head-monthly = MONTHLY
head-once = ONCE
head-quantity = QUANTITY
head-quote = QUOTE
head-resale = RESALE
head-sold = SOLD
catalog-version = Catalogue, version { $version }
quote-sum = { $now } now, { $monthly } each month; say yes until { $until }: evatel quote confirm { $quote } --account { $account }
quote-stale = stale: { $why }
hint-offer = `evatel offer list` and `evatel catalog list` show what is sold; `evatel subscription list` what is there
hint-price = amounts are digits with a point, such as 12.50; a minute's price is CLASS=AMOUNT, such as international=0.035
hint-stale = ask again with the same words: `evatel quote buy`, `resize` or `cancel`
hint-unpaid = `evatel offer list` shows what it costs; `evatel quote buy ITEM --quantity N` or `evatel quote number`, then `evatel quote confirm`

## evatel model
heading-form = Form
heading-languages = Languages
heading-licence = Licence
heading-megabytes = MB
heading-model = Model
heading-state = State
model-as-ear = To hear with it, write `model_dir = "{ $folder }"` under `[speech]` of the settings.
model-as-voice = To speak with it, write `{ $language } = "{ $folder }"` under `[speech.voices]` of the settings.
model-as-vad = To find speech with it, write `vad = "{ $folder }"` under `[speech]` of the settings.
model-as-words = To hear words with it, write `{ $language } = "{ $folder }"` under `[speech.words]` of the settings; `speech.model_dir` still names the phones that words are compared by.
model-differs = { $name }: not as it was installed
model-digesting = Comparing the digest
model-downloading = Downloading
model-file-changed = changed: { $path }
model-file-extra = not of the model: { $path }
model-file-missing = gone: { $path }
model-in-use = in use
model-installed = installed
model-is-in-use = the model `{ $name }` is in use: `[speech]` of the settings names it
model-is-installed =
    Installed `{ $name }` in { $folder }: { $files } files, { $megabytes } MB.
    SHA-256 of its archive: { $digest }
model-known = known
model-licence = Licence: { $licence }
model-loads = It loads in { $engine }.
model-none = No model is installed in { $folder }.
model-not-tried = It was not tried: this build has no speech library.
model-refused = { $name }: { $reason }
model-reinstall = remedy: `evatel model remove { $name }`, then install it again
model-size-unknown = unknown
model-sound = { $name }: as it was installed, and loads in { $engine }
model-synthetic = `{ $folder }` is a small model that knows synthetic voices only: tests and the demo use it, and it is not made to recognise people (models/phones/CARD.md).
model-unpacking = Unpacking
model-what = `{ $what }` is neither a known model, nor a URL, nor a file
model-whole = { $name }: as it was installed
hint-model-again = run the same command again; where this machine has no way out, download the archive elsewhere and install the file
hint-model-archive = take the archive as its makers publish it (.tar.gz or .tar.bz2), or make one of the model's own files: `tar czf model.tar.gz FOLDER`
hint-model-busy = wait until it is done, then run the command again
hint-model-digest = compare it with what the publisher states, then run the command again with `--sha256 DIGEST`; a download is kept until then. `--accept-unknown-digest` takes whatever comes
hint-model-in-use = let `speech.model_dir`, `speech.words`, `speech.vad` or `speech.voices` name another model first, or none, and restart the daemon
hint-model-list = `evatel model list --installed` shows what is there
hint-model-manifest = remove the model's folder by hand and install it again
hint-model-name = give a name with `--name`
hint-model-room = make room on the disk, or let `speech.models_dir` name a folder on another one
hint-model-there = give it another name with `--name`, or `evatel model remove` it first
hint-model-trial = nothing was installed or changed; another archive of the model, or one for sherpa-onnx 2, may load
hint-model-url = a URL is https at a public address; an address of your own network is listed in `egress.allow`. Or download the archive yourself and install the file
hint-model-what = `evatel model list` shows the names that are known
hint-model-wrong = nothing was installed: the archive was changed on the way, or the digest is of another one

# evatel agent test
agent-tested = { $passed } passed, { $failed } failed.
agent-no-scenario = there is no scenario among what was named
agent-no-harness = `{ $program }`, which plays scenarios through a real Asterisk, is neither beside this program nor on the PATH
agent-harness-failed = `{ $program }` ended without a report; its own lines say why
hint-harness = in a checkout of Evatel, `cargo xtask scenarios` sets up an Asterisk, builds the program beside `evatel`, and plays them
hint-scenario = docs/scenarios.md says what a scenario file holds
hint-transcript-enter = add `--enter`: as the administrator of the account, and the audit tells so
hint-transcript-none = it is kept on the machine of the daemon, as `[keeping]` says and for as long
scenario-passed = passed
scenario-failed = FAILED
