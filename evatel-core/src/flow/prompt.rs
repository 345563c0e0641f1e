//! What the assistant says, by key. The texts are in the voice crate's catalogues, in French and English.

/// One text of the catalogue with what it mentions.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Prompt {
    /// "Press 1 or say accept; press 2 or say refuse."
    AcceptOrRefuse,
    /// "Who is calling?"
    AskName,
    /// "Enter your PIN, then pound."
    AskPin,
    /// "Say message, try again or end; or press 1, 2, 3."
    AfterFailureChoices,
    /// "Hello, this is your assistant. Whom shall I call?"
    AssistantGreeting,
    /// "Whom shall I call?"
    AskCommand,
    /// "I am calling NAME."
    Calling {
        /// Whom.
        name: String,
    },
    /// "A call from" with the recorded name after it.
    CallFrom,
    /// "A call from somebody who did not say who he is."
    CallFromUnknown,
    /// "Call NAME?"
    ConfirmCall {
        /// Whom.
        name: String,
    },
    /// "Call 911?"
    ConfirmEmergency,
    /// "Press 1 for yes, 2 for no": for who can only be heard by keys.
    ConfirmKeys,
    /// "Call NUMBER?": of a number that was said.
    ConfirmNumber {
        /// Which, digit by digit.
        number: String,
    },
    /// "Call NAME, at NUMBER?": of several who sound alike.
    ConfirmWhich {
        /// Whom.
        name: String,
        /// His number, digit by digit.
        number: String,
    },
    /// "Did you mean": an answer follows that may be meant.
    DidYouMean,
    /// "Goodbye."
    Goodbye,
    /// "Hello, you have reached OWNER's assistant."
    Greeting {
        /// Whose number it is.
        owner: String,
    },
    /// What can be said to the assistant.
    Help,
    /// "Please hold, I am trying to reach OWNER."
    Hold {
        /// Whom.
        owner: String,
    },
    /// "Press 1 to spell a name, 2 to dial a number, 0 to hear this again, star to go back."
    KeypadMenu,
    /// "Enter the number, then pound."
    KeypadNumber,
    /// "Spell the name on the keypad, then pound."
    KeypadSpell,
    /// "Press DIGIT for NAME."
    KeypadPick {
        /// Key.
        digit: char,
        /// Name.
        name: String,
    },
    /// "For what else I can do, press 3": after the menu, where there are skills.
    KeypadSkills,
    /// "No contact is spelled like that."
    KeypadNoMatch,
    /// "That is no number."
    KeypadNoNumber,
    /// How an amount is keyed.
    KeysAmount,
    /// How a day is keyed.
    KeysDate,
    /// How digits are keyed.
    KeysDigits,
    /// How a length of time is keyed.
    KeysDuration,
    /// How a day and a time are keyed.
    KeysMoment,
    /// How a time is keyed.
    KeysTime,
    /// "Leave your message after the tone; press pound when done."
    LeaveMessage,
    /// "Your message is kept."
    MessageKept,
    /// "I heard nothing."
    NothingHeard,
    /// "NAME is on the telephone."
    OutcomeBusy {
        /// Who.
        name: String,
    },
    /// "NAME declines the call."
    OutcomeDeclined {
        /// Who.
        name: String,
    },
    /// "NAME does not answer."
    OutcomeNoAnswer {
        /// Who.
        name: String,
    },
    /// "NAME cannot be reached."
    OutcomeUnreachable {
        /// Who.
        name: String,
    },
    /// "This call is recorded."
    RecordingNotice,
    /// "You may not call from here: only OWNER can."
    RefusedNoAuthority,
    /// "Your account is suspended."
    RefusedAccount,
    /// "Calls of this kind are closed": abroad, premium and so on, by the name of the class.
    RefusedClass {
        /// The class's word, such as `international`.
        class: String,
    },
    /// "911 can only be called from your own device."
    RefusedEmergency,
    /// "Too many calls at once."
    RefusedLimit,
    /// "All lines are busy."
    RefusedLines,
    /// "This call is not possible now."
    RefusedOther,
    /// "This call needs your PIN."
    RefusedPin,
    /// "Sorry, I did not understand."
    NotUnderstood,
    /// "Shall I do it?": after a price.
    SkillAgree,
    /// "It is done."
    SkillDone,
    /// "That did not work."
    SkillFailed,
    /// "That costs": a price follows.
    SkillPrice,
    /// "That is not possible."
    SkillRefused,
    /// "You are through": before two people are joined by acceptance.
    Connecting,
    /// "What shall I change?"
    WhatToChange,
    /// "Several contacts share that name. Please say the first and the last name."
    WholeName,
    /// "Wrong PIN."
    PinWrong,
    /// "Too many wrong attempts."
    PinLocked,
}

macro_rules! keys {
    ($($variant:ident $({ $($arg:ident),* })? = $key:literal;)*) => {
        impl Prompt {
            /// Every key with the names of its arguments; both catalogues must have each.
            pub const ALL_KEYS: &'static [(&'static str, &'static [&'static str])] =
                &[$(($key, &[$($(stringify!($arg)),*)?])),*];

            /// Gives the text's key in the catalogues.
            pub fn key(&self) -> &'static str {
                match self { $(Self::$variant { .. } => $key,)* }
            }

            /// Gives the arguments by name.
            pub fn args(&self) -> Vec<(&'static str, String)> {
                match self {
                    $(Self::$variant $({ $($arg),* })? => vec![$($((stringify!($arg), $arg.to_string())),*)?],)*
                }
            }
        }
    };
}

keys! {
    AcceptOrRefuse = "accept-or-refuse";
    AfterFailureChoices = "after-failure-choices";
    AskCommand = "ask-command";
    AskName = "ask-name";
    AskPin = "ask-pin";
    AssistantGreeting = "assistant-greeting";
    CallFrom = "call-from";
    CallFromUnknown = "call-from-unknown";
    Calling { name } = "calling";
    ConfirmCall { name } = "confirm-call";
    ConfirmEmergency = "confirm-emergency";
    ConfirmKeys = "confirm-keys";
    ConfirmNumber { number } = "confirm-number";
    ConfirmWhich { name, number } = "confirm-which";
    Connecting = "connecting";
    DidYouMean = "did-you-mean";
    Goodbye = "goodbye";
    Greeting { owner } = "greeting";
    Help = "help";
    Hold { owner } = "hold";
    KeypadMenu = "keypad-menu";
    KeypadNoMatch = "keypad-no-match";
    KeypadNoNumber = "keypad-no-number";
    KeypadNumber = "keypad-number";
    KeypadPick { digit, name } = "keypad-pick";
    KeypadSkills = "keypad-skills";
    KeypadSpell = "keypad-spell";
    KeysAmount = "keys-amount";
    KeysDate = "keys-date";
    KeysDigits = "keys-digits";
    KeysDuration = "keys-duration";
    KeysMoment = "keys-moment";
    KeysTime = "keys-time";
    LeaveMessage = "leave-message";
    MessageKept = "message-kept";
    NotUnderstood = "not-understood";
    NothingHeard = "nothing-heard";
    OutcomeBusy { name } = "outcome-busy";
    OutcomeDeclined { name } = "outcome-declined";
    OutcomeNoAnswer { name } = "outcome-no-answer";
    OutcomeUnreachable { name } = "outcome-unreachable";
    PinLocked = "pin-locked";
    PinWrong = "pin-wrong";
    RecordingNotice = "recording-notice";
    RefusedAccount = "refused-account";
    RefusedClass { class } = "refused-class";
    RefusedEmergency = "refused-emergency";
    RefusedLimit = "refused-limit";
    RefusedLines = "refused-lines";
    RefusedNoAuthority = "refused-no-authority";
    RefusedOther = "refused-other";
    RefusedPin = "refused-pin";
    SkillAgree = "skill-agree";
    SkillDone = "skill-done";
    SkillFailed = "skill-failed";
    SkillPrice = "skill-price";
    SkillRefused = "skill-refused";
    WhatToChange = "what-to-change";
    WholeName = "whole-name";
}
