//! What a scenario's file holds.

mod prompt;
mod sound;
mod step;

use std::{
    fs,
    io::Read,
    path::{Path, PathBuf},
    sync::Arc,
};

use evatel_core::{
    account::Language,
    dialogue::{self, Dialogue},
    name::Name,
    number::E164,
    skill::{self, Skills},
};
use serde::{Deserialize, Deserializer, Serialize, de::Error as _};

pub use self::{
    prompt::PromptKey,
    sound::{CallerLine, CallerVoice, Noise, NoiseKind},
    step::{Came, Deed, Hearing, Keying, Ringing, Saying, Step, Who},
};
use crate::{
    dialogue::{check_skills, read_in, read_skills},
    sound_files::SoundFiles,
};

/// No file is larger, in bytes.
pub const LARGEST: usize = 64 * 1024;
/// No scenario has more steps.
const MOST_STEPS: usize = 200;

/// One conversation.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Scenario {
    /// What it shows, in a sentence.
    pub title: String,
    /// The complaints of other products' users that it answers, such as `pipecat#984`; a file has one, or a list.
    #[serde(default, rename = "complaint", deserialize_with = "one_or_more")]
    pub complaints: Vec<String>,
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
    /// How the caller's sound arrives; each frame in time without it.
    #[serde(default)]
    pub line: CallerLine,
    /// Contacts of the owner beside Marie Tremblay, Mario Roy and Pierre Dupont (who lives abroad).
    #[serde(default)]
    pub contacts: Vec<NewContact>,
    /// The file of the dialogue that answers Luc Roy's number, from the scenario's folder; the caller is a stranger then.
    #[serde(default)]
    pub dialogue: Option<PathBuf>,
    /// That dialogue, once [`Scenario::load_files`] has read it.
    #[serde(skip)]
    pub loaded: Option<Arc<Dialogue>>,
    /// The file of the skills that the assistant has, from the scenario's folder.
    #[serde(default)]
    pub skills: Option<PathBuf>,
    /// Those skills, once [`Scenario::load_files`] has read them.
    #[serde(skip)]
    pub can_do: Option<Arc<Skills>>,
    /// What they and that dialogue play.
    #[serde(skip)]
    pub files: SoundFiles,
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
    /// A file that it names cannot be read.
    #[error("{0}")]
    Named(String),
    /// The skills cannot be read.
    #[error("its skills: {0}")]
    Skills(String),
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

    /// Reads the dialogue and the skills that it names, where it names some; `folder` is that of the scenario.
    ///
    /// # Errors
    /// When a file cannot be read, or is no dialogue or none of skills.
    pub fn load_files(&mut self, folder: &Path) -> Result<(), ScenarioError> {
        if let Some(path) = &self.skills {
            let Named { folder, name, text } = Named::read(&folder.join(path), skill::LARGEST)?;
            let read = read_skills(&folder, &name, &text, &mut self.files);
            let read = read.map_err(|error| ScenarioError::Skills(error.to_string()))?;
            self.can_do = Some(Arc::new(read));
        }
        if let Some(path) = &self.dialogue {
            let Named { folder, name, text } = Named::read(&folder.join(path), dialogue::LARGEST)?;
            let refused = |reason: String| ScenarioError::Dialogue(reason);
            let read = read_in(&folder, &name, &text, &mut self.files);
            let read = read.map_err(|error| refused(error.to_string()))?;
            let can_do = self.can_do.clone().unwrap_or_default();
            check_skills(&read, &can_do, &name, &text).map_err(|error| refused(error.to_string()))?;
            self.loaded = Some(Arc::new(read));
        }
        Ok(())
    }
}

/// A file that a scenario names.
struct Named {
    folder: PathBuf,
    name: String,
    text: String,
}

impl Named {
    fn read(path: &Path, largest: usize) -> Result<Self, ScenarioError> {
        let name = path.display().to_string();
        let mut text = String::new();
        fs::File::open(path)
            .and_then(|file| file.take(largest as u64 + 1).read_to_string(&mut text))
            .map_err(|error| ScenarioError::Named(format!("`{name}`: {error}")))?;
        let folder = path.parent().unwrap_or(Path::new(".")).to_owned();
        Ok(Self { folder, name, text })
    }
}

#[derive(Deserialize)]
#[serde(untagged, expecting = "a complaint such as `pipecat#984`, or a list of them")]
enum OneOrMore {
    One(String),
    More(Vec<String>),
}

fn one_or_more<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<String>, D::Error> {
    let complaints = match OneOrMore::deserialize(from)? {
        OneOrMore::One(complaint) => vec![complaint],
        OneOrMore::More(complaints) => complaints,
    };
    let is_number = |number: &str| !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
    let is_named = |text: &str| {
        text.rsplit_once('#')
            .is_some_and(|(whose, number)| !whose.is_empty() && is_number(number))
    };
    match complaints.iter().find(|complaint| !is_named(complaint)) {
        Some(wrong) => Err(D::Error::custom(format!(
            "`{wrong}` is no complaint: write whose it is and its number, such as `pipecat#984`"
        ))),
        None => Ok(complaints),
    }
}
