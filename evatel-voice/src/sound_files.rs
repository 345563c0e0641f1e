//! The sound files of an operator: recorded greetings, and what dialogues play.

use std::path::Path;

use evatel_core::dialogue::{Sound, SoundId};

use crate::{
    agent::Part,
    frame::Clip,
    wav::{self, Error},
};

/// What was read of sound files, at the telephone's 8 kHz. Core knows each by its [`SoundId`], which is of this collection and of no other.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SoundFiles {
    clips: Vec<Clip>,
}

impl SoundFiles {
    /// Reads a file and keeps it.
    ///
    /// # Errors
    /// As [`wav::load`].
    pub fn load(&mut self, path: &Path) -> Result<SoundId, Error> {
        Ok(self.keep(wav::load(path)?))
    }

    /// Keeps what may be played.
    pub fn keep(&mut self, clip: Clip) -> SoundId {
        self.clips.push(clip);
        SoundId(self.clips.len() - 1)
    }

    /// What an agent says to play a sound; nothing where it was not read into this collection.
    #[must_use]
    pub fn part(&self, sound: &Sound) -> Option<Part> {
        let SoundId(place) = sound.kept()?;
        Some(Part::Sound {
            name: sound.name().to_owned(),
            clip: self.clips.get(place)?.clone(),
        })
    }
}
