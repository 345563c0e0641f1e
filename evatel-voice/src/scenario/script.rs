//! What a scenario's file holds.

use std::{
    fs,
    io::Read,
    path::{Path, PathBuf},
    sync::Arc,
};

use evatel_core::{
    account::Language,
    dialogue::{self, Dialogue},
    flow::Prompt,
    name::Name,
    number::E164,
};
use serde::{Deserialize, Deserializer, Serialize, de::Error};

/// No file is larger.
const LARGEST: usize = 64 * 1024;
/// No scenario has more steps.
const MOST_STEPS: usize = 200;

/// One conversation.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Scenario {
    /// What it shows, in a sentence.
    pub title: String,
    /// The complaint of other products' users that it answers, such as `pipecat#984`.
    #[serde(default)]
    pub complaint: Option<String>,
    /// The language of the call.
    pub language: Language,
    /// Who calls.
    #[serde(default)]
    pub caller: Caller,
    /// The account records its calls, and each party is told.
    #[serde(default)]
    pub records_calls: bool,
    /// The owner's PIN; without one he has none.
    #[serde(default)]
    pub pin: Option<String>,
    /// How long the scripted ear takes to understand, in ms.
    #[serde(default)]
    pub ear_takes: u32,
    /// The voice that the caller has where his lines are spoken; the player's own without it.
    #[serde(default)]
    pub voice: Option<CallerVoice>,
    /// What is heard behind the caller where his lines are spoken.
    #[serde(default)]
    pub noise_db: Option<Noise>,
    /// Contacts of the owner beside Marie Tremblay, Mario Roy and Pierre Dupont (who lives abroad).
    #[serde(default)]
    pub contacts: Vec<NewContact>,
    /// The file of the dialogue that answers Luc Roy's number, from the scenario's folder; the caller is a stranger then.
    #[serde(default)]
    pub dialogue: Option<PathBuf>,
    /// That dialogue, once [`Scenario::load_dialogue`] has read it.
    #[serde(skip)]
    pub loaded: Option<Arc<Dialogue>>,
    /// What happens, in order.
    pub steps: Vec<Step>,
}

/// Who calls.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Caller {
    /// Luc Roy, from his own telephone, to his assistant.
    #[default]
    Owner,
    /// Somebody from outside, to Luc Roy's number.
    Stranger,
}

/// A voice of espeak-ng.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "VoiceForm")]
pub struct CallerVoice {
    /// As espeak-ng names it, with a variant: `fr+f3`, `en-us+m2`.
    pub name: String,
    /// Words a minute, 80 to 450.
    pub speed: u16,
    /// Pitch, 0 to 99.
    pub pitch: u8,
}

/// A steady noise, the same in every run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(from = "NoiseForm")]
pub struct Noise {
    /// How many decibels it lies below the voice: below zero it is louder.
    pub db: i8,
    /// How it sounds.
    pub kind: NoiseKind,
    /// Another seed is another noise of the kind.
    pub seed: u64,
}

/// How a noise sounds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum NoiseKind {
    /// Each frequency as loud as the other: a bad line.
    White,
    /// Deeper is louder, 3 dB an octave: a street, a fan.
    #[default]
    Pink,
    /// The mains at 60 Hz with its overtones.
    Hum,
}

/// A contact of the owner.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct NewContact {
    /// His name.
    pub name: Name,
    /// Other names by which he can be asked for.
    #[serde(default)]
    pub nicknames: Vec<Name>,
    /// His number.
    pub number: E164,
}

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

/// The key of a prompt that there is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct PromptKey(&'static str);

impl PromptKey {
    /// A sentence of a dialogue, which has no key of ours.
    pub const DIALOGUE: Self = Self("dialogue");

    /// Gives it as text.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.0
    }
}

impl From<&Prompt> for PromptKey {
    fn from(prompt: &Prompt) -> Self {
        Self(prompt.key())
    }
}

impl TryFrom<String> for PromptKey {
    type Error = String;

    fn try_from(key: String) -> Result<Self, String> {
        let known = Prompt::ALL_KEYS.iter().find(|(known, _)| *known == key);
        known.map(|(known, _)| Self(known)).ok_or_else(|| {
            let near: Vec<&str> = Prompt::ALL_KEYS
                .iter()
                .map(|(known, _)| *known)
                .filter(|known| known.chars().next() == key.chars().next())
                .collect();
            format!(
                "there is no prompt `{key}`; with its first letter: {}",
                near.join(", ")
            )
        })
    }
}

impl<'de> Deserialize<'de> for PromptKey {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Self::try_from(String::deserialize(from)?).map_err(D::Error::custom)
    }
}

/// Why a file is no scenario.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ScenarioError {
    /// The file is too large.
    #[error("it has {0} bytes, at most {LARGEST} are read")]
    TooLarge(usize),
    /// It has no steps, or too many.
    #[error("it has {0} steps, which must be 1 to {MOST_STEPS}")]
    Steps(usize),
    /// The dialogue cannot be read.
    #[error("its dialogue: {0}")]
    Dialogue(String),
    /// It is not of the form; the text has line and column.
    #[error("{0}")]
    Malformed(String),
}

impl Scenario {
    /// Reads a file's text.
    ///
    /// # Errors
    /// [`ScenarioError`], with line and column where there is a place.
    pub fn parse(text: &str) -> Result<Self, ScenarioError> {
        if text.len() > LARGEST {
            return Err(ScenarioError::TooLarge(text.len()));
        }
        // What a person says may be "yes" or "no".
        let options = serde_saphyr::options! { strict_booleans: true };
        let scenario: Self = serde_saphyr::from_str_with_options(text, options).map_err(|error| {
            ScenarioError::Malformed(error.to_string().trim_start_matches("error: ").to_owned())
        })?;
        match scenario.steps.len() {
            1..=MOST_STEPS => Ok(scenario),
            steps => Err(ScenarioError::Steps(steps)),
        }
    }

    /// Reads the dialogue that it names, where it names one; `folder` is that of the scenario.
    ///
    /// # Errors
    /// When the file cannot be read, or is no dialogue.
    pub fn load_dialogue(&mut self, folder: &Path) -> Result<(), ScenarioError> {
        let Some(path) = &self.dialogue else {
            return Ok(());
        };
        let path = folder.join(path);
        let name = path.display().to_string();
        let mut text = String::new();
        let most = dialogue::LARGEST as u64 + 1;
        fs::File::open(&path)
            .and_then(|file| file.take(most).read_to_string(&mut text))
            .map_err(|error| ScenarioError::Dialogue(format!("`{name}`: {error}")))?;
        let read = crate::dialogue::read(&name, &text);
        self.loaded = Some(Arc::new(
            read.map_err(|error| ScenarioError::Dialogue(error.to_string()))?,
        ));
        Ok(())
    }
}

#[derive(Deserialize)]
#[serde(
    untagged,
    expecting = "a voice of espeak-ng, or `name` with `speed` or `pitch`"
)]
enum VoiceForm {
    Short(String),
    Long(VoiceLong),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct VoiceLong {
    name: String,
    #[serde(default = "usual_speed")]
    speed: u16,
    #[serde(default = "usual_pitch")]
    pitch: u8,
}

fn usual_speed() -> u16 {
    155
}

fn usual_pitch() -> u8 {
    50
}

impl TryFrom<VoiceForm> for CallerVoice {
    type Error = String;

    fn try_from(form: VoiceForm) -> Result<Self, String> {
        let VoiceLong { name, speed, pitch } = match form {
            VoiceForm::Short(name) => VoiceLong {
                name,
                speed: usual_speed(),
                pitch: usual_pitch(),
            },
            VoiceForm::Long(long) => long,
        };
        let is_letter = |letter: char| letter.is_ascii_alphanumeric() || "-+_".contains(letter);
        if name.is_empty() || name.len() > 40 || !name.chars().all(is_letter) {
            return Err(format!("`{name}` is no voice of espeak-ng, such as `fr+f3`"));
        }
        if !(80..=450).contains(&speed) || pitch > 99 {
            return Err("a voice has a speed of 80 to 450 and a pitch of 0 to 99".to_owned());
        }
        Ok(Self { name, speed, pitch })
    }
}

#[derive(Deserialize)]
#[serde(
    untagged,
    expecting = "how many dB the noise lies below the voice, or `db` with `kind` or `seed`"
)]
enum NoiseForm {
    Short(i8),
    Long(NoiseLong),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NoiseLong {
    db: i8,
    #[serde(default)]
    kind: NoiseKind,
    #[serde(default)]
    seed: u64,
}

impl From<NoiseForm> for Noise {
    fn from(form: NoiseForm) -> Self {
        let NoiseLong { db, kind, seed } = match form {
            NoiseForm::Short(db) => NoiseLong {
                db,
                kind: NoiseKind::default(),
                seed: 0,
            },
            NoiseForm::Long(long) => long,
        };
        Self { db, kind, seed }
    }
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
    expecting = "a prompt's key, or `prompt` with `who`, `within-ms` or `whole`"
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
            },
            HearingForm::Long(long) => long,
        };
        Ok(Self {
            prompt: PromptKey::try_from(long.prompt)?,
            who: long.who,
            within_ms: long.within_ms,
            whole: long.whole,
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
