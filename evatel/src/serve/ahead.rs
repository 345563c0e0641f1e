//! Prompts spoken before anybody calls, in the languages of those who are called: the first call of the day hears no slower answer than the
//! next one.

use std::{sync::Arc, time::Instant};

use evatel_core::{account::Language, dialogue::Dialogue, directory::Directory};
use evatel_voice::{
    catalogue::Catalogue,
    dialogue,
    synth::{CacheLimit, Manner, Synthesizer, speak_ahead},
};
use tokio::task::JoinHandle;
use tracing::info;

/// Speaks, in the background, what calls will say whoever calls; ending the task stops it.
pub(super) fn start(
    voice: Arc<dyn Synthesizer>,
    memory: CacheLimit,
    directory: &Directory,
    dialogues: &[Arc<Dialogue>],
) -> JoinHandle<()> {
    let texts = texts(&languages(directory), dialogues);
    tokio::spawn(async move {
        let (began, count) = (Instant::now(), texts.len());
        info!(sentences = count, "Speaks {count} sentences ahead");
        let done = speak_ahead(voice.as_ref(), texts, memory).await;
        let seconds = began.elapsed().as_secs_f32();
        info!(
            spoken = done.spoken,
            failed = done.failed,
            left = done.left,
            seconds,
            "Spoke {} of {count} sentences ahead in {seconds:.1} s",
            done.spoken
        );
    })
}

/// The languages of accounts and of their people.
fn languages(directory: &Directory) -> Vec<Language> {
    let mut languages = Vec::new();
    for account in directory.accounts() {
        let people = directory.users_of(&account.id);
        let theirs = people.iter().filter_map(|user| user.language);
        for language in theirs.chain([account.language]) {
            if !languages.contains(&language) {
                languages.push(language);
            }
        }
        if languages.len() == 2 {
            break;
        }
    }
    languages
}

fn texts(languages: &[Language], dialogues: &[Arc<Dialogue>]) -> Vec<(String, Manner)> {
    let catalogue = Catalogue::new();
    let prompts = languages.iter().flat_map(|language| {
        let fixed = catalogue.fixed(*language);
        fixed.into_iter().map(|text| (text, Manner::from(*language)))
    });
    let written = dialogues.iter().flat_map(|one| {
        let fixed = dialogue::fixed(one);
        fixed.into_iter().map(|text| (text, Manner::from(one.language)))
    });
    // What an operator wrote goes first: his numbers say nothing else.
    written.chain(prompts).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dialogues_own_sentences_come_first_and_prompts_are_of_the_languages_in_use() {
        let text = "language: en\nsteps:\n  - step: a\n    say: We are closed. Good night.\n";
        let closed = Arc::new(dialogue::read("closed.yaml", text).unwrap());
        let texts = texts(&[Language::Fr], &[closed]);
        assert_eq!(
            texts[0],
            ("We are closed.".to_owned(), Manner::from(Language::En))
        );
        assert_eq!(texts[1].0, "Good night.");
        assert!(
            texts.len() > 50
                && texts[2..]
                    .iter()
                    .all(|(_, manner)| *manner == Manner::from(Language::Fr))
        );
    }
}
