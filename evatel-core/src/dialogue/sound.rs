//! Sound files that are played, by name: what is heard of them never comes here.

use std::sync::Arc;

use super::error::Fault;

/// A sound file of an operator's. Whoever reads the file keeps what is heard of it, and numbers it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sound {
    name: Arc<str>,
    kept: Option<SoundId>,
}

/// Which of the sounds that a reader of files keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct SoundId(pub usize);

impl Sound {
    /// Takes a name as a document has it: a file below the document's folder, such as `hello.wav` or `sounds/hello.wav`.
    pub(super) fn named(name: &str) -> Result<Self, Fault> {
        let is_letter = |letter: char| letter.is_alphanumeric() || matches!(letter, '-' | '_' | '.' | ' ');
        let is_part = |part: &str| !part.is_empty() && !part.starts_with('.') && part.chars().all(is_letter);
        let is_wav = name.len() > 4 && name.to_ascii_lowercase().ends_with(".wav");
        if !is_wav || name.len() > LONGEST_NAME || !name.split('/').all(is_part) {
            let name = name.chars().take(LONGEST_NAME).collect();
            return Err(Fault::Sound { name });
        }
        Ok(Self {
            name: name.into(),
            kept: None,
        })
    }

    /// Makes one of a name for people and of what was read under it.
    #[must_use]
    pub fn new(name: &str, kept: SoundId) -> Self {
        Self {
            name: name.into(),
            kept: Some(kept),
        }
    }

    /// Its file was read.
    pub fn kept_as(&mut self, kept: SoundId) {
        self.kept = Some(kept);
    }

    /// Its name, as the document has it.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Which of the kept sounds it is; none before its file was read: nothing is heard of it.
    #[must_use]
    pub fn kept(&self) -> Option<SoundId> {
        self.kept
    }
}

/// Longest name, in bytes.
const LONGEST_NAME: usize = 100;
