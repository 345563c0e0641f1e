//! Sounds, keys and recordings.

use std::time::Duration;

use evatel_ari::{
    RecordingName,
    helper::{
        Keypad, PlayEnd, Playing, Playlist, Recording,
        keypad::{End, Rules},
        playlist::PlaylistEnd,
        recording,
    },
    model::RecordingState,
    op::sound::{self, TerminateOn},
};
use evatel_core::calls::HangupCause;

use super::line::{Line, soon};

/// Longer than any test.
const LONG: &str = "tone:440/60000";

#[tokio::test]
async fn a_sound_ends_done_stopped_failed_or_with_its_listener() {
    let line = Line::start().await;
    let leg = line.leg("hold").await;
    let mut playing = Playing::start("sound:beep", leg.id(), &line.ari).await.unwrap();
    assert_eq!(soon("the end", playing.finished()).await, PlayEnd::Done);

    let mut playing = Playing::start(LONG, leg.id(), &line.ari).await.unwrap();
    playing.stop().await.unwrap();
    assert_eq!(soon("the stop", playing.finished()).await, PlayEnd::Stopped);

    let mut playing = Playing::start("sound:no-such-sound", leg.id(), &line.ari)
        .await
        .unwrap();
    assert_eq!(soon("the failure", playing.finished()).await, PlayEnd::Failed);

    let mut playing = Playing::start(LONG, leg.id(), &line.ari).await.unwrap();
    leg.hang_up(HangupCause::Normal).await.unwrap();
    assert_eq!(soon("the end", playing.finished()).await, PlayEnd::Left);
    line.nothing_is_left().await;
}

#[tokio::test]
async fn a_queue_of_sounds_is_skipped_and_interrupted_by_a_key_that_is_not_lost() {
    let line = Line::start().await;
    let leg = line.leg("hold").await;
    let mut list = Playlist::new(leg.id());
    for media in ["sound:beep", "sound:no-such-sound", LONG, "sound:beep"] {
        list.append(media);
    }
    let remote = list.remote();
    let skip = async {
        tokio::time::sleep(Duration::from_secs(2)).await;
        remote.skip();
        std::future::pending::<()>().await;
    };
    let played = tokio::select! {
        played = soon("the end", list.play(None, &line.ari)) => played.unwrap(),
        () = skip => unreachable!(),
    };
    assert_eq!(
        (played.finished, played.cut, &*played.failed, played.end),
        (2, Some(2), &[1][..], PlaylistEnd::Empty)
    );
    drop(leg);

    let leg = line.leg("keys42#").await;
    let mut keypad = Keypad::open(leg.id(), &line.ari).await.unwrap();
    let mut list = Playlist::new(leg.id());
    list.append(LONG);
    let played = soon("the key", list.play(Some(&mut keypad), &line.ari))
        .await
        .unwrap();
    assert_eq!((played.cut, played.end), (Some(0), PlaylistEnd::Interrupted('4')));
    let collected = soon("the digits", keypad.collect(&Rules::up_to(8))).await;
    assert_eq!(
        (collected.digits.as_str(), collected.end, collected.has_gap),
        ("42", End::Terminator('#'), false)
    );
    leg.hang_up(HangupCause::Normal).await.unwrap();
    let collected = soon("the end", keypad.collect(&Rules::up_to(8))).await;
    assert_eq!(collected.end, End::Left);
    line.nothing_is_left().await;
}

#[tokio::test]
async fn a_recording_ends_for_its_reason_and_its_file_is_taken() {
    let line = Line::start().await;
    let rules = |name: &str| sound::Recording::new(name.into(), "wav");
    let leg = line.leg("talk").await;

    let mut longest = rules("calls/longest");
    longest.max_duration = Some(Duration::from_secs(1));
    let mut running = Recording::start(&longest, leg.id(), &line.ari).await.unwrap();
    let recorded = soon("its length", running.ended()).await;
    assert_eq!(recorded.end, recording::End::Longest);
    let name = RecordingName::from("calls/longest");
    let file = recording::take(&name, &line.ari).await.unwrap();
    // Only what is heard is written: the far end says nothing at first.
    assert!(file.starts_with(b"RIFF") && file.len() > 1000, "{}", file.len());
    assert!(recording::fetch(&name, &line.ari).await.unwrap_err().is_gone());
    recording::delete(&name, &line.ari).await.unwrap();

    let mut silence = rules("silence");
    silence.max_silence = Some(Duration::from_secs(1));
    let mut running = Recording::start(&silence, leg.id(), &line.ari).await.unwrap();
    let recorded = soon("silence", running.ended()).await;
    assert_eq!(recorded.end, recording::End::Silence, "{recorded:?}");

    let mut running = Recording::start(&rules("stopped"), leg.id(), &line.ari)
        .await
        .unwrap();
    running.stop().await.unwrap();
    assert_eq!(
        soon("the stop", running.ended()).await.end,
        recording::End::Stopped
    );

    let has_begun = |it: Option<RecordingState>| it == Some(RecordingState::Recording);
    let mut running = Recording::start(&rules("cancelled"), leg.id(), &line.ari)
        .await
        .unwrap();
    // Cancelled before it has begun, Asterisk may leave its empty file behind.
    soon("its start", until_live(&line, "cancelled", has_begun)).await;
    running.cancel().await.unwrap();
    let recorded = soon("the end", running.ended()).await;
    assert_eq!(recorded.end, recording::End::Cancelled, "{recorded:?}");

    let dropped = Recording::start(&rules("dropped"), leg.id(), &line.ari)
        .await
        .unwrap();
    soon("its start", until_live(&line, "dropped", has_begun)).await;
    drop(dropped);
    soon("its end", until_live(&line, "dropped", |it| it.is_none())).await;

    let mut running = Recording::start(&rules("left"), leg.id(), &line.ari)
        .await
        .unwrap();
    soon("its start", until_live(&line, "left", has_begun)).await;
    leg.hang_up(HangupCause::Normal).await.unwrap();
    assert_eq!(soon("the end", running.ended()).await.end, recording::End::Left);

    let leg = line.leg("keys5#").await;
    let mut until_key = rules("key");
    until_key.terminate_on = TerminateOn::Hash;
    let mut running = Recording::start(&until_key, leg.id(), &line.ari).await.unwrap();
    let recorded = soon("the key", running.ended()).await;
    assert_eq!(recorded.end, recording::End::Terminator('#'));
    drop(leg);
    line.nothing_is_left().await;
    let stored = line
        .ari
        .send(evatel_ari::op::recordings::list_stored())
        .await
        .unwrap();
    let mut names: Vec<_> = stored.iter().map(|it| it.name.as_str()).collect();
    names.sort_unstable();
    assert_eq!(names, ["key", "left", "silence", "stopped"]);
}

/// Asks for the state of a recording that runs until it is the one `wanted`; it has none before and after.
async fn until_live(line: &Line, name: &str, wanted: impl Fn(Option<RecordingState>) -> bool) {
    let name = RecordingName::from(name);
    loop {
        let live = line.ari.send(evatel_ari::op::recordings::live(&name)).await;
        let state = match live {
            Ok(recording) => Some(recording.state),
            Err(error) if error.is_gone() => None,
            Err(error) => panic!("{error}"),
        };
        if wanted(state) {
            return;
        }
        tokio::task::yield_now().await;
    }
}
