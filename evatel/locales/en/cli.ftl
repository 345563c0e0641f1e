### The texts of the command line, in English.

## Frame
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
db-exported = { $rows } rows written
db-imported = { $rows } rows came to { $database }
db-migrated = the schema is of this version now: { $ran }
db-pending = the schema is older than this version: `evatel db migrate` runs { $pending }
db-uptodate = the schema was of this version already
file-there = `{ $path }` is already there
secret-rotated = { $count } secrets are sealed with key { $key } in { $path }

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
head-user = USER
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
head-after = AFTER
head-as-whom = AS
head-at = WHEN
head-before = BEFORE
head-billing = BILLING
head-default = DEFAULT
head-expires = EXPIRES
head-failures = WRONG
head-key = KEY
head-locked = LOCKED UNTIL
head-login = LOGIN
head-origin = FROM WHERE
head-owner = OWNER
head-reseller = RESELLER
head-roles = ROLES
head-scope = FOR
head-used = USED
head-what = WHAT
head-who = WHO
head-zone = ZONE

## Verbs
country-approved = Account { $account } may call { $country }.
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
reseller-closed = Reseller `{ $id }` closed, and { $accounts } of its accounts.
reseller-contact = Contact: { $value }
reseller-domain = Portal: { $value }
reseller-logo = Logo: { $value }
reseller-mail = Mail: { $value }
reseller-mail-from = Mails come from: { $value }
reseller-number = Number: { $value }
reseller-product = Product: { $value }
the-system = system

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
serve-ready = ready: Asterisk { $asterisk } over { $media }, { $dids } numbers, speech: { $speech }
serve-keys-only = keys only (no `speech.model_dir`)
serve-stopped = stopped
severity-ok = ok
severity-warning = warning
severity-failure = FAILURE
check-audio = audio path
check-configuration = Asterisk's configuration
check-contacts = contacts
check-database = database
check-model = speech model
check-modules = Asterisk's modules
check-rows = rows
check-switch = Asterisk
check-voice = voice
doctor-works = Calls work.
doctor-does-not-work = Calls do not work as things are.
doctor-audio = see what Asterisk logs; over websocket its HTTP server must let this machine in, and `asterisk.media` names the other ways of the sound
doctor-configuration = correct the value that is named, or choose another `asterisk.root`
doctor-credentials = `evatel provision apply` writes user and password into ari.conf; restart Asterisk after it, or correct `asterisk.ari_user` and `asterisk.ari_password`
doctor-database = `evatel init` makes a database; `--database` or `database.url` names one
doctor-drift = `evatel provision plan` shows the difference, `evatel provision apply` writes it
doctor-espeak = install espeak-ng: `apt-get install espeak-ng`, or `cargo xtask setup`
doctor-model = `speech.model_dir` must name a whole model folder; `cargo xtask setup` brings the native libraries; the program must be built with `--features sherpa`
doctor-modules = load them in modules.conf (`autoload=yes` loads all that are installed) and restart Asterisk
doctor-no-device = `evatel device add --name NAME --user ID`, then `evatel provision apply`
doctor-no-did = `evatel did add NUMBER`
doctor-no-emergency = `evatel emergency set --street … --city … --province QC --callback NUMBER`
doctor-no-model = set `speech.model_dir`, such as `models/phones`
doctor-no-switch = start Asterisk, and check that its HTTP server is where `asterisk.ari_url` says
doctor-no-trunk = `evatel trunk add --name NAME --peer ADDRESS --format national10`
doctor-too-old = install Asterisk 22.8 or newer; `cargo xtask setup` brings one
doctor-unpronounceable = write the name with letters as it is said; until then the contact can be reached by keys

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
hint-folder = check that the folder is there and that you may write into it
hint-foreign-folder = choose another `asterisk.root`; a configuration that somebody wrote by hand is never overwritten
hint-in-use = remove what uses it first
hint-missing = the `list` verb of the same noun shows what is there
hint-name-trunk = give `--trunk`; `evatel trunk list` shows them
hint-newer-schema = this database belongs to a newer Evatel: install that version, or restore a copy from before; nothing was changed
hint-key-lost = put the right key file back; without it the secrets are lost for good: remove the devices, make a new key with `evatel secret rotate`, and add them anew
hint-no-database = make one with `evatel init` (on a PostgreSQL server with `createdb` before), or say where it is with `--database` or `database.url`
hint-no-key = `database.key_file` or the systemd credential `evatel.key` says where it is; `evatel secret rotate` makes a first one
hint-not-a-database = name another file with `--database` or `database.url`; this one was left as it is
hint-pin = choose 4 to 12 digits that are not one digit repeated and do not count up or down
hint-render = correct the value that is named, or the template in `asterisk.templates_dir`
hint-settings = `evatel --help` names the files that are read; the environment is read as `EVATEL_DATABASE__URL` and the like
hint-settings-file = check `--config` and `EVATEL_CONFIG`; `evatel init` makes the file
hint-speech = `cargo xtask setup` brings the native libraries, `speech.model_dir` names the model's folder; without it prompts and keys still work
hint-taken = the `list` verb of the same noun shows who has it; remove it there first
hint-too-old = install Asterisk 22.8 or newer; `cargo xtask setup` brings one
hint-unreachable = does the server run, and are host, port, user and password right? Off this machine TLS is needed: a certificate that is trusted, or `sslrootcert=`
hint-url = such as `--database sqlite:///srv/evatel/evatel.db` or `postgres://evatel@db.example/evatel?passfile=/etc/evatel/db-password`
hint-enter = the command line enters by itself where it can; a program enters with `Acting::enter`
hint-last-administrator = `evatel user roles USER administrator` makes another one
hint-no-number = assign one with `evatel did add NUMBER`, then try again
hint-password = a sentence of several words is long enough and easy to keep
hint-reseller-set = give what to change, such as `--billing self-billed`; `evatel reseller set --help` shows all
hint-secret = type it on one line, or give it on standard input
hint-user-set = give what to change, such as `--extension 110`; `evatel user set --help` shows all
head-intent = INTENT
head-contact = CONTACT
head-distance = DISTANCE
head-margin = MARGIN
head-heard = HEARD
agent-unpronounceable = cannot be named: { $name } ({ $reason })
agent-no-model = there is no model to hear with
agent-nothing-to-say = there is nothing to say in this text
agent-said = { $file }: { $seconds } s
hint-model = name one with `--model`, such as `--model models/phones`, or as `speech.model_dir` in the settings
hint-wav = give a WAV file with PCM or float samples, 64 MiB at most; `ffmpeg -i FILE out.wav` makes one of other sound
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

## evatel did, itsp
head-by = BY
head-calls = CALLS
head-calls-a-second = CALLS/S
head-done = DONE
head-itsp = ITSP
head-until = UNTIL
did-no-address = note: the number has no emergency address of its own: emergency services are told its account's (`evatel emergency show`, `evatel did address`)
import-done = { $added } added, { $same } there already, { $refused } refused
import-more = … and { $count } more; `--json` gives all of them
import-progress = { $rows } of { $of } rows
import-refused = line { $line }, { $field }: { $problem }; { $remedy }
remedy-ask-owner = take the row out, or have the number's owner release it first
remedy-choose-one = give the reseller or the user, not both
remedy-count-fields = give as many fields as the heading has
remedy-name-trunk = name a trunk in the row, or with `--trunk`
remedy-remove-duplicate = leave one of the two rows
remedy-save-as-utf8 = save the file as UTF-8
remedy-shorten-line = end each row with a line break
remedy-split-file = part the file in two
remedy-use-listed-id = use an id that the `list` verb of that noun shows
remedy-write-e164 = write it as `+15145550199`; in a spreadsheet, format the column as text
hint-csv-columns = the first line names the columns: number, and optionally trunk, reseller, user
hint-number-state = `evatel did show` and `evatel did history` tell where the number stands
hint-read = check the file's name, and that you may read it
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
quote-sum = { $now } now, { $monthly } each month; say yes until { $until }: evatel quote confirm { $quote }
hint-offer = `evatel offer list` and `evatel catalog list` show what is sold; `evatel subscription list` what is there
hint-price = amounts are digits with a point, such as 12.50; a minute's price is CLASS=AMOUNT, such as international=0.035
hint-stale = ask again with the same words: `evatel quote buy`, `resize` or `cancel`
