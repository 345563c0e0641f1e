//! How the caller sounds: his voice, the noise behind it, and the line by which both arrive.

use serde::{Deserialize, Serialize};

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

/// How the caller's sound arrives.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(try_from = "LineForm")]
pub struct CallerLine {
    /// It comes in bursts of so many ms, with nothing between them; 0 is each frame in time.
    pub bursts_ms: u32,
    /// One of so many frames never comes; 0 is all come.
    pub loses: u32,
}

impl CallerLine {
    /// Says whether each frame comes, and in time.
    #[must_use]
    pub fn is_clean(self) -> bool {
        self == Self::default()
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct LineForm {
    #[serde(default)]
    bursts_ms: u32,
    #[serde(default)]
    loses: u32,
}

impl TryFrom<LineForm> for CallerLine {
    type Error = String;

    fn try_from(LineForm { bursts_ms, loses }: LineForm) -> Result<Self, String> {
        if bursts_ms > 500 {
            return Err("a line has bursts of 500 ms at most: an agent 1 s behind drops frames".to_owned());
        }
        if loses == 1 {
            return Err("a line that loses one frame of one carries nothing: use 2 or more".to_owned());
        }
        Ok(Self { bursts_ms, loses })
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
