//! Reading the dialogues that answer numbers.

use std::{collections::HashMap, path::Path, sync::Arc};

use evatel_core::{
    dialogue::{Dialogue, LARGEST},
    number::E164,
    skill::Skills,
};
use evatel_voice::sound_files::SoundFiles;

use super::{Error, text_of};
use crate::settings::NumberFile;

/// Reads all that are named, and into `sounds` what they play; a number has the last that is named for it.
pub(super) fn load(
    named: &[NumberFile],
    skills: &Skills,
    sounds: &mut SoundFiles,
) -> Result<HashMap<E164, Arc<Dialogue>>, Error> {
    let read = |named: &NumberFile| Ok((named.number.clone(), Arc::new(read(&named.file, skills, sounds)?)));
    named.iter().map(read).collect()
}

/// Reads one that runs none but these skills, and into `sounds` the files of its folder that it plays.
pub(crate) fn read(path: &Path, skills: &Skills, sounds: &mut SoundFiles) -> Result<Dialogue, Error> {
    let text = text_of(path, LARGEST).map_err(|source| Error::DialogueFile {
        path: path.to_owned(),
        source,
    })?;
    let folder = path.parent().unwrap_or(Path::new("."));
    let name = path.display().to_string();
    let dialogue = evatel_voice::dialogue::read_in(folder, &name, &text, sounds)?;
    evatel_voice::dialogue::check_skills(&dialogue, skills, &name, &text)?;
    Ok(dialogue)
}
