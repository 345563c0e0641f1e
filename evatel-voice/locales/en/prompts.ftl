# What the assistant says on the telephone. Polite, short sentences: the first is heard while the next is prepared.
accept-or-refuse = To accept, say accept or press 1. To refuse, say refuse or press 2.
after-failure-choices = Say message, try again or end. Or press 1, 2 or 3.
ask-command = Whom shall I call?
ask-name = Who is calling, please?
ask-pin = Enter your PIN, then press pound.
assistant-greeting = Hello.
call-from = A call from
call-from-unknown = A call from somebody who did not give a name.
calling = Calling { $name }.
confirm-call = Call { $name }?
confirm-emergency = Call 9 1 1?
confirm-number = Call { $number }?
confirm-which = Call { $name }, at { $number }?
confirm-keys = Press 1 for yes, 2 for no.
connecting = Connecting you now.
goodbye = Goodbye.
greeting = Hello. You have reached { $owner }.
help = Say call, then the person's name or a number. Say repeat to hear it again, or end to finish. For the keypad, press 0.
hold = One moment, I am trying to reach { $owner }.
keypad-menu = To spell a name, press 1. To dial a number, press 2. To hear this menu again, press 0. To go back, press star.
keypad-no-match = No contact is spelled like that.
keypad-no-number = That is not a telephone number.
keypad-number = Enter the number, then press pound.
keypad-pick = For { $name }, press { $digit }.
keypad-skills = For what else I can do, press 3.
keypad-spell = Spell the name on the keypad, then press pound.
leave-message = Leave your message after the tone. Press pound when you are done.
message-kept = Your message has been saved.
not-understood = Sorry, I did not understand.
nothing-heard = I did not hear anything.
one-moment = One moment.
outcome-busy = { $name } is on another call.
outcome-declined = { $name } cannot take your call.
outcome-no-answer = { $name } is not answering.
outcome-unreachable = { $name } cannot be reached right now.
pin-locked = Too many attempts. Please try again later.
pin-wrong = That PIN is not right.
recording-notice = This call is being recorded.
refused-account = This account is suspended. The call is not possible.
refused-class = { $class ->
    [alaska-hawaii] Calls to Alaska and Hawaii are not allowed on this account.
    [canada] Calls within Canada are not allowed on this account.
    [high-risk] Calls to that country are not allowed on this account.
    [international] International calls are not allowed on this account.
    [nanp-international] Calls to the Caribbean are not allowed on this account.
    [personal] Calls to personal numbers are not allowed on this account.
    [premium] Premium calls are not allowed on this account.
    [satellite] Satellite calls are not allowed on this account.
    [toll-free] Toll-free calls are not allowed on this account.
    [us48] Calls to the United States are not allowed on this account.
    [us-territory] Calls to that territory are not allowed on this account.
   *[other] Calls of this kind are not allowed on this account.
}
refused-emergency = 9 1 1 can only be called from your own device.
refused-limit = Too many calls are in progress. Please try again in a moment.
refused-lines = All lines are busy. Please try again in a moment.
refused-no-authority = Sorry, only the owner of this number can call from here.
refused-other = This call is not possible right now.
refused-pin = This call needs your PIN.
skill-agree = Shall I do it?
skill-done = It is done.
skill-failed = Sorry, that did not work.
skill-price = That costs
skill-refused = That is not possible.
# Dialogues of operators.
did-you-mean = Do you mean:
keys-amount = Enter the amount in cents, then pound.
keys-date = Enter the day and the month, in four digits.
keys-digits = Enter the digits, then pound.
keys-duration = Enter the number of minutes, then pound.
keys-moment = Enter the day, the month, the hour and the minutes, in eight digits.
keys-time = Enter the hour, 0 to 23, and the minutes, in four digits.
what-to-change = What shall I change? Say it, or press 2 to begin again.
whole-name = Several contacts share that name. Please say the first and the last name.
# Answers, as people say them.
value-amount = { $cents ->
    [0] { $dollars } { $dollars ->
        [one] dollar
       *[other] dollars
    }
   *[other] { $dollars } { $dollars ->
        [one] dollar
       *[other] dollars
    } and { $cents } { $cents ->
        [one] cent
       *[other] cents
    }
}
value-date = { $weekday }, { $month } { $day }
value-date-of-year = { $month } { $day }, { $year }
value-days = { $count } { $count ->
    [one] day
   *[other] days
}
value-hours = { $count } { $count ->
    [one] hour
   *[other] hours
}
value-minutes = { $count } { $count ->
    [one] minute
   *[other] minutes
}
value-moment = { $date } at { $time }
value-no = no
value-seconds = { $count } { $count ->
    [one] second
   *[other] seconds
}
value-time = { $minute ->
    [0] { $hour ->
        [0] midnight
        [12] noon
       *[other] { $twelve } { $afternoon ->
            [1] p.m.
           *[other] a.m.
        }
    }
   *[other] { $twelve } { $minutes } { $afternoon ->
        [1] p.m.
       *[other] a.m.
    }
}
value-yes = yes
