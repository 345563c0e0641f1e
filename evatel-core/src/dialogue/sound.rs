//! Sound files that a dialogue plays.

use std::{fmt, sync::Arc};

use super::error::Fault;

/// A sound file of an operator's. A document names it; whoever loads the document reads the file ([`Sound::read_as`]).
#[derive(Clone, PartialEq, Eq)]
pub struct Sound {
    name: Arc<str>,
    samples: Arc<[i16]>,
}

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
            samples: Arc::default(),
        })
    }

    /// Makes one of a name for people and 8 kHz mono samples.
    #[must_use]
    pub fn new(name: &str, samples: Arc<[i16]>) -> Self {
        Self {
            name: name.into(),
            samples,
        }
    }

    /// Takes what was read of the file: 8 kHz mono.
    pub fn read_as(&mut self, samples: Arc<[i16]>) {
        self.samples = samples;
    }

    /// Its name, as the document has it.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its samples, 8 kHz mono; none before the file was read.
    #[must_use]
    pub fn samples(&self) -> &Arc<[i16]> {
        &self.samples
    }
}

impl fmt::Debug for Sound {
    /// Shows no samples: they may be somebody's voice.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sound({}, {} samples)", self.name, self.samples.len())
    }
}

/// Longest name, in bytes.
const LONGEST_NAME: usize = 100;
