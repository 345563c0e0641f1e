//! Reading the dialogues that answer numbers.

use std::{collections::HashMap, fs, io::Read, path::Path, sync::Arc};

use evatel_core::{
    dialogue::{Dialogue, LARGEST},
    number::E164,
};

use super::Error;
use crate::settings::NumberDialogue;

/// Reads all that are named; a number has the last that is named for it.
pub(super) fn load(named: &[NumberDialogue]) -> Result<HashMap<E164, Arc<Dialogue>>, Error> {
    let read = |named: &NumberDialogue| Ok((named.number.clone(), Arc::new(read(&named.file)?)));
    named.iter().map(read).collect()
}

/// Reads one.
pub(crate) fn read(path: &Path) -> Result<Dialogue, Error> {
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
    Ok(evatel_voice::dialogue::read(&path.display().to_string(), &text)?)
}
