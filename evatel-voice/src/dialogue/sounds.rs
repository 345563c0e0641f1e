//! The sound files of a dialogue, read from its folder and from nowhere else.

use std::{io, path::Path};

use evatel_core::dialogue::{Dialogue, Does, SoundId};

use crate::{sound_files::SoundFiles, wav};

/// Why a sound file of a dialogue cannot be played.
#[derive(Debug, thiserror::Error)]
pub(super) enum Error {
    /// It is not there, or may not be read.
    #[error("cannot be read ({0}): put it into the dialogue's folder")]
    Lost(#[from] io::Error),
    /// It is reached through a link that leads elsewhere.
    #[error("lies outside the dialogue's folder: put the file itself there, not a link to it")]
    Outside,
    /// It is no sound that can be played.
    #[error("cannot be played: {0}")]
    Sound(#[from] wav::Error),
}

/// Reads all sound files of a dialogue into `files`; or says which step plays one that cannot be, and why.
pub(super) fn load(
    dialogue: &mut Dialogue,
    folder: &Path,
    files: &mut SoundFiles,
) -> Result<(), (String, String)> {
    for index in 0..dialogue.sounds.len() {
        let name = dialogue.sounds[index].name().to_owned();
        let kept = read(folder, &name, files).map_err(|error| {
            let plays = |does: &Does| matches!(does, Does::Play { sound, .. } if *sound == index);
            let step = dialogue.steps.iter().find(|step| plays(&step.does));
            let step = step.map(|step| step.name.clone()).unwrap_or_default();
            (step, format!("`{name}` {error}"))
        })?;
        dialogue.sounds[index].kept_as(kept);
    }
    Ok(())
}

fn read(folder: &Path, name: &str, files: &mut SoundFiles) -> Result<SoundId, Error> {
    let here = folder.as_os_str().is_empty();
    let folder = if here { Path::new(".") } else { folder }.canonicalize()?;
    let path = folder.join(name).canonicalize()?;
    if !path.starts_with(&folder) {
        return Err(Error::Outside);
    }
    Ok(files.load(&path)?)
}
