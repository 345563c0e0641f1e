//! Reading the sounds that greet in place of our own words.

use std::{
    collections::HashMap,
    path::{Path, PathBuf},
};

use evatel_ari::call::RecordedGreetings;
use evatel_core::dialogue::Sound;
use evatel_voice::sound_files::SoundFiles;

use super::Error;
use crate::settings::NumberFile;

/// Where the sounds are.
#[derive(Debug, Clone, Default)]
pub struct GreetingFiles {
    /// For owners at their assistants.
    pub assistant: Option<PathBuf>,
    /// For whoever calls a number.
    pub numbers: Vec<NumberFile>,
}

/// Reads all that are named into `sounds`; a number has the last that is named for it.
pub(super) fn load(files: &GreetingFiles, sounds: &mut SoundFiles) -> Result<RecordedGreetings, Error> {
    let mut numbers = HashMap::new();
    for NumberFile { number, file } in &files.numbers {
        numbers.insert(number.clone(), read(file, sounds)?);
    }
    Ok(RecordedGreetings {
        assistant: files
            .assistant
            .as_deref()
            .map(|path| read(path, sounds))
            .transpose()?,
        numbers,
    })
}

/// Reads one; it is called as its file is.
fn read(path: &Path, sounds: &mut SoundFiles) -> Result<Sound, Error> {
    let kept = sounds.load(path).map_err(|source| Error::Greeting {
        path: path.to_owned(),
        source,
    })?;
    let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy();
    Ok(Sound::new(&name, kept))
}

#[cfg(test)]
mod tests {
    use evatel_voice::{Part, frame::Clip};

    use super::*;

    #[test]
    fn a_greeting_is_read_and_called_as_its_file_is_and_what_is_none_is_told_with_its_path() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("hello.wav");
        std::fs::write(&file, Clip::new(vec![1000; 4000]).to_wav()).unwrap();
        let number = "+15145550199".parse().unwrap();
        let named = |file: &Path| GreetingFiles {
            assistant: None,
            numbers: vec![NumberFile {
                number: "+15145550199".parse().unwrap(),
                file: file.to_owned(),
            }],
        };
        let mut sounds = SoundFiles::default();
        let greetings = load(&named(&file), &mut sounds).unwrap();
        let Some(Part::Sound { name, clip }) = sounds.part(&greetings.numbers[&number]) else {
            panic!("{greetings:?}");
        };
        assert_eq!((name.as_str(), clip.samples().len()), ("hello.wav", 4000));
        assert!(greetings.assistant.is_none());
        let error = load(&named(folder.path()), &mut sounds).unwrap_err().to_string();
        assert!(error.contains(&folder.path().display().to_string()), "{error}");
    }
}
