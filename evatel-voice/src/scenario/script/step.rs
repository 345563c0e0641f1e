//! What a scenario is made of: something that is done, or must be seen.

use serde::{Deserialize, Serialize};

use super::prompt::PromptKey;

/// One of the two parties.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Who {
    /// Who called.
    #[default]
    Caller,
    /// Who was rung and has answered.
    Callee,
}

/// Something that is done, or must be seen. A step that waits gives up after 30 s, or after its own time.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Step {
    /// A party speaks: once it is his turn, or at once where `interrupts` says so.
    Says(Saying),
    /// A party makes a sound without words, for this many ms: a cough, a passing lorry.
    Noise(u32),
    /// A party presses keys, one each 100 ms.
    Keys(Keying),
    /// Nothing is done for this many ms.
    Waits(u32),
    /// A party begins to hear a prompt.
    Hears(Hearing),
    /// A party has heard a prompt to its end.
    HeardAll(Hearing),
    /// The caller begins to hear that somebody is rung, at most so many ms after he last heard anything.
    HearsRinging(u32),
    /// The caller begins to hear a sentence of the dialogue with these words in it.
    HearsText(String),
    /// A party hears what another has said, as it was recorded.
    HearsRecorded(String),
    /// The assistant falls silent within this many ms of when the party began to speak.
    SilentWithin(u32),
    /// What the caller was hearing goes on where it was: the sound he made was no interruption.
    GoesOn,
    /// The caller is told that his answer takes a moment.
    Fills,
    /// Up to here the caller has not heard this prompt since he last did something.
    NotHeard(PromptKey),
    /// A line with these words is written into the call's story.
    Notes(String),
    /// Somebody is rung.
    Rings(Ringing),
    /// Who is rung does something.
    Callee(Deed),
    /// A skill begins to do something: its name, or a part of what it is told with it.
    Runs(String),
    /// What is being done comes to something.
    Skill(Came),
    /// The gate refuses the leg by this rule.
    Refused(String),
    /// The caller is spoken to more slowly from here on.
    SpeaksSlower,
    /// The two are joined.
    Joined,
    /// A message of the caller is kept, of at least this many ms.
    Keeps(u32),
    /// The ear fails for good: only keys are left.
    EarFails,
    /// The caller hangs up.
    HangsUp,
    /// The call is over.
    Ends,
}

/// What a party says.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(from = "SayingForm")]
pub struct Saying {
    /// The words; `...` is a pause of 400 ms, and may be repeated.
    pub text: String,
    /// Who speaks.
    pub who: Who,
    /// Speaks while the assistant does, this many ms after it began to be heard.
    pub interrupts: Option<u32>,
}

/// What a party presses.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "KeyingForm")]
pub struct Keying {
    /// `0` to `9`, `*`, `#`.
    pub keys: String,
    /// Who.
    pub who: Who,
}

/// What a party must begin to hear.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "HearingForm")]
pub struct Hearing {
    /// The prompt's key in the catalogues.
    pub prompt: PromptKey,
    /// Who.
    pub who: Who,
    /// At most so many ms after the last thing that a party did: after his last word, his key, his answer.
    pub within_ms: Option<u32>,
    /// He hears all of it.
    pub whole: bool,
    /// He hears all of it, and all that was said before it since a party last did something, frame after frame: none is missing, none
    /// comes twice, and no sentence has a gap.
    pub steady: bool,
}

/// Who must be rung.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(from = "RingingForm")]
pub struct Ringing {
    /// A contact's name, the owner's name, or a number.
    pub whom: String,
    /// At most so many ms after the last thing that a party did.
    pub within_ms: Option<u32>,
}

/// What somebody who is rung does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Deed {
    /// Answers.
    Answers,
    /// Is on the telephone.
    IsBusy,
    /// Declines the call.
    Declines,
    /// Cannot be reached.
    IsUnreachable,
    /// Hangs up after he has answered.
    HangsUp,
    /// Has answered and talks on, as an answering machine does.
    TalksOn,
    /// Beeps after that.
    Beeps,
}

/// What comes of what a skill does; the words may be empty.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Came {
    /// It is done, and these words are said.
    Done(String),
    /// It fails, for this reason.
    Failed(String),
    /// It is refused, and these words are said.
    Refused(String),
}

#[derive(Deserialize)]
#[serde(
    untagged,
    expecting = "what is said: a text, or `text` with `who` or `interrupts`"
)]
enum SayingForm {
    Short(String),
    #[serde(rename_all = "kebab-case")]
    Long(SayingLong),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct SayingLong {
    text: String,
    #[serde(default)]
    who: Who,
    #[serde(default)]
    interrupts: Option<u32>,
}

impl From<SayingForm> for Saying {
    fn from(form: SayingForm) -> Self {
        match form {
            SayingForm::Short(text) => Self {
                text,
                who: Who::Caller,
                interrupts: None,
            },
            SayingForm::Long(long) => Self {
                text: long.text,
                who: long.who,
                interrupts: long.interrupts,
            },
        }
    }
}

#[derive(Deserialize)]
#[serde(untagged, expecting = "keys in quotes, or `keys` with `who`")]
enum KeyingForm {
    Short(String),
    Long(KeyingLong),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct KeyingLong {
    keys: String,
    #[serde(default)]
    who: Who,
}

impl TryFrom<KeyingForm> for Keying {
    type Error = String;

    fn try_from(form: KeyingForm) -> Result<Self, String> {
        let (keys, who) = match form {
            KeyingForm::Short(keys) => (keys, Who::Caller),
            KeyingForm::Long(long) => (long.keys, long.who),
        };
        let is_key = |key: char| key.is_ascii_digit() || "*#".contains(key);
        if keys.is_empty() || !keys.chars().all(is_key) {
            return Err(format!("`{keys}` are no keys: use 0 to 9, * and #"));
        }
        Ok(Self { keys, who })
    }
}

#[derive(Deserialize)]
#[serde(
    untagged,
    expecting = "a prompt's key, or `prompt` with `who`, `within-ms`, `whole` or `steady`"
)]
enum HearingForm {
    Short(String),
    Long(HearingLong),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct HearingLong {
    prompt: String,
    #[serde(default)]
    who: Who,
    #[serde(default)]
    within_ms: Option<u32>,
    #[serde(default)]
    whole: bool,
    #[serde(default)]
    steady: bool,
}

impl TryFrom<HearingForm> for Hearing {
    type Error = String;

    fn try_from(form: HearingForm) -> Result<Self, String> {
        let long = match form {
            HearingForm::Short(prompt) => HearingLong {
                prompt,
                who: Who::Caller,
                within_ms: None,
                whole: false,
                steady: false,
            },
            HearingForm::Long(long) => long,
        };
        Ok(Self {
            prompt: PromptKey::try_from(long.prompt)?,
            who: long.who,
            within_ms: long.within_ms,
            whole: long.whole || long.steady,
            steady: long.steady,
        })
    }
}

#[derive(Deserialize)]
#[serde(
    untagged,
    expecting = "who is rung: a name or number, or `whom` with `within-ms`"
)]
enum RingingForm {
    Short(String),
    Long(RingingLong),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct RingingLong {
    whom: String,
    within_ms: u32,
}

impl From<RingingForm> for Ringing {
    fn from(form: RingingForm) -> Self {
        match form {
            RingingForm::Short(whom) => Self {
                whom,
                within_ms: None,
            },
            RingingForm::Long(RingingLong { whom, within_ms }) => Self {
                whom,
                within_ms: Some(within_ms),
            },
        }
    }
}
