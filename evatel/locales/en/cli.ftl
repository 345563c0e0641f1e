### The texts of the command line, in English.

## Frame
error-line = error: { $message }
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

## Verbs
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

## Hints
hint-account-set = give what to change, such as `--language en` or `--records-calls on`; `evatel account set --help` shows all
hint-add-trunk = add one: `evatel trunk add --name Carrier --peer 192.0.2.10 --format national10`
hint-allow = add `--system` or `--reseller ID`, or use `--deny`
hint-already-there = nothing was changed; choose another file with `--database`, or move this one away first
hint-busy = another program holds the database; try again
hint-callback = assign the number first (`evatel did add`), or give one that `evatel did list` shows
hint-folder = check that the folder is there and that you may write into it
hint-in-use = remove what uses it first
hint-missing = the `list` verb of the same noun shows what is there
hint-name-trunk = give `--trunk`; `evatel trunk list` shows them
hint-newer-schema = this database belongs to a newer Evatel: install that version, or restore a copy from before; nothing was changed
hint-no-database = make one with `evatel init`, or say where it is with `--database` or `database.url`
hint-not-a-database = name another file with `--database` or `database.url`; this one was left as it is
hint-pin = choose 4 to 12 digits that are not one digit repeated and do not count up or down
hint-settings = `evatel --help` names the files that are read; the environment is read as `EVATEL_DATABASE__URL` and the like
hint-settings-file = check `--config` and `EVATEL_CONFIG`; `evatel init` makes the file
hint-taken = the `list` verb of the same noun shows who has it; remove it there first
hint-url = such as `--database sqlite:///srv/evatel/evatel.db`
