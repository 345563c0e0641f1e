//! Reading the dialogues that answer numbers.

use std::{collections::HashMap, fs, io::Read, path::Path, sync::Arc};

use evatel_core::{
    dialogue::{Dialogue, LARGEST},
    number::E164,
};
use evatel_voice::sound_files::SoundFiles;

use super::Error;
use crate::settings::NumberFile;

/// Reads all that are named, and into `sounds` what they play; a number has the last that is named for it.
pub(super) fn load(
    named: &[NumberFile],
    sounds: &mut SoundFiles,
) -> Result<HashMap<E164, Arc<Dialogue>>, Error> {
    let read = |named: &NumberFile| Ok((named.number.clone(), Arc::new(read(&named.file, sounds)?)));
    named.iter().map(read).collect()
}

/// Reads one, and into `sounds` the files of its folder that it plays.
pub(crate) fn read(path: &Path, sounds: &mut SoundFiles) -> Result<Dialogue, Error> {
    let unreadable = |source| Error::DialogueFile {
        path: path.to_owned(),
        source,
    };
    // One byte more than is allowed is enough to refuse it.
    let mut text = String::new();
    let file = fs::File::open(path).map_err(unreadable)?;
    file.take(LARGEST as u64 + 1)
        .read_to_string(&mut text)
        .map_err(unreadable)?;
    let folder = path.parent().unwrap_or(Path::new("."));
    Ok(evatel_voice::dialogue::read_in(
        folder,
        &path.display().to_string(),
        &text,
        sounds,
    )?)
}
