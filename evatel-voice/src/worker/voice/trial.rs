//! A voice is heard before anything depends on it: a child is started, and says a word.

use std::{fs, path::Path, time::Duration};

use tokio::time::timeout;

use super::{
    VoiceConfig,
    keeper::{hear, start},
    reads::{Reads, phonemiser},
};
use crate::{
    transcribe::Error,
    worker::{
        MARKER,
        engine::{Refusal, Text},
        files::Files,
        link::{Link, refused},
        pool::ModelInfo,
        protocol::ToWorker,
    },
};

/// Lets a voice say a word in a throw-away child.
///
/// # Errors
/// When the model is missing or refused or has no sound, or the child cannot be started.
pub(in crate::worker) async fn try_voice(config: &VoiceConfig) -> Result<ModelInfo, Error> {
    let (link, _) = begin(config).await?;
    Ok(ModelInfo { engine: link.engine })
}

/// Starts a child and lets it say a word.
pub(super) async fn begin(config: &VoiceConfig) -> Result<(Link, Reads), Error> {
    if std::env::var_os(MARKER).is_some() {
        return Err(Error::NotHooked);
    }
    let folder = &config.folder;
    let load = ToWorker::Voice {
        folder: folder.clone(),
    };
    let why = |refusal| refused(refusal, folder, &load);
    let files = Files::of(folder).and_then(|files| files.voice()).map_err(why)?;
    let reads = match &files.lexicon {
        Some(_) => Reads::Words,
        None => Reads::Phonemes {
            voice: phonemiser(&files.graph, config.language),
        },
    };
    let word = match &files.lexicon {
        Some(lexicon) => Text::Words(first_word(lexicon).map_err(why)?),
        None => Text::Phonemes(first_letters(&files.tokens).map_err(why)?),
    };
    let mut link = start(config).await?;
    match timeout(TRIAL_LIMIT, hear(&mut link, &word, 100)).await {
        Ok(Some(clip)) if !clip.is_empty() => Ok((link, reads)),
        Ok(Some(_)) => Err(Error::ModelRefused {
            path: folder.clone(),
            reason: "it was asked to say a word and gave no sound".to_owned(),
        }),
        Ok(None) => Err(Error::ModelRefused {
            path: folder.clone(),
            reason: link.complaints.why(&mut link.child).await,
        }),
        Err(_) => Err(Error::WorkerSilent { limit: TRIAL_LIMIT }),
    }
}

const TRIAL_LIMIT: Duration = Duration::from_secs(20);

fn first_word(lexicon: &Path) -> Result<String, Refusal> {
    let text = read(lexicon)?;
    let word = text.lines().find_map(|line| line.split_whitespace().next());
    let empty = || Refusal::Model("`lexicon.txt` has no word".to_owned());
    word.map(str::to_owned).ok_or_else(empty)
}

/// How many phonemes make the word that is said.
const WORD: usize = 4;

fn first_letters(tokens: &Path) -> Result<String, Refusal> {
    let text = read(tokens)?;
    let token = |line: &str| {
        let (token, _) = line.rsplit_once(' ')?;
        let mut characters = token.chars();
        characters
            .next()
            .filter(|first| first.is_alphabetic() && characters.next().is_none())
    };
    let letters: String = text.lines().filter_map(token).take(WORD).collect();
    match letters.is_empty() {
        true => Err(Refusal::Model("`tokens.txt` has no letter".to_owned())),
        false => Ok(letters),
    }
}

fn read(path: &Path) -> Result<String, Refusal> {
    fs::read_to_string(path).map_err(|_| Refusal::Missing(path.to_owned()))
}
