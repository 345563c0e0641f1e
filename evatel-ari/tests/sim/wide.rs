//! The band of a call's sound.

use std::sync::Arc;

use evatel_voice::{
    agent::Recognition,
    grammar::Grammar,
    lexicon::{Lexicon, PhoneSet},
    scripted::{ScriptedTranscriber, SharpTranscriber},
    transcribe::Transcriber,
};

use crate::call::{Daemon, hears};

/// The formats in which a call's sound was asked for, where it broke once.
async fn formats(transcriber: impl Transcriber + 'static) -> Vec<String> {
    let phones = PhoneSet::load(concat!(env!("CARGO_MANIFEST_DIR"), "/../models/phones").as_ref()).unwrap();
    let grammar = Grammar::load(Arc::new(Lexicon::new(phones))).await.unwrap();
    let recognition = Recognition::with_grammar(Arc::new(transcriber), Arc::new(grammar));
    let daemon = Daemon::start(Some(recognition), false).await;
    daemon.call_in("1700.1", "5145550199");
    let mut caller = daemon.asterisk.next_media().await;
    hears(&mut caller).await;
    caller.cut();
    hears(&mut daemon.asterisk.next_media().await).await;
    daemon
        .office
        .told("system: the sound of the caller broke and is back")
        .await;
    let requests = daemon.asterisk.requests();
    daemon.asterisk.hangs_up("1700.1", 16);
    daemon.over().await;
    let media = requests
        .iter()
        .filter(|asked| asked.path == "/channels/externalMedia");
    media.map(|asked| asked.param("format").to_owned()).collect()
}

#[tokio::test]
async fn sound_comes_in_the_band_that_the_recogniser_wants_also_where_it_is_opened_again() {
    let sharp = SharpTranscriber::new("w i", "n on");
    assert_eq!(formats(sharp).await, ["slin16", "slin16"]);
    assert_eq!(formats(ScriptedTranscriber::default()).await, ["slin", "slin"]);
}
